"""Opening the configured database, and the lock that keeps a second process away from SQLite (INV-31)."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.config import Config
from bot.secrets import Keys
from storage.database import Database
from storage.secrecy import Cipher


class AlreadyRunning(Exception):  # noqa: N818 - what the operator is told
    """Another process serves this SQLite database."""


def open_database(config: Config, keys: Keys) -> Database:
    """The configured database; its folder is made when it is a file."""
    url = config.database.url
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return Database(url, Cipher(keys.cipher_bytes), community_id=next(iter(config.estates())))


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
