"""Replies that leave in the answer of the request they belong to (design.md 11, Passive reply)."""

import asyncio
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.wechat.reply import compose
from bot.clock import Clock
from bot.passive import Answer, PassiveReplies
from bot.pipeline import Committed, Listener
from bot.store import Store
from storage.errors import StorageError
from storage.message import NewMessage, OutboxRow
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("guanjia.callbacks")

#: Stands where the platform's message id would be: a passive reply has none.
PASSIVE_ID = "passive"


@dataclass(frozen=True, slots=True)
class Taken:
    """A reply that this request holds the lease of: its row, what the person reads of it, and what is left over."""

    row: OutboxRow
    owner: str
    text: str
    rest: str


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a row that was stored before: its passive reply, and whether its turn is over."""

    text: str | None
    ended: bool


class Answers:
    """Takes reserved outbox rows for waiting requests and records what became of them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def handed(self, answer: Answer) -> Taken:
        """A reply that was leased to this request when its turn was committed."""
        return Taken(answer.row, answer.owner, *compose(answer.row))

    async def give_back(self, answer: Answer) -> None:
        """The request is gone: its reply goes out as a message of its own."""
        await self.lost(self.handed(answer))

    async def take(self, inbox_id: int) -> Taken | None:
        """The reply reserved for this row; None when there is none, or somebody else has it."""
        owner, now = f"passive:{uuid.uuid4().hex}", self._clock.now()
        try:
            rows = await self._store.run(lambda uow: uow.outbox.take_reserved(inbox_id, owner, now), urgent=True)
        except StorageError as error:
            log.warning("callback.not_taken", extra={"row_id": inbox_id, "error": type(error).__name__})
            return None
        return Taken(rows[0], owner, *compose(rows[0])) if rows else None

    async def past(self, inbox_id: int) -> Past:
        """What an earlier delivery of the same push came to."""

        def read(uow: UnitOfWork) -> Past:
            answer = uow.outbox.answered(inbox_id)
            row = uow.inbox.get(inbox_id)
            return Past(compose(answer)[0] if answer else None, ended=row is None or row.status != "pending")

        try:
            return await self._store.run(read, urgent=True)
        except StorageError as error:
            log.warning("callback.not_read", extra={"row_id": inbox_id, "error": type(error).__name__})
            return Past(None, ended=True)

    async def sent(self, taken: Taken) -> None:
        """The whole reply was written to the connection; what did not fit follows as a message of its own."""
        await self._settle(taken, self._sent)

    async def lost(self, taken: Taken) -> None:
        """The connection broke: nobody knows what arrived, so the row goes out again as a message (INV-11)."""
        await self._settle(taken, self._lost)

    async def _settle(self, taken: Taken, work: Callable[[UnitOfWork, Taken], None]) -> None:
        try:
            await self._store.run(lambda uow: work(uow, taken), urgent=True)
        except StorageError as error:
            # The lease runs out and delivery sends the row once more: late and twice is better than never.
            log.warning("callback.not_settled", extra={"message_id": taken.row.id, "error": type(error).__name__})

    def _sent(self, uow: UnitOfWork, taken: Taken) -> None:
        now = self._clock.now()
        uow.outbox.sent(taken.row.id, taken.owner, now, PASSIVE_ID)
        if taken.rest:
            uow.outbox.add([_remainder(taken.row, taken.rest)], now)

    def _lost(self, uow: UnitOfWork, taken: Taken) -> None:
        uow.outbox.retry(taken.row.id, taken.owner, self._clock.now(), "cut")


def handing(passive: PassiveReplies, answers: Answers) -> Listener:
    """Wakes the requests that a committed turn answered, with the reply that is leased to one of them."""
    late: set[asyncio.Task[None]] = set()

    def hand_over(done: Committed) -> None:
        if done.answer is not None and not passive.hand(done.answered[-1], done.answer):
            task = asyncio.create_task(answers.give_back(done.answer))
            late.add(task)
            task.add_done_callback(late.discard)
        passive.notify(done.answered)

    return hand_over


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
