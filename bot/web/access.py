"""Who is logged in on the console, and what they may see (INV-26, INV-27)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.web.cookies import read_cookie, token_hash
from bot.web.keys import PARTS
from bot.web.problems import same_origin
from storage.model import Role, Staff, Ticket
from storage.unit_of_work import UnitOfWork

COOKIE = "guanjia-staff"
IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
#: A session is touched at most this often.
SEEN_EVERY = timedelta(minutes=1)
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
#: The groups a role sits in, besides the widely seeing ones.
_GROUPS = {
    Role.REPAIR_SUPERVISOR: frozenset({"repair", "manager"}),
    Role.REPAIRER: frozenset({"repair"}),
    Role.SECURITY: frozenset({"order"}),
    Role.CLEANING: frozenset({"clean"}),
    Role.FINANCE: frozenset({"finance"}),
}
ALL_GROUPS = frozenset({"repair", "service", "order", "clean", "manager", "finance"})


@dataclass(frozen=True, slots=True)
class Login:
    """A member of staff with a valid session."""

    staff: Staff
    csrf: str


LOGIN = web.RequestKey("login", Login)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def login_of(request: web.Request) -> Login | None:
    """The session behind the cookie; idle and absolute limits on the injected clock."""
    parts = request.app[PARTS]
    token = read_cookie(request, parts, COOKIE)
    if token is None:
        return None
    now = parts.clock.now()

    def find(uow: UnitOfWork) -> Login | None:
        session = uow.sessions.find(token_hash(token), now)
        if session is None or now - session.seen_at > IDLE:
            return None
        if now - session.seen_at > SEEN_EVERY:
            uow.sessions.seen(token_hash(token), now)
        staff = uow.staff.get(session.staff_id)
        return Login(staff, session.csrf) if staff else None

    return await parts.store.run(find)


def needs_login(handler: Handler) -> Handler:
    """A route of the console: 401 without a session, 403 for a state change from elsewhere."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        login = await login_of(request)
        if login is None:
            if request.path.startswith("/api/"):
                raise web.HTTPUnauthorized
            raise web.HTTPFound("/console/login")
        if request.method == "POST":
            sent = request.headers.get("X-CSRF") or (await _form_csrf(request))
            if sent != login.csrf or not same_origin(request):
                raise web.HTTPForbidden
        request[LOGIN] = login
        return await handler(request)

    return guarded


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
    if accused(staff, ticket):
        return False
    return staff.role in WIDE or ticket.assignee_id == staff.id or ticket.group in groups_of(staff)


def accused(staff: Staff, ticket: Ticket) -> bool:
    """Whether the complaint is about this member of staff."""
    return ticket.extra.get("accused_id") == staff.id or ticket.extra.get("accused") == staff.name


def may_see_person(staff: Staff, ticket: Ticket) -> bool:
    """Whether room, name and phone are shown in full: the assignee and the front of house (domain.md 1.3)."""
    return ticket.assignee_id == staff.id or staff.role in WIDE
