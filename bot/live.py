"""Live events for open pages: a courtesy beside the database, lost without harm (INV-31)."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

Event = Mapping[str, Any]
#: A page that falls this far behind reloads its history instead.
BACKLOG = 100


class Live:
    """Topics with any number of listeners; a slow listener loses events, never the others."""

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._listeners: dict[str, set[asyncio.Queue[Event]]] = defaultdict(set)

    def publish(self, topic: str, event: Event) -> None:
        """Hand `event` to everyone who listens to `topic` now."""
        for queue in tuple(self._listeners.get(topic, ())):
            if not queue.full():
                queue.put_nowait(event)

    @asynccontextmanager
    async def listen(self, *topics: str) -> AsyncIterator[asyncio.Queue[Event]]:
        """A queue of the topics' events for as long as the block runs."""
        queue: asyncio.Queue[Event] = asyncio.Queue(BACKLOG)
        for topic in topics:
            self._listeners[topic].add(queue)
        try:
            yield queue
        finally:
            for topic in topics:
                self._listeners[topic].discard(queue)
                if not self._listeners[topic]:
                    del self._listeners[topic]
