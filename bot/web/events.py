"""Server-sent events: what happens now, for pages that are open."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web
from aiohttp_sse import sse_response

from bot.shared import Event, Shared
from bot.web.keys import SHARED, STOPPING

WAIT_S = 20
#: Topic of everything that happens in groups, private chats and tickets, for staff pages.
STAFF_TOPIC = "staff"


class Publisher:
    """Tells open pages without making anybody wait; events are courtesies, the database has the truth (INV-31)."""

    def __init__(self, shared: Shared) -> None:
        """Events go to all replicas through `shared`."""
        self._shared = shared
        self._under_way: set[asyncio.Task[None]] = set()

    def publish(self, topic: str, event: Event) -> None:
        """Tell the listeners of a topic."""
        task = asyncio.get_running_loop().create_task(self._shared.publish(topic, event))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def stream(
    request: web.Request, topic: str, shape: Callable[[Event], Mapping[str, Any] | None] = dict
) -> web.StreamResponse:
    """Send a topic's events until the browser leaves or the server stops. `shape` may drop one by None."""
    stopping = request.app[STOPPING]
    async with request.app[SHARED].listen(topic) as events, sse_response(request) as response:
        stop = asyncio.ensure_future(stopping.wait())
        following = asyncio.ensure_future(anext(events))
        try:
            while response.is_connected() and not stopping.is_set():
                await asyncio.wait({following, stop}, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
                if not following.done():
                    continue
                shaped = shape(following.result())
                following = asyncio.ensure_future(anext(events))
                if shaped is not None:
                    await response.send(json.dumps(shaped, ensure_ascii=False, default=str), event="message")
        finally:
            stop.cancel()
            following.cancel()
    return response
