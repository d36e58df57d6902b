"""A resident asks after a ticket: how it stands, hurry, another time, more to say. Rules: S-TRI-04, S-REC-09, AL-19."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from handlers.dialog.form import Start, Step
from handlers.effects import Button, ChangeTicket, Effect, Phrase, Say, ToGroup, ToStaff
from handlers.facts import Facts, HistoryOf, StaffById
from handlers.rules import dispatch
from handlers.rules.access import surname
from handlers.rules.ticket_words import Want
from handlers.ticketing import clocks, confirmed
from handlers.ticketing.cards import of_ticket, words_for_group
from handlers.ticketing.people import roster
from nlp.meaning import TimeWindow
from storage.model import ENDED, WORKING, Role, Ticket, TicketStatus, TicketType

#: Words and time of a resident may still change the visit in these.
_MOVABLE = frozenset(WORKING - {TicketStatus.ARRIVED})
#: Kinds in which somebody comes and works; of the others nobody speaks of a charge.
_WORK = (TicketType.REPAIR, TicketType.SERVICE)
Manner = Literal["work", "open", "safe"]
_THANKS: Mapping[Manner, str] = {
    "work": "sign_off.thanks",
    "open": "sign_off.thanks.open",
    "safe": "sign_off.thanks.safe",
}
#: Whom residents call 师傅.
_HANDS = frozenset({Role.REPAIRER, Role.REPAIR_SUPERVISOR, Role.SECURITY, Role.CLEANING})
#: Repeated contacts in one day from which the desk's manager hears of it (S-REC-09).
_REPEATS = 2


def open_tickets(facts: Facts) -> tuple[Ticket, ...]:
    """The speaker's tickets that are not ended, newest first."""
    return tuple(ticket for ticket in facts.tickets if ticket.status not in ENDED)


def serve(want: Want, ticket: Ticket, words: str, facts: Facts) -> list[Step]:
    """Do what the resident wants of one ticket."""
    match want:
        case "urge":
            return _urge(ticket, facts)
        case "reschedule":
            return _reschedule(ticket, facts)
        case "cancel":
            return [Start("withdraw", {"ticket": ticket.id})]
        case "add":
            return _add(ticket, words, facts)
        case "call":
            return _call(ticket, facts)
        case _:
            return [Say("progress.one", {"status": status_of(ticket, facts)}, ticket=ticket.id)]


def manner_of(ticket: Ticket | None) -> Manner:
    """How the end of a matter is spoken of: work is tried, people are safe, an answer or a result is enough."""
    if ticket is None or ticket.type in _WORK:
        return "work"
    return "safe" if ticket.type is TicketType.EMERGENCY else "open"


def signed_off(ticket: Ticket, facts: Facts) -> list[Step]:
    """The resident says that a finished matter is settled (S-REPAIR-13, SC-D33)."""
    return [*confirmed(facts, ticket), Say(_THANKS[manner_of(ticket)], ticket=ticket.id)]


def status_of(ticket: Ticket, facts: Facts) -> Phrase:
    """Who has it, since when, what comes next and by when (S-TRI-04)."""
    late = ticket.finish_due is not None and ticket.status in WORKING and ticket.finish_due < facts.now
    params = {
        "ticket": ticket,
        "worker": worker(ticket, facts),
        "reason": ticket.extra.get("suspend_reason"),
        "sorry": Phrase("progress.late") if late else None,
        "due": None if late else ticket.finish_due,
    }
    received = facts.ask(StaffById(by)) if isinstance(by := _received_by(ticket), int) else None
    if received is not None:
        return Phrase("progress.status.received", {**params, "name": received.name})
    hurries = ticket.status is TicketStatus.ACCEPTED and ticket.urgency != "normal" and ticket.wanted_start is None
    works = ticket.type in (TicketType.REPAIR, TicketType.EMERGENCY)
    status = "hurries" if hurries and works else ticket.status.value
    return Phrase(f"progress.status.{status}", params)


def _received_by(ticket: Ticket) -> object:
    """Who answers for a complaint that nobody works on yet: whoever stamped it 接收, as its resident heard."""
    stamp = ticket.extra.get("received")
    return stamp.get("by") if ticket.status is TicketStatus.NEW and isinstance(stamp, Mapping) else None


def worker(ticket: Ticket, facts: Facts) -> Phrase:
    """Who has it, as residents hear it: surname and 师傅; nobody yet: the department."""
    staff = facts.ask(StaffById(ticket.assignee_id)) if ticket.assignee_id else None
    if staff is None:
        return Phrase("progress.worker.none")
    if staff.role in _HANDS:
        return Phrase("progress.worker.master", {"surname": surname(staff.name)})
    return Phrase("progress.worker.desk")


def lines(tickets: Sequence[Ticket]) -> tuple[Phrase, ...]:
    """One short line a ticket."""
    return tuple(Phrase("progress.line", {"ticket": ticket}) for ticket in tickets)


def buttons(tickets: Sequence[Ticket]) -> tuple[Button, ...]:
    """One button a ticket, named by its number."""
    return tuple(Button(str(ticket.id), ticket.number) for ticket in tickets)


def _urge(ticket: Ticket, facts: Facts) -> list[Step]:
    """One more contact: whoever has it is reminded, from the second in a day on the manager too (AL-19)."""
    if ticket.status not in WORKING:
        return [Say("progress.one", {"status": status_of(ticket, facts)}, ticket=ticket.id)]
    repeats = 1 + sum(e.move in ("urge", "again") and _is_today(e.at, facts) for e in facts.ask(HistoryOf(ticket.id)))
    count = repeats + (1 if ticket.created_at is not None and _is_today(ticket.created_at, facts) else 0)
    columns = {"contacts": ticket.contacts + 1}
    return [
        ChangeTicket(ticket.id, "urge", columns, data={"today": count}, version=ticket.version),
        *_tell_staff(ticket, "progress.note.urge", {"count": count}, facts, managers=repeats >= _REPEATS),
        Say("progress.urged", {"status": status_of(ticket, facts)}, ticket=ticket.id),
    ]


def _call(ticket: Ticket, facts: Facts) -> list[Step]:
    """A colleague's private number is not given: he is asked to call, words are passed on (S-REC-12)."""
    if ticket.status not in WORKING:
        return [Say("progress.one", {"status": status_of(ticket, facts)}, ticket=ticket.id)]
    return [
        *_tell_staff(ticket, "progress.note.call", {}, facts),
        Say("progress.call", {"worker": worker(ticket, facts)}, ticket=ticket.id),
    ]


def _is_today(at: datetime, facts: Facts) -> bool:
    return at.astimezone(facts.estate.zone).date() == facts.today


def _tell_staff(
    ticket: Ticket, key: str, params: Mapping[str, Any], facts: Facts, *, managers: bool = False
) -> list[Step]:
    """Whoever has the ticket, else its group with masked words; a complaint of a colleague only its managers."""
    chiefs = [staff.id for staff in dispatch.of_role(roster(facts), Role.CS_MANAGER)]
    accused = bool(ticket.extra.get("accused_ids"))
    ids = [ticket.assignee_id] if ticket.assignee_id else chiefs if accused else []
    ids += chiefs if managers else []
    told: list[Step] = [Say(key, params, ToStaff(id_), "alert", ticket.id) for id_ in dict.fromkeys(ids)]
    if ticket.assignee_id is None and not accused:
        told.insert(
            0, Say(key, _for_group(params, ticket, facts), ToGroup(ticket.group or "service"), "alert", ticket.id)
        )
    return told


def _for_group(params: Mapping[str, Any], ticket: Ticket, facts: Facts) -> dict[str, Any]:
    matter, person = of_ticket(ticket), facts.speaker.person
    return {
        name: words_for_group(value, matter, person) if name == "words" else value for name, value in params.items()
    }


def _reschedule(ticket: Ticket, facts: Facts) -> list[Step]:
    """Another time for the visit; asked where none was said."""
    if ticket.status not in _MOVABLE:
        return [Say("progress.not_movable", {"status": status_of(ticket, facts)}, ticket=ticket.id)]
    window = facts.meaning.slots.time if facts.meaning else None
    if window is None or (window.start or window.end or facts.now) < facts.now:
        return [Start("reschedule", {"ticket": ticket.id})]
    return moved(ticket, window, facts)


def moved(ticket: Ticket, window: TimeWindow, facts: Facts) -> list[Step]:
    """The visit is moved: limits follow the new time, whoever has the job is told (SLA-25)."""
    due = window.end or window.start
    columns: dict[str, Any] = {"wanted_start": window.start, "wanted_end": window.end, "finish_due": due}
    later = replace(ticket, wanted_start=window.start, wanted_end=window.end, finish_due=due)
    timers: list[Effect] = clocks.renew_finish(facts, later, due) if due else []
    change = ChangeTicket(ticket.id, "reschedule", columns, version=ticket.version)
    return [
        change,
        *timers,
        *_tell_staff(ticket, "progress.note.reschedule", {"wanted": window}, facts),
        Say("progress.rescheduled", {"wanted": window, "worker": worker(ticket, facts)}, ticket=ticket.id),
    ]


def _add(ticket: Ticket, words: str, facts: Facts) -> list[Step]:
    """What was forgotten is kept with the ticket and told to whoever has it."""
    notes = [*ticket.extra.get("notes", ()), {"at": facts.now.isoformat(), "words": words}]
    limit = facts.rules.reception.pictures
    media = [*ticket.extra.get("media", ()), *map(dict, facts.inbound.media)][:limit]
    extra: dict[str, Any] = {"notes": notes, **({"media": media} if media else {})}
    change = ChangeTicket(ticket.id, "note", extra=extra, data={"words": words}, version=ticket.version)
    return [
        change,
        *_tell_staff(ticket, "progress.note.add", {"words": words}, facts),
        Say("progress.added", ticket=ticket.id),
    ]
