"""Two replicas on PostgreSQL: order, single timers, replies fetched where they are awaited (INV-5, INV-15)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clock import VirtualClock, monotonic
from bot.notify import Notices, joined
from bot.passive import PassiveReplies
from bot.pipeline import Committed
from bot.web.passive import Answers
from storage.database import Database
from storage.message import Inbound
from storage.secrecy import Cipher
from storage.unit_of_work import UnitOfWork
from tests.fakes.bench import WHO, Bench, bench, configured

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
PATIENCE_S = 20.0


@dataclass
class Replica:
    bench: Bench
    passive: PassiveReplies
    heard: list[int]

    async def accept(self, key: int, *, passive: bool = False) -> int:
        data = {"passive": True} if passive else {}
        now = self.bench.clock.now()
        inbound = Inbound("wechat.main", WHO, f"k{key}", "message", text="您好", data=data, sent_at=now)
        return (await self.bench.parts.accept(inbound)).id


@pytest.fixture
async def two(postgres: Database, cipher: Cipher, tmp_path: Path) -> AsyncIterator[tuple[Replica, Replica]]:
    """Two replicas that hear each other; neither works yet."""
    url = postgres.engine.url.update_query_dict(dict(postgres._url.query)).render_as_string(hide_password=False)
    more = {"GUANJIA__RULES__RECEPTION__GATHER_S": "0"}
    async with _replica(url, cipher, tmp_path, more) as one, _replica(url, cipher, tmp_path, more) as other:
        yield one, other


@asynccontextmanager
async def _replica(url: str, cipher: Cipher, var: Path, more: dict[str, str]) -> AsyncIterator[Replica]:
    config = configured(var, "http://127.0.0.1:9", more)
    made = Replica(bench(config, NOW, database=Database(url, cipher)), PassiveReplies(), [])

    def ended(rows: object) -> None:
        made.passive.notify(rows)  # type: ignore[arg-type]
        made.heard.extend(rows)  # type: ignore[arg-type]

    async with joined(made.bench.parts, ended) as notices:
        assert notices is not None
        await asyncio.wait_for(notices.listening.wait(), PATIENCE_S)
        yield made
    await made.bench.close()


@asynccontextmanager
async def working(*replicas: Replica) -> AsyncIterator[None]:
    """The loops of these replicas run."""
    tasks = [asyncio.create_task(each.bench.parts.spine.run()) for each in replicas]
    try:
        yield
    finally:
        for each in replicas:
            await each.bench.parts.spine.stop()
        await asyncio.gather(*tasks)


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not reached():  # noqa: ASYNC110 - what is awaited is the state of the code under test
            await asyncio.sleep(0.005)


@pytest.mark.postgres
async def test_a_reply_is_fetched_where_it_is_awaited(two: tuple[Replica, Replica]) -> None:
    front, worker = two
    async with working(worker):
        id_ = await front.accept(1, passive=True)
        began = monotonic()
        assert await front.passive.wait(id_, 3.0)
        waited_s = monotonic() - began
    taken = await Answers(front.bench.parts.store, front.bench.clock).take(id_)
    assert taken is not None
    assert taken.text
    assert waited_s < 3.0


@pytest.mark.postgres
async def test_an_insert_here_wakes_a_sleeper_there(
    two: tuple[Replica, Replica], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.spine.LONGEST_SLEEP_S", 60.0)
    front, worker = two
    async with working(worker):
        await until(lambda: bool(worker.bench.parts.spine._work._waiters))
        id_ = await front.accept(1)
        await until(lambda: id_ in front.heard)


@pytest.mark.postgres
async def test_one_residents_rows_are_taken_in_order_by_both(two: tuple[Replica, Replica]) -> None:
    taken: list[tuple[int, int]] = []

    def note(which: int, done: Committed) -> None:
        taken.extend((id_, which) for id_ in done.rows)

    for which, replica in enumerate(two):
        replica.bench.parts.pipeline.listen(partial(note, which))
    async with working(*two):
        ids = [await two[n % 2].accept(n) for n in range(60)]
        await until(lambda: len(taken) >= len(ids))
    assert [id_ for id_, _ in taken] == ids
    assert {which for _, which in taken} == {0, 1}


@pytest.mark.postgres
async def test_each_timer_fires_once(two: tuple[Replica, Replica]) -> None:
    clock: VirtualClock = two[0].bench.clock

    def set_all(uow: UnitOfWork) -> None:
        for n in range(200):
            uow.timers.set("idle", f"subject:{n}", f"user:webchat.main:u{n}", clock.now(), {}, clock.now())

    await two[0].bench.parts.store.run(set_all)
    stores = [replica.bench.parts.store for replica in two] * 5
    fired = await asyncio.gather(*(store.run(lambda uow: uow.timers.fire(clock.now(), 500)) for store in stores))
    assert sum(fired) == 200
    assert await two[0].bench.parts.store.run(lambda uow: uow.inbox.pending()) == 200


@pytest.mark.postgres
async def test_a_cut_connection_is_taken_up_again(two: tuple[Replica, Replica], postgres: Database) -> None:
    front, worker = two
    with postgres.engine.connect() as connection:
        cut = text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE :listen")
        listen = f'LISTEN "guanjia_{connection.scalar(text("SELECT current_schema()"))}%'
        assert connection.scalar(cut, {"listen": listen}) == 2
    async with working(worker):
        for n in range(400):
            id_ = await front.accept(n)
            if await front.passive.wait(id_, 0.05):
                return
    pytest.fail("no notice came any more")


def address_of(database: Database, **more: str) -> str:
    url = database.engine.url.update_query_dict({**database._url.query, **more})
    return url.render_as_string(hide_password=False)


@pytest.mark.parametrize(("said", "meant"), [("none", None), ("None", None), ("7", 7)])
def test_the_drivers_settings_are_no_text(cipher: Cipher, said: str, meant: int | None) -> None:
    url = f"postgresql+psycopg://me@127.0.0.1:6432/estate?prepare_threshold={said}&connect_timeout=2&options=-c%20a%3Db"
    arguments = Database(url, cipher).driver_arguments()
    assert arguments == {
        "host": "127.0.0.1",
        "port": 6432,
        "dbname": "estate",
        "user": "me",
        "prepare_threshold": meant,
        "connect_timeout": 2,
        "options": "-c a=b",
    }


@pytest.mark.postgres
async def test_replicas_hear_each_other_without_prepared_statements(postgres: Database, cipher: Cipher) -> None:
    database, heard = Database(address_of(postgres, prepare_threshold="none"), cipher), asyncio.Event()
    first, second = (
        Notices(database.driver_arguments(), lambda _: None),
        Notices(database.driver_arguments(), lambda rows: heard.set() if 7 in rows else None),
    )
    tasks = [asyncio.create_task(each.run()) for each in (first, second)]
    async with asyncio.timeout(PATIENCE_S):
        await second.listening.wait()
        for number in range(12):
            first.tell([number])
        await heard.wait()
    assert not any(task.done() for task in tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    database.close()


@pytest.mark.postgres
async def test_the_ear_outlives_whatever_fails_in_it(postgres: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.notify.RETRY_S", 0.01)
    heard, failures = asyncio.Event(), [ValueError(), KeyError()]

    def hear(rows: Sequence[int]) -> None:
        if failures:
            raise failures.pop()
        heard.set()

    notices = Notices(postgres.driver_arguments(), hear)
    task = asyncio.create_task(notices.run())
    async with asyncio.timeout(PATIENCE_S):
        await heard.wait()
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
