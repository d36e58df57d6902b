"""The ticket moves: move -> from -> to -> who may -> what is said (design.md 7, 11; domain.md 1.3, 3.2, 4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from storage.model import Role, Ticket, TicketStatus, TicketType

S = TicketStatus
Who = Literal["worker", "holder", "dispatcher", "desk", "head", "manager", "supervisor", "reporter", "anyone"]

_ALL = frozenset(Role)
_MANAGER = frozenset({Role.CS_MANAGER, Role.DIRECTOR})
_HEAD = _MANAGER | {Role.REPAIR_SUPERVISOR, Role.CS_LEAD, Role.COMPANY_LEADER}
_DISPATCHER = frozenset({Role.DISPATCHER, Role.REPAIR_SUPERVISOR, Role.CS_LEAD, Role.DUTY}) | _MANAGER
_DESK = frozenset({Role.FRONT_DESK, Role.BUTLER, Role.CS_ASSISTANT, Role.GENERAL_AFFAIRS}) | _DISPATCHER

#: Who may, by role; `own` adds the assignee, `reporter` the resident whose matter it is (domain.md 1.3).
_ROLES: Mapping[Who, frozenset[Role]] = {
    "worker": _ALL - {Role.COMPANY_LEADER},
    "holder": _DISPATCHER,
    "dispatcher": _DISPATCHER,
    "desk": _DESK,
    "head": _HEAD | {Role.DUTY},
    "manager": _MANAGER | {Role.COMPANY_LEADER},
    "supervisor": _MANAGER | {Role.REPAIR_SUPERVISOR},
    "reporter": _DESK,
    "anyone": _ALL,
}

_OPEN = frozenset({S.NEW, S.ASSIGNED, S.ACCEPTED, S.ARRIVED, S.SUSPENDED, S.REOPENED})
#: Somebody has it.
TAKEN = frozenset({S.ASSIGNED, S.ACCEPTED, S.ARRIVED})
_DONE = frozenset({S.DONE, S.CONFIRMED})
_ALIVE = _OPEN | _DONE
_WORK = frozenset({TicketType.REPAIR, TicketType.EMERGENCY})
_WORKS = frozenset({TicketType.REPAIR, TicketType.EMERGENCY, TicketType.SERVICE})
_COMPLAINTS = frozenset({TicketType.COMPLAINT})


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table.

    Attributes:
        sources: statuses it may leave; `to` None: a record on the ticket, the status stays.
        who: the circle that may; the text `staff.who.<who>` names it in a refusal.
        stamp: the time column that the move fills.
        says: text that the reporter and the subscribers hear; empty: nothing, or the turn says it in its own way.
        types: kinds of ticket it belongs to; None is all.
    """

    sources: frozenset[TicketStatus]
    to: TicketStatus | None
    who: Who
    stamp: str = ""
    says: str = ""
    types: frozenset[TicketType] | None = None


MOVES: Mapping[str, Move] = {
    "accept": Move(
        frozenset({S.NEW, S.ASSIGNED, S.REOPENED}), S.ACCEPTED, "worker", "accepted_at", "ticket.said.accept"
    ),
    "assign": Move(_OPEN, S.ASSIGNED, "dispatcher", says="ticket.said.assign"),
    "transfer": Move(TAKEN | {S.REOPENED}, S.ASSIGNED, "holder", says="ticket.said.assign"),
    "return": Move(TAKEN | {S.REOPENED}, S.NEW, "holder", says="ticket.said.return"),
    "arrive": Move(
        frozenset({S.ASSIGNED, S.ACCEPTED, S.REOPENED}), S.ARRIVED, "holder", "arrived_at", "ticket.said.arrive"
    ),
    "finish": Move(TAKEN | {S.SUSPENDED}, S.DONE, "holder", "finished_at"),
    "confirm": Move(frozenset({S.DONE}), S.CONFIRMED, "reporter", "confirmed_at"),
    "reopen": Move(_DONE | {S.CLOSED}, S.REOPENED, "reporter"),
    "suspend": Move(TAKEN | {S.NEW, S.REOPENED}, S.SUSPENDED, "holder", "suspended_at", "ticket.said.suspend"),
    "resume": Move(frozenset({S.SUSPENDED}), None, "holder", says="ticket.said.resume"),
    "cancel": Move(_OPEN - {S.ARRIVED}, S.CANCELLED, "reporter"),
    "close": Move(_DONE, S.CLOSED, "desk", "closed_at"),
    "merge": Move(_OPEN, S.MERGED, "desk"),
    "correct": Move(_ALIVE, None, "reporter"),
    # Records on the ticket, not statuses (design.md 11).
    "receive": Move(_OPEN, None, "head", says="ticket.said.receive"),
    "contact": Move(_OPEN, None, "anyone"),
    "report_up": Move(_ALIVE, None, "head"),
    "level": Move(_ALIVE, None, "desk", types=_COMPLAINTS),
    "verdict": Move(_ALIVE, None, "manager", types=_COMPLAINTS),
    "measure": Move(_ALIVE, None, "head", types=_COMPLAINTS),
    "result": Move(_OPEN, S.DONE, "holder", "finished_at"),
    "verify": Move(_ALIVE | {S.CLOSED}, None, "head", types=_COMPLAINTS),
    "items": Move(_ALIVE, None, "holder", types=_WORKS),
    "quote": Move(_OPEN, None, "holder", says="quote.ask.consent", types=_WORKS),
    "material": Move(_OPEN, None, "holder", types=_WORK),
    "leak_start": Move(_ALIVE, None, "holder", says="ticket.said.leak_start", types=_WORK),
    "leak_end": Move(_ALIVE, None, "holder", says="ticket.said.leak_end", types=_WORK),
    "delay": Move(_OPEN, None, "holder", says="ticket.said.delay"),
    "offlist": Move(_OPEN, None, "supervisor", types=_WORKS),
    "adopt": Move(_OPEN, S.DONE, "manager", "finished_at", types=frozenset({TicketType.SUGGESTION})),
    "order": Move(_ALIVE, None, "desk", says="ticket.said.order.free", types=_WORK),
    "recheck": Move(_OPEN, None, "holder", says="ticket.said.recheck", types=_WORK),
    "urgency": Move(_OPEN, None, "desk"),
    "audit": Move(_ALIVE | {S.CLOSED}, None, "supervisor", types=_WORKS),
    "acknowledge": Move(_ALIVE, None, "anyone"),
    "callback": Move(_DONE, None, "desk"),
    "spot": Move(_DONE | {S.CLOSED}, None, "desk", types=_WORK),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants a move. `own`: the ticket is his; `head`: leads a department; `dispatches`: named by the director."""

    kind: Literal["resident", "system", "staff"]
    role: Role | None = None
    own: bool = False
    head: bool = False
    dispatches: bool = False


RESIDENT = Actor("resident")
SYSTEM = Actor("system")
By = Actor | Role | Literal["resident", "system"]


@dataclass(frozen=True, slots=True)
class Ok:
    """The move is legal; `to` is the status after it."""

    to: TicketStatus


@dataclass(frozen=True, slots=True)
class Refused:
    """The move is not legal; `key` is a kind sentence, `who` the circle that may (text `staff.who.<who>`)."""

    key: str
    who: Who | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


def actor(by: By) -> Actor:
    """An actor from its short form."""
    if isinstance(by, Actor):
        return by
    if isinstance(by, Role):
        return Actor("staff", by)
    return RESIDENT if by == "resident" else SYSTEM


def allowed(ticket: Ticket, move: str, by: By, *, called_back: bool = False) -> Ok | Refused:
    """Whether `by` may make the move now (design.md 11, domain.md 1.3).

    `called_back` says that its callback has a result: without one nothing is closed (domain.md appendix F, rule 10).
    """
    line = MOVES[move]
    if line.types is not None and ticket.type not in line.types:
        return Refused("staff.refused.type")
    if not _may(ticket, line, actor(by)):
        return Refused("staff.refused.who", line.who)
    if ticket.status not in _sources(ticket, move):
        return Refused(_why_not(ticket, move))
    if move == "close" and not called_back:
        return Refused("staff.refused.callback")
    return Ok(after(ticket, move))


def after(ticket: Ticket, move: str) -> TicketStatus:
    """The status after the move; resuming goes back to where the clock was stopped (design.md 11)."""
    if move == "resume":
        return ticket.suspended_from or S.ACCEPTED
    return MOVES[move].to or ticket.status


def changes(ticket: Ticket, move: str, now: datetime) -> dict[str, Any]:
    """The columns that the move itself fills: status and its time. Aware UTC."""
    line = MOVES[move]
    found: dict[str, Any] = {line.stamp: now} if line.stamp else {}
    status = after(ticket, move)
    if status is not ticket.status:
        found["status"] = status
    if move == "suspend":
        found["suspended_from"] = ticket.status
    if move == "resume" and ticket.suspended_at:
        stopped = int((now - ticket.suspended_at).total_seconds())
        found |= {
            "paused_s": ticket.paused_s + stopped,
            "suspended_at": None,
            "suspend_until": None,
            "suspended_from": None,
        }
    if move == "reopen":
        found |= {"reopened": ticket.reopened + 1, "finished_at": None, "confirmed_at": None, "closed_at": None}
        found |= {"accepted_at": None, "arrived_at": None}
    return found


def _may(ticket: Ticket, line: Move, by: Actor) -> bool:
    if by.kind == "system":
        return True
    if by.kind == "resident":
        return line.who == "reporter"
    if by.role in _ROLES[line.who]:
        return True
    return (
        (line.who == "holder" and (by.own or by.head or _on_the_spot(ticket)))
        or (line.who == "head" and by.head)
        or (line.who == "dispatcher" and by.dispatches)
        or (line.who == "reporter" and by.own and line.to is None)
    )


def _on_the_spot(ticket: Ticket) -> bool:
    """An emergency is anybody's who is there; so is a matter nobody holds yet (S-REC-18, S-EMERG-01)."""
    return ticket.assignee_id is None and (ticket.type is TicketType.EMERGENCY or ticket.type not in _WORK)


def _sources(ticket: Ticket, move: str) -> frozenset[TicketStatus]:
    """Emergencies are acknowledged by 已到 at once; matters that need no visit are settled in one answer."""
    sources = MOVES[move].sources
    if move == "arrive" and ticket.urgency in ("urgent", "emergency"):
        return sources | {S.NEW}
    if move == "finish" and ticket.type is TicketType.EMERGENCY:
        return sources | {S.NEW, S.REOPENED}
    if move in ("finish", "adopt") and ticket.type not in _WORK:
        return sources | {S.NEW, S.REOPENED}
    return sources


def _why_not(ticket: Ticket, move: str) -> str:
    if ticket.status in (S.CLOSED, S.CANCELLED, S.MERGED):
        return "staff.refused.ended"
    if ticket.status in _DONE:
        return "staff.refused.done"
    if ticket.status in (S.NEW, S.REOPENED) and move in ("finish", "arrive", "transfer", "return"):
        return "staff.refused.first_accept"
    if ticket.status is S.SUSPENDED:
        return "staff.refused.suspended"
    if move in ("accept", "arrive") and ticket.status in TAKEN:
        return "staff.refused.already"
    return "staff.refused.not_now"
