"""Runs the web application: keys, migrations, one process on SQLite, a quick and clean stop."""

import asyncio
import logging
import sys
from contextlib import suppress
from datetime import datetime

from aiohttp import web

from bot.app import build
from bot.clock import SystemClock
from bot.config import Config
from bot.logs import configure
from bot.opening import only_one, open_database
from bot.secrets import Keys, ensure_keys
from handlers.effects import Phrase
from handlers.texts import Texts

log = logging.getLogger("guanjia.serve")

#: The front keeps at most this long for open requests at a stop (INV-33).
SHUTDOWN_S = 8.0


def run(config: Config, start: datetime | None) -> None:
    """Serve until SIGTERM or Ctrl-C. `start` moves the clock (demos)."""
    with suppress(ImportError):
        import uvloop  # noqa: PLC0415 - an optional extra

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
