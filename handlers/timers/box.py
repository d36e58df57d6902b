"""The contact box: opened every day, its suggestions on one list. Rules: S-REC-17, SLA-35, J-07."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.desk import lead_of_desk
from handlers.dialog.form import Step
from handlers.effects import AddTask, Phrase, Say, SetTimer, ToGroup, ToStaff
from handlers.facts import Facts, Recorded, TicketsOfGroup
from handlers.rules import Rules
from handlers.ticketing.digest import OVER
from storage.model import Role, Ticket, TicketType

KINDS = ("box_open", "box_check")
RECURRING = ("box_open",)
LINES = 10


def first(kind: str, now: datetime, zone: ZoneInfo, rules: Rules) -> datetime:  # noqa: ARG001 - one signature
    """The next opening strictly after `now` (aware), in UTC as `now` is."""
    return _next(now, zone, rules.desk.box_at)


def _next(now: datetime, zone: Any, at: time) -> datetime:
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    return (today if today > local else today + timedelta(days=1)).astimezone(now.tzinfo)


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Morning: the list and the reminder. Afternoon: a box that was not opened is the desk lead's matter."""
    if kind == "box_check":
        return _checked(facts)
    again = SetTimer(kind, subject, _next(facts.now, facts.estate.zone, facts.rules.desk.box_at), data=data)
    if not facts.rules.desk.box:
        return [again]
    due = _next(facts.now, facts.estate.zone, facts.rules.desk.box_check_at)
    check = SetTimer("box_check", f"box:{facts.today.isoformat()}", due)
    digital = [
        t for t in facts.ask(TicketsOfGroup("service")) if t.type is TicketType.SUGGESTION and t.status not in OVER
    ]
    shown = {"count": len(digital), "lines": tuple(_line(ticket) for ticket in digital[:LINES])}
    listed: list[Step] = [Say("box.remind", shown, ToGroup("service"), "alert")] if digital else []
    task = AddTask("box", f"box:{facts.today.isoformat()}", Phrase("box.task"), Role.FRONT_DESK.value, due)
    return [again, check, task, *listed]


def _line(ticket: Ticket) -> Phrase:
    return Phrase("box.line", {"ticket": ticket})


def _checked(facts: Facts) -> list[Step]:
    if facts.ask(Recorded("box", f"box:{facts.today.isoformat()}")):
        return []
    lead = lead_of_desk(facts)
    return [Say("box.missed", to=ToStaff(lead.id), kind="alert")] if lead else []
