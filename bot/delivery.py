"""Sends the outbox: order per recipient, pace, back-off, dead letters (INV-10..13, reliability.md 4)."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.channels import base
from bot.channels.base import Channel, Receipt
from bot.clock import Clock
from bot.patience import patiently
from bot.store import Store
from bot.window import shut
from handlers.apply import EMERGENCY
from handlers.effects import Phrase
from handlers.facts import Estate
from handlers.texts import Texts
from storage.errors import Busy
from storage.model import OutboxRow
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("guanjia.delivery")

ATTEMPTS = 12
#: Messages under way at a time.
AT_ONCE = 64
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 1.0, 600.0
CONFIG_PAUSE_S = 300.0
#: A group hears at most 20 messages a minute; the rest comes as one digest (design.md 10, floods). One below the
#: robots' own limit, so that an emergency never meets a resting robot.
GROUP_MESSAGES, GROUP_WINDOW_S = 19, 60.0
DIGEST_LINES = 20
#: Rows past their latest useful time are looked for this often; a claim never takes one.
EXPIRE_EVERY = timedelta(seconds=10)

#: Told after a definite success: `simulate` prints, the console shows live.
Watcher = Callable[[OutboxRow], None]


@dataclass(slots=True)
class Pauses:
    """Channels that rest until a moment, after a pace or configuration error."""

    until: dict[str, datetime] = field(default_factory=dict)

    def resting(self, channel: str, now: datetime) -> datetime | None:
        """Until when `channel` rests, if it does."""
        until = self.until.get(channel)
        return until if until and until > now else None


@dataclass(slots=True)
class Window:
    """Sliding count of what went to one group, on the injected clock."""

    sent: deque[datetime] = field(default_factory=deque)

    def free_at(self, now: datetime) -> datetime | None:
        """None when there is room now, else when there will be."""
        while self.sent and self.sent[0] <= now - timedelta(seconds=GROUP_WINDOW_S):
            self.sent.popleft()
        if len(self.sent) < GROUP_MESSAGES:
            return None
        return self.sent[0] + timedelta(seconds=GROUP_WINDOW_S)


class Delivery:
    """Claims each recipient's oldest due message and sends it through its channel."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        channels: Mapping[str, Channel],
        texts: Texts,
        estate: Estate,
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`channels` by account name; `jitter` in 0..1 spreads retries."""
        self._store = store
        self._clock = clock
        self._channels = channels
        self._texts = texts
        self._estate = estate
        self._jitter = jitter
        self._pauses = Pauses()
        self._windows: dict[str, Window] = {}
        self._watchers: list[Watcher] = []
        self._expired_at: datetime | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with each message that was definitely sent."""
        self._watchers.append(watcher)

    async def step(self, owner: str, limit: int = AT_ONCE) -> int:
        """Send what is due now and wait for it; returns how many rows were claimed."""
        now = self._clock.now()
        rows = await self._claimed(owner, now, limit)
        if rows:
            await asyncio.gather(*(self._one(row, owner, now) for row in rows))
        return len(rows)

    async def begin(self, owner: str, done: Callable[[], None]) -> int:
        """Begin to send what is due now; a call that hangs holds up nobody else (P7).

        `done` is told whenever one ends. Returns how many rows were claimed.
        """
        room = AT_ONCE - len(self._under_way)
        if room <= 0:
            return 0
        now = self._clock.now()
        rows = await self._claimed(owner, now, room)
        for row in rows:
            task = asyncio.get_running_loop().create_task(self._one(row, owner, now))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            task.add_done_callback(lambda _: done())
        return len(rows)

    async def finish(self, within_s: float) -> None:
        """Wait for what is under way."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within_s)

    async def _claimed(self, owner: str, now: datetime, limit: int) -> list[OutboxRow]:
        def claim(uow: UnitOfWork) -> list[OutboxRow]:
            if self._expired_at is None or now - self._expired_at >= EXPIRE_EVERY:
                self._expired_at = now
                uow.outbox.expire(now)
            return uow.outbox.claim(owner, now, limit)

        return await self._store.run(claim)

    async def _one(self, row: OutboxRow, owner: str, now: datetime) -> None:
        try:
            later = self._pauses.resting(row.to.channel, now) or self._crowded(row, now)
            if later is not None:
                await self._store.run(lambda uow: _put_off(uow, row, owner, now, later))
                return
            row = await self._with_digest(row, owner, now)
            receipt = await self._shut(row, now) or await self._send(row)
            # What the platform took must not be sent again only because its receipt found the disk full.
            await patiently(lambda: self._store.run(lambda uow: self._settle(uow, row, owner, receipt)))
        except Busy:
            log.warning("outbox.busy", extra={"message_id": row.id})
            return
        except Exception:
            log.exception("outbox.failed", extra={"message_id": row.id})
            return
        if receipt.outcome == "sent":
            for watcher in self._watchers:
                watcher(row)

    def _crowded(self, row: OutboxRow, now: datetime) -> datetime | None:
        """When a group has room again; emergencies are exempt."""
        if row.to.kind != "group" or row.priority >= EMERGENCY:
            return None
        window = self._windows.setdefault(row.to.user_id, Window())
        free_at = window.free_at(now)
        if free_at is None:
            window.sent.append(now)
        return free_at

    async def _with_digest(self, row: OutboxRow, owner: str, now: datetime) -> OutboxRow:
        """A postponed group message takes the others that wait with it along, as one digest."""
        if row.to.kind != "group" or not row.data.get("postponed") or row.priority >= EMERGENCY:
            return row
        others = await self._store.run(lambda uow: uow.outbox.absorb(row.id, row.to, owner, now))
        if not others:
            return row
        lines = (row, *others)
        shown = tuple(Phrase("staff.digest.line", {"line": _headline(each)}) for each in lines[:DIGEST_LINES])
        phrase = Phrase("staff.digest.flood", {"count": len(lines), "lines": shown})
        body = self._texts.render(phrase, estate=self._estate, now=now).body
        return replace(row, body=body, buttons=(), text_key="staff.digest.flood", ticket_id=None)

    async def _shut(self, row: OutboxRow, now: datetime) -> Receipt | None:
        """Why the platform would refuse this, as far as we can count; danger is tried all the same."""
        window: base.Window | None = getattr(self._channels.get(row.to.channel), "window", None)
        if row.to.kind != "resident" or row.priority >= EMERGENCY or window is None:
            return None
        spent = await self._store.read(lambda uow: uow.reach.spent(row.to))
        return shut(row, window, spent, now)

    async def _send(self, row: OutboxRow) -> Receipt:
        channel = self._channels.get(row.to.channel)
        if channel is None:
            return Receipt("config", code="no such channel")
        return await channel.send(row)

    def _settle(self, uow: UnitOfWork, row: OutboxRow, owner: str, receipt: Receipt) -> None:
        now = self._clock.now()
        match receipt.outcome:
            case "sent":
                uow.outbox.sent(row.id, owner, now, receipt.message_id)
            case "window" | "recipient" | "content":
                if receipt.outcome == "recipient" and row.to.kind == "resident":
                    uow.reach.leave(row.to, now)
                self._undeliverable(uow, row, owner, receipt, now)
            case "pace" | "config":
                pause = receipt.pause_s or CONFIG_PAUSE_S
                until = now + timedelta(seconds=pause)
                self._pauses.until[row.to.channel] = until
                log.warning("channel.paused", extra={"channel": row.to.channel, "code": receipt.code})
                uow.outbox.postpone(row.id, owner, until)
            case _:
                if row.attempts >= ATTEMPTS:
                    self._undeliverable(uow, row, owner, receipt, now)
                else:
                    at = now + timedelta(seconds=backoff_s(row.attempts, self._jitter()))
                    uow.outbox.retry(row.id, owner, at, receipt.code)

    def _undeliverable(self, uow: UnitOfWork, row: OutboxRow, owner: str, receipt: Receipt, now: datetime) -> None:
        """Dead, and in front of people: a named task (P3)."""
        uow.outbox.dead(row.id, owner, now, receipt.code)
        title = self._texts.render(
            Phrase("task.undelivered", {"channel": row.to.channel, "code": receipt.code or receipt.outcome}),
            estate=self._estate,
            now=now,
        ).body
        uow.tasks.add(
            "undelivered", str(row.id), title, "front_desk", now, due_at=None, ticket_id=row.ticket_id, data={}
        )
        log.error("outbox.dead", extra={"message_id": row.id, "code": receipt.code, "outcome": receipt.outcome})


def _put_off(uow: UnitOfWork, row: OutboxRow, owner: str, now: datetime, later: datetime) -> None:
    """All that waits for this recipient waits with the row: one after the other, each would cost a claim of its own."""
    uow.outbox.postpone(row.id, owner, later)
    if row.priority < EMERGENCY:
        uow.outbox.put_off(row.id, row.to, now, later)


def backoff_s(attempts: int, jitter: float) -> float:
    """Doubling from one second to ten minutes, plus up to a quarter of jitter in 0..1 (INV-12)."""
    return min(FIRST_BACKOFF_S * 2.0 ** (attempts - 1), LONGEST_BACKOFF_S) * (1 + jitter / 4)


def _headline(row: OutboxRow) -> str:
    """The first line of a message, for a digest."""
    return row.body.splitlines()[0][:80] if row.body else ""
