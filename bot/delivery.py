"""Sends the outbox: order per recipient, pace, back-off, dead letters (INV-10..13, reliability.md 4)."""

import asyncio
import logging
import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.channels import base
from bot.channels.base import Channel, Pace, Receipt
from bot.clock import Clock
from bot.digest import digest, numbers_of
from bot.patience import REST_S, patiently
from bot.shared import MemoryShared, Shared
from bot.store import Store, Work
from bot.undelivered import Undelivered
from bot.window import shut
from handlers.outgoing import EMERGENCY
from storage.errors import Busy
from storage.message import OutboxRow
from storage.model import Address
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("guanjia.delivery")

ATTEMPTS = 12
#: Messages under way at a time.
AT_ONCE = 64
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 1.0, 600.0
CONFIG_PAUSE_S = 300.0
#: A group hears at most 20 messages a minute; the rest comes as one digest (design.md 10, floods). One below the
#: robots' own limit, so that an emergency never meets a resting robot.
GROUP_PACE = Pace(19, 60.0)
#: Rows past their latest useful time are looked for this often; a claim never takes one.
EXPIRE_EVERY = timedelta(seconds=10)

T = TypeVar("T")

#: `simulate` prints, the console shows live.
Watcher = Callable[[OutboxRow], None]


@dataclass(slots=True)
class Pauses:
    """Channels that rest until a moment, after a pace or configuration error."""

    until: dict[str, datetime] = field(default_factory=dict)

    def resting(self, channel: str, now: datetime) -> datetime | None:
        """Until when `channel` rests, if it does."""
        until = self.until.get(channel)
        return until if until and until > now else None


@dataclass(frozen=True, slots=True)
class Sending:
    """A claimed row on its way: who holds it, what is said instead of its own words, and what a digest took along."""

    row: OutboxRow
    owner: str
    said: OutboxRow
    others: bool = False


class Delivery:
    """Claims each recipient's oldest due message and sends it through its channel."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        channels: Mapping[str, Channel],
        people: Undelivered,
        *,
        jitter: Callable[[], float] = random.random,
        rest_s: float = REST_S,
    ) -> None:
        """`channels` by account name; `people` hear what was not delivered.

        `jitter` in 0..1 spreads retries; `rest_s` is the pause after the database was busy.
        """
        self._store = store
        self._clock = clock
        self._channels = channels
        self._people = people
        self._shared: Shared = MemoryShared()
        self._jitter = jitter
        self._rest_s = rest_s
        self._pauses = Pauses()
        self._remembered: set[Address] = set()
        self._works: set[str] = set()
        self._down: set[str] = set()
        self._watchers: list[Watcher] = []
        self._holders: list[Watcher] = []
        self._expired_at: datetime | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def count_with(self, shared: Shared) -> None:
        """Count what groups hear together with the other replicas, instead of alone (INV-13)."""
        self._shared = shared

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with each message that was definitely sent."""
        self._watchers.append(watcher)

    def watch_held(self, watcher: Watcher) -> None:
        """Call `watcher` with a group's message when its channel is out of order and holds it back."""
        self._holders.append(watcher)

    async def step(self, owner: str, limit: int = AT_ONCE) -> int:
        """Send what is due now and wait for it; returns how many rows were claimed."""
        now = self._clock.now()
        claimed = await self._claimed(owner, now, limit)
        if claimed:
            await asyncio.gather(*(self._one(each, now) for each in claimed))
        return len(claimed)

    async def begin(self, owner: str, done: Callable[[], None]) -> int:
        """Begin to send what is due now; a call that hangs holds up nobody else (P7).

        `done` is told whenever one ends. Returns how many rows were claimed.
        """
        room = AT_ONCE - len(self._under_way)
        if room <= 0:
            return 0
        now = self._clock.now()
        claimed = await self._claimed(owner, now, room)
        for each in claimed:
            task = asyncio.get_running_loop().create_task(self._one(each, now))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            task.add_done_callback(lambda _: done())
        return len(claimed)

    async def finish(self, within_s: float) -> None:
        """Wait for what is under way."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within_s)

    async def _claimed(self, owner: str, now: datetime, limit: int) -> list[Sending]:
        """What is due, leased with a token of this very claim (INV-8); people hear of what is past its time."""
        token = f"{owner}:{secrets.token_hex(8)}"

        def claim(uow: UnitOfWork) -> list[OutboxRow]:
            if self._expired_at is None or now - self._expired_at >= EXPIRE_EVERY:
                self._expired_at = now
                for row in uow.outbox.expire(now):
                    self._people.expired(uow, row, now)
            return uow.outbox.claim(token, now, limit)

        return [Sending(row, token, row) for row in await self._store.run(claim)]

    async def _one(self, sending: Sending, now: datetime) -> None:
        """Send one row. A busy database is asked again, above all when the platform has taken the message."""
        row = sending.row
        try:
            rests = self._pauses.resting(row.to.channel, now)
            later = rests or await self._crowded(row, now)
            if later is not None:
                await self._patiently(lambda uow: _put_off(uow, sending, now, later))
                receipt = Receipt("config" if rests and row.to.channel in self._down else "pace")
            else:
                sending = await self._with_digest(sending, now)
                receipt = await self._shut(row, now) or await self._send(sending.said)
                await self._patiently(lambda uow: self._settle(uow, sending, receipt))
        except Busy:
            log.warning("outbox.busy", extra={"message_id": row.id})
        except Exception:
            log.exception("outbox.failed", extra={"message_id": row.id})
        else:
            self._tell(sending, receipt)

    async def _patiently(self, work: Work[T]) -> T:
        return await patiently(lambda: self._store.run(work), rest_s=self._rest_s)

    def _tell(self, sending: Sending, receipt: Receipt) -> None:
        """Watchers hear after the commit."""
        channel = sending.row.to.channel
        if receipt.outcome == "sent":
            self._works.add(channel)
            self._down.discard(channel)
            for watcher in self._watchers:
                watcher(sending.said)
        elif receipt.outcome == "config" and sending.row.to.kind == "group":
            for holder in self._holders:
                holder(sending.row)

    async def _crowded(self, row: OutboxRow, now: datetime) -> datetime | None:
        """When a group has room again; emergencies are exempt."""
        if row.to.kind != "group" or row.priority >= EMERGENCY:
            return None
        await self._remember(row.to, now)
        wait_s = await self._shared.take(_window(row.to), GROUP_PACE, now)
        return now + timedelta(seconds=wait_s) if wait_s > 0 else None

    async def _remember(self, to: Address, now: datetime) -> None:
        """What this process counts alone it learns from the outbox after a restart (INV-13)."""
        if self._shared.lasting or to in self._remembered:
            return
        self._remembered.add(to)
        since = now - timedelta(seconds=GROUP_PACE.seconds)
        for at in await self._store.run(lambda uow: uow.outbox.sent_lately(to, since, GROUP_PACE.messages)):
            await self._shared.take(_window(to), GROUP_PACE, at)

    async def _with_digest(self, sending: Sending, now: datetime) -> Sending:
        """A postponed group message takes the others that wait with it along, as one digest."""
        row, owner = sending.row, sending.owner
        if row.to.kind != "group" or not row.data.get("postponed") or row.priority >= EMERGENCY:
            return sending

        def absorb(uow: UnitOfWork) -> tuple[list[OutboxRow], dict[int, str]]:
            rows = [row, *uow.outbox.absorb(row.id, row.to, owner, now)]
            return rows, numbers_of(uow, rows)

        rows, numbers = await self._patiently(absorb)
        if len(rows) == 1:
            return sending
        phrase, people = digest(rows, numbers), self._people
        body = people.texts.render(phrase, estate=people.estate, now=now).body
        said = replace(row, body=body, buttons=(), text_key=phrase.key, ticket_id=None)
        return replace(sending, said=said, others=True)

    async def _shut(self, row: OutboxRow, now: datetime) -> Receipt | None:
        """Why the platform would refuse this, as far as we can count; danger is tried all the same."""
        window: base.Window | None = getattr(self._channels.get(row.to.channel), "window", None)
        if row.to.kind != "resident" or row.priority >= EMERGENCY or window is None:
            return None
        spent = await self._store.read(lambda uow: uow.reach.spent(row.to))
        return shut(row, window, spent, now)

    async def _send(self, row: OutboxRow) -> Receipt:
        """What became of the message; whatever a channel raises is an unknown outcome, tried again and counted."""
        channel = self._channels.get(row.to.channel)
        if channel is None:
            return Receipt("config", code="no such channel")
        if row.attempts > ATTEMPTS:
            return Receipt("unknown", code="given up")
        try:
            return await channel.send(row)
        except Exception as error:
            log.exception("outbox.failed", extra={"message_id": row.id})
            return Receipt("unknown", code=type(error).__name__)

    def _settle(self, uow: UnitOfWork, sending: Sending, receipt: Receipt) -> None:
        """Record what became of the row, and of what a digest took along, in one transaction (INV-11)."""
        now, row, owner = self._clock.now(), sending.row, sending.owner
        if receipt.outcome == "sent":
            uow.outbox.sent(row.id, owner, now, receipt.message_id)
            if sending.others:
                uow.outbox.absorbed_sent(row.id, row.to, owner, now)
            if row.to.channel not in self._works:
                self._people.works(uow, row.to.channel, now)
            return
        self._not_sent(uow, row, owner, receipt, now)
        if sending.others:
            uow.outbox.absorbed_free(row.id, row.to, owner)

    def _not_sent(self, uow: UnitOfWork, row: OutboxRow, owner: str, receipt: Receipt, now: datetime) -> None:
        match receipt.outcome:
            case "window" | "recipient" | "content":
                if receipt.outcome == "recipient" and row.to.kind == "resident":
                    uow.reach.leave(row.to, now)
                self._undeliverable(uow, row, owner, receipt, now)
            case "pace" | "config":
                self._pause(uow, row, owner, receipt, now)
            case _:
                if row.attempts >= ATTEMPTS:
                    self._undeliverable(uow, row, owner, receipt, now)
                else:
                    at = now + timedelta(seconds=backoff_s(row.attempts, self._jitter()))
                    uow.outbox.retry(row.id, owner, at, receipt.code)

    def _pause(self, uow: UnitOfWork, row: OutboxRow, owner: str, receipt: Receipt, now: datetime) -> None:
        """The channel rests. People hear of one that is set up wrongly (reliability.md 4): time will not mend it."""
        channel, until = row.to.channel, now + timedelta(seconds=receipt.pause_s or CONFIG_PAUSE_S)
        self._pauses.until[channel] = until
        log.warning("channel.paused", extra={"channel": channel, "code": receipt.code})
        uow.outbox.postpone(row.id, owner, until)
        if receipt.outcome == "config":
            self._works.discard(channel)
            self._down.add(channel)
            self._people.down(uow, channel, receipt.code, now)

    def _undeliverable(self, uow: UnitOfWork, row: OutboxRow, owner: str, receipt: Receipt, now: datetime) -> None:
        """Dead, and in front of people: a named task (P3)."""
        uow.outbox.dead(row.id, owner, now, receipt.code)
        self._people.dead(uow, row, receipt, now)


def _window(to: Address) -> str:
    return f"group:{to.user_id}"


def _put_off(uow: UnitOfWork, sending: Sending, now: datetime, later: datetime) -> None:
    """All that waits for this recipient waits with the row: one after the other, each would cost a claim of its own."""
    row = sending.row
    uow.outbox.postpone(row.id, sending.owner, later)
    if row.priority < EMERGENCY:
        uow.outbox.put_off(row.id, row.to, now, later)


def backoff_s(attempts: int, jitter: float) -> float:
    """Doubling from one second to ten minutes, plus up to a quarter of jitter in 0..1 (INV-12)."""
    return min(FIRST_BACKOFF_S * 2.0 ** (attempts - 1), LONGEST_BACKOFF_S) * (1 + jitter / 4)
