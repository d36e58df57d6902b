"""A database that fails for a while: nothing is counted against anybody, and work resumes by itself (INV-32)."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.pipeline import Pipeline
from bot.spine import Spine
from bot.store import Store
from handlers.outgoing import Directory
from storage.database import Database
from storage.errors import Busy
from storage.message import Inbound
from storage.secrecy import Cipher
from storage.unit_of_work import UnitOfWork
from tests.fakes.bench import Bench, Understanding, bench, configured

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
PATIENCE_S = 10.0


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Bench]:
    made = bench(configured(tmp_path, "http://127.0.0.1:9", {"GUANJIA__RULES__RECEPTION__GATHER_S": "0"}), NOW)
    yield made
    await made.close()


class Troubled:
    """A store that fails for its next `failures` jobs."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.failures = 0
        self.asked = asyncio.Event()

    async def run(self, work: Callable[[UnitOfWork], Any], **how: bool) -> Any:
        self.asked.set()
        if self.failures:
            self.failures -= 1
            raise Busy
        return await self._store.run(work, **how)


@pytest.mark.parametrize("failures", [1, 2, 3, 4, 5, 6, 7, 8])
async def test_the_loops_outlive_a_database_that_fails_at_any_step(product: Bench, failures: int) -> None:
    parts = product.parts
    store = Troubled(parts.store)
    spine = Spine(store, parts.clock, parts.pipeline, parts.delivery, gather_s=0, rest_s=0)  # type: ignore[arg-type]
    running = asyncio.create_task(spine.run())
    await store.asked.wait()
    store.failures = failures
    spine.wake()
    async with asyncio.timeout(PATIENCE_S):
        while store.failures:  # noqa: ASYNC110 - what is awaited is the state of the code under test
            await asyncio.sleep(0)
        id_ = await product.hear("您好", kind="webchat.main")
        spine.wake()
        while (await product.row(id_)).status != "done":
            assert not running.done()
            await asyncio.sleep(0)
    await spine.stop()
    await running


@pytest.mark.parametrize("failures", [1, 2, 3, 4])
async def test_a_turn_that_met_a_busy_database_counts_no_attempt_and_waits_for_no_lease(
    product: Bench, failures: int
) -> None:
    parts = product.parts
    store = Troubled(parts.store)
    pipeline = Pipeline(
        store,  # type: ignore[arg-type]
        parts.clock,
        Understanding(),
        parts.setting,
        parts.texts,
        Directory(),
        rest_s=0,
    )
    id_ = await product.hear("您好，请问有人吗，我想问一下物业的办公时间", kind="webchat.main")
    (claim,) = await parts.store.run(lambda uow: uow.inbox.claim("me", NOW, 5))
    store.failures = failures
    await pipeline.take(claim)
    row = await product.row(id_)
    assert (row.status, row.attempts) == ("pending", 0)
    (again,) = await parts.store.run(lambda uow: uow.inbox.claim("me", NOW, 5))
    await pipeline.take(again)
    assert (await product.row(id_)).status == "done"


async def test_a_transaction_that_the_database_undid_fails_whole_and_as_busy(tmp_path: Path, cipher: Cipher) -> None:
    """SQLite undoes everything when it runs out of pages; a job after that must not commit by itself."""
    database = Database(f"sqlite:///{tmp_path}/full.db", cipher)
    database.migrate()

    def inbound(number: int) -> Inbound:
        return Inbound("webchat.main", "u1", f"k{number}", "message", text="水" * 3_000)

    failed = []

    def group() -> None:
        with database.transaction() as uow:
            uow.inbox.add(inbound(0), now=NOW)
            driver: Any = uow._connection._driver
            driver.execute(f"PRAGMA max_page_count={driver.execute('PRAGMA page_count').fetchone()[0]}")
            for number in range(1, 30):
                try:
                    with uow.savepoint():
                        uow.inbox.add(inbound(number), now=NOW)
                except Busy:
                    failed.append(number)

    with pytest.raises(Busy):
        group()
    assert failed
    with database.reading() as uow:
        assert uow.inbox.pending() == 0
    database.close()


def test_migrating_a_database_that_takes_nothing_is_busy(tmp_path: Path, cipher: Cipher) -> None:
    """What the operator reads is a sentence, not where in the program it happened."""
    path = tmp_path / "held.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA journal_mode=WAL")
    holder.execute("BEGIN EXCLUSIVE")
    database = Database(f"sqlite:///{path}", cipher)
    with pytest.raises(Busy):
        database.migrate()
    database.close()
    holder.close()
