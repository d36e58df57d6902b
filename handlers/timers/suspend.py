"""A suspended ticket's day has passed: people are reminded, the resident hears a new time. Rules: C-51."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers import ticketing
from handlers.dialog.form import Step
from handlers.effects import AddTask, Phrase, Say, ToStaff
from handlers.facts import Facts, StaffById, TicketById
from handlers.rules import dispatch
from handlers.ticketing import clocks, people
from storage.model import Role, Ticket, TicketStatus

KINDS = ("suspend_due",)
#: After so many new days the manager is asked to decide.
ROUNDS = 3


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - one signature
    """Remind the man and his head, tell the resident a new day, and watch that one too."""
    ticket = facts.ask(TicketById(int(subject.partition(":")[2])))
    if ticket is None or ticket.status is not TicketStatus.SUSPENDED:
        return []
    round_ = int(data.get("round", 1))
    until = _next(facts, ticket)
    reason = str(ticket.extra.get("suspended") or "")
    found: list[Step] = [*_reminded(facts, ticket, reason, round_)]
    found.append(ticketing.change(facts, ticket, "delay", columns={"suspend_until": until}, reason=reason or None))
    found += ticketing.residents_hear(facts, ticket, "ticket.said.waiting", {"reason": reason, "until": until})
    found += clocks.suspended(facts, ticket, until, round_=round_ + 1)
    if round_ >= ROUNDS:
        title = Phrase("ticket.late.task")
        found.append(AddTask("overdue", clocks.subject(ticket), title, Role.CS_MANAGER.value, ticket=ticket.id))
    return found


def _next(facts: Facts, ticket: Ticket) -> datetime:
    """The same time a day later, after the promised day."""
    begun = max(facts.now, ticket.suspend_until or facts.now)
    return begun + timedelta(days=1)


def _reminded(facts: Facts, ticket: Ticket, reason: str, round_: int) -> list[Say]:
    staff, rules = people.roster(facts), facts.rules.dispatch
    without = ticket.extra.get("accused_ids", ())
    head = dispatch.head_of(rules, ticket.group or "manager", staff, without)
    boss = dispatch.of_role(staff, Role.CS_MANAGER) if round_ > 1 else ()
    who = facts.ask(StaffById(ticket.assignee_id)) if ticket.assignee_id else None
    params = {"reason": reason, "name": who.name if who else None}
    ids = [ticket.assignee_id, head.id if head else None, *(s.id for s in boss)]
    told = [i for i in dict.fromkeys(filter(None, ids)) if i not in without]
    return [Say("ticket.late.suspended", params, ToStaff(i), "alert", ticket.id) for i in told]
