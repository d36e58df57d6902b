"""A matter that is known already: asked again, not mended, wrong on paper, or reported by neighbours too.

Rules: S-REC-09, S-REPAIR-16, S-REPAIR-18, S-COMP-16, C-29, AL-19, reliability.md 7.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers.dialog.added import JUST_MIN
from handlers.dialog.codec import home_of
from handlers.dialog.form import Answers, Step
from handlers.dialog.words import is_correction
from handlers.effects import ChangeTicket, Effect, Say, Subscribe, ToGroup, ToStaff
from handlers.facts import AllStaff, Facts, HomesLike, SimilarTickets
from handlers.flows.parts.spot import with_floor
from handlers.readers import fits
from handlers.rules import dispatch, places, sla
from handlers.rules.ticket import Ok, allowed
from handlers.rules.ticket_words import comes_back
from handlers.ticketing import clocks, reopened
from handlers.ticketing.cards import of_ticket, words_for_group
from handlers.tracking import serve
from nlp.meaning import Act, Room, TimeWindow
from storage.model import WORKING, Home, Role, Ticket, TicketStatus, TicketType

_FINISHED = (TicketStatus.DONE, TicketStatus.CONFIRMED, TicketStatus.CLOSED)
#: Contacts about one matter from which the manager hears of it (S-REC-09).
_MANAGER_FROM = 3


def too_many(facts: Facts) -> bool:
    """So many open tickets that a person should look at them together."""
    return sum(ticket.status in WORKING for ticket in facts.tickets) >= facts.rules.reception.open_tickets


def in_hand(act: Act, facts: Facts, kind: TicketType = TicketType.REPAIR) -> list[Step] | None:
    """What is done about a wish whose matter has a ticket: open, it is chased; finished and back, it is reopened."""
    if places.means_another(act.text):
        return None
    same = [t for t in facts.tickets if t.type is kind and _same(t, act, facts)]
    for ticket in same:
        if ticket.status in WORKING:
            return chased(ticket, act, facts)
    if not (places.means_again(act.text) or comes_back(act.text)):
        return None
    finished = [t for t in same if t.status in _FINISHED] or _only_finished(act, facts, kind)
    return rework(finished[0], act, facts) if finished else None


def of_complaint(act: Act, facts: Facts) -> list[Step] | None:
    """Words right after a complaint that might be a fault of the same kind are more about it (S-TRI-04)."""
    since = facts.now - timedelta(minutes=JUST_MIN)
    for ticket in facts.tickets:
        just = ticket.created_at is not None and ticket.created_at >= since
        if ticket.type is TicketType.COMPLAINT and just and ticket.status in WORKING:
            alike = places.family(ticket.category) == places.family(act.category)
            if alike and act.confidence < facts.rules.reception.certain:
                return serve("add", ticket, act.text, facts)
    return None


def _same(ticket: Ticket, act: Act, facts: Facts) -> bool:
    return places.same_matter(ticket, act.category, _home_said(act, facts), act.slots.place, act.slots.object)


def _home_said(act: Act, facts: Facts) -> Home | None:
    if act.slots.room is not None:
        found = facts.ask(HomesLike(act.slots.room))
        return found[0] if len(found) == 1 else None
    return facts.speaker.homes[0].home if len(facts.speaker.homes) == 1 else None


def _only_finished(act: Act, facts: Facts, kind: TicketType) -> list[Ticket]:
    """The one finished job is meant by a bare 没修好."""
    finished = [t for t in facts.tickets if t.type is kind and t.status in _FINISHED]
    vague = act.category in ("other", "") and act.slots.object is None
    return finished if vague and len(finished) == 1 else []


def chased(ticket: Ticket, act: Act, facts: Facts) -> list[Step]:
    """The old ticket goes on: one more contact, the people who have it hear of it (S-REC-09, AL-19)."""
    count = ticket.contacts + 1
    note = {"count": count, "words": words_for_group(act.text, of_ticket(ticket), facts.speaker.person)}
    due = ticket.finish_due if ticket.finish_due and ticket.finish_due > facts.now else None
    return [
        ChangeTicket(
            ticket.id,
            "again",
            {"contacts": count},
            _with_media(ticket, facts),
            data={"words": act.text[:500]},
            version=ticket.version,
        ),
        Say(f"{ticket.type.value}.again", {"due": due}, ticket=ticket.id),
        *_notes(ticket, facts, note, count),
    ]


def _notes(ticket: Ticket, facts: Facts, note: dict[str, Any], count: int) -> list[Effect]:
    hidden = ticket.extra.get("accused_ids") or ()
    people = [ticket.assignee_id] if ticket.assignee_id else []
    if count >= _MANAGER_FROM or hidden:
        people += [staff.id for staff in dispatch.of_role(facts.ask(AllStaff()), Role.CS_MANAGER)]
    told: list[Effect] = [
        Say("repair.again_note", note, ToStaff(id_), kind="alert", ticket=ticket.id)
        for id_ in dict.fromkeys(people)
        if id_ not in hidden
    ]
    if not hidden:
        told.append(Say("repair.again_note", note, ToGroup(ticket.group or "service"), kind="alert", ticket=ticket.id))
    return told


def _with_media(ticket: Ticket, facts: Facts) -> dict[str, Any]:
    if not facts.inbound.media:
        return {}
    together = [*ticket.extra.get("media", ()), *map(dict, facts.inbound.media)]
    return {"media": together[: facts.rules.reception.pictures]}


def rework(ticket: Ticket, act: Act, facts: Facts) -> list[Step]:
    """The finished job comes back one level up, without a new ticket and without a second charge (S-REPAIR-16)."""
    return [
        *reopened(facts, ticket, act.text, source="resident"),
        Say(f"{ticket.type.value}.rework", ticket=ticket.id),
    ]


def neighbours(answers: Answers, facts: Facts) -> list[Step] | None:
    """A fault that somebody else reported, outside or in the same home: this resident follows it too (S-REPAIR-18)."""
    if answers.get("area") != "public":
        return _household(answers, facts)
    spot = answers["spot"]
    similar = facts.ask(SimilarTickets(TicketType.REPAIR.value, str(answers.get("category")), spot.get("building")))
    for ticket in similar:
        here = ticket.public_area and spot["place"] in (ticket.place or "") and _same_unit(ticket, spot.get("unit"))
        if here and ticket.reporter_lane != facts.speaker.lane:
            return _follows(ticket, facts)
    return None


def _household(answers: Answers, facts: Facts) -> list[Step] | None:
    """Two members of one home tell the same fault: one matter, one record (domain.md F.5)."""
    held = home_of(answers.get("home"))
    if held is None or places.means_another("；".join(answers["problem"])):
        return None
    category, place, thing = str(answers.get("category")), answers.get("place"), answers.get("object")
    for ticket in facts.ask(SimilarTickets(TicketType.REPAIR.value, category, held.building, held.id)):
        same = ticket.home is not None and places.same_matter(ticket, category, held, place, thing)
        if same and ticket.reporter_lane != facts.speaker.lane and ticket.status in WORKING:
            return _follows(ticket, facts)
    return None


def _follows(ticket: Ticket, facts: Facts) -> list[Step]:
    """One more who hears how a ticket goes on."""
    columns = {"contacts": ticket.contacts + 1}
    return [
        Subscribe(ticket.id),
        ChangeTicket(ticket.id, "again", columns, _with_media(ticket, facts), version=ticket.version),
        Say("repair.subscribed", ticket=ticket.id),
    ]


def _same_unit(ticket: Ticket, unit: str | None) -> bool:
    return unit is None or ticket.unit is None or ticket.unit == unit


def put_right(ticket: Ticket, facts: Facts) -> list[Step] | None:
    """A filed ticket with what the correction names instead: address, phone, time, place (design.md 11, Filing)."""
    meaning = facts.meaning
    if meaning is None or not isinstance(allowed(ticket, "correct", "resident"), Ok):
        return None
    slots = meaning.slots
    changes: dict[str, Any] = {}
    if slots.room is not None and slots.room.room is None and (ticket.home is None or ticket.public_area):
        if not facts.ask(HomesLike(slots.room)):
            return [Say("repair.bad.home.unknown", ticket=ticket.id)]
        changes |= {"building": slots.room.building or ticket.building, "unit": slots.room.unit or ticket.unit}
    elif slots.room is not None and not (ticket.home and fits(ticket.home, slots.room)):
        moved = _other_home(ticket, slots.room, facts)
        if moved is None:
            return [Say("repair.bad.home.unknown", ticket=ticket.id)]
        changes |= {"home": moved, "building": moved.building, "unit": moved.unit, "public_area": False}
    if slots.phone is not None:
        changes["contact_phone"] = slots.phone
    if slots.place is not None:
        changes["place"] = _place(ticket, with_floor(slots.place, meaning.text), facts)
    thing = None if places.only_where(meaning.text, slots.place) else slots.object
    if thing is not None and thing != ticket.object:
        changes |= {"object": thing, "summary": f"{ticket.summary}；{meaning.text}"[:500]}
    if slots.time is not None:
        changes |= {"wanted_start": slots.time.start, "wanted_end": slots.time.end}
    return _corrected(ticket, changes, slots.time, facts) if changes else None


def _other_home(ticket: Ticket, said: Room, facts: Facts) -> Home | None:
    """The address as said, its missing parts taken from the ticket."""
    old = ticket.home
    if old is not None:
        whole = replace(said, building=said.building or old.building, unit=said.unit or old.unit)
        found = facts.ask(HomesLike(whole)) if said.building is None or said.unit is None else ()
        if len(found) == 1:
            return found[0]
    found = facts.ask(HomesLike(said))
    return found[0] if len(found) == 1 else None


def _place(ticket: Ticket, said: str, facts: Facts) -> str:
    """The place as corrected; a spot told in addition is part of the place that is known."""
    old = ticket.place
    if not old or not ticket.public_area or is_correction(facts.inbound.text) or old in said or said in old:
        return said if not old or said not in old else old
    return f"{old}{said}"


def _only_more(ticket: Ticket, changes: dict[str, Any]) -> bool:
    """Nothing that was told before is replaced: it is only told more exactly."""
    was = {name: getattr(ticket, name) for name in changes}
    return all(not old or old == changes[name] or str(old) in str(changes[name]) for name, old in was.items())


def _corrected(ticket: Ticket, changes: dict[str, Any], time: TimeWindow | None, facts: Facts) -> list[Step]:
    timers: list[Effect] = []
    if time is not None:
        matter = sla.Matter(ticket.type, ticket.urgency, ticket.level, (time.start, time.end))
        due = sla.limits(facts.rules.sla, matter, facts.now, facts.today).finish
        changes = {**changes, "finish_due": due}
        moved = replace(ticket, wanted_start=time.start, wanted_end=time.end)
        timers = clocks.renew_finish(facts, moved, due) if due else []
    completed = time is None and not is_correction(facts.inbound.text) and _only_more(ticket, changes)
    steps: list[Step] = [
        ChangeTicket(ticket.id, "correct", changes, data={"words": facts.inbound.text[:500]}, version=ticket.version),
        *timers,
        Say("repair.completed" if completed else "repair.corrected", ticket=ticket.id),
        Say("repair.corrected_note", to=ToGroup(ticket.group or "service"), kind="alert", ticket=ticket.id),
    ]
    if ticket.assignee_id is not None:
        steps.append(Say("repair.corrected_card", to=ToStaff(ticket.assignee_id), kind="alert", ticket=ticket.id))
    return steps
