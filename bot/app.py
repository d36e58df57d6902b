"""Composition root: builds every object once and returns the aiohttp application."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot import notify
from bot.assembly import Parts, assemble
from bot.channels.connect import Connected, connect
from bot.clock import Clock
from bot.config import Config
from bot.disk import Disk
from bot.passive import PassiveReplies
from bot.pipeline import Committed, Understands
from bot.reception import Reception
from bot.schedule import ticking
from bot.secrets import Keys
from bot.shared import open_shared
from bot.web import callbacks, chat, console, console_room, health
from bot.web.events import STAFF_TOPIC, Publisher
from bot.web.gate import GATE, Gate
from bot.web.keys import DISK, KEYS, PARTS, RECEPTION, SHARED, STOPPING
from bot.web.passive import Answers, handing
from bot.web.problems import harden, problems, sentence
from storage.database import Database
from storage.message import OutboxRow

HERE = Path(__file__).parent / "web"
#: Forms of our own pages. JSON, pictures and callbacks have limits of their own.
BODY_LIMIT = 64 * 1024
CONNECTED = web.AppKey("connected", Connected)


def build(
    config: Config, clock: Clock, database: Database, keys: Keys, *, understander: Understands | None = None
) -> web.Application:
    """The whole product as one application; the database is migrated already.

    `understander` is one that is loaded already.
    """
    shared = open_shared(config.redis.url)
    publisher = Publisher(shared)

    def more(row: OutboxRow) -> str:
        return config.server.base_url + ("/chat" if row.to.kind == "resident" else "/console")

    connected = connect(config, shared, clock, more)
    parts = assemble(
        config, clock, database, channels=connected.channels, understander=understander, outside=connected.outside
    )
    parts.delivery.count_with(shared)
    app = web.Application(middlewares=[problems], client_max_size=BODY_LIMIT)
    app.on_response_prepare.append(harden)
    app[PARTS], app[SHARED], app[KEYS], app[STOPPING], app[CONNECTED] = parts, shared, keys, asyncio.Event(), connected
    app[RECEPTION], app[GATE], app[DISK] = Reception(parts), Gate(), Disk(config.var)
    aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True)
    app.router.add_static("/static/", HERE / "static")
    _pages(app, publisher)
    app.router.add_get("/", _front_door)
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_stopping)
    return app


def _pages(app: web.Application, publisher: Publisher) -> None:
    """The routes, and what they are told of committed turns and sent messages."""
    parts, metrics = app[PARTS], health.Metrics()
    health.setup(app, metrics)
    live = chat.setup(app, publisher)
    console.setup(app, publisher)
    _callbacks(app, metrics)

    def changed(done: Committed) -> None:
        publisher.publish(STAFF_TOPIC, {"changed": True} if done.changes else {"talk": True})

    def sent(row: OutboxRow) -> None:
        if row.to.kind == "resident" and row.to.channel == chat.CHANNEL:
            live.show(row)
        publisher.publish(STAFF_TOPIC, console_room.happened(row))

    for listener in (metrics.committed, live.committed, changed):
        parts.pipeline.listen(listener)
    for watcher in (metrics.delivered, sent):
        parts.delivery.watch(watcher)
    parts.delivery.watch_held(lambda row: publisher.publish(STAFF_TOPIC, console_room.happened(row)))


def _callbacks(app: web.Application, metrics: health.Metrics) -> None:
    parts, passive = app[PARTS], PassiveReplies()
    answers = Answers(parts.store, parts.clock)
    parts.pipeline.answer_to(passive.waiter)
    parts.pipeline.listen(handing(passive, answers))
    app.cleanup_ctx.append(notify.beside(parts, passive.notify))
    desk = callbacks.Desk(
        doors=app[CONNECTED].doors,
        accept=app[RECEPTION].accept,
        passive=passive,
        answers=answers,
        clock=parts.clock,
        busy_text=sentence(app, "busy"),
        count=metrics.callback,
    )
    callbacks.setup(app, desk)


async def _front_door(_: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/chat")


async def _stopping(app: web.Application) -> None:
    """Not ready any more; open event streams end at once instead of holding up the stop."""
    app[STOPPING].set()


async def _running(app: web.Application) -> AsyncIterator[None]:
    """Run the spine beside the server; stop it within ten seconds (INV-33)."""
    parts: Parts = app[PARTS]
    await parts.begin()
    scheduler = ticking(parts.spine.wake)
    scheduler.start()
    beating = asyncio.create_task(parts.spine.run())
    watching = asyncio.create_task(app[DISK].watch(parts))
    yield
    watching.cancel()
    scheduler.shutdown(wait=False)
    await app[RECEPTION].close()
    await parts.spine.stop()
    beating.cancel()
    await asyncio.gather(beating, watching, return_exceptions=True)
    await app[CONNECTED].http.close()
    await app[SHARED].close()
    await parts.close()
