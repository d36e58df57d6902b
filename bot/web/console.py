"""The staff page: log-in, groups and private chats, tickets, tasks (a first `/console`)."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

import aiohttp_jinja2
from aiohttp import web
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.settings.staffing import GROUPS
from bot.web import console_api
from bot.web.access import ABSOLUTE, COOKIE, LOGIN, Login, groups_of, login_of, needs_login
from bot.web.cookies import new_token, read_cookie, set_cookie, token_hash
from bot.web.events import Publisher
from bot.web.keys import PARTS
from bot.web.problems import problem, same_origin, sentence
from storage.model import Staff
from storage.sessions import Login as StoredLogin
from storage.unit_of_work import UnitOfWork

#: argon2id 19 MiB, 2 passes, 1 lane (INV-28).
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
#: Verified when the account is unknown, so that both cases take the same time.
_DUMMY = HASHER.hash("nobody's password")
FAILURES_ACCOUNT, FAILURES_ADDRESS = 5, 20
WINDOW = timedelta(minutes=15)
ADDRESSES = 10_000


def setup(app: web.Application, publisher: Publisher) -> None:
    """Add the routes."""
    app[GATE] = Gate()
    app.router.add_get("/console", needs_login(page))
    app.router.add_get("/console/login", login_page)
    app.router.add_post("/console/login", log_in)
    app.router.add_post("/console/logout", needs_login(log_out))
    app.router.add_post("/api/v1/console/play", needs_login(play))
    console_api.setup(app, publisher)


def is_demo(request: web.Request) -> bool:
    """The sample estate on loopback: a newcomer may play every member of staff."""
    config = request.app[PARTS].config
    return config.server.loopback and (config.var / "sample.password").exists()


async def page(request: web.Request) -> web.StreamResponse:
    """The console."""
    parts = request.app[PARTS]
    login: Login = request[LOGIN]
    staff: Sequence[Staff] = await parts.store.read(lambda uow: uow.staff.all()) if is_demo(request) else ()
    mine = groups_of(login.staff)
    titles = parts.config.groups.titles()
    context = {
        "estate": parts.setting.estate,
        "me": login.staff,
        "csrf": login.csrf,
        "demo": is_demo(request),
        "staff": staff,
        "groups": {name: titles[name] for name in GROUPS if name in mine},
    }
    return aiohttp_jinja2.render_template("console.html", request, context)


async def login_page(request: web.Request) -> web.StreamResponse:
    """The log-in form."""
    if await login_of(request) is not None:
        raise web.HTTPFound("/console")
    return _form(request)


def _form(request: web.Request, error: str | None = None, login: str = "", status: int = 200) -> web.StreamResponse:
    context = {
        "estate": request.app[PARTS].setting.estate,
        "demo": is_demo(request),
        "error": sentence(request.app, error) if error else None,
        "login": login[:64],
    }
    return aiohttp_jinja2.render_template("login.html", request, context, status=status)


async def log_in(request: web.Request) -> web.StreamResponse:
    """Check name and password; the same answer for unknown users and wrong passwords (INV-28)."""
    if not same_origin(request):
        raise web.HTTPForbidden
    parts = request.app[PARTS]
    form = await request.post()
    name, password = str(form.get("login", ""))[:64].strip(), str(form.get("password", ""))[:128]
    now = parts.clock.now()
    address = request.remote or "?"
    gate = request.app[GATE]
    stored = await parts.store.run(lambda uow: uow.sessions.login(name))
    waits = gate.crowded(address, now) or (stored is not None and _too_many(stored, now))
    if waits:
        return _form(request, "login.wait", name, 429)
    usable = stored is not None and not stored.disabled
    right = await asyncio.to_thread(_verify, stored.password_hash if stored and usable else _DUMMY, password)
    if stored is None or not (usable and right):
        gate.failed(address, now)
        await parts.store.run(lambda uow: uow.sessions.failed(name, now))
        return _form(request, "login.wrong", name, 401)
    await parts.store.run(lambda uow: uow.sessions.succeeded(name))
    return await _enter(request, stored.staff_id)


def _too_many(login: StoredLogin, now: datetime) -> bool:
    recent = login.failed_at is not None and now - login.failed_at < WINDOW
    return recent and login.failures >= FAILURES_ACCOUNT


class Gate:
    """Failed log-ins by address in the last 15 minutes; a delay, never a lock-out from outside (INV-28)."""

    def __init__(self) -> None:
        """Nobody failed yet."""
        self._failures: dict[str, deque[datetime]] = {}

    def failed(self, address: str, now: datetime) -> None:
        """Count one; the table stays bounded."""
        if len(self._failures) > ADDRESSES:
            self._failures.clear()
        self._failures.setdefault(address, deque(maxlen=FAILURES_ADDRESS)).append(now)

    def crowded(self, address: str, now: datetime) -> bool:
        """Whether this address failed too often."""
        failures = self._failures.get(address, deque())
        return len(failures) >= FAILURES_ADDRESS and now - failures[0] < WINDOW


GATE = web.AppKey("gate", Gate)


def _verify(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


async def _enter(request: web.Request, staff_id: int) -> web.StreamResponse:
    parts = request.app[PARTS]
    token, csrf = new_token(), new_token()
    now = parts.clock.now()
    old = read_cookie(request, parts, COOKIE)

    def begin(uow: UnitOfWork) -> None:
        if old:
            uow.sessions.end(token_hash(old))
        uow.sessions.start(token_hash(token), staff_id, csrf, now, now + ABSOLUTE)

    await parts.store.run(begin)
    response = web.HTTPSeeOther("/console")
    set_cookie(response, parts, COOKIE, token, life=None)
    return response


async def log_out(request: web.Request) -> web.StreamResponse:
    """End the session on the server."""
    parts = request.app[PARTS]
    token = read_cookie(request, parts, COOKIE)
    if token:
        await parts.store.run(lambda uow: uow.sessions.end(token_hash(token)))
    raise web.HTTPSeeOther("/console/login")


async def play(request: web.Request) -> web.StreamResponse:
    """In the demo: go on as another member of staff, with a session of his own."""
    if not is_demo(request):
        raise web.HTTPNotFound
    body = await request.json()
    number = str(body.get("number", "")) if isinstance(body, dict) else ""
    staff = await request.app[PARTS].store.read(lambda uow: uow.staff.all())
    chosen = next((each for each in staff if each.number == number), None)
    if chosen is None:
        return problem(request, 404, "missing")
    entered = await _enter(request, chosen.id)
    response = web.json_response({"number": chosen.number})
    for cookie in entered.cookies.values():
        response.cookies[cookie.key] = cookie
    return response
