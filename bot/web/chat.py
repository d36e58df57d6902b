"""The built-in web chat of residents: the page, its history, its live answers (design.md 1, channel `webchat`)."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from bot.pipeline import Committed
from bot.web import body, media
from bot.web.chat_view import mine, theirs, together
from bot.web.cookies import new_token, read_cookie, set_cookie, token_hash
from bot.web.events import Awaited, Publisher, stream
from bot.web.gate import GATE, address_of
from bot.web.keys import PARTS, RECEPTION
from bot.web.problems import problem, same_origin
from storage.message import Inbound, InboxRow, OutboxRow
from storage.model import Address
from storage.unit_of_work import UnitOfWork

CHANNEL = "webchat.main"
COOKIE = "guanjia-chat"
COOKIE_LIFE = timedelta(days=400)
TEXT_LIMIT = 10_000
HISTORY = 100
#: Messages that are looked through for a picture or a button that somebody refers to.
LOOK_BACK = 1_000


@dataclass(frozen=True, slots=True)
class Live:
    """What open chat pages are told."""

    publisher: Publisher
    awaited: Awaited

    def said(self, row: InboxRow) -> None:
        """A resident's own message, for his other open pages."""
        self.publisher.publish(topic(row.inbound.user_id), mine(row))

    def show(self, row: OutboxRow) -> None:
        """A message of ours."""
        self.publisher.publish(topic(row.to.user_id), theirs(row))

    def committed(self, done: Committed) -> None:
        """A turn ended: nothing more is awaited for its messages."""
        for row_id, user_id in self.awaited.ended(done.rows):
            self.publisher.publish(topic(user_id), {"settled": f"i{row_id}"})


LIVE = web.AppKey("chat_live", Live)


def setup(app: web.Application, publisher: Publisher) -> Live:
    """Add the routes."""
    app[LIVE] = Live(publisher, Awaited())
    app.router.add_get("/chat", page)
    app.router.add_get("/api/v1/chat/history", history)
    app.router.add_get("/api/v1/chat/events", events)
    app.router.add_post("/api/v1/chat/messages", say)
    app.router.add_post("/api/v1/chat/pictures", picture)
    app.router.add_get("/media/chat/{name}", show_picture)
    return app[LIVE]


def topic(user_id: str) -> str:
    """Live topic of one resident's chat."""
    return f"chat:{user_id}"


async def page(request: web.Request) -> web.StreamResponse:
    """The chat page; a new browser gets a random id of its own (design.md 11, Identity)."""
    parts, token, now = request.app[PARTS], None, request.app[PARTS].clock.now()
    if await user_of(request) is None:
        address, visitors = address_of(request), request.app[GATE].visitors
        if visitors.is_full(address, now):
            return problem(request, 429, "slower")
        visitors.add(address, now)
        token, user_id = new_token(), f"web-{secrets.token_hex(8)}"
        hashed = token_hash(token)
        await parts.store.run(lambda uow: uow.sessions.add_visitor(hashed, user_id, now))
    elif known := read_cookie(request, parts, COOKIE):
        await parts.store.run(lambda uow: uow.sessions.visitor_seen(token_hash(known), now))
    response = aiohttp_jinja2.render_template("chat.html", request, {"estate": parts.setting.estate})
    if token is not None:
        set_cookie(response, parts, COOKIE, token, life=COOKIE_LIFE)
    return response


async def user_of(request: web.Request) -> str | None:
    """The chat id behind the browser's cookie."""
    parts = request.app[PARTS]
    token = read_cookie(request, parts, COOKIE)
    if token is None:
        return None
    return await parts.store.read(lambda uow: uow.sessions.visitor(token_hash(token)))


async def _user(request: web.Request) -> str:
    user_id = await user_of(request)
    if user_id is None:
        raise web.HTTPUnauthorized
    if request.method == "POST" and not same_origin(request):
        raise web.HTTPForbidden
    return user_id


async def history(request: web.Request) -> web.Response:
    """The last messages of both sides, oldest first, and the server's time."""
    user_id = await _user(request)
    parts = request.app[PARTS]
    lines = await parts.store.read(lambda uow: together(*_talk(uow, user_id, HISTORY), HISTORY))
    return _json({"messages": lines, "now": parts.clock.now().isoformat()})


def _talk(uow: UnitOfWork, user_id: str, limit: int) -> tuple[tuple[InboxRow, ...], tuple[OutboxRow, ...]]:
    address = Address("resident", CHANNEL, user_id)
    return uow.inbox.said(CHANNEL, user_id, limit), uow.outbox.history(address, limit)


def _json(data: Mapping[str, Any], status: int = 200) -> web.Response:
    return web.json_response(data, status=status, dumps=lambda o: json.dumps(o, ensure_ascii=False, default=str))


async def events(request: web.Request) -> web.StreamResponse:
    """Live messages of this resident's chat."""
    return await stream(request, topic(await _user(request)))


async def say(request: web.Request) -> web.StreamResponse:
    """Take a text or a tapped button; the same `client_id` is taken once (INV-3)."""
    user_id = await _user(request)
    sent = await body.message(request)
    data: dict[str, Any] = {}
    text = sent.text
    if sent.tap is not None:
        key = sent.tap
        button = await request.app[PARTS].store.read(
            lambda uow: uow.outbox.last_with_button(Address("resident", CHANNEL, user_id), key)
        )
        if button is None:
            return problem(request, 400, "reload")  # only what was shown can be tapped
        data["key"], text = button
    if len(text) > TEXT_LIMIT:
        text, data = text[:TEXT_LIMIT], {**data, "truncated": True}
    return await _accepted(
        request, user_id, sent.client_id, kind="tap" if sent.tap else "message", text=text, data=data
    )


async def _accepted(request: web.Request, user_id: str, client_id: str, **what: Any) -> web.Response:
    """Store it, show it on the resident's other pages, and answer with it as the history will have it."""
    parts, live = request.app[PARTS], request.app[LIVE]
    now = parts.clock.now()
    inbound = Inbound(channel=CHANNEL, user_id=user_id, key=f"{user_id}:{client_id}", sent_at=now, **what)
    added = await request.app[RECEPTION].accept_in_time(inbound)
    row = InboxRow(added.id, "", added.lane, inbound, now, "pending", 0, 0)
    if added.new:
        live.awaited.add(added.id, user_id)
        live.said(row)
    else:
        first = await parts.store.read(lambda uow: uow.inbox.get(added.id))
        row = first or row
    return _json(mine(row), status=201 if added.new else 200)


async def picture(request: web.Request) -> web.StreamResponse:
    """Take a picture, checked by its content, with the words beside it."""
    user_id = await _user(request)
    upload = await body.upload(request)
    try:
        reference = await media.store(request.app, upload.content, f"user:{CHANNEL}:{user_id}")
    except media.Refused as refusal:
        return problem(request, media.status_of(refusal), str(refusal))
    text = upload.sent.text[:TEXT_LIMIT]
    return await _accepted(request, user_id, upload.sent.client_id, kind="message", text=text, media=(reference,))


async def show_picture(request: web.Request) -> web.StreamResponse:
    """A picture of this resident's own chat; a foreign name looks like a missing one (INV-26)."""
    user_id = await _user(request)
    return await media_of(request, lambda uow: _talk(uow, user_id, LOOK_BACK))


Talk = tuple[tuple[InboxRow, ...], tuple[OutboxRow, ...]]


async def media_of(request: web.Request, talk: Callable[[UnitOfWork], Talk]) -> web.StreamResponse:
    """The picture of the path, if it belongs to this talk.

    Raises:
        HTTPNotFound: it does not, or there is none.
    """
    name = request.match_info["name"]

    def belongs(uow: UnitOfWork) -> bool:
        said, heard = talk(uow)
        items = [item for row in said for item in row.inbound.media]
        items += [item for row in heard for item in row.data.get("media", ())]
        return any(item.get("id") == name for item in items)

    if not await request.app[PARTS].store.read(belongs):
        raise web.HTTPNotFound
    return media.response(request.app, name)
