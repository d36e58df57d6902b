"""Residents who write very much are told once a minute, whichever replica hears them (reliability.md 7, INV-37)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.reception import PER_DAY, PER_MINUTE, WAITING, Reception, is_over
from storage.message import Inbound
from storage.model import Address
from tests.fakes.bench import Bench, bench, configured

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WHO = Address("resident", "webchat.main", "u1")


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Bench]:
    made = bench(configured(tmp_path, "http://127.0.0.1:9"), NOW)
    yield made
    await made.close()


async def write(product: Bench, desk: Reception, count: int, step: timedelta = SECOND) -> None:
    for _ in range(count):
        product.clock.move(product.clock.now() + step)
        now = product.clock.now()
        await desk.accept(Inbound(WHO.channel, WHO.user_id, f"k{now}", "message", text="灯坏了", sent_at=now))
        await desk.close()


async def notices(product: Bench) -> int:
    rows = await product.parts.store.run(lambda uow: uow.outbox.history(WHO, 100))
    return sum(row.text_key == "web.crowded" for row in rows)


@pytest.mark.parametrize(
    ("said", "waiting", "over"),
    [
        (PER_MINUTE, 0, False),
        (PER_MINUTE + 1, 0, True),
        (1, WAITING, False),
        (1, WAITING + 1, True),
    ],
)
def test_the_limits(said: int, waiting: int, over: bool) -> None:
    assert is_over([NOW] * said, waiting, NOW) is over


def test_the_limit_of_a_day() -> None:
    slow = [NOW - 5 * MINUTE * number for number in range(PER_DAY + 1)]
    assert is_over(slow, 0, NOW) is True
    assert is_over(slow[:-1], 0, NOW) is False
    assert is_over([NOW - timedelta(minutes=8) * number for number in range(PER_DAY + 1)], 0, NOW) is False


async def test_an_ordinary_pace_is_never_remarked_upon(product: Bench) -> None:
    await write(product, Reception(product.parts), PER_MINUTE)
    assert await notices(product) == 0


async def test_a_fast_writer_is_told_once_a_minute(product: Bench) -> None:
    await write(product, Reception(product.parts), PER_MINUTE + 15)
    assert await notices(product) == 1


async def test_what_another_replica_heard_counts(product: Bench) -> None:
    one, other = Reception(product.parts), Reception(product.parts)
    for _ in range(PER_MINUTE // 2 + 1):
        await write(product, one, 1)
        await write(product, other, 1)
    assert await notices(product) == 1


async def test_a_long_queue_of_one_resident_is_told(product: Bench) -> None:
    await write(product, Reception(product.parts), WAITING + 1, step=4 * SECOND)
    assert await notices(product) == 1
