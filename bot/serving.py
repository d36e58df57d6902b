"""Runs the web application: keys, migrations, one process on SQLite, a quick and clean stop."""

import asyncio
import gc
import logging
import signal
import sys
from contextlib import suppress
from datetime import datetime

from aiohttp import web

from bot.accounts import ADMIN, ensure_admin
from bot.app import build
from bot.clock import SystemClock
from bot.config import Config
from bot.logs import configure
from bot.opening import only_one, open_database
from bot.secrets import Secret, ensure_keys, first_password
from bot.web.keys import PARTS
from handlers.effects import Phrase
from handlers.texts import Texts
from storage.database import Database

log = logging.getLogger("guanjia.serve")

#: The front keeps at most this long for open requests at a stop; the spine has the rest of the ten seconds (INV-33).
SHUTDOWN_S = 3.5

#: A turn makes thousands of short-lived objects, few of them in cycles.
_GC = (20_000, 20, 20)


def run(config: Config, start: datetime | None) -> None:
    """Serve until SIGTERM or Ctrl-C. `start` moves the clock (demos).

    Raises:
        AlreadyRunning: another process serves this SQLite database.
        ValueError: the keys of this installation cannot be used.
        StorageError: the database cannot be opened or migrated.
        OSError: the address cannot be listened on, or `var/` cannot be written.
    """
    with suppress(ImportError):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    keys = ensure_keys(config.var, config.database.cipher_key, config.server.cookie_key)
    configure(keys.log)
    clock = SystemClock(start)
    with only_one(config):
        database = open_database(config, keys)
        password = prepare(config, clock, database)
        app = build(config, clock, database, keys)
        settle_memory()
        asyncio.run(_serve(app, config, password))


def settle_memory() -> None:
    """What is loaded now stays: the collector need not walk the dictionary and the model over and over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC)


async def _serve(app: web.Application, config: Config, password: Secret | None) -> None:
    """Listen, say so, and stop cleanly when asked to (INV-33)."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, config.server.host, config.server.port).start()
        port = runner.addresses[0][1]
        said = welcome(config, app[PARTS].texts, port, password)
        print(said, file=sys.stderr, flush=True)  # noqa: T201 - the operator's terminal
        log.info("serve.listening", extra={"port": port})
        await stop.wait()
        log.info("serve.stopping")
    finally:
        await runner.cleanup()


def prepare(config: Config, clock: SystemClock, database: Database) -> Secret | None:
    """Bring the schema up to date and see that somebody can log in; the first password, when it was made just now."""
    database.migrate()
    password = first_password(config.var)
    with database.transaction() as uow:
        made = ensure_admin(uow, password, clock.now())
    return password if made else None


def welcome(config: Config, texts: Texts, port: int, password: Secret | None) -> str:
    """Addresses and log-ins, in the words of texts/web.yaml; `port` is the one that was bound."""
    estate = config.estate_facts(next(iter(config.estates())))
    sample = config.var / "sample.password"
    known = sample.read_text(encoding="utf-8").strip() if sample.exists() else None
    params = {
        "url": config.server.model_copy(update={"port": port}).base_url,
        "admin": ADMIN,
        "password": password.reveal() if password else None,
        "sample": known,
    }
    key = "serve.ready.sample" if known else "serve.ready"
    return texts.render(Phrase(key, params), estate=estate, now=SystemClock().now()).body
