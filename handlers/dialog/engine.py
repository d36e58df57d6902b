"""One form at a time: open it, read an answer, hear what else was said, finish it (style.md 5). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from handlers import registry
from handlers.desk import Reason, hand_over
from handlers.dialog.form import Answers, Bad, Finish, Form, Got, Hold, Rest, Slot, Start, Step, Topic
from handlers.dialog.memory import Talk, is_reply, with_before
from handlers.effects import Effect, Kind, Phrase, Say
from handlers.facts import Facts
from storage.message import Frame

#: Forms may start forms (a callback that finds a new fault); a longer chain is a mistake of the forms.
MAX_STARTS = 8


def form_of(frame: Frame) -> Form | None:
    """The form of a stored frame; None when a newer version of the product dropped it."""
    return registry.forms().get(frame.form)


def run(talk: Talk, facts: Facts, steps: Sequence[Step], depth: int = 0) -> Talk:
    """Do what a form, command, timer or told event wants, in order.

    Raises:
        RecursionError: forms that start each other without end.
    """
    if depth > MAX_STARTS:
        raise RecursionError("forms start each other")
    effects: list[Effect] = []
    for step in steps:
        match step:
            case Start(form, answers):
                talk, answers = _one_of_a_kind(talk.do(*effects), registry.forms()[form], answers)
                talk = open_form(talk, facts, registry.forms()[form], answers, depth=depth)
                effects = []
            case Hold(staff_id):
                talk = talk.remember(held_by=staff_id)
            case Rest(keep):
                talk = _rest(talk, keep=keep)
            case Topic(intent):
                talk = _spoken_of(talk, intent)
            case Finish(answers):
                talk = _finished(talk.do(*effects), facts, answers, depth)
                effects = []
            case _:
                effects.append(step)
    return talk.do(*effects)


def _one_of_a_kind(talk: Talk, form: Form, answers: Answers) -> tuple[Talk, Answers]:
    """A question that no wish begins by itself (who are you, which one) is not put on top of itself: it goes on."""
    top = talk.top
    if top is None or top.form != form.name or form.starts_on or form.patient:
        return talk, answers
    return talk.pop(), {**top.answers, **answers}


def open_form(talk: Talk, facts: Facts, form: Form, answers: Answers, *, depth: int = 0) -> Talk:
    """Put a form on top with what is known and what the message says; it may be complete at once."""
    heard = hear(form, answers, facts)
    frame = Frame(form.name, form.version, dict(heard), touched_at=facts.now.isoformat())
    return advance(talk.push(frame), facts, depth=depth)


def advance(talk: Talk, facts: Facts, *, depth: int = 0) -> Talk:
    """Finish the innermost form when nothing is left to ask."""
    frame = talk.top
    form = form_of(frame) if frame else None
    if frame is None or form is None:
        return talk.pop() if frame else talk
    if next_slot(form, frame.answers, facts) is None:
        return _finished(talk, facts, {}, depth)
    return talk


def _finished(talk: Talk, facts: Facts, more: Answers, depth: int) -> Talk:
    frame = talk.top
    form = form_of(frame) if frame else None
    if frame is None or form is None:
        return talk
    answers = {**frame.answers, **more}
    steps = form.finish(answers, facts)
    done = replace(_shared(talk.pop(), form, answers), settled=bool(form.starts_on))
    return run(done, facts, steps, depth + 1)


def _shared(talk: Talk, form: Form, answers: Answers) -> Talk:
    """What the next matter of the same kind need not be asked again waits with it."""
    shared = {slot.name: answers[slot.name] for slot in form.slots if slot.shared and slot.name in answers}
    waiting = [
        {**wish, "known": shared} if wish["intent"] in form.starts_on and shared else wish
        for wish in talk.conversation.waiting
    ]
    return talk.remember(waiting=tuple(waiting))


def next_slot(form: Form, answers: Answers, facts: Facts) -> Slot | None:
    """The first slot without an answer whose `when` holds; None when the form is complete or `ready`."""
    if form.ready and form.ready(answers, facts):
        return None
    for slot in form.slots:
        if not slot.optional and slot.name not in answers and (slot.when is None or slot.when(answers, facts)):
            return slot
    return None


def hear(form: Form, answers: Answers, facts: Facts, *, skip: str | None = None, again: bool = False) -> Answers:
    """Fill slots from a message that was not meant for them; filled ones only when `again` (a correction).

    Lists (pictures) always grow.
    """
    filled = dict(answers)
    for slot in form.slots:
        if slot.hear is None or slot.name == skip:
            continue
        if slot.name in answers and not again and not isinstance(answers[slot.name], list):
            continue
        read = slot.hear(facts, filled)
        if isinstance(read, Got):
            filled[slot.name] = read.value
    return filled


def asked_slot(frame: Frame) -> tuple[Form, Slot] | None:
    """The question that waits for an answer, if the form still has it."""
    form = form_of(frame)
    if form is None or frame.asked is None:
        return None
    return next(((form, slot) for slot in form.slots if slot.name == frame.asked), None)


def read_answer(talk: Talk, facts: Facts) -> Talk | None:
    """Read the message as the answer to the pending question; None when it is about something else."""
    frame = talk.top
    pending = asked_slot(frame) if frame else None
    if frame is None or pending is None:
        return None
    form, slot = pending
    read = slot.read(facts, frame.answers)
    if isinstance(read, Got):
        answers = hear(form, {**frame.answers, slot.name: read.value}, facts, skip=slot.name)
        return advance(talk.answered(answers), facts)
    if isinstance(read, Bad):
        return _bad(talk, facts, form, slot, read)
    return None


def _bad(talk: Talk, facts: Facts, form: Form, slot: Slot, read: Bad) -> Talk:
    frame = talk.conversation.frames[-1]
    answers = {**hear(form, frame.answers, facts, skip=slot.name), **read.keep}
    learned = any(value is not None and frame.answers.get(name) != value for name, value in read.keep.items())
    talk = talk.answered(answers, misses=frame.misses if learned else frame.misses + 1)
    if given_up := _too_often(talk, facts):
        return given_up
    key = f"{form.name}.bad.{slot.name}.{read.reason}"
    return replace(talk.do(_question(key, slot, answers, facts)), asked=True)


def heard_more(talk: Talk, facts: Facts, *, again: bool = False) -> Talk | None:
    """Take what the message says about other slots; None when it says nothing new."""
    frame = talk.top
    form = form_of(frame) if frame else None
    if frame is None or form is None:
        return None
    answers = hear(form, frame.answers, facts, again=again)
    if answers == frame.answers:
        return None
    return advance(talk.answered(answers), facts)


def missed(talk: Talk, facts: Facts) -> Talk:
    """The message was not understood: ask once more, the second time bring a person (style.md 5, Giving up)."""
    frame = talk.conversation.frames[-1]
    talk = talk.answered(frame.answers, misses=frame.misses + 1)
    return _too_often(talk, facts) or replace(talk, before=Phrase("common.missed"))


def _too_often(talk: Talk, facts: Facts) -> Talk | None:
    frame = talk.conversation.frames[-1]
    if frame.misses < facts.rules.reception.misunderstandings:
        return None
    return give_up(talk, facts, "form")


def give_up(talk: Talk, facts: Facts, reason: Reason) -> Talk:
    """Bring a person. What is complete enough is filed first, so that nothing said is lost; other forms end."""
    talk = file_unasked(talk, facts).remember(frames=(), waiting=(), misunderstood=0, said={})
    return replace(run(talk, facts, hand_over(facts, reason)), settled=False, asked=False, before=None)


def file_unasked(talk: Talk, facts: Facts) -> Talk:
    """File the innermost form when it is complete enough without another question."""
    frame = talk.top
    form = form_of(frame) if frame else None
    if frame and form and form.silent and form.silent(frame.answers, facts):
        return _finished(talk, facts, {"silent": True}, 0)
    return talk


def ask(talk: Talk, facts: Facts) -> Talk:
    """Ask the innermost form's next question, unless it went out in this turn already."""
    frame = talk.top
    form = form_of(frame) if frame else None
    slot = next_slot(form, frame.answers, facts) if frame and form else None
    if frame is None or form is None or slot is None or talk.asked:
        return talk
    key, answers = _first_question(form, slot, frame, facts)
    say = _question(key, slot, answers, facts)
    back = frame.asked == slot.name and any(is_reply(effect) for effect in talk.effects)
    before = talk.before or (Phrase("common.back") if back else None)
    if before:
        say = with_before(say, (before,))
    misses = frame.misses if frame.asked == slot.name else 0
    return replace(talk.answered(answers, misses=misses, asked=slot.name).do(say), asked=True, before=None)


def _first_question(form: Form, slot: Slot, frame: Frame, facts: Facts) -> tuple[str, Answers]:
    """The question; where the first words said something that cannot be taken (an unknown room), why it cannot."""
    if frame.asked is None and slot.hear is not None and facts.meaning is not None:
        read = slot.read(facts, frame.answers)
        if isinstance(read, Bad) and read.keep:
            return f"{form.name}.bad.{slot.name}.{read.reason}", {**frame.answers, **read.keep}
    return f"{form.name}.ask.{slot.name}", frame.answers


def _question(key: str, slot: Slot, answers: Answers, facts: Facts) -> Say:
    params: Mapping[str, Any] = slot.params(answers, facts) if slot.params else {}
    buttons = slot.buttons(answers, facts) if slot.buttons else ()
    kind: Kind = "push" if facts.inbound.kind in ("timer", "told") else "reply"
    ticket = answers.get("ticket")
    return Say(key, params, kind=kind, buttons=buttons, ticket=ticket if isinstance(ticket, int) else None)


def _spoken_of(talk: Talk, intent: str) -> Talk:
    """Remember the topic, unless something was asked that waits for its answer."""
    free = talk.conversation.said.get("kind") in (None, "anything_else", "topic", "closed")
    return talk.remember(said={"kind": "topic", "intent": intent}) if free else talk


def _rest(talk: Talk, *, keep: bool) -> Talk:
    frames = talk.conversation.frames
    kept = frames if keep else tuple(frame for frame in frames if is_patient(frame))
    kind = "kept" if any(not is_patient(frame) for frame in kept) else "closed"
    return talk.remember(frames=kept, waiting=(), said={"kind": kind}, misunderstood=0)


def is_patient(frame: Frame) -> bool:
    """A pushed question that may wait for its answer (sign-off, callback)."""
    form = form_of(frame)
    return form is not None and form.patient
