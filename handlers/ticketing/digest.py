"""Lists of open tickets, as groups and their people read them. Rules: design.md 8, AL-18, J-03."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.effects import Phrase, Say
from handlers.facts import Facts, StaffById
from storage.model import Ticket, TicketStatus

#: Longer lists end with a count.
LINES = 15
#: The work is done; what is left is between us and the resident.
OVER = frozenset({TicketStatus.DONE, TicketStatus.CONFIRMED})
_RANK = {"emergency": 0, "urgent": 1}


def of_group(facts: Facts, tickets: Sequence[Ticket]) -> Say:
    """The open list of a group: late ones first, then urgent, then by limit; nothing personal in it."""
    shown = [t for t in tickets if t.status not in OVER and not t.extra.get("accused_ids")]
    return lines(facts, shown, "staff.list.group", "staff.line.group")


def lines(facts: Facts, tickets: Sequence[Ticket], key: str, line: str) -> Say:
    """A list by urgency and limit under the text `key`, each ticket as the text `line`, at most `LINES` of them."""
    if not tickets:
        return Say(f"{key}.none")
    ordered = sorted(tickets, key=lambda t: _order(facts, t))
    shown = tuple(Phrase(line, _line(facts, ticket)) for ticket in ordered[:LINES])
    late = sum(is_late(facts, ticket) for ticket in tickets)
    more = len(tickets) - LINES
    counts = {"count": len(tickets), "late": late or None, "more": more if more > 0 else None}
    return Say(key, {"lines": shown, **counts})


def _line(facts: Facts, ticket: Ticket) -> dict[str, object]:
    who = facts.ask(StaffById(ticket.assignee_id)) if ticket.assignee_id else None
    late = Phrase("staff.late") if is_late(facts, ticket) else None
    return {"ticket": ticket, "who": who.name if who else None, "late": late, "due": until(ticket)}


def until(ticket: Ticket) -> Phrase:
    """Until when, as lists say it; a suspended one until its day."""
    if ticket.status is TicketStatus.SUSPENDED and ticket.suspend_until:
        return Phrase("staff.due.suspended", {"at": ticket.suspend_until})
    if ticket.finish_due:
        return Phrase("staff.due.finish", {"at": ticket.finish_due})
    return Phrase("staff.due.none")


def is_late(facts: Facts, ticket: Ticket) -> bool:
    """Whether a limit has passed with the work undone."""
    due = ticket.finish_due if ticket.accepted_at else ticket.respond_due or ticket.finish_due
    running = ticket.status not in (TicketStatus.SUSPENDED, *OVER)
    return running and due is not None and due < facts.now


def _order(facts: Facts, ticket: Ticket) -> tuple[bool, int, datetime]:
    due = ticket.finish_due or facts.now + timedelta(days=365)
    return (not is_late(facts, ticket), _RANK.get(ticket.urgency, 2), due)
