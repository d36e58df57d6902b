"""紧急: safety words first, the alarm at once, then one question where. Rules: S-EMERG-01, S-REPAIR-07, SLA-16."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers.dialog.codec import home_of
from handlers.dialog.form import Start, Step
from handlers.effects import ChangeTicket, OpenTicket, Say, ToGroup, ToStaff
from handlers.facts import AllStaff, Facts, HomesLike
from handlers.rules import danger, dispatch, places
from handlers.ticketing import file
from handlers.ticketing.cards import of_ticket, words_for_group
from nlp.meaning import Act, Room
from storage.model import WORKING, Home, Ticket, TicketType, named_building

INTENTS = ("emergency",)

#: Further words about the same danger join its ticket for this long.
SAME_MIN = 120


def answer(act: Act, facts: Facts) -> list[Step] | None:
    """Tell him what to do now, alarm everybody, ask where when it is not known."""
    text = act.text or facts.inbound.text
    if act.slots.room is None and facts.meaning is not None and facts.meaning.slots.room is not None:
        act = replace(act, slots=replace(act.slots, room=facts.meaning.slots.room))  # said beside another matter
    kind = danger.kind_of(act.category, text)
    running = _running(facts, kind)
    if running is None and act.confidence < facts.rules.reception.certain:
        running = _running(facts, None)  # unclear words while help is on its way are about it
    if running is not None:
        return _again(running, str(running.extra["danger"]), text, facts)
    opened = _ticket(act, kind, text, facts)
    effects = file(facts, opened)
    said = Say(f"emergency.{kind}", {"where": _where(opened)}, ticket=opened.ref, urgent=True)
    asks = [Start("whereabouts", {"kind": kind})] if _is_lost(opened) else []
    return [*effects, said, *asks]


def _ticket(act: Act, kind: str, text: str, facts: Facts) -> OpenTicket:
    """People in danger: E. Property only: R at urgency emergency (design.md 10)."""
    room = act.slots.room
    named = room is not None and room.room is not None
    public = bool(places.is_public("" if named else act.category, act.slots.place, text))  # 501着火了 is in the home
    home = _home(act, facts)
    person = facts.speaker.person
    return OpenTicket(
        "e1",
        TicketType.REPAIR if danger.property_only(kind, text) else TicketType.EMERGENCY,
        act.category or "other",
        text,
        urgency="emergency",
        home=None if public else home,
        building=room.building if room and room.building else home.building if home else None,
        unit=room.unit if room and room.unit else home.unit if home else None,
        place=_place(act, text),
        public_area=public,
        object=act.slots.object,
        contact_phone=act.slots.phone or (person.phone if person else None),
        media=facts.inbound.media,
        extra={"danger": kind, "retroactive": True, **_room_said(room, None if public else home)},
    )


def _room_said(room: Room | None, home: Home | None) -> dict[str, str]:
    """A room that the house list does not know stays on the card of whoever goes there."""
    return {"said_room": room.room} if room is not None and room.room and home is None else {}


def _place(act: Act, text: str) -> str | None:
    place = act.slots.place or places.place_in(text)
    known = act.slots.room is not None and act.slots.room.unit is not None
    return place.removeprefix("单元") if place and known and len(place) > len("单元门") else place


def _is_lost(opened: OpenTicket) -> bool:
    """Nobody could find it: no building, and no place that the estate has only once."""
    return opened.building is None and (opened.place is None or places.of_building(opened.place))


def _home(act: Act, facts: Facts) -> Home | None:
    """The address said, that of the form in progress, or the speaker's only home."""
    if act.slots.room is not None:
        found = facts.ask(HomesLike(act.slots.room))
        return found[0] if len(found) == 1 else None
    frames = facts.conversation.frames
    told: dict[str, Any] = dict(frames[-1].answers) if frames else {}
    known = home_of(told.get("home"))
    if known is not None:
        return known
    return facts.speaker.homes[0].home if len(facts.speaker.homes) == 1 else None


def _where(opened: OpenTicket) -> str | None:
    block = named_building(opened.building) if opened.building else ""
    block += f"{opened.unit}单元" if opened.unit and block else ""
    whole = opened.home.label if opened.home else block
    return f"{whole}{opened.place or ''}" or None


def _running(facts: Facts, kind: str | None) -> Ticket | None:
    """The alarm that this resident raised already: of this kind, or (None) of any."""
    since = facts.now - timedelta(minutes=SAME_MIN)
    return next(
        (
            ticket
            for ticket in facts.tickets
            if ticket.status in WORKING
            and "danger" in ticket.extra
            and kind in (None, ticket.extra["danger"])
            and ticket.created_at is not None
            and ticket.created_at >= since
        ),
        None,
    )


def _again(ticket: Ticket, kind: str, text: str, facts: Facts) -> list[Step]:
    """One matter, one record: the people on their way hear the new words, the resident the safety words again."""
    words = {"words": words_for_group(text, of_ticket(ticket), facts.speaker.person)}
    staff = facts.ask(AllStaff())
    people = [ticket.assignee_id, *(s.id for s in dispatch.duty(facts.rules.dispatch, staff, facts.local))]
    note = Say("emergency.again_note", words, ToGroup(ticket.group or "order"), "alert", ticket.id, urgent=True)
    return [
        ChangeTicket(
            ticket.id, "again", {"contacts": ticket.contacts + 1}, data={"words": text[:500]}, version=ticket.version
        ),
        note,
        *(replace(note, to=ToStaff(id_)) for id_ in dict.fromkeys(filter(None, people))),
        Say(f"emergency.{kind}.again", ticket=ticket.id, urgent=True),
    ]
