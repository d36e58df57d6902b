"""How far a message of several parts got, so that a second try goes on where the first one stopped."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from bot.channels.base import Receipt

#: Unfinished messages that are remembered; a forgotten one is repeated from its start.
REMEMBERED = 1_000

T = TypeVar("T")


class Progress:
    """Parts already sent, by outbox id. In memory only: after a crash a repeat is harmless (INV-11)."""

    def __init__(self) -> None:
        self._sent: OrderedDict[int, Sequence[Any]] = OrderedDict()

    async def send(self, row_id: int, parts: Sequence[T], one: Callable[[T], Awaitable[Receipt]]) -> Receipt:
        """Send the parts that are still missing, in order; the first one that fails decides.

        A message that begins in other words than the last time (a digest has grown) is sent from its start.
        """
        done, before = Receipt("sent"), self._sent.get(row_id, ())
        begun = len(before) if tuple(parts[: len(before)]) == tuple(before) else 0
        for index in range(begun, len(parts)):
            done = await one(parts[index])
            if done.outcome != "sent":
                self._remember(row_id, parts[:index])
                return done
        self.forget(row_id)
        return done

    def forget(self, row_id: int) -> None:
        """The message is finished, or is cut in another way from now on."""
        self._sent.pop(row_id, None)

    def _remember(self, row_id: int, sent: Sequence[Any]) -> None:
        self._sent[row_id] = sent
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)
