"""Server-sent events: what happens now, for pages that are open."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from bot.clock import monotonic
from bot.shared import Event, Shared
from bot.web.keys import SHARED, STOPPING

#: The browser's right to listen is looked at again this often, seconds.
CHECK_S = 10.0
#: Browsers wait this long before they come again after a cut, milliseconds.
RETRY_MS = 1_500
#: Topic of everything that happens in groups, private chats and tickets, for staff pages.
STAFF_TOPIC = "staff"
#: Accepted rows whose turn is awaited by an open page; the oldest is forgotten first.
AWAITED = 10_000


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


class Awaited:
    """Whose turn is under way, so that a page shows "typing" exactly as long as something is awaited."""

    def __init__(self) -> None:
        self._rows: OrderedDict[int, str] = OrderedDict()

    def add(self, row_id: int, user_id: str) -> None:
        """A row was accepted."""
        self._rows[row_id] = user_id
        if len(self._rows) > AWAITED:
            self._rows.popitem(last=False)

    def ended(self, row_ids: Iterable[int]) -> list[tuple[int, str]]:
        """Those of the rows that were awaited here, with their users; they are no longer."""
        found = [(row_id, self._rows.pop(row_id, None)) for row_id in row_ids]
        return [(row_id, user_id) for row_id, user_id in found if user_id is not None]


async def _always() -> bool:
    return True


async def stream(
    request: web.Request,
    topic: str,
    shape: Callable[[Event], Mapping[str, Any] | None] = dict,
    may_listen: Callable[[], Awaitable[bool]] = _always,
) -> web.StreamResponse:
    """Send a topic's events until the browser leaves, may listen no longer, or the server stops.

    `shape` may drop an event by None.
    """
    stopping = request.app[STOPPING]
    async with request.app[SHARED].listen(topic) as events, sse_response(request) as response:
        await response.send("", event="ready", retry=RETRY_MS)
        stop = asyncio.ensure_future(stopping.wait())
        following = asyncio.ensure_future(anext(events))
        checked = monotonic()
        try:
            while response.is_connected() and not stopping.is_set():
                await asyncio.wait({following, stop}, timeout=CHECK_S, return_when=asyncio.FIRST_COMPLETED)
                if monotonic() - checked >= CHECK_S:
                    checked = monotonic()
                    if not await may_listen():
                        break
                if following.done():
                    await _send(response, shape(following.result()))
                    following = asyncio.ensure_future(anext(events))
        except (ConnectionError, TimeoutError):
            pass  # the browser has left
        finally:
            stop.cancel()
            following.cancel()
    return response


async def _send(response: EventSourceResponse, shaped: Mapping[str, Any] | None) -> None:
    if shaped is not None:
        await response.send(json.dumps(shaped, ensure_ascii=False, default=str), event="message")
