"""The first days of a month: last month's paid orders on one list, what is not audited is reported.

Rules: S-REPAIR-20, SLA-27, J-16, domain.md 3.3.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.dialog.form import Step
from handlers.effects import Phrase, Say, SetTimer, ToStaff
from handlers.facts import Facts, Recorded, TicketById
from handlers.rules import Rules, dispatch
from handlers.ticketing.people import roster
from storage.model import Role, Ticket

KINDS = ("paid_forms", "paid_forms_check")
RECURRING = ("paid_forms",)
_AT, _CHECK_AT = time(9), time(17)
_SIGNED = ("confirmed", "closed")


def first(kind: str, now: datetime, zone: ZoneInfo, rules: Rules) -> datetime:  # noqa: ARG001 - one signature
    """Nine o'clock on the first day of the coming month, in UTC as `now` is."""
    local = now.astimezone(zone)
    day = (local.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime.combine(day, _AT, zone).astimezone(now.tzinfo)


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Day 1: the list with what is missing, to the supervisor. Last day: what is open, to the director too."""
    month = str(data.get("month") or f"{facts.today.replace(day=1) - timedelta(days=1):%Y-%m}")
    orders = _orders(facts, month)
    if kind == "paid_forms_check":
        return _late(facts, month, [t for t in orders if not t.extra.get("charge")])
    again = SetTimer(kind, subject, first(kind, facts.now, facts.estate.zone, facts.rules))
    if not orders:
        return [again]
    day = facts.today.replace(day=facts.rules.order.audit_role_days)
    due = datetime.combine(day, _CHECK_AT, facts.estate.zone).astimezone(facts.now.tzinfo)
    check = SetTimer("paid_forms_check", f"month:{month}", due, data={"month": month})
    told = dispatch.of_role(roster(facts), Role.REPAIR_SUPERVISOR, Role.CS_MANAGER)[:1]
    return [again, check, *(Say("paid_forms.list", _shown(month, orders), ToStaff(s.id), "alert") for s in told)]


def _orders(facts: Facts, month: str) -> list[Ticket]:
    ids = dict.fromkeys(int(line["ticket"]) for line in facts.ask(Recorded("paid_order", f"month:{month}")))
    found = [facts.ask(TicketById(id_)) for id_ in ids]
    return [ticket for ticket in found if ticket is not None]


def _shown(month: str, orders: list[Ticket]) -> dict[str, Any]:
    return {
        "month": month,
        "count": len(orders),
        "unsigned": sum(t.status.value not in _SIGNED for t in orders),
        "unaudited": sum(not t.extra.get("charge") for t in orders),
        "lines": tuple(_line(ticket) for ticket in orders),
    }


def _line(ticket: Ticket) -> Phrase:
    missing = "signed" if ticket.status.value not in _SIGNED else "audited" if not ticket.extra.get("charge") else None
    lacks = Phrase(f"paid_forms.lacks.{missing}") if missing else None
    amount = (ticket.extra.get("charge") or ticket.extra.get("quote") or {}).get("amount_fen")
    return Phrase("paid_forms.line", {"ticket": ticket, "amount_fen": amount, "lacks": lacks})


def _late(facts: Facts, month: str, open_: list[Ticket]) -> list[Step]:
    if not open_:
        return []
    told = dispatch.of_role(roster(facts), Role.REPAIR_SUPERVISOR, Role.DIRECTOR)
    return [Say("paid_forms.late", _shown(month, open_), ToStaff(s.id), "alert") for s in told]
