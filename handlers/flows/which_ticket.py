"""Which of several open tickets is meant; and another time for one. Rules: S-TRI-04, SLA-25."""

from collections.abc import Mapping
from typing import Any

from handlers.dialog.codec import window_of
from handlers.dialog.form import Answers, Form, Got, Read, Slot, Step
from handlers.effects import Button
from handlers.facts import Facts, TicketById
from handlers.readers import Option, choice, when, when_named
from handlers.tracking import buttons, lines, moved, serve
from storage.model import Ticket


def _tickets(answers: Answers, facts: Facts) -> tuple[Ticket, ...]:
    wanted = list(answers["tickets"])
    return tuple(ticket for ticket in facts.tickets if ticket.id in wanted)


def _options(facts: Facts, answers: Answers) -> tuple[Option, ...]:
    """Each by its number, by the last three digits, and by what it is about."""
    return tuple(
        Option(str(t.id), t.number, tuple(filter(None, (t.number[-3:], t.object, t.summary))))
        for t in _tickets(answers, facts)
    )


_choose = choice(_options)


def _read(facts: Facts, answers: Answers) -> Read:
    said = facts.meaning.slots.ticket if facts.meaning else None
    for ticket in _tickets(answers, facts) if said else ():
        if ticket.number == said or ticket.number.endswith(f"-{said}"):
            return Got(str(ticket.id))
    return _choose(facts, answers)


def _params(answers: Answers, facts: Facts) -> Mapping[str, Any]:
    return {"lines": lines(_tickets(answers, facts))}


def _buttons(answers: Answers, facts: Facts) -> tuple[Button, ...]:
    return buttons(_tickets(answers, facts))


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """Do with the chosen ticket what was wanted."""
    ticket = next((t for t in _tickets(answers, facts) if str(t.id) == answers["which"]), None)
    return serve(answers["want"], ticket, str(answers["words"]), facts) if ticket is not None else []


def reschedule(answers: Answers, facts: Facts) -> list[Step]:
    """Move the visit to the time that was said; "as soon as possible" leaves the limit as it is."""
    ticket, window = facts.ask(TicketById(answers["ticket"])), window_of(answers["when"])
    if ticket is None:
        return []
    if window is None:
        return serve("urge", ticket, "", facts)
    return moved(ticket, window, facts)


FORMS = (
    Form(
        name="which_ticket",
        version=1,
        slots=(Slot("which", _read, params=_params, buttons=_buttons),),
        finish=finish,
    ),
    Form(name="reschedule", version=1, slots=(Slot("when", when(), hear=when_named()),), finish=reschedule),
)
