"""Composition root: builds every object once and returns the aiohttp application."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.assembly import Parts, assemble
from bot.channels.connect import Connected, connect
from bot.clock import Clock
from bot.config import Config
from bot.passive import PassiveReplies
from bot.pipeline import Committed
from bot.schedule import ticking
from bot.secrets import Keys
from bot.shared import open_shared
from bot.web import callbacks, chat, console, console_api, health
from bot.web.events import STAFF_TOPIC, Publisher
from bot.web.keys import KEYS, PARTS, SHARED, STOPPING
from bot.web.passive import Answers
from bot.web.problems import hardened, problems, sentence
from storage.database import Database
from storage.model import OutboxRow

HERE = Path(__file__).parent / "web"
#: Bodies of our own pages: a picture and its envelope. Callbacks have their own, smaller limit.
BODY_LIMIT = 12 * 1024 * 1024
CONNECTED = web.AppKey("connected", Connected)


def build(config: Config, clock: Clock, database: Database, keys: Keys) -> web.Application:
    """The whole product as one application; the database is migrated already."""
    shared = open_shared(config.redis.url)
    publisher = Publisher(shared)

    def more(row: OutboxRow) -> str:
        return config.server.base_url + ("/chat" if row.to.kind == "resident" else "/console")

    def show(row: OutboxRow) -> None:
        if row.to.kind == "resident":
            publisher.publish(chat.topic(row.to.user_id), chat.theirs(row))

    def watch(row: OutboxRow) -> None:
        publisher.publish(STAFF_TOPIC, console_api.happened(row))

    def changed(done: Committed) -> None:
        if done.changes:
            publisher.publish(STAFF_TOPIC, {"changed": True})

    connected = connect(config, shared, clock, more)
    parts = assemble(config, clock, database, channels=connected.channels, show_live=show)
    app = web.Application(middlewares=[problems, hardened], client_max_size=BODY_LIMIT)
    app[PARTS], app[SHARED], app[KEYS], app[STOPPING], app[CONNECTED] = parts, shared, keys, asyncio.Event(), connected
    aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True)
    app.router.add_static("/static/", HERE / "static")
    metrics = health.Metrics()
    for listener in (metrics.committed, changed):
        parts.pipeline.listen(listener)
    for watcher in (metrics.delivered, watch):
        parts.delivery.watch(watcher)
    health.setup(app, metrics)
    chat.setup(app)
    console.setup(app, publisher)
    _callbacks(app, parts, connected, metrics)
    app.router.add_get("/", _front_door)
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_stopping)
    return app


def _callbacks(app: web.Application, parts: Parts, connected: Connected, metrics: health.Metrics) -> None:
    passive = PassiveReplies()
    parts.pipeline.listen(lambda done: passive.notify(done.rows))
    desk = callbacks.Desk(
        doors=connected.doors,
        accept=parts.accept,
        passive=passive,
        answers=Answers(parts.store, parts.clock),
        clock=parts.clock,
        busy_text=sentence(app, "busy"),
        count=metrics.callback,
    )
    callbacks.setup(app, desk)


async def _front_door(_: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/chat")


async def _stopping(app: web.Application) -> None:
    """Open event streams end at once instead of holding up the stop."""
    app[STOPPING].set()


async def _running(app: web.Application) -> AsyncIterator[None]:
    """Run the spine beside the server; stop it within ten seconds (INV-33)."""
    parts: Parts = app[PARTS]
    await parts.begin()
    scheduler = ticking(parts.spine.wake)
    scheduler.start()
    beating = asyncio.create_task(parts.spine.run())
    yield
    scheduler.shutdown(wait=False)
    await parts.spine.stop()
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    await app[CONNECTED].http.close()
    await app[SHARED].close()
    await parts.close()
