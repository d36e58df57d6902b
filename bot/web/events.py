"""Server-sent events: what happens now, for pages that are open."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp_sse import sse_response

from bot.live import Event
from bot.web.keys import LIVE, STOPPING

WAIT_S = 20


async def stream(
    request: web.Request, *topics: str, shape: Callable[[Event], dict[str, Any] | None] = dict
) -> web.StreamResponse:
    """Send the topics' events until the browser leaves or the server stops. `shape` may drop one by None."""
    stopping = request.app[STOPPING]
    async with request.app[LIVE].listen(*topics) as queue, sse_response(request) as response:
        stop = asyncio.ensure_future(stopping.wait())
        try:
            while response.is_connected() and not stopping.is_set():
                waiting = asyncio.ensure_future(queue.get())
                await asyncio.wait({waiting, stop}, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done():
                    waiting.cancel()
                    continue
                shaped = shape(waiting.result())
                if shaped is not None:
                    await response.send(json.dumps(shaped, ensure_ascii=False, default=str), event="message")
        finally:
            stop.cancel()
    return response
