"""A callback desk on a real database, with a worker that answers as a test says."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from aiohttp import web

from bot.channels.wechat.account import Mode, WechatAccount
from bot.clock import VirtualClock
from bot.passive import PassiveReplies
from bot.secrets import Secret
from bot.store import Store
from bot.web.callbacks import Accept, Deadlines, Desk, Door, setup
from bot.web.passive import Answers
from storage.database import Database
from storage.inbox import Added
from storage.message import Inbound, InboxRow, NewMessage, OutboxRow
from storage.model import Address
from storage.secrecy import Cipher
from storage.unit_of_work import UnitOfWork
from tests.fakes import wechat_push

#: Second of the epoch at which the desk opens, and who writes to it.
NOW = 1_800_000_000
WHO = "oWho0000000000000000000000001"
BUSY = "busy, please ring the duty desk"

#: What a turn says to an inbound; None while it has not ended.
Turn = Callable[[Inbound], list[NewMessage] | None]


def account(mode: Mode = "safe", *, previous_aes_key: str | None = None, aes_key: str | None = None) -> WechatAccount:
    """The account that `wechat_push` pushes to."""
    return WechatAccount(
        app_id=wechat_push.APP_ID,
        original_id=wechat_push.ORIGINAL_ID,
        token=Secret(wechat_push.TOKEN),
        secret=Secret("app-secret"),
        aes_key=Secret(aes_key or wechat_push.AES_KEY),
        previous_aes_key=Secret(previous_aes_key) if previous_aes_key else None,
        mode=mode,
    )


def says(*bodies: str, buttons: tuple[tuple[str, str], ...] = ()) -> Turn:
    """A turn that answers at once with these texts; the buttons stand under the last."""

    def turn(inbound: Inbound) -> list[NewMessage]:
        to = Address("resident", inbound.channel, inbound.user_id)
        last = len(bodies) - 1
        return [NewMessage(to, body, buttons=buttons if at == last else ()) for at, body in enumerate(bodies)]

    return turn


def _silent(_: Inbound) -> list[NewMessage]:
    return []


def _unfinished(_: Inbound) -> None:
    return None


UNFINISHED: Turn = _unfinished


class CallbackDesk:
    """The desk, its database and everything that was counted."""

    def __init__(
        self, now: datetime, doors: list[Door], *, turn: Turn = _silent, store_s: float = 2.0, answer_s: float = 2.0
    ) -> None:
        self.clock = VirtualClock(now)
        self.database = Database("sqlite://", Cipher(b"k" * 32))
        self.database.migrate()
        self.store = Store(self.database)
        self.passive = PassiveReplies()
        self.answers = Answers(self.store, self.clock)
        self.turn = turn
        self.accepted: list[Inbound] = []
        self._row_ids: list[int] = []
        self.counted: list[str] = []
        self.store_as: Accept = self.accept
        self._deadlines = Deadlines(read=0.2, store=store_s, answer=answer_s)
        self._doors = {door.name: door for door in doors}

    def app(self) -> web.Application:
        """The callbacks as a web application."""
        app = web.Application()
        desk = Desk(
            doors=self._doors,
            accept=self._accept,
            passive=self.passive,
            answers=self.answers,
            clock=self.clock,
            busy_text=BUSY,
            count=lambda _, result: self.counted.append(result),
            deadlines=self._deadlines,
        )
        setup(app, desk)
        return app

    async def _accept(self, inbound: Inbound) -> Added:
        return await self.store_as(inbound)

    async def accept(self, inbound: Inbound) -> Added:
        """Store, then let the turn of a new row end as the test says."""
        now = self.clock.now()
        added = await self.store.run(lambda uow: uow.inbox.add(inbound, now=now), urgent=True)
        if not added.new:
            return added
        self._row_ids.append(added.id)
        self.accepted.append(inbound)
        messages = self.turn(inbound)
        if messages is not None:
            await self.end(added.id, messages)
        return added

    async def end(self, inbox_id: int, messages: list[NewMessage]) -> None:
        """Commit a turn: its messages, reserved for the waiting request, and the row done."""
        now = self.clock.now()

        def commit(uow: UnitOfWork) -> None:
            uow.outbox.add([_reserved(each, inbox_id, now) for each in messages], now)
            for claim in uow.inbox.claim("test", now, 100):
                uow.inbox.finish(claim, [row.id for row in claim.rows if row.id == inbox_id], now)

        await self.store.run(commit)
        self.passive.notify([inbox_id])

    async def until(self, reached: Callable[[], bool]) -> None:
        """Let the loop run until a state is reached; the test's own time limit is the end of patience."""
        while not reached():  # noqa: ASYNC110 - what is awaited is the state of the code under test
            await asyncio.sleep(0)

    async def rows(self) -> list[InboxRow]:
        """Every stored row, in order."""
        found = await self.store.run(lambda uow: [uow.inbox.get(each) for each in self._row_ids])
        return [row for row in found if row is not None]

    async def outbox(self, user_id: str, channel: str = "wechat.main") -> list[OutboxRow]:
        """Everything said to a person."""
        address = Address("resident", channel, user_id)
        return list(await self.store.run(lambda uow: uow.outbox.history(address, 50)))

    def close(self) -> None:
        """Stop the storage thread."""
        self.store.close()
        self.database.close()


def _reserved(message: NewMessage, inbox_id: int, now: datetime) -> NewMessage:
    return NewMessage(
        message.to,
        message.body,
        buttons=message.buttons,
        reserved_for=inbox_id,
        reserved_until=now + timedelta(seconds=3),
    )


#: Opens a desk for an account (None: the usual one) with options of `CallbackDesk`, and a pusher at its door.
Opens = Callable[..., Awaitable[tuple[CallbackDesk, wechat_push.Pusher]]]
