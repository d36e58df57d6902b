"""What is open, and how one ticket stands: 今天还有哪些, 003 什么情况. Rules: design.md 8, AL-18, S-TRI-04."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.commands.staff.find import Speaker
from handlers.commands.staff.grammar import Command
from handlers.dialog.form import Step
from handlers.effects import Phrase, Say, ToStaff
from handlers.facts import Facts, HistoryOf, StaffById, TicketsOfGroup, TicketsOfStaff
from handlers.rules import dispatch
from handlers.rules.ticket import MOVES
from handlers.ticketing import cards, is_accused
from storage.model import Ticket, TicketStatus

#: Longer lists end with a count.
LINES = 15
_RANK = {"emergency": 0, "urgent": 1}
_OVER = frozenset({TicketStatus.DONE, TicketStatus.CONFIRMED})


def open_tickets(facts: Facts, speaker: Speaker) -> list[Step]:
    """In a group its open tickets, masked; in private the speaker's own, for heads their department's too."""
    staff = speaker.staff
    if speaker.group:
        return [digest(facts, facts.ask(TicketsOfGroup(speaker.group)))]
    own = [t for t in facts.ask(TicketsOfStaff(staff.id)) if t.status not in _OVER]
    groups = [g for g, roles in dispatch.GROUP_ROLES.items() if staff.role in roles]
    found: list[Step] = [_list(facts, own, "staff.list.own", "staff.line.own")]
    if dispatch.is_head(facts.rules.dispatch, staff) or staff.role in dispatch.DESK:
        for group in groups:
            theirs = [t for t in facts.ask(TicketsOfGroup(group)) if not is_accused(t, staff) and t not in own]
            if theirs:
                found.append(digest(facts, theirs))
    return found


def digest(facts: Facts, tickets: Sequence[Ticket]) -> Say:
    """The open list of a group: late ones first, then urgent, then by limit; nothing personal in it."""
    shown = [t for t in tickets if t.status not in _OVER and not t.extra.get("accused_ids")]
    return _list(facts, shown, "staff.list.group", "staff.line.group")


def _list(facts: Facts, tickets: Sequence[Ticket], key: str, line: str) -> Say:
    if not tickets:
        return Say(f"{key}.none")
    ordered = sorted(tickets, key=lambda t: _order(facts, t))
    lines = tuple(Phrase(line, _line(facts, ticket)) for ticket in ordered[:LINES])
    late = sum(is_late(facts, ticket) for ticket in tickets)
    more = len(tickets) - LINES
    counts = {"count": len(tickets), "late": late or None, "more": more if more > 0 else None}
    return Say(key, {"lines": lines, **counts})


def _line(facts: Facts, ticket: Ticket) -> dict[str, object]:
    who = facts.ask(StaffById(ticket.assignee_id)) if ticket.assignee_id else None
    late = Phrase("staff.late") if is_late(facts, ticket) else None
    return {"ticket": ticket, "who": who.name if who else None, "late": late}


def is_late(facts: Facts, ticket: Ticket) -> bool:
    """Whether a limit has passed with the work undone."""
    due = ticket.finish_due if ticket.accepted_at else ticket.respond_due or ticket.finish_due
    running = ticket.status not in (TicketStatus.SUSPENDED, *_OVER)
    return running and due is not None and due < facts.now


def _order(facts: Facts, ticket: Ticket) -> tuple[bool, int, datetime]:
    due = ticket.finish_due or facts.now + timedelta(days=365)
    return (not is_late(facts, ticket), _RANK.get(ticket.urgency, 2), due)


def status_of(facts: Facts, speaker: Speaker, ticket: Ticket, _: Command) -> list[Step]:
    """One ticket: where it stands, who has it, until when, the last step; its handler gets the full card in private."""
    who = facts.ask(StaffById(ticket.assignee_id)) if ticket.assignee_id else None
    history = facts.ask(HistoryOf(ticket.id))
    matter, person = cards.of_ticket(ticket), cards.reporter(facts, ticket)
    params = cards.public(matter, person) | {
        "who": who.name if who else None,
        "last": Phrase(f"staff.move.{history[-1].move}") if history and history[-1].move in MOVES else None,
        "at": history[-1].at if history else None,
    }
    found: list[Step] = [Say("staff.status", params, ticket=ticket.id)]
    full = ticket.assignee_id == speaker.staff.id or speaker.staff.role in dispatch.DESK
    if full and speaker.group is None:
        shown = cards.private(matter, person) | {"head": Phrase("staff.status.card")}
        moves = cards.buttons("arrive", "finish", "return") if ticket.assignee_id == speaker.staff.id else ()
        to = ToStaff(speaker.staff.id)
        found = [*found, Say("ticket.card", shown, to, "reply", ticket.id, moves, media=cards.media(matter))]
    return found
