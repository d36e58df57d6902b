"""Who is logged in on the console, and what they may see (INV-26, INV-27; domain.md 1.2, 1.3)."""

import hmac
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from bot.web.cookies import read_cookie, token_hash
from bot.web.keys import PARTS
from bot.web.problems import same_origin
from handlers.ticketing import is_accused
from storage.message import Conversation
from storage.model import Role, Staff, Ticket
from storage.unit_of_work import UnitOfWork

COOKIE = "guanjia-staff"
IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
#: A session is touched at most this often.
SEEN_EVERY = timedelta(minutes=1)
#: Sent by the page when it looks by itself: such requests do not keep an abandoned session alive.
BY_ITSELF = "X-By-Itself"
#: Front of house and heads see every ticket of the estate; the others those of their group and their own.
WIDE = frozenset(
    {
        Role.FRONT_DESK,
        Role.BUTLER,
        Role.CS_ASSISTANT,
        Role.CS_LEAD,
        Role.CS_MANAGER,
        Role.DISPATCHER,
        Role.DIRECTOR,
        Role.COMPANY_LEADER,
        Role.GENERAL_AFFAIRS,
        Role.DUTY,
    }
)
#: Of these, who works for certain buildings only (domain.md 1.2: own grid, own area).
_LOCAL = frozenset({Role.BUTLER, Role.CS_ASSISTANT})
#: They talk with residents: they open conversations, take them over and give them back.
_HOSTS = frozenset(
    {
        Role.FRONT_DESK,
        Role.BUTLER,
        Role.CS_ASSISTANT,
        Role.CS_LEAD,
        Role.CS_MANAGER,
        Role.DIRECTOR,
        Role.DUTY,
    }
)
#: The groups a role sits in, besides the widely seeing ones.
_GROUPS = {
    Role.REPAIR_SUPERVISOR: frozenset({"repair", "manager"}),
    Role.REPAIRER: frozenset({"repair"}),
    Role.SECURITY: frozenset({"order"}),
    Role.CLEANING: frozenset({"clean"}),
    Role.FINANCE: frozenset({"finance"}),
}
ALL_GROUPS = frozenset({"repair", "service", "order", "clean", "manager", "finance"})
#: An unmasked record stays so for whoever unmasked it.
UNMASKED = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Login:
    """A member of staff with a valid session."""

    staff: Staff
    csrf: str


LOGIN = web.RequestKey("login", Login)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Permission = Callable[[Staff], bool]


async def login_of(request: web.Request, *, by_itself: bool = False) -> Login | None:
    """The session behind the cookie; idle and absolute limits on the injected clock.

    `by_itself` says that no person caused the request: the session is not prolonged.
    """
    parts = request.app[PARTS]
    token = read_cookie(request, parts, COOKIE)
    if token is None:
        return None
    now = parts.clock.now()

    def find(uow: UnitOfWork) -> Login | None:
        session = uow.sessions.find(token_hash(token), now)
        if session is None or now - session.seen_at > IDLE:
            return None
        if now - session.seen_at > SEEN_EVERY and not by_itself:
            uow.sessions.seen(token_hash(token), now)
        staff = uow.staff.get(session.staff_id)
        return Login(staff, session.csrf) if staff else None

    return await parts.store.run(find)


def everybody(_: Staff) -> bool:
    """Any member of staff; what is shown is scoped further inside."""
    return True


def hosts(staff: Staff) -> bool:
    """Who may open residents' conversations."""
    return staff.role in _HOSTS


def needs_login(handler: Handler, may: Permission) -> Handler:
    """A route of the console: 401 without a session, 403 without permission or for a state change from elsewhere."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        login = await login_of(request, by_itself=BY_ITSELF in request.headers)
        if login is None:
            if request.path == "/console":
                raise web.HTTPFound("/console/login")
            raise web.HTTPUnauthorized
        if request.method != "GET":
            sent = request.headers.get("X-CSRF") or (await _form_csrf(request)) or ""
            if not hmac.compare_digest(sent.encode(), login.csrf.encode()) or not same_origin(request):
                raise web.HTTPForbidden
        if not may(login.staff):
            raise web.HTTPForbidden
        request[LOGIN] = login
        return await handler(request)

    return guarded


def oversees(staff: Staff) -> bool:
    """Who sees what stopped anywhere on the estate, and may have it tried again."""
    return staff.role in _HOSTS - _LOCAL


async def _form_csrf(request: web.Request) -> str | None:
    if request.content_type != "application/x-www-form-urlencoded":
        return None
    value = (await request.post()).get("csrf")
    return value if isinstance(value, str) else None


def groups_of(staff: Staff) -> frozenset[str]:
    """The staff groups that a role sits in."""
    return ALL_GROUPS if staff.role in WIDE else _GROUPS.get(staff.role, frozenset())


def may_see(staff: Staff, ticket: Ticket) -> bool:
    """Whether a ticket exists for this reader; the accused of a complaint never sees it (S-COMP-24)."""
    if is_accused(ticket, staff):
        return False
    if ticket.assignee_id == staff.id:
        return True
    return _in_area(staff, ticket.building) if staff.role in WIDE else ticket.group in groups_of(staff)


def _in_area(staff: Staff, building: str | None) -> bool:
    """Butlers and assistants see their own buildings and what has no building (domain.md 1.2)."""
    if staff.role not in _LOCAL or not staff.buildings or building is None:
        return True
    return building in staff.buildings


def may_see_person(staff: Staff, ticket: Ticket) -> bool:
    """Whether room, name, phone and photos may be shown: assignee, front of house, supervisor (domain.md 1.3)."""
    trusted = staff.role in WIDE or (staff.role is Role.REPAIR_SUPERVISOR and ticket.group == "repair")
    return may_see(staff, ticket) and (ticket.assignee_id == staff.id or trusted)


def is_unmasked(uow: UnitOfWork, staff: Staff, ticket: Ticket, now: datetime) -> bool:
    """Whether this reader sees the person now: the assignee always, others after an unmasking that was recorded."""
    if ticket.assignee_id == staff.id:
        return True
    if not may_see_person(staff, ticket):
        return False
    lines = uow.records.of_ticket(ticket.id)
    return any(kind == "unmask" and data.get("staff") == staff.id and now - at < UNMASKED for kind, at, data in lines)


def may_host(staff: Staff, conversation: Conversation, tickets: Iterable[Ticket], buildings: Iterable[str]) -> bool:
    """Whether a resident's conversation exists for this reader: not one that complains of him, nor another's grid."""
    if not hosts(staff) or any(is_accused(ticket, staff) for ticket in tickets):
        return False
    if any(frame.form == "complaint" and staff.name in _words(frame.answers) for frame in conversation.frames):
        return False
    homes = tuple(buildings)
    return conversation.held_by == staff.id or not homes or any(_in_area(staff, each) for each in homes)


def _words(answers: object) -> str:
    return json.dumps(answers, ensure_ascii=False, default=str)
