"""A fault inside a complaint: both are tickets, linked to each other (domain.md appendix C)."""

from handlers.dialog.form import Answers
from handlers.facts import Facts
from handlers.rules.places import family
from storage.model import WORKING, Ticket, TicketType


def repair_of(answers: Answers, facts: Facts) -> Ticket | None:
    """The open repair that a complaint is about: of the same category, the newest."""
    wanted = family(str(answers.get("category")))
    found = [
        ticket
        for ticket in facts.tickets
        if ticket.type is TicketType.REPAIR and ticket.status in WORKING and family(ticket.category) == wanted
    ]
    return max(found, key=lambda ticket: ticket.id, default=None)
