"""Corrections (不对，是5-1-102): what was said or filed wrongly is put right (style.md 5; design.md 11, Filing)."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from handlers import registry
from handlers.dialog.codec import home_of
from handlers.dialog.engine import asked_slot, heard_more, is_patient, missed, run
from handlers.dialog.form import Got, Slot, Step
from handlers.dialog.memory import Talk
from handlers.dialog.words import DETAIL, SHORT, is_correction, is_detail
from handlers.effects import Phrase, Say
from handlers.facts import Facts
from handlers.where import says_only_where
from nlp.meaning import Meaning, Room, Slots
from storage.message import Frame
from storage.model import ENDED, Home, Ticket

_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
#: A bare room of a correction: 不是1201是1202.
_ROOM = re.compile(r"(?:是|成|为)(\d{3,4})(?:室|号|房)?(?![\d点:：.元块分年月])")
#: Readings that say nothing of their own when a time was said.
_VAGUE = ("greeting", "other", "progress")


def _applies(facts: Facts) -> bool:
    asked = facts.conversation.said.get("kind") == "correcting"
    return asked or (facts.inbound.kind == "message" and is_correction(facts.inbound.text))


def _adds(facts: Facts) -> bool:
    """是卫生间的马桶后面, 还是后天上午吧: a detail that was forgotten, said right after filing."""
    if facts.inbound.kind != "message":
        return False
    return is_detail(facts.inbound.text) or names_time(facts) or says_only_where(facts.meaning)


def names_time(facts: Facts) -> bool:
    """Nothing but a time to come."""
    meaning = facts.meaning
    window = meaning.slots.time if meaning else None
    if meaning is None or window is None or len(meaning.text) > DETAIL:
        return False
    last = window.end or window.start
    unclear = meaning.first.intent in _VAGUE or meaning.first.confidence < facts.rules.reception.certain
    return unclear and meaning.slots.ticket is None and last is not None and last > facts.now


def reread(facts: Facts, near: Home | None = None) -> Facts:
    """The message as a correction: of two addresses or phones the last one counts ("不是1201，是1202").

    A bare room is one of the building and unit of `near`, the home that was said before.
    """
    meaning = facts.meaning
    if meaning is None:
        return facts
    phones = _PHONE.findall(meaning.text)
    slots: Slots = replace(
        meaning.slots,
        room=_room(meaning, near),
        phone=phones[-1] if phones else meaning.slots.phone,
    )
    return replace(facts, meaning=replace(meaning, slots=slots))


def _room(meaning: Meaning, near: Home | None) -> Room | None:
    said = meaning.rooms[-1] if meaning.rooms else meaning.slots.room
    bare = _ROOM.findall(meaning.text)
    if said is None and bare:
        said = Room(room=bare[-1])
    if said is None or near is None or said.building is not None:
        return said
    return replace(said, area=said.area or near.area, building=near.building, unit=said.unit or near.unit)


def in_form(talk: Talk, facts: Facts) -> Talk | None:
    """Hear filled slots again and come back to the question; without anything heard, ask what is wrong."""
    frame = talk.top
    if frame is None or is_patient(frame) or not _applies(facts):
        return None
    changed = heard_more(talk, reread(facts, home_of(frame.answers.get("home"))), again=True)
    if changed is not None:
        return replace(changed, before=Phrase("common.corrected")) if changed.top else changed
    pending = asked_slot(frame)
    if pending is None or pending[1].name != "confirm" or _is_yes(pending[1], frame, facts):
        return None
    asked_before = facts.conversation.said.get("kind") == "correcting"
    tried = missed(talk, facts) if asked_before else talk
    if tried.top is None:
        return tried
    said = {"kind": "correcting"}
    return replace(tried.do(Say("common.correct_what")).remember(said=said), asked=True, before=None)


def _is_yes(slot: Slot, frame: Frame, facts: Facts) -> bool:
    """After all it was right."""
    read = slot.read(facts, frame.answers)
    return isinstance(read, Got) and bool(read.value)


def filed(talk: Talk, facts: Facts) -> Talk | None:
    """A ticket that was filed in this talk is put right by the form that filed it."""
    if not _applies(facts) and not _adds(facts):
        return None
    ticket = _last_filed(facts)
    fix = _fixer(ticket) if ticket else None
    if ticket is None or fix is None:
        return None
    steps = fix(ticket, reread(facts))
    if steps is not None:
        return run(talk.remember(misunderstood=0), facts, steps)
    if not _applies(facts) or len(facts.inbound.text) > SHORT or facts.conversation.said.get("kind") == "correcting":
        return None
    return talk.do(Say("common.correct_what", ticket=ticket.id)).remember(said={"kind": "correcting"})


def _last_filed(facts: Facts) -> Ticket | None:
    """The newest ticket this lane opened within one talk's time."""
    since = facts.now - timedelta(minutes=facts.rules.reception.idle_close_min)
    own = [
        ticket
        for ticket in facts.tickets
        if ticket.reporter_lane == facts.speaker.lane
        and ticket.status not in ENDED
        and ticket.created_at is not None
        and ticket.created_at >= since
    ]
    return max(own, key=lambda ticket: (ticket.created_at, ticket.id), default=None)


def _fixer(ticket: Ticket) -> Callable[[Ticket, Facts], list[Step] | None] | None:
    form = next((form for form in registry.forms().values() if ticket.type.value in form.starts_on), None)
    return form.correct if form else None
