"""Composition root: builds every object once and returns the aiohttp application."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.assembly import Parts, assemble
from bot.channels.base import Channel
from bot.clock import Clock
from bot.config import Config
from bot.live import Live
from bot.schedule import ticking
from bot.secrets import Keys
from bot.web import chat, console, health
from bot.web.keys import KEYS, LIVE, PARTS, STOPPING
from bot.web.problems import hardened, problems
from storage.database import Database
from storage.model import OutboxRow

HERE = Path(__file__).parent / "web"
#: Bodies of our own pages: a picture and its envelope.
BODY_LIMIT = 12 * 1024 * 1024


def build(
    config: Config, clock: Clock, database: Database, keys: Keys, channels: Mapping[str, Channel] | None = None
) -> web.Application:
    """The whole product as one application; the database is migrated already."""
    live = Live()

    def show(row: OutboxRow) -> None:
        live.publish(f"{row.to.channel}:{row.to.user_id}", {"row": row})
        live.publish("outbox", {"row": row})

    parts = assemble(config, clock, database, channels=channels, show_live=show)
    app = web.Application(middlewares=[problems, hardened], client_max_size=BODY_LIMIT)
    app[PARTS], app[LIVE], app[KEYS], app[STOPPING] = parts, live, keys, asyncio.Event()
    aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True)
    app.router.add_static("/static/", HERE / "static")
    metrics = health.Metrics()
    parts.pipeline.listen(metrics.committed)
    parts.delivery.watch(metrics.delivered)
    health.setup(app, metrics)
    chat.setup(app)
    console.setup(app)
    app.router.add_get("/", _front_door)
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_stopping)
    return app


async def _front_door(_: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/chat")


async def _stopping(app: web.Application) -> None:
    """Open event streams end at once instead of holding up the stop."""
    app[STOPPING].set()


async def _running(app: web.Application):  # type: ignore[no-untyped-def]
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
    await parts.close()
