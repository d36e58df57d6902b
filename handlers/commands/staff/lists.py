"""What is open, and how one ticket stands: 今天还有哪些, 003 什么情况. Rules: design.md 8, AL-18, S-TRI-04."""

from handlers.commands.staff.find import Speaker
from handlers.commands.staff.grammar import Command
from handlers.dialog.form import Step
from handlers.effects import Phrase, Say, ToStaff
from handlers.facts import Facts, HistoryOf, HomesLike, StaffById, TicketsOfGroup, TicketsOfStaff
from handlers.history import of_home
from handlers.rules import dispatch
from handlers.rules.ticket import MOVES
from handlers.ticketing import cards, digest, is_accused
from nlp.slots.room import find_rooms
from storage.model import Ticket


def open_tickets(facts: Facts, speaker: Speaker, _: Command | None = None) -> list[Step]:
    """In a group its open tickets, masked; in private the speaker's own, for heads their department's too."""
    staff = speaker.staff
    if speaker.group:
        return [digest.of_group(facts, facts.ask(TicketsOfGroup(speaker.group)))]
    own = [t for t in facts.ask(TicketsOfStaff(staff.id)) if t.status not in digest.OVER]
    groups = [g for g, roles in dispatch.GROUP_ROLES.items() if staff.role in roles]
    found: list[Step] = [digest.lines(facts, own, "staff.list.own", "staff.line.own")]
    if dispatch.is_head(facts.rules.dispatch, staff) or staff.role in dispatch.DESK:
        for group in groups:
            theirs = [t for t in facts.ask(TicketsOfGroup(group)) if not is_accused(t, staff) and t not in own]
            if theirs:
                found.append(digest.of_group(facts, theirs))
    return found


def history(facts: Facts, speaker: Speaker, command: Command) -> list[Step]:
    """履历 3-2-501: what was repaired in a home, in private only (S-REPAIR-22)."""
    if speaker.group is not None:
        return [Say("staff.history.private")]
    rooms = find_rooms(command.rest)
    homes = facts.ask(HomesLike(rooms[0].value)) if rooms else ()
    return [of_home(homes[0], facts, "history.staff")] if len(homes) == 1 else [Say("staff.history.room")]


def status_of(facts: Facts, speaker: Speaker, ticket: Ticket, _: Command) -> list[Step]:
    """One ticket: where it stands, who has it, until when, the last step; its handler gets the full card in private."""
    who = facts.ask(StaffById(ticket.assignee_id)) if ticket.assignee_id else None
    history = facts.ask(HistoryOf(ticket.id))
    matter, person = cards.of_ticket(ticket), cards.reporter(facts, ticket)
    params = cards.public(matter, person) | {
        "who": who.name if who else None,
        "due": digest.until(ticket),
        "last": Phrase(f"staff.move.{history[-1].move}") if history and history[-1].move in MOVES else None,
        "at": history[-1].at if history else None,
    }
    found: list[Step] = [Say("staff.status", params, ticket=ticket.id)]
    full = ticket.assignee_id == speaker.staff.id or speaker.staff.role in dispatch.DESK
    if full and speaker.group is None:
        shown = cards.private(matter, person) | {"head": Phrase("staff.status.card")}
        mine = ticket.assignee_id == speaker.staff.id
        moves = cards.buttons(*cards.holder_moves(matter)) if mine else ()
        to = ToStaff(speaker.staff.id)
        found = [*found, Say("ticket.card", shown, to, "reply", ticket.id, moves, media=cards.media(matter))]
    return found
