"""A finished paid order: the audit, the month's list, no cash. Rules: S-REPAIR-12, S-REPAIR-20, C-08, SLA-27."""

from handlers.effects import AddTask, Effect, Phrase, Record, Say, ToStaff
from handlers.facts import Facts
from handlers.rules import dispatch
from handlers.ticketing import clocks, people
from storage.model import Role, Ticket


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
