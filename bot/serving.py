"""Runs the web application: keys, migrations, one process on SQLite, a quick and clean stop."""

import asyncio
import fcntl
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from aiohttp import web

from bot.app import build
from bot.clock import SystemClock
from bot.config import Config
from bot.logs import configure
from bot.secrets import Keys, ensure_keys
from handlers.effects import Phrase
from handlers.texts import Texts
from storage.database import Database
from storage.secrecy import Cipher

log = logging.getLogger("guanjia.serve")

#: The front keeps at most this long for open requests at a stop (INV-33).
SHUTDOWN_S = 8.0


class AlreadyRunning(Exception):  # noqa: N818 - what the operator is told
    """Another process serves this SQLite database."""


def open_database(config: Config, keys: Keys) -> Database:
    """The configured database; its folder is made when it is a file."""
    url = config.database.url
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return Database(url, Cipher(keys.cipher_bytes), community_id=next(iter(config.estates())))


def run(config: Config, start: datetime | None) -> None:
    """Serve until SIGTERM or Ctrl-C. `start` moves the clock (demos)."""
    with suppress(ImportError):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    keys = ensure_keys(config.var, config.database.cipher_key, config.server.cookie_key)
    configure(keys.log)
    with only_one(config):
        database = open_database(config, keys)
        database.migrate()
        app = build(config, SystemClock(start), database, keys)
        _announce(config, keys)
        web.run_app(
            app,
            host=config.server.host,
            port=config.server.port,
            print=None,
            access_log=None,
            shutdown_timeout=SHUTDOWN_S,
        )


@contextmanager
def only_one(config: Config) -> Iterator[None]:
    """On SQLite a lock file refuses a second process (INV-31).

    Raises:
        AlreadyRunning: somebody else holds the lock.
    """
    if not config.database.url.startswith("sqlite"):
        yield
        return
    config.var.mkdir(parents=True, exist_ok=True)
    with (config.var / "serve.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning from error
        yield


def _announce(config: Config, keys: Keys) -> None:
    """Print where residents and staff find us, and the first passwords once."""
    texts = Texts.load([config.var / "texts"])
    community = next(iter(config.estates()))
    sample = config.var / "sample.password"
    params = {
        "url": config.server.base_url,
        "admin": keys.admin_password.reveal() if keys.admin_password else "",
        "sample": sample.read_text(encoding="utf-8").strip() if sample.exists() else "",
    }
    key = "serve.ready.sample" if params["sample"] else "serve.ready"
    now = SystemClock().now()
    body = texts.render(Phrase(key, params), estate=config.estate_facts(community), now=now).body
    print(body, file=sys.stderr, flush=True)  # noqa: T201 - the operator's terminal
