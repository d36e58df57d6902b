"""A graceful stop finishes what is under way (INV-33)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.base import Receipt
from bot.store import Store
from storage.message import OutboxRow
from storage.model import Address
from storage.unit_of_work import UnitOfWork
from tests.fakes.speaker import Post, post

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


class Slow:
    """A channel whose platform has the message and takes its time to say so."""

    name = "robot.repair"

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.called, self.released = asyncio.Event(), asyncio.Event()

    async def send(self, row: OutboxRow) -> Receipt:
        """Sent, when released."""
        self.heard.append(row.body)
        self.called.set()
        await self.released.wait()
        return Receipt("sent")


class Held:
    """A store whose next job is held back once it has run."""

    def __init__(self, store: Store, claimed: Callable[[Any], bool]) -> None:
        self._store = store
        self._claimed = claimed
        self.ran, self.released = asyncio.Event(), asyncio.Event()

    async def run(self, work: Callable[[UnitOfWork], Any], **how: bool) -> Any:
        """The result, once it is released when it is what is waited for."""
        result = await self._store.run(work, **how)
        if self._claimed(result) and not self.ran.is_set():
            self.ran.set()
            await self.released.wait()
        return result


@pytest.fixture
async def office() -> AsyncIterator[Post]:
    made = post(NOW)
    yield made
    await made.parts.close()


async def test_a_message_that_the_platform_has_is_recorded_before_the_stop_ends(office: Post) -> None:
    slow: Any = Slow()
    office.parts.delivery._channels = {slow.name: slow}
    running = asyncio.create_task(office.parts.spine.run())
    await office.put("job")
    office.parts.spine.wake()
    await asyncio.wait_for(slow.called.wait(), 10)
    stopping = asyncio.create_task(office.parts.spine.stop())
    await asyncio.sleep(0)
    slow.released.set()
    await stopping
    running.cancel()
    assert await office.states() == ["sent"]


async def test_a_message_that_was_claimed_when_the_stop_came_is_sent(office: Post) -> None:
    store: Any = Held(office.parts.store, lambda result: bool(result) and isinstance(result, list))
    office.parts.delivery._store = store
    running = asyncio.create_task(office.parts.spine.run())
    await office.put("job", to=Address("resident", "robot.repair", "u"))
    office.parts.spine.wake()
    await asyncio.wait_for(store.ran.wait(), 10)
    stopping = asyncio.create_task(office.parts.spine.stop())
    await asyncio.sleep(0)
    store.released.set()
    await stopping
    running.cancel()
    assert office.speaker.bodies == ["job"]
    assert await office.states(Address("resident", "robot.repair", "u")) == ["sent"]
