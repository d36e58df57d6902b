"""An appointment comes near: the resident and the man who goes are reminded. Rules: SLA-25, S-REPAIR-05, J-04."""

from collections.abc import Mapping
from typing import Any

from handlers import ticketing
from handlers.dialog.form import Step
from handlers.facts import Facts, StaffById, TicketById
from handlers.ticketing import cards, people
from storage.model import TicketStatus

KINDS = ("appointment", "appointment_soon")
_WAITING = frozenset({TicketStatus.NEW, TicketStatus.ASSIGNED, TicketStatus.ACCEPTED, TicketStatus.REOPENED})


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - one signature
    """An hour before both sides are reminded, a quarter before the man; a job nobody took is offered once more."""
    ticket = facts.ask(TicketById(int(subject.partition(":")[2])))
    if ticket is None or ticket.status not in _WAITING:
        return []
    who = facts.ask(StaffById(ticket.assignee_id)) if ticket.assignee_id else None
    matter, person = cards.of_ticket(ticket), cards.reporter(facts, ticket)
    if kind == "appointment_soon":
        return [people.card(matter, person, who.id, ticket.id, "ticket.head.appointment_soon")] if who else []
    if who is None:
        found: list[Step] = [*ticketing.residents_hear(facts, ticket, "ticket.said.appointment.open", {})]
        return [*found, people.group_alert(matter, ticket.id, person)]
    said = ticketing.residents_hear(facts, ticket, "ticket.said.appointment", {"name": people.called(who)})
    return [*said, people.card(matter, person, who.id, ticket.id, "ticket.head.appointment")]
