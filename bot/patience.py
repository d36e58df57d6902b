"""Writes that must not get lost while the database is busy or its disk is full: tried again for as long as a lease."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.clock import pause
from storage.errors import Busy

T = TypeVar("T")

#: Between two tries, seconds, and how many: together a little less than a lease of 60 s.
REST_S, TRIES = 0.5, 100


async def patiently(work: Callable[[], Awaitable[T]], *, rest_s: float = REST_S, tries: int = TRIES) -> T:
    """The result of `work`, tried again while the database is busy.

    Raises:
        Busy: it was busy every time.
    """
    for _ in range(tries - 1):
        try:
            return await work()
        except Busy:
            await pause(rest_s)
    return await work()
