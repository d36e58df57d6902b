"""Replicas wake each other: what one commits, the others hear at once through PostgreSQL's LISTEN/NOTIFY.

A courtesy, not a promise: a notice that is lost costs a second, because every loop looks at its queues by itself
(INV-15), and a passive reply that is not fetched goes out as a message of its own. SQLite has one process and needs
none. Behind PgBouncer in transaction mode LISTEN does not work; then the second is what remains.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.assembly import Parts
from bot.clock import pause

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = logging.getLogger("guanjia.notify")

#: Row ids in one notice; a payload may have 8,000 bytes.
ROWS_AT_ONCE = 300
#: Least time between two notices of one replica: more of them would only keep the others from working.
LEAST_PAUSE_S = 0.02
#: Seconds before a broken connection is tried again.
RETRY_S = 1.0

#: Told which turns ended elsewhere (inbox ids); an empty list says that something happened.
Hear = Callable[[Sequence[int]], None]


class Notices:
    """One replica's ear and mouth."""

    def __init__(self, arguments: Mapping[str, Any], hear: Hear) -> None:
        """`arguments` are how the driver connects."""
        self._arguments = arguments
        self._hear = hear
        self._rows: list[int] = []
        self._told = asyncio.Event()
        self._own_pid = 0
        self.listening = asyncio.Event()

    def tell(self, rows: Sequence[int] = ()) -> None:
        """Something was committed here: these turns ended, or a row was stored. What piles up goes in one notice."""
        self._rows.extend(rows)
        self._told.set()

    async def run(self) -> None:
        """Hear and tell until cancelled."""
        await asyncio.gather(self._again(self._listen), self._again(self._speak))

    async def _again(self, work: Callable[["AsyncConnection[Any]", str], Any]) -> None:
        """Work on a connection of its own, and on another one when it breaks."""
        from psycopg import AsyncConnection, Error  # noqa: PLC0415 - an optional extra

        while True:
            try:
                async with await AsyncConnection.connect(**self._arguments, autocommit=True) as connection:
                    await work(connection, await _channel(connection))
            except Error as error:
                log.warning("notify.away", extra={"error": type(error).__name__})
            except Exception:
                log.exception("notify.failed")  # a courtesy that fails must not end the others' (style.md 8)
            await pause(RETRY_S)

    async def _listen(self, connection: "AsyncConnection[Any]", channel: str) -> None:
        from psycopg import sql  # noqa: PLC0415 - an optional extra

        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        self.listening.set()
        self._hear(())  # whatever was missed meanwhile
        async for notice in connection.notifies():
            if notice.pid != self._own_pid:
                self._hear(json.loads(notice.payload))

    async def _speak(self, connection: "AsyncConnection[Any]", channel: str) -> None:
        self._own_pid = connection.info.backend_pid
        while True:
            await self._told.wait()
            rows, self._rows = self._rows[:ROWS_AT_ONCE], self._rows[ROWS_AT_ONCE:]
            if not self._rows:
                self._told.clear()
            await connection.execute("SELECT pg_notify(%s, %s)", (channel, json.dumps(rows)))
            await pause(LEAST_PAUSE_S)


async def _channel(connection: "AsyncConnection[Any]") -> str:
    """Installations in one database are told apart by their schema."""
    row = await (await connection.execute("SELECT current_schema()")).fetchone()
    return f"guanjia_{row[0] if row else 'public'}"[:63]


@asynccontextmanager
async def joined(parts: Parts, ended: Hear) -> AsyncIterator[Notices | None]:
    """While the block runs this replica hears the others and is heard; `ended` is told of turns that ended elsewhere.

    None where there are no others (SQLite).
    """
    database = parts.store.database
    if database.single_writer:
        yield None
        return

    def hear(rows: Sequence[int]) -> None:
        ended(rows)
        parts.spine.wake()

    logging.getLogger("psycopg").setLevel(logging.ERROR)  # that a waiting connection is closed at the stop says nothing
    notices = Notices(database.driver_arguments(), hear)
    parts.pipeline.listen(lambda done: notices.tell(done.answered))
    parts.spine.listen(lambda _: notices.tell())
    task = asyncio.create_task(notices.run())
    try:
        yield notices
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def beside(parts: Parts, ended: Hear) -> Callable[[web.Application], AsyncIterator[None]]:
    """The same for as long as the web application runs."""

    async def running(_: web.Application) -> AsyncIterator[None]:
        async with joined(parts, ended):
            yield

    return running
