"""The two pushes of a callback, then the call list. Rules: SLA-30..33, SLA-39, C-47, S-CB-01, AL-12."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers import ticketing
from handlers.dialog.form import Start, Step
from handlers.effects import AddTask, Phrase, Record, Say, SetTimer, ToGroup
from handlers.facts import Facts, Recorded, TicketById
from handlers.rules.pushes import OPT_OUT
from handlers.rules.quiet import allowed, next_allowed
from handlers.ticketing import cards, clocks
from storage.model import WORKING, Role, Ticket

KINDS = ("callback", "callback_call")
#: Forms whose question may wait; they do not keep a resident busy.
_PATIENT = ("callback", "sign_off", "quote")


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Ask, ask once more, or give the resident to the people who phone; nothing once the ticket has its result."""
    ticket = facts.ask(TicketById(int(subject.partition(":")[2])))
    if ticket is None or ticket.extra.get("callback"):
        return []
    if ticket.status in WORKING:
        return _later(ticket, facts) if kind == "callback" else []
    if ticket.confirmed_at is None and ticket.finished_at is None:
        return []
    return _push(ticket, data, facts) if kind == "callback" else _call(ticket, data, facts)


def busy(facts: Facts) -> bool:
    """Whether the resident is in the middle of something else, or with a person."""
    live = [frame for frame in facts.conversation.frames if frame.form not in _PATIENT]
    recent = facts.conversation.touched_at
    talking = recent is not None and facts.now - recent < timedelta(minutes=facts.rules.callback.defer_min)
    return facts.conversation.held_by is not None or bool(live and talking)


def waits_for(facts: Facts, form: str, ticket_id: int) -> bool:
    """Whether the question of this form about this ticket stands open already."""
    return any(f.form == form and f.answers.get("ticket") == ticket_id for f in facts.conversation.frames)


def _push(ticket: Ticket, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    subject, zone = clocks.subject(ticket), facts.estate.zone
    limit = _moment(data, "limit") or facts.now
    if not allowed(facts.rules.quiet, facts.now, zone) or (busy(facts) and facts.now < limit):
        wait = timedelta(minutes=facts.rules.callback.defer_min if busy(facts) else 0)
        return [SetTimer("callback", subject, next_allowed(facts.rules.quiet, facts.now + wait, zone), data=data)]
    refused = facts.ask(Recorded(OPT_OUT, facts.speaker.lane))
    if refused and refused[-1].get("out", True):
        return _call(ticket, data, facts)  # who wants no such messages is phoned
    number = int(data.get("push", 1))
    found: list[Step] = []
    if waits_for(facts, "callback", ticket.id):
        found.append(Say("callback.again", kind="push", ticket=ticket.id, dedupe=_dedupe(ticket, number)))
    else:
        found.append(Start("callback", {"ticket": ticket.id, "push": number}))
    asked = {"callback_asked": {"push": number, "at": facts.now.isoformat()}}
    found.append(ticketing.change(facts, ticket, "callback", extra=asked, data={"push": number}))
    if number == 1 and ticket.level in facts.rules.callback.door_levels:  # C-14: every round, with a signature
        title = Phrase("callback.door.task")
        found.append(AddTask("door_callback", subject, title, Role.FRONT_DESK.value, limit, ticket.id))
    return [*found, _following(ticket, number, data, facts)]


def _following(ticket: Ticket, number: int, data: Mapping[str, Any], facts: Facts) -> SetTimer:
    """After the first push the second, after the second the call list; never sooner than a few hours later."""
    least = facts.now + timedelta(hours=facts.rules.callback.call_hours)
    subject = clocks.subject(ticket)
    if number == 1:
        second = max(_moment(data, "second") or least, least)
        return SetTimer("callback", subject, second, data={**data, "push": 2})
    return SetTimer("callback_call", subject, max(_moment(data, "call") or least, least), data=data)


def _call(ticket: Ticket, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Two questions without an answer, or nobody to write to: people phone (domain.md 5.3, AL-12)."""
    subject = clocks.subject(ticket)
    record = {"reached": False, "method": "chat", "number": ticket.number, "pushes": data.get("push", 0)}
    title = Phrase("callback.call.task")
    shown = cards.public(cards.of_ticket(ticket), cards.reporter(facts, ticket))
    return [
        Record("callback", subject, record, ticket.id),
        AddTask("callback_call", subject, title, Role.FRONT_DESK.value, _moment(data, "limit"), ticket.id),
        Say("callback.call.alert", shown, ToGroup("service"), "alert", ticket.id),
    ]


def _later(ticket: Ticket, facts: Facts) -> list[Step]:
    """The work came back and is not finished: the question waits; the next finish plans it anew (S-CB-07)."""
    found: list[Step] = []
    found += clocks.schedule_callback(facts, ticket, facts.now)
    return found


def _moment(data: Mapping[str, Any], name: str) -> datetime | None:
    said = data.get(name)
    return datetime.fromisoformat(said) if isinstance(said, str) else None


def _dedupe(ticket: Ticket, number: int) -> str:
    return f"callback:{ticket.id}:{ticket.reopened}:{number}"
