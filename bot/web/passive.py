"""Replies that leave in the answer of the request they belong to (design.md 11, Passive reply)."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from storage.unit_of_work import UnitOfWork

from bot.channels.wechat.reply import Composed, compose
from bot.clock import Clock
from bot.store import Store
from storage.errors import StorageError
from storage.model import NewMessage, OutboxRow

log = logging.getLogger("guanjia.callbacks")

#: Stands where the platform's message id would be: a passive reply has none.
PASSIVE_ID = "passive"


@dataclass(frozen=True, slots=True)
class Taken:
    """A reply whose rows this request holds the lease of."""

    composed: Composed
    owner: str

    @property
    def text(self) -> str:
        """What the person reads."""
        return self.composed.text


class Answers:
    """Takes reserved outbox rows for waiting requests and records what became of them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def take(self, inbox_id: int) -> Taken | None:
        """The reply reserved for this row; None when there is none, or somebody else has it."""
        owner, now = f"passive:{uuid.uuid4().hex}", self._clock.now()
        try:
            rows = await self._store.run(lambda uow: uow.outbox.take_reserved(inbox_id, owner, now), urgent=True)
        except StorageError as error:
            log.warning("callback.not_taken", extra={"row_id": inbox_id, "error": type(error).__name__})
            return None
        return Taken(compose(rows), owner) if rows else None

    async def given(self, inbox_id: int) -> str | None:
        """The passive reply that an earlier delivery of the same push got, for its repeats."""
        try:
            return await self._store.run(lambda uow: uow.outbox.answered(inbox_id), urgent=True)
        except StorageError as error:
            log.warning("callback.not_read", extra={"row_id": inbox_id, "error": type(error).__name__})
            return None

    async def sent(self, taken: Taken) -> None:
        """The whole reply was written to the connection: its rows are sent, what did not fit follows by message."""
        await self._settle(taken, self._sent)

    async def lost(self, taken: Taken) -> None:
        """The connection broke: nobody knows what arrived, so the rows go out again as messages (INV-11)."""
        await self._settle(taken, self._lost)

    async def _settle(self, taken: Taken, work: Callable[[UnitOfWork, Taken], None]) -> None:
        try:
            await self._store.run(lambda uow: work(uow, taken), urgent=True)
        except StorageError as error:
            # The lease runs out and delivery sends the rows once more: late and twice is better than never.
            log.warning("callback.not_settled", extra={"error": type(error).__name__})

    def _sent(self, uow: UnitOfWork, taken: Taken) -> None:
        now, composed = self._clock.now(), taken.composed
        for row in composed.taken:
            uow.outbox.sent(row.id, taken.owner, now, PASSIVE_ID)
        for row in composed.left:
            uow.outbox.postpone(row.id, taken.owner, now)
        if composed.rest:
            uow.outbox.add([_remainder(composed.taken[0], composed.rest)], now)

    def _lost(self, uow: UnitOfWork, taken: Taken) -> None:
        now = self._clock.now()
        for row in (*taken.composed.taken, *taken.composed.left):
            uow.outbox.retry(row.id, taken.owner, now, "cut")


def _remainder(row: OutboxRow, rest: str) -> NewMessage:
    """What of an overlong row goes by customer-service message."""
    return NewMessage(
        to=row.to,
        body=rest,
        kind=row.kind,
        text_key=row.text_key,
        ticket_id=row.ticket_id,
        expires_at=row.expires_at,
        priority=row.priority,
        data=row.data,
    )
