"""What replicas share quickly: access tokens, rate buckets, live events. In memory here, in Redis beside it.

Nothing in it is missed for good when it is gone: tokens are fetched anew, buckets start full, events were courtesies
(INV-31).
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.channels.base import Pace

Event = Mapping[str, Any]
#: A listener that falls this far behind loses events.
BACKLOG = 1_000


@dataclass(frozen=True, slots=True)
class Held:
    """A token and until when it may be used (aware UTC)."""

    value: str
    until: datetime


class Shared(Protocol):
    """What one process or all replicas hold together. `lasting` says that it outlives this process."""

    lasting: bool

    async def token(self, key: str) -> Held | None:
        """The token last kept under `key`, fresh or not."""
        ...

    async def keep_token(self, key: str, held: Held) -> None:
        """Keep a token; done only inside `alone(key)`, so that a newer one is never overwritten."""
        ...

    def alone(self, key: str) -> AbstractAsyncContextManager[None]:
        """One at a time among all who share `key` (INV-14)."""
        ...

    async def take(self, key: str, pace: Pace, now: datetime, *, reserve: int = 0) -> float:
        """Take one turn of a sliding window: 0.0 when there was room, else the seconds until there is (INV-13).

        Args:
            key: what is limited, e.g. a robot.
            pace: the platform's limit.
            now: aware, of the injected clock.
            reserve: turns that are left for more urgent callers.
        """
        ...

    async def publish(self, topic: str, event: Event) -> None:
        """Tell every listener of `topic`, in this process and in the others."""
        ...

    def listen(self, topic: str) -> AbstractAsyncContextManager[AsyncIterator[Event]]:
        """The topic's events from now on, for as long as the block runs."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class MemoryShared:
    """Everything in this process: the only one, or one whose Redis is away."""

    lasting = False

    def __init__(self) -> None:
        self._tokens: dict[str, Held] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._taken: dict[str, deque[datetime]] = {}
        self._listeners: dict[str, set[asyncio.Queue[Event]]] = {}

    async def token(self, key: str) -> Held | None:
        """The token last kept under `key`."""
        return self._tokens.get(key)

    async def keep_token(self, key: str, held: Held) -> None:
        """Keep a token."""
        self._tokens[key] = held

    @asynccontextmanager
    async def alone(self, key: str) -> AsyncIterator[None]:
        """One at a time in this process."""
        async with self._locks.setdefault(key, asyncio.Lock()):
            yield

    async def take(self, key: str, pace: Pace, now: datetime, *, reserve: int = 0) -> float:
        """Take one turn of a sliding window."""
        taken = self._taken.setdefault(key, deque())
        while taken and taken[0] <= now - timedelta(seconds=pace.seconds):
            taken.popleft()
        room = max(pace.messages - reserve, 1)
        if len(taken) < room:
            taken.append(now)
            return 0.0
        return (taken[len(taken) - room] - now).total_seconds() + pace.seconds

    async def publish(self, topic: str, event: Event) -> None:
        """Tell the listeners of this process."""
        for queue in tuple(self._listeners.get(topic, ())):
            if not queue.full():
                queue.put_nowait(event)

    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncIterator[AsyncIterator[Event]]:
        """The topic's events from now on."""
        queue: asyncio.Queue[Event] = asyncio.Queue(BACKLOG)
        listeners = self._listeners.setdefault(topic, set())
        listeners.add(queue)
        try:
            yield _events(queue)
        finally:
            listeners.discard(queue)

    async def close(self) -> None:
        """Nothing is held."""


async def _events(queue: asyncio.Queue[Event]) -> AsyncIterator[Event]:
    while True:
        yield await queue.get()


def open_shared(url: str | None) -> Shared:
    """The replicas' Redis at `url`, or this process alone.

    Raises:
        ModuleNotFoundError: a URL is given but the `redis` extra is not installed.
    """
    if url is None:
        return MemoryShared()
    from bot.shared_redis import RedisShared  # noqa: PLC0415 - an optional extra

    return RedisShared(url)
