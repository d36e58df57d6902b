"""Which ticket and which colleague a staff sentence means. Rules: design.md 8, 11 (Staff sentences); S-COMP-24."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from handlers.commands.staff.grammar import Command, clean
from handlers.dialog.form import Step
from handlers.effects import Button, Phrase, Say
from handlers.facts import AllStaff, Facts, TicketsByNumber, TicketsOfGroup, TicketsOfStaff
from handlers.rules import dispatch
from handlers.rules import ticket as moves
from handlers.ticketing import is_accused
from storage.model import ENDED, Role, Staff, Ticket, TicketStatus

#: At most so many tickets are offered when it is unclear which one is meant.
CHOICES = 6
#: Who says so and hears nothing believes the job off his hands, in a group too.
_ENDING = frozenset({"finish", "return", "suspend"})
#: Minutes within which a second 接单 is about the ticket that was just taken.
JUST_MIN = 10
#: Longer sentences do not travel in a button; the ticket is then asked for in words.
BUTTON_CHARS = 120
DEPARTMENTS = {
    "repair": ("维修", "工程"),
    "order": ("秩序", "保安", "安保", "安护"),
    "clean": ("保洁", "环境", "绿化"),
    "service": ("客服", "前台"),
    "finance": ("财务", "收费"),
    "manager": ("管理", "经理室"),
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """The member of staff who speaks, and the group it is said in (None: private)."""

    staff: Staff
    group: str | None


#: A ticket, or what to say instead; None: nobody meant the bot.
Found = Ticket | list[Step] | None


def actor(facts: Facts, staff: Staff, ticket: Ticket) -> moves.Actor:
    """The speaker as `rules.ticket` sees him."""
    return dispatch.actor(facts.rules.dispatch, staff, ticket)


def sees(speaker: Speaker, ticket: Ticket) -> bool:
    """Whether a ticket is this speaker's business; in a group only that group's tickets and his own."""
    staff = speaker.staff
    if is_accused(ticket, staff):
        return False
    if ticket.assignee_id == staff.id or (speaker.group and ticket.group == speaker.group):
        return True
    return dispatch.sees(staff, ticket.group)


def ticket(facts: Facts, speaker: Speaker, command: Command, move: str) -> Found:
    """The ticket a sentence is about: by number, else the speaker's own open one; several → one question (design.md 8).

    `move` narrows the choice to tickets where it is possible.
    """
    if command.number:
        return _numbered(facts, speaker, command, command.number)
    own = [t for t in facts.ask(TicketsOfStaff(speaker.staff.id)) if not is_accused(t, speaker.staff)]
    fitting = _possible(facts, speaker, own, move)
    if not fitting and (move in ("accept", "receive") or (move == "arrive" and not own)):
        fitting = _waiting(facts, speaker, move)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        return which(facts, fitting, move)
    if len(own) == 1:
        return own[0]
    if move == "accept" and speaker.group is not None and (taken := _just_taken(facts, speaker.group)):
        return taken
    ends = command.plain and move in _ENDING
    if speaker.group is not None and not ends and not (command.plain and own):
        return None  # talk among colleagues
    return [Say("staff.which.none")]


def alarm(facts: Facts, speaker: Speaker, command: Command) -> Found:
    """The alarm that 警报解除 ends: by number, else the speaker's own, else the only one that is his business."""
    if command.number:
        return _numbered(facts, speaker, command, command.number)
    groups = [speaker.group] if speaker.group else _departments_of(speaker.staff)
    near = [t for group in groups if group for t in facts.ask(TicketsOfGroup(group)) if sees(speaker, t)]
    for tickets in (facts.ask(TicketsOfStaff(speaker.staff.id)), near):
        alarms = [t for t in tickets if t.urgency == "emergency"]
        fitting = _possible(facts, speaker, alarms, "finish")
        if fitting:
            return fitting[0] if len(fitting) == 1 else which(facts, fitting, "finish")
    return None


def _numbered(facts: Facts, speaker: Speaker, command: Command, number: str) -> Found:
    found = [t for t in facts.ask(TicketsByNumber(number)) if sees(speaker, t)]
    if "-" in number:
        exact = [t for t in found if t.number == number]
        return exact[0] if exact else [Say("staff.which.unknown", {"number": number})]
    alive = [t for t in found if t.status not in ENDED] or found
    today = [t for t in alive if _opened_today(facts, t)]
    fitting = today or alive
    if not fitting:
        known = command.plain or speaker.group is None
        return [Say("staff.which.unknown", {"number": number})] if known else None
    return fitting[0] if len(fitting) == 1 else which(facts, fitting, command.name)


def _opened_today(facts: Facts, ticket: Ticket) -> bool:
    created = ticket.created_at
    return created is not None and created.astimezone(facts.estate.zone).date() == facts.today


def _possible(facts: Facts, speaker: Speaker, tickets: Sequence[Ticket], move: str) -> list[Ticket]:
    """Those of `tickets` where the move is legal for the speaker; all of them for acts that are no moves."""
    if move not in moves.MOVES:
        return list(tickets)
    return [t for t in tickets if isinstance(moves.allowed(t, move, actor(facts, speaker.staff, t)), moves.Ok)]


def _waiting(facts: Facts, speaker: Speaker, move: str) -> list[Ticket]:
    """New tickets of the group that nobody has taken, for 我来, 接收 and, in an emergency, 已到."""
    groups = [speaker.group] if speaker.group else _departments_of(speaker.staff)
    found = [t for group in groups if group for t in facts.ask(TicketsOfGroup(group))]
    free = [
        t for t in found if t.status in (TicketStatus.NEW, TicketStatus.REOPENED) and not is_accused(t, speaker.staff)
    ]
    if move == "arrive":
        free = [t for t in free if t.urgency in ("urgent", "emergency")]
    return _possible(facts, speaker, free, move)


def _just_taken(facts: Facts, group: str) -> Ticket | None:
    """The group's ticket that a colleague took a moment ago: two who say 接单 mean the same one."""
    since = facts.now - timedelta(minutes=JUST_MIN)
    taken = [t for t in facts.ask(TicketsOfGroup(group)) if t.accepted_at is not None and t.accepted_at >= since]
    return max(taken, key=lambda t: (t.accepted_at, t.id), default=None)


def _departments_of(staff: Staff) -> list[str]:
    """Whose new tickets may be taken without a number: the own department's; those who oversee, everyone's."""
    if staff.role in dispatch.OVERSEEING:
        return list(dispatch.GROUP_ROLES)
    return [name for name, roles in dispatch.GROUP_ROLES.items() if staff.role in roles or staff.team == name]


def which(facts: Facts, tickets: Sequence[Ticket], move: str) -> list[Step]:
    """One question with the candidates as buttons; a tap says the same sentence again with the ticket (design.md 8)."""
    said = clean(facts.inbound.text)
    shown = tickets[:CHOICES]
    offered = tuple(Button(f"do:{t.id}:{said}", t.number) for t in shown) if len(said) <= BUTTON_CHARS else ()
    lines = tuple(Phrase("staff.line.short", {"ticket": t}) for t in shown)
    return [Say("staff.which.several", {"lines": lines, "move": move, "count": len(tickets)}, buttons=offered)]


#: 何师傅 and 何工 work with their hands: never the 何 at the front desk.
_HANDS = frozenset({Role.REPAIRER, Role.REPAIR_SUPERVISOR, Role.SECURITY, Role.CLEANING})


def colleague(facts: Facts, said: str, me: Staff) -> Staff | list[Staff] | None:
    """The member a sentence names: full name first, then surname with title, 老李, 小李; a list when several fit."""
    staff = facts.ask(AllStaff())
    if said.strip().startswith(("我", "自己")):
        return me
    full = [s for s in staff if s.name and s.name in said]
    if full:
        return max(full, key=lambda s: len(s.name))
    tests: tuple[Callable[[Staff], bool], ...] = (
        lambda s: s.role in _HANDS and any(f"{s.name[:1]}{title}" in said for title in ("师傅", "工")),
        lambda s: any(f"{s.name[:1]}{title}" in said for title in ("主管", "经理", "队长", "姐", "哥", "班长")),
        lambda s: any(f"{nick}{s.name[:1]}" in said for nick in ("老", "小", "阿")),
        lambda s: len(s.name) > 2 and s.name[1:] in said,
    )
    for test in tests:
        fitting = [s for s in staff if s.name and test(s)]
        if fitting:
            return fitting[0] if len(fitting) == 1 else fitting
    return None


def department(said: str) -> str | None:
    """The department a sentence names: 转保洁, 转给秩序部 ..."""
    hits = [group for group, words in DEPARTMENTS.items() if any(said.startswith(word) for word in words)]
    return hits[0] if hits else None
