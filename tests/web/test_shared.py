"""What replicas share, in memory and in Redis: the same behaviour from both, and none lost when Redis is away."""

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from bot.channels.base import Pace
from bot.shared import Held, MemoryShared, Shared, open_shared
from bot.shared_redis import RedisShared

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
URL = os.environ.get("GUANJIA_TEST_REDIS", "redis://127.0.0.1:6379/0")
PACE = Pace(3, 60.0)


def answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout=0.5):
            return True
    except OSError:
        return False


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Shared, Shared]]:
    """Two views of the same shared state: two replicas, or the one process twice."""
    if request.param == "memory":
        own = MemoryShared()
        yield own, own
        return
    if not answers(URL):
        pytest.skip("no Redis answers")
    prefix = f"guanjia-test-{uuid.uuid4().hex}:"
    first, second = RedisShared(URL, prefix=prefix), RedisShared(URL, prefix=prefix)
    yield first, second
    async for key in first._redis.scan_iter(prefix + "*"):
        await first._redis.delete(key)
    await first.close()
    await second.close()


async def test_a_token_is_seen_by_all(pair: tuple[Shared, Shared]) -> None:
    held = Held("t", NOW + timedelta(hours=2))
    assert await pair[1].token("k") is None
    await pair[0].keep_token("k", held)
    assert await pair[1].token("k") == held


async def test_one_at_a_time(pair: tuple[Shared, Shared]) -> None:
    inside, most = 0, 0

    async def work(shared: Shared) -> None:
        nonlocal inside, most
        async with shared.alone("k"):
            inside += 1
            most = max(most, inside)
            for _ in range(5):
                await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work(pair[n % 2]) for n in range(6)))
    assert (inside, most) == (0, 1)


async def test_a_failure_inside_lets_the_next_one_in(pair: tuple[Shared, Shared]) -> None:
    with pytest.raises(ValueError, match="x"):
        async with pair[0].alone("k"):
            raise ValueError("x")
    async with pair[1].alone("k"):
        pass


async def test_a_pace_is_kept_together(pair: tuple[Shared, Shared]) -> None:
    waits = [await pair[n % 2].take("k", PACE, NOW + timedelta(seconds=n)) for n in range(4)]
    assert waits == [0.0, 0.0, 0.0, 57.0]
    assert await pair[0].take("k", PACE, NOW + timedelta(seconds=60)) == 0.0
    assert await pair[0].take("other", PACE, NOW) == 0.0


async def test_the_reserve_is_for_the_urgent(pair: tuple[Shared, Shared]) -> None:
    taken = [await pair[0].take("k", PACE, NOW, reserve=1) for _ in range(3)]
    assert taken == [0.0, 0.0, 60.0]
    assert await pair[1].take("k", PACE, NOW) == 0.0


async def test_events_reach_every_listener_once(pair: tuple[Shared, Shared]) -> None:
    async with pair[0].listen("t") as one, pair[0].listen("t") as two, pair[1].listen("t") as three:
        await pair[1].publish("t", {"n": 1})
        await pair[0].publish("t", {"n": 2})
        for listener in (one, two, three):
            heard = [await asyncio.wait_for(anext(listener), 5) for _ in range(2)]
            assert heard == [{"n": 1}, {"n": 2}]


async def test_without_redis_each_goes_on_alone(unused_tcp_port: int) -> None:
    away = RedisShared(f"redis://127.0.0.1:{unused_tcp_port}/0")
    await away.keep_token("k", Held("t", NOW))
    assert await away.token("k") == Held("t", NOW)
    async with away.alone("k"):
        assert [await away.take("k", PACE, NOW) for _ in range(4)] == [0.0, 0.0, 0.0, 60.0]
    async with away.listen("t") as events:
        await away.publish("t", {"n": 1})
        assert await asyncio.wait_for(anext(events), 5) == {"n": 1}
    await away.close()


async def test_a_slow_listener_loses_events_and_delays_nobody() -> None:
    shared = MemoryShared()
    async with shared.listen("t") as events:
        for n in range(1_500):
            await shared.publish("t", {"n": n})
        heard = [(await anext(events))["n"] for _ in range(1_000)]
    assert heard == list(range(1_000))


def test_without_a_url_it_is_this_process_alone() -> None:
    assert isinstance(open_shared(None), MemoryShared)
    assert isinstance(open_shared(URL), RedisShared)
