"""The engine: SQLite with one writer, or PostgreSQL; transactions that yield a unit of work."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, cast

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, StaticPool

from storage import migrations
from storage.cache import Cache
from storage.errors import Busy, StorageError
from storage.secrecy import Cipher
from storage.statement import Connection, Driver, translated
from storage.unit_of_work import UnitOfWork

#: How long a writer waits for another process (INV-31), and a statement for its end (INV-2), milliseconds.
WAIT_MS = 3_000
#: How long connecting may take, seconds.
CONNECT_S = 5
_CACHED_STATEMENTS = 512
#: Parts of a PostgreSQL URL's query that are translated here.
_OURS = ("options", "prepare_threshold", "connect_timeout")


class Database:
    """One database of one or several estates."""

    def __init__(self, url: str, cipher: Cipher, community_id: str = "main") -> None:
        """Open nothing yet; the first transaction connects.

        Args:
            url: `sqlite:///path`, `sqlite://` (in memory) or `postgresql+psycopg://…`; behind PgBouncer in transaction
                mode with `?prepare_threshold=none`.
            cipher: seals names and phones.
            community_id: the estate that transactions belong to, unless they name another.

        Raises:
            StorageError: no such kind of database, or no URL.
        """
        try:
            self._url = make_url(url)
            self.engine = _sqlite(self._url) if self._url.get_backend_name() == "sqlite" else _postgresql(self._url)
        except ArgumentError as error:
            raise StorageError("the address of the database cannot be read") from error
        self._cipher = cipher
        self._community_id = community_id
        self._cache = Cache()
        self.single_writer = self._url.get_backend_name() == "sqlite"
        # In memory there is one connection, so threads take turns even for reading.
        self._turn = threading.RLock() if in_memory(self._url) else nullcontext()

    def migrate(self) -> None:
        """Bring the schema to this program's version, forward only, under a lock (INV-34)."""
        with self._translating():
            migrations.upgrade(self.engine)

    def is_current(self) -> bool:
        """Whether the schema is this program's version (INV-33)."""
        with self._translating():
            return migrations.is_current(self.engine)

    @contextmanager
    def _translating(self) -> Iterator[None]:
        """Errors of the engine, which migrations run on, as those of storage."""
        try:
            yield
        except DBAPIError as error:
            raise translated(error.orig if isinstance(error.orig, Exception) else error) from error

    def driver_arguments(self) -> dict[str, Any]:
        """How the driver connects, for whoever needs a connection of its own (PostgreSQL: LISTEN)."""
        url = self._url.difference_update_query(_OURS)
        named = url.translate_connect_args(database="dbname", username="user")
        return {**named, **url.query, **_driver_settings(self._url)}

    @contextmanager
    def transaction(self, community_id: str | None = None) -> Iterator[UnitOfWork]:
        """One transaction that may write; committed at the end of the block, undone when it raises.

        Raises:
            Busy: the database is locked, full or away.
            Conflict: the commit lost against another transaction.
        """
        with self._transaction("BEGIN IMMEDIATE" if self.single_writer else "BEGIN", community_id) as uow:
            yield uow

    @contextmanager
    def reading(self, community_id: str | None = None) -> Iterator[UnitOfWork]:
        """One consistent view that never waits for a writer and is never committed."""
        begin = "BEGIN" if self.single_writer else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        with self._transaction(begin, community_id) as uow:
            yield uow

    @contextmanager
    def _transaction(self, begin: str, community_id: str | None) -> Iterator[UnitOfWork]:
        with self._turn:
            pooled = self._connected()
            connection = Connection(cast(Driver, pooled.driver_connection), self.engine.dialect)
            try:
                connection.plain(begin)
                yield UnitOfWork(connection, community_id or self._community_id, self._cipher, self._cache)
                connection.plain("COMMIT")
            except BaseException as error:
                self._undo(pooled, connection, error)
                raise
            finally:
                pooled.close()

    def _connected(self) -> PoolProxiedConnection:
        try:
            return self.engine.raw_connection()
        except PoolTimeoutError as error:
            raise Busy from error
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise translated(error) from error

    def _undo(self, pooled: PoolProxiedConnection, connection: Connection, error: BaseException) -> None:
        """Roll back; a connection that is gone for good leaves the pool."""
        try:
            connection.plain("ROLLBACK")
        except Exception as again:  # noqa: BLE001 - the first error is the one to tell
            cause = again.__cause__ if isinstance(again.__cause__, Exception) else again
            pooled.invalidate(cause if isinstance(cause, Exception) else None)
            error.add_note(f"rollback failed: {type(again).__name__}")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def in_memory(url: URL) -> bool:
    """Whether the database lives and dies with its one connection."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def _sqlite(url: URL) -> Engine:
    options: dict[str, Any] = {"poolclass": StaticPool} if in_memory(url) else {"pool_timeout": WAIT_MS / 1000}
    engine = create_engine(
        url,
        connect_args={
            "cached_statements": _CACHED_STATEMENTS,
            "check_same_thread": False,
            "timeout": WAIT_MS / 1000,
        },
        **options,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    """Own transactions, as the driver's lose updates; durable; open to readers; what is deleted is gone (INV-31)."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={WAIT_MS}",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "secure_delete=ON",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _driver_settings(url: URL) -> dict[str, Any]:
    """What the query of a PostgreSQL URL says to the driver in other types than text."""
    settings: dict[str, Any] = {"connect_timeout": CONNECT_S}
    given = url.query
    if "options" in given:
        settings["options"] = given["options"]
    if "connect_timeout" in given:
        settings["connect_timeout"] = int(str(given["connect_timeout"]))
    if "prepare_threshold" in given:
        threshold = str(given["prepare_threshold"])
        settings["prepare_threshold"] = None if threshold.lower() == "none" else int(threshold)
    return settings


def _postgresql(url: URL) -> Engine:
    options = f"-c statement_timeout={WAIT_MS} -c lock_timeout={WAIT_MS} -c synchronous_commit=on"
    settings = _driver_settings(url)
    settings["options"] = f"{options} {settings.get('options', '')}".strip()
    engine = create_engine(
        url.difference_update_query(_OURS),
        pool_pre_ping=True,
        pool_size=8,
        pool_timeout=WAIT_MS / 1000,
        connect_args=settings,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _prepare_postgresql(connection: Any, _entry: ConnectionPoolEntry) -> None:
    """Transactions are begun and ended by our own statements."""
    connection.autocommit = True
