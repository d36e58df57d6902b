"""The built-in web chat of residents: the page, its history, its live answers (design.md 1, channel `webchat`)."""

import json
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from bot.web import media
from bot.web.cookies import new_token, read_cookie, set_cookie, token_hash
from bot.web.events import stream
from bot.web.keys import PARTS
from bot.web.problems import problem, same_origin
from storage.model import Address, Inbound, InboxRow, OutboxRow
from storage.unit_of_work import UnitOfWork

CHANNEL = "webchat.main"
COOKIE = "guanjia-chat"
COOKIE_LIFE = timedelta(days=400)
TEXT_LIMIT = 10_000
HISTORY = 100
_CLIENT_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


def setup(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_get("/chat", page)
    app.router.add_get("/api/v1/chat/history", history)
    app.router.add_get("/api/v1/chat/events", events)
    app.router.add_post("/api/v1/chat/messages", say)
    app.router.add_post("/api/v1/chat/pictures", picture)
    app.router.add_get("/media/chat/{name}", show_picture)


def topic(user_id: str) -> str:
    """Live topic of one resident's chat."""
    return f"chat:{user_id}"


async def page(request: web.Request) -> web.StreamResponse:
    """The chat page; a new browser gets a random id of its own (design.md 11, Identity)."""
    parts = request.app[PARTS]
    known = await user_of(request)
    context = {"estate": parts.setting.estate, "session_ready": "yes"}
    response = aiohttp_jinja2.render_template("chat.html", request, context)
    if known is None:
        token = new_token()
        user_id = f"web-{secrets.token_hex(8)}"
        now = parts.clock.now()
        await parts.store.run(lambda uow: uow.sessions.add_visitor(token_hash(token), user_id, now))
        set_cookie(response, parts, COOKIE, token, life=COOKIE_LIFE)
    return response


async def user_of(request: web.Request) -> str | None:
    """The chat id behind the browser's cookie."""
    parts = request.app[PARTS]
    token = read_cookie(request, parts, COOKIE)
    if token is None:
        return None
    return await parts.store.run(lambda uow: uow.sessions.visitor(token_hash(token)))


async def _user(request: web.Request) -> str:
    user_id = await user_of(request)
    if user_id is None:
        raise web.HTTPUnauthorized
    if request.method == "POST" and not same_origin(request):
        raise web.HTTPForbidden
    return user_id


async def history(request: web.Request) -> web.Response:
    """The last messages of both sides, oldest first."""
    user_id = await _user(request)
    parts = request.app[PARTS]
    address = Address("resident", CHANNEL, user_id)
    said, heard = await parts.store.run(
        lambda uow: (uow.inbox.said(CHANNEL, user_id, HISTORY), uow.outbox.history(address, HISTORY))
    )
    lines = [mine(row) for row in said] + [theirs(row) for row in heard]
    lines.sort(key=lambda line: (line["at"], line["from"] != "me"))
    mark_answered(lines)
    return web.json_response({"messages": lines[-HISTORY:]}, dumps=_dumps)


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def mark_answered(lines: list[dict[str, Any]]) -> None:
    """Buttons above a later message of the resident are settled; the tapped one is shown as chosen."""
    later: dict[str, Any] | None = None
    for line in reversed(lines):
        if line["from"] == "me":
            later = line
        elif line["buttons"] and later is not None:
            line["answered"] = later.get("tap") or "-"


def mine(row: InboxRow) -> dict[str, Any]:
    """A message of the resident, as the page shows it."""
    return {
        "id": f"i{row.id}",
        "from": "me",
        "text": row.inbound.text,
        "pictures": _pictures(row.inbound.media),
        "at": row.received_at.isoformat(),
        "tap": row.inbound.data.get("key") if row.inbound.kind == "tap" else None,
    }


def theirs(row: OutboxRow) -> dict[str, Any]:
    """A message of ours, as the page shows it."""
    return {
        "id": f"o{row.id}",
        "from": "person" if row.data.get("person") else "bot",
        "text": row.body,
        "pictures": _pictures(row.data.get("media", ())),
        "buttons": [{"key": key, "label": label} for key, label in row.buttons],
        "at": row.created_at.isoformat(),
    }


def _pictures(items: Any) -> list[str]:
    return [f"/media/chat/{item['id']}" for item in items if item.get("kind") == "image"]


async def events(request: web.Request) -> web.StreamResponse:
    """Live messages to this resident."""
    return await stream(request, topic(await _user(request)))


async def say(request: web.Request) -> web.Response:
    """Take a text or a tapped button; the same `client_id` is taken once (INV-3)."""
    user_id = await _user(request)
    try:
        body = await request.json()
        client_id, text, tap = _checked(body)
    except (json.JSONDecodeError, ValueError, UnicodeDecodeError):
        return problem(request, 400, "reload")
    data: dict[str, Any] = {"key": tap} if tap else {}
    if len(text) > TEXT_LIMIT:
        text, data = text[:TEXT_LIMIT], {**data, "truncated": True}
    inbound = Inbound(
        channel=CHANNEL,
        user_id=user_id,
        key=f"{user_id}:{client_id}",
        kind="tap" if tap else "message",
        text=text,
        data=data,
        sent_at=request.app[PARTS].clock.now(),
    )
    return await _accepted(request, inbound)


def _checked(body: Any) -> tuple[str, str, str | None]:
    if not isinstance(body, Mapping):
        raise ValueError("not an object")  # noqa: TRY004 - one kind of refusal for the caller
    client_id, text, tap = body.get("client_id"), body.get("text", ""), body.get("tap")
    if not (isinstance(client_id, str) and _CLIENT_ID.fullmatch(client_id) and isinstance(text, str)):
        raise ValueError("client_id and text")
    if tap is not None and not (isinstance(tap, str) and len(tap) <= 128):
        raise ValueError("tap")
    return client_id, text, tap


async def _accepted(request: web.Request, inbound: Inbound) -> web.Response:
    parts = request.app[PARTS]
    added = await parts.accept(inbound)
    answer = {"id": f"i{added.id}", "from": "me", "at": parts.clock.now().isoformat(), "text": inbound.text}
    return web.json_response(answer, status=201 if added.new else 200, dumps=_dumps)


async def picture(request: web.Request) -> web.Response:
    """Take a picture, checked by its content."""
    user_id = await _user(request)
    try:
        client_id, content = await _upload(request)
        name = await media.store(request.app, content)
    except media.Refused as refusal:
        return problem(request, 413 if str(refusal) == "too_large" else 415, str(refusal))
    except ValueError:
        return problem(request, 400, "no_picture")
    inbound = Inbound(
        channel=CHANNEL,
        user_id=user_id,
        key=f"{user_id}:{client_id}",
        kind="message",
        media=({"kind": "image", "id": name},),
        sent_at=request.app[PARTS].clock.now(),
    )
    return await _accepted(request, inbound)


async def _upload(request: web.Request) -> tuple[str, bytes]:
    client_id, content = "", b""
    reader = await request.multipart()
    async for part in reader:
        if getattr(part, "name", None) == "client_id":
            client_id = (await part.read(decode=True)).decode()[:64]  # type: ignore[union-attr]
        elif getattr(part, "name", None) == "picture":
            content = await _limited(part)
    if not _CLIENT_ID.fullmatch(client_id) or not content:
        raise ValueError("client_id and picture")
    return client_id, content


async def _limited(part: Any) -> bytes:
    chunks = bytearray()
    while chunk := await part.read_chunk():
        chunks += chunk
        if len(chunks) > media.MAX_BYTES:
            raise media.Refused("too_large")
    return bytes(chunks)


async def show_picture(request: web.Request) -> web.StreamResponse:
    """A picture of this resident's own chat; a foreign name looks like a missing one (INV-26)."""
    user_id = await _user(request)
    name = request.match_info["name"]
    parts = request.app[PARTS]
    address = Address("resident", CHANNEL, user_id)

    def belongs(uow: UnitOfWork) -> bool:
        said = (item for row in uow.inbox.said(CHANNEL, user_id, 1000) for item in row.inbound.media)
        heard = (item for row in uow.outbox.history(address, 1000) for item in row.data.get("media", ()))
        return any(item.get("id") == name for item in (*said, *heard))

    if not await parts.store.run(belongs):
        raise web.HTTPNotFound
    return media.response(request.app, name)
