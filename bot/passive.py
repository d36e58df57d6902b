"""Requests that wait for their own answer; the pipeline says when a row's turn is committed (design.md 11)."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from storage.message import OutboxRow

#: Turns remembered for requests that have not begun to wait yet: a turn may be quicker than its own request, and the
#: platform may send twins.
REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply that is leased to the request which waits for it: `owner` holds the lease."""

    row: OutboxRow
    owner: str


class PassiveReplies:
    """Waiting requests by inbox id. `notify` is for the pipeline, and for whoever listens to other replicas."""

    def __init__(self) -> None:
        self._waiting: dict[int, set[asyncio.Future[None]]] = {}
        self._ended: OrderedDict[int, None] = OrderedDict()
        self._answers: dict[int, Answer] = {}

    def waiter(self, inbox_id: int) -> str | None:
        """A new owner for the reply to this row when a request waits for it here, else None."""
        return f"passive:{secrets.token_hex(8)}" if inbox_id in self._waiting else None

    def hand(self, inbox_id: int, answer: Answer) -> bool:
        """Keep a leased reply for the request of this row until it is woken; False when nobody waits any more."""
        if inbox_id not in self._waiting:
            return False
        self._answers[inbox_id] = answer
        return True

    def pop(self, inbox_id: int) -> Answer | None:
        """The reply that was handed over; the first of several requests for the same row gets it."""
        return self._answers.pop(inbox_id, None)

    def notify(self, inbox_ids: Iterable[int]) -> None:
        """The turns of these rows are committed: wake whoever waits for them."""
        for inbox_id in inbox_ids:
            self._remember(inbox_id)
            for future in self._waiting.pop(inbox_id, ()):
                if not future.done():
                    future.set_result(None)

    async def wait(self, inbox_id: int, seconds: float) -> bool:
        """Wait until the row's turn is committed; False when `seconds` pass first."""
        if inbox_id in self._ended:
            return True
        if seconds <= 0:
            return False
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(inbox_id, set()).add(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return False
        except asyncio.CancelledError:
            self._answers.pop(inbox_id, None)  # its lease runs out, then delivery sends it
            raise
        finally:
            self._forget(inbox_id, future)
        return True

    def _remember(self, inbox_id: int) -> None:
        self._ended[inbox_id] = None
        if len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)

    def _forget(self, inbox_id: int, future: asyncio.Future[None]) -> None:
        futures = self._waiting.get(inbox_id)
        if futures is not None:
            futures.discard(future)
            if not futures:
                del self._waiting[inbox_id]
