"""The platforms' callbacks over HTTP: read, let the channel verify, store, answer in time (INV-1, INV-2, INV-20)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from aiohttp import web

from bot.channels.push import Ignored, Letter, Query
from bot.channels.refusal import Refusal
from bot.clock import Clock, monotonic
from bot.passive import PassiveReplies
from bot.web.passive import Answers, Past, Taken
from storage.errors import StorageError
from storage.inbox import Added
from storage.message import Inbound

log = logging.getLogger("guanjia.callbacks")

MAX_BODY_BYTES = 256 * 1024
MAX_QUERY_CHARS = 2_048
Accept = Callable[[Inbound], Awaitable[Added]]


class Door(Protocol):
    """One account of a platform that pushes. `done` is the body that ends a push without words."""

    name: str
    done: str

    def handshake(self, query: Query, now: datetime) -> str | Refusal:
        """The answer to the platform's check of the address."""
        ...

    def receive(self, query: Query, body: bytes, now: datetime) -> Letter | Ignored | Refusal:
        """Verify and read one push."""
        ...

    def reply(self, letter: Letter, text: str, now: datetime) -> str:
        """The body of a passive reply."""
        ...


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds from the request's arrival: the body must be here, the row stored, the answer ready (INV-1, INV-2)."""

    read: float = 3.0
    store: float = 4.0
    answer: float = 3.0


def _uncounted(_: str, __: str) -> None:
    """No metrics are wanted."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the callbacks work with.

    Attributes:
        doors: by channel account, `wechat.main`; the path is `/callback/wechat/main`.
        accept: stores an inbound durably and wakes the worker.
        answers: takes reserved replies out of the outbox.
        busy_text: said when a message could not be stored in time; it promises nothing (reliability.md 7).
        count: told `(channel, result)` for every request; `channel` is `unknown` for an account that does not exist.
    """

    doors: Mapping[str, Door]
    accept: Accept
    passive: PassiveReplies
    answers: Answers
    clock: Clock
    busy_text: str
    count: Callable[[str, str], None] = field(default=_uncounted)
    deadlines: Deadlines = Deadlines()


DESK = web.AppKey("callback_desk", Desk)


def setup(app: web.Application, desk: Desk) -> None:
    """Add the routes; other methods than GET and POST get 405 from the router."""
    app[DESK] = desk
    resource = app.router.add_resource(r"/callback/{kind:wechat|wecom|kf}/{account}", name="callback")
    resource.add_route("GET", _handshake)
    resource.add_route("POST", _push)


async def _handshake(request: web.Request) -> web.Response:
    desk = request.app[DESK]
    door = _door(desk, request)
    query = _query(request)
    echo = query if isinstance(query, Refusal) else door.handshake(query, desk.clock.now())
    if isinstance(echo, Refusal):
        return _refused(desk, door, echo)
    desk.count(door.name, "handshake")
    return _text(echo)


async def _push(request: web.Request) -> web.StreamResponse:
    desk, began = request.app[DESK], monotonic()
    door = _door(desk, request)
    letter = await _letter(request, desk, door)
    match letter:
        case Refusal():
            return _refused(desk, door, letter)
        case Ignored(reason):
            desk.count(door.name, reason)
            return _text(door.done)
    added = await _store(desk, letter, began)
    if added is None:
        return _busy(desk, door, letter)
    desk.count(door.name, "stored" if added.new else "repeated")
    return await _answer(request, desk, door, letter, added, began)


async def _letter(request: web.Request, desk: Desk, door: Door) -> Letter | Ignored | Refusal:
    query = _query(request)
    if isinstance(query, Refusal):
        return query
    body = await _body(request, desk.deadlines.read)
    return body if isinstance(body, Refusal) else door.receive(query, body, desk.clock.now())


async def _store(desk: Desk, letter: Letter, began: float) -> Added | None:
    """The stored row, or None when it failed or took too long; a late row acts once all the same (INV-1)."""
    storing = asyncio.ensure_future(desk.accept(letter.inbound))
    try:
        return await asyncio.wait_for(asyncio.shield(storing), desk.deadlines.store - (monotonic() - began))
    except StorageError as error:
        log.warning("callback.not_stored", extra={"channel": letter.inbound.channel, "error": type(error).__name__})
    except TimeoutError:
        storing.add_done_callback(_late)
        log.warning("callback.store_slow", extra={"channel": letter.inbound.channel})
    return None


def _late(storing: "asyncio.Future[Added]") -> None:
    if not storing.cancelled() and storing.exception() is None:
        log.info("callback.stored_late", extra={"row_id": storing.result().id})


def _busy(desk: Desk, door: Door, letter: Letter) -> web.Response:
    """The busy text; for events that nobody sees answered, an error, so that the platform sends them again."""
    desk.count(door.name, "busy")
    if not letter.visible:
        return web.Response(status=503)
    return _xml(door.reply(letter, desk.busy_text, desk.clock.now()))


async def _answer(
    request: web.Request, desk: Desk, door: Door, letter: Letter, added: Added, began: float
) -> web.StreamResponse:
    """The passive reply if its turn ends in time; else nothing, and the reply follows as a message of its own."""
    if not letter.awaited:
        return _text(door.done)
    past = Past(None, ended=False) if added.new else await desk.answers.past(added.id)
    text, left_s = past.text, desk.deadlines.answer - (monotonic() - began)
    if text is None and not past.ended and await desk.passive.wait(added.id, left_s) and request.transport:
        handed = desk.passive.pop(added.id)
        taken = desk.answers.handed(handed) if handed else await desk.answers.take(added.id)
        if taken is not None:
            return await _hand_over(request, desk, door, letter, taken)
        text = (await desk.answers.past(added.id)).text
    return _text(door.done) if text is None else _xml(door.reply(letter, text, desk.clock.now()))


async def _hand_over(request: web.Request, desk: Desk, door: Door, letter: Letter, taken: Taken) -> web.StreamResponse:
    """Write the reply and see whether the connection took it."""
    response = _xml(door.reply(letter, taken.text, desk.clock.now()))
    try:
        await response.prepare(request)
        await response.write_eof()
    except ConnectionError:
        await desk.answers.lost(taken)
        return response
    await desk.answers.sent(taken)
    desk.count(door.name, "answered")
    return response


def _door(desk: Desk, request: web.Request) -> Door:
    door = desk.doors.get(f"{request.match_info['kind']}.{request.match_info['account']}")
    if door is None:
        desk.count("unknown", "no_account")
        raise web.HTTPNotFound
    return door


def _query(request: web.Request) -> Query | Refusal:
    if len(request.rel_url.raw_query_string) > MAX_QUERY_CHARS:
        return Refusal(400, "long_query")
    query = request.rel_url.query
    return {name: tuple(query.getall(name)) for name in query}


async def _body(request: web.Request, seconds: float) -> bytes | Refusal:
    """At most 256 KiB, not compressed, and not trickling in for ever."""
    if "Content-Encoding" in request.headers:
        return Refusal(400, "content_encoding")
    if (request.content_length or 0) > MAX_BODY_BYTES:
        return Refusal(413, "large_body")
    try:
        async with asyncio.timeout(seconds):
            return await _bounded(request)
    except TimeoutError:
        return Refusal(408, "slow_body")


async def _bounded(request: web.Request) -> bytes | Refusal:
    body = bytearray()
    while chunk := await request.content.readany():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return Refusal(413, "large_body")
    return bytes(body)


def _refused(desk: Desk, door: Door, refusal: Refusal) -> web.Response:
    """Only the status; nothing of the request is echoed and no reason is told to a forger."""
    desk.count(door.name, refusal.reason)
    log.warning("callback.refused", extra={"channel": door.name, "reason": refusal.reason, "status": refusal.status})
    response = web.Response(status=refusal.status)
    if refusal.status in (408, 413):
        response.force_close()
    return response


def _text(body: str) -> web.Response:
    return web.Response(text=body, headers={"X-Content-Type-Options": "nosniff"})


def _xml(body: str) -> web.Response:
    return web.Response(text=body, content_type="text/xml")
