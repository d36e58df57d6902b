"""A new matter in the answer to a callback: a ticket of its own, linked to the finished one. Rules: S-CB-06."""

from dataclasses import replace

from handlers.dialog.engine import asked_slot
from handlers.dialog.memory import Talk
from handlers.dialog.wishes import added_acts, interrupt, narrow
from handlers.effects import Effect, OpenTicket
from handlers.facts import Facts, TicketById
from nlp.meaning import Act

FORM = "callback"


def beside_answer(before: Talk, answered: Talk, facts: Facts) -> Talk:
    """Take the wishes that came along with the answer to the pending question of `before`.

    In a callback the words of the answer itself ("满意") are no wish, and what is opened names the finished ticket.
    """
    frame = before.top
    if frame is None or frame.form != FORM:
        return interrupt(answered, facts, added_acts(before, facts))
    acts = [act for act in added_acts(before, facts) if not _is_answer(before, facts, act)]
    done = interrupt(answered, facts, acts)
    ticket = facts.ask(TicketById(int(frame.answers["ticket"]))) if "ticket" in frame.answers else None
    if ticket is None:
        return done
    batches = tuple(tuple(_linked(effect, ticket.number) for effect in batch) for batch in done.batches)
    return replace(done, batches=batches)


def _is_answer(talk: Talk, facts: Facts, act: Act) -> bool:
    pending = asked_slot(talk.top) if talk.top else None
    named = act.slots.object or act.slots.place or act.slots.fee
    return pending is not None and not named and pending[1].read(narrow(facts, act), {}) is not None


def _linked(effect: Effect, number: str) -> Effect:
    if not isinstance(effect, OpenTicket):
        return effect
    return replace(effect, extra={"linked": number, **effect.extra})
