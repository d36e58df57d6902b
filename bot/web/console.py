"""The staff page: log-in and log-out, the page itself (`/console`), the demo's change of roles."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache

import aiohttp_jinja2
from aiohttp import web
from argon2.exceptions import InvalidHashError, VerificationError

from bot.accounts import hasher
from bot.assembly import Parts
from bot.settings.staffing import GROUPS
from bot.web import body, console_chat, console_room, console_stopped, console_task, console_ticket
from bot.web.access import ABSOLUTE, COOKIE, LOGIN, Login, everybody, groups_of, hosts, login_of, needs_login, oversees
from bot.web.cookies import drop_cookie, is_open_http, new_token, read_cookie, set_cookie, token_hash
from bot.web.events import Publisher
from bot.web.gate import GATE, PER_ACCOUNT, WINDOW, address_of
from bot.web.keys import PARTS
from bot.web.problems import problem, same_origin, sentence
from storage.model import Staff
from storage.sessions import Login as StoredLogin
from storage.unit_of_work import UnitOfWork

LOGIN_CHARS, PASSWORD_CHARS = 64, 128


def setup(app: web.Application, publisher: Publisher) -> None:
    """Add the routes; everything but the log-in itself declares who may (INV-26)."""
    app.router.add_get("/console", needs_login(page, everybody))
    app.router.add_get("/console/login", login_page)
    app.router.add_post("/console/login", log_in)
    app.router.add_post("/console/logout", needs_login(log_out, everybody))
    app.router.add_post("/api/v1/console/play", needs_login(play, everybody))
    console_room.setup(app, publisher)
    console_ticket.setup(app)
    console_task.setup(app)
    console_stopped.setup(app)
    console_chat.setup(app)


def is_demo(request: web.Request) -> bool:
    """The sample estate, seen from this machine only: a newcomer may play every member of staff."""
    parts = request.app[PARTS]
    return is_open_http(parts) and parts.config.server.public_url is None and _sample(parts)


def _sample(parts: Parts) -> bool:
    return (parts.config.var / "sample.password").exists()


async def page(request: web.Request) -> web.StreamResponse:
    """The console."""
    parts = request.app[PARTS]
    login: Login = request[LOGIN]
    demo = is_demo(request)
    staff: Sequence[Staff] = await parts.store.read(lambda uow: uow.staff.all()) if demo else ()
    mine = groups_of(login.staff)
    titles = parts.config.groups.titles()
    context = {
        "estate": parts.setting.estate,
        "me": login.staff,
        "csrf": login.csrf,
        "demo": demo,
        "hosts": hosts(login.staff),
        "oversees": oversees(login.staff),
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
        "login": login,
    }
    return aiohttp_jinja2.render_template("login.html", request, context, status=status)


async def log_in(request: web.Request) -> web.StreamResponse:
    """Check name and password; the same answer and time for unknown users and wrong passwords (INV-28)."""
    if not same_origin(request):
        raise web.HTTPForbidden
    parts, gate = request.app[PARTS], request.app[GATE]
    form = await request.post()
    name, password = (str(form.get(field, "")) for field in ("login", "password"))
    name, now, address = name.strip()[:LOGIN_CHARS], parts.clock.now(), address_of(request)
    stored = await parts.store.run(lambda uow: uow.sessions.login(name))
    recent = stored is not None and stored.failed_at is not None and now - stored.failed_at < WINDOW
    crowded = stored is not None and recent and stored.failures >= PER_ACCOUNT and not gate.knows(name, address)
    if crowded or gate.is_shut(name, address, now):
        return _form(request, "login.wait", name, 429)
    gate.failed(name, address, now)  # before it is looked at: many guesses at once are counted like one after the other
    if len(password) > PASSWORD_CHARS or not await asyncio.to_thread(_is_right, stored, password):
        await parts.store.run(lambda uow: _count(uow, name, now, afresh=not recent))
        return _form(request, "login.wrong", name, 401)
    gate.succeeded(name, address)
    await parts.store.run(lambda uow: uow.sessions.succeeded(name))
    assert stored is not None  # noqa: S101 - only a stored login has a right password
    return await _enter(request, stored.staff_id, _see("/console"))


def _count(uow: UnitOfWork, name: str, now: datetime, *, afresh: bool) -> None:
    """One more failure; those of an earlier window do not count."""
    if afresh:
        uow.sessions.succeeded(name)
    uow.sessions.failed(name, now)


def _is_right(stored: StoredLogin | None, password: str) -> bool:
    """Verify against a stranger's hash when there is none, so that both cases take the same time."""
    usable = stored is not None and not stored.disabled
    try:
        hasher().verify(stored.password_hash if stored and usable else _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return usable


@cache
def _nobody() -> str:
    return hasher().hash(new_token())


async def _enter(request: web.Request, staff_id: int, response: web.StreamResponse) -> web.StreamResponse:
    """Begin a session of one's own and put its cookie on the response; the one before ends (INV-27)."""
    parts = request.app[PARTS]
    token, csrf = new_token(), new_token()
    now = parts.clock.now()
    old = read_cookie(request, parts, COOKIE)

    def begin(uow: UnitOfWork) -> None:
        uow.sessions.expire(now)
        if old:
            uow.sessions.end(token_hash(old))
        uow.sessions.start(token_hash(token), staff_id, csrf, now, now + ABSOLUTE)
        uow.records.add("log_in", f"staff:{staff_id}", {"staff": staff_id}, None, now)

    await parts.store.run(begin)
    set_cookie(response, parts, COOKIE, token, life=None)
    return response


def _see(path: str) -> web.Response:
    """Go on there; as a value, because a cookie comes with it."""
    return web.Response(status=303, headers={"Location": path})


async def log_out(request: web.Request) -> web.StreamResponse:
    """End the session on the server."""
    parts = request.app[PARTS]
    token = read_cookie(request, parts, COOKIE)
    if token:
        await parts.store.run(lambda uow: uow.sessions.end(token_hash(token)))
    response = _see("/console/login")
    drop_cookie(response, parts, COOKIE)
    return response


async def play(request: web.Request) -> web.StreamResponse:
    """In the demo: go on as another member of staff, with a session of his own."""
    if not is_demo(request):
        raise web.HTTPNotFound
    number = (await body.json_object(request)).get("number")
    staff = await request.app[PARTS].store.read(lambda uow: uow.staff.all())
    chosen = next((each for each in staff if each.number == number), None)
    if chosen is None:
        return problem(request, 404, "missing")
    answer = web.json_response({"number": chosen.number}, dumps=lambda o: json.dumps(o, ensure_ascii=False))
    return await _enter(request, chosen.id, answer)
