"""What a finished order still owes: audit, month's list, papers. Rules: S-REPAIR-07, -08, -12, -20, SLA-27, SLA-84."""

from datetime import datetime, timedelta

from handlers.effects import AddTask, Effect, Phrase, Record, Say, SetTimer, ToStaff
from handlers.facts import Facts
from handlers.rules import dispatch
from handlers.ticketing import clocks, people
from storage.model import Role, Staff, Ticket


def to_audit(facts: Facts, ticket: Ticket) -> list[Effect]:
    """A finished paid order goes to the supervisor's audit and on the month's list; cash is never taken (C-08)."""
    quote = ticket.extra.get("quote") or {}
    if not quote.get("agreed") or not quote.get("amount_fen"):
        return []
    told = dispatch.of_role(people.roster(facts), Role.REPAIR_SUPERVISOR, Role.CS_MANAGER)[:1]
    shown = {"amount_fen": quote["amount_fen"], "items": quote.get("items") or ticket.extra.get("items")}
    price = (ticket.extra.get("price") or {}).get("amount_fen")
    shown["listed_fen"] = price if price and price != quote["amount_fen"] else None
    month = f"month:{facts.today:%Y-%m}"
    return [
        AddTask("charge_audit", clocks.subject(ticket), Phrase("staff.audit.task"), Role.REPAIR_SUPERVISOR.value,
                ticket=ticket.id),
        *(Say("staff.audit.ask", shown, ToStaff(s.id), "alert", ticket.id) for s in told),
        Record("paid_order", month, {"ticket": ticket.id, "number": ticket.number}, ticket.id),
    ]  # fmt: skip


def paperwork(facts: Facts, ticket: Ticket, by: Staff, said: str) -> list[Effect]:
    """Repaired first, papers the same day: what was really done is still to be written (S-REPAIR-07, S-REPAIR-08)."""
    first = ticket.urgency in ("urgent", "emergency") or ticket.extra.get("retroactive")
    if not first or said or ticket.extra.get("items"):
        return []
    evening = datetime.combine(facts.today, facts.rules.order.papers_at, facts.estate.zone).astimezone(facts.now.tzinfo)
    due = max(evening, facts.now + timedelta(minutes=30))
    asked = Say("staff.paperwork.ask", {}, ToStaff(by.id), "alert", ticket.id)
    return [asked, SetTimer("paperwork", clocks.subject(ticket), due, clocks.lane_of(ticket), ticket.id)]
