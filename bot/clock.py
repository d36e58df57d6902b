"""The one reader of the time. Everything else gets `now` or a Clock (INV-16)."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A source of time; the virtual one belongs to `simulate` and the tests."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...


class SystemClock:
    """The machine's clock, or one that started at another moment (`serve --now`)."""

    def __init__(self, start: datetime | None = None) -> None:
        """Begin at `start` (aware) instead of now."""
        self._offset = (start - datetime.now(UTC)) if start else timedelta()

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC) + self._offset


class VirtualClock:
    """A clock that moves only when told."""

    def __init__(self, start: datetime) -> None:
        """Stand at `start` (aware)."""
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Aware UTC."""
        return self._now

    def move(self, to: datetime) -> None:
        """Go to `to`; never backwards."""
        self._now = max(self._now, to.astimezone(UTC))


def monotonic() -> float:
    """Seconds for durations inside the process."""
    return time.monotonic()


async def pause(seconds: float) -> None:
    """Give the loop away for a while; the worker's and delivery's only sleep."""
    await asyncio.sleep(seconds)
