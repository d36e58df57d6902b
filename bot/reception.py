"""The door of the inbox for every channel: full queues shed, and residents who write very fast are told (INV-37).

Limits: reliability.md 7. The sender waits for the insert alone; the counting comes after it (INV-2).
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.assembly import Parts, priority_of
from bot.priority import EMERGENCY
from handlers.effects import Phrase
from storage.errors import Busy, StorageError
from storage.inbox import Added
from storage.message import Inbound, NewMessage
from storage.model import Address
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("guanjia.reception")

PER_MINUTE, PER_DAY = 20, 200
#: Rows of one resident that may wait.
WAITING = 50
#: Who writes to this process at this pace is looked at: a fifth of the limits, as others may hear the rest.
FAST_MINUTE, FAST_DAY = 4, 40
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
#: Rows that may wait before ordinary messages are shed, and how often the queue is measured.
QUEUE, MEASURE_EVERY = 20_000, timedelta(seconds=1)
#: Lanes whose pace is remembered; the quietest is forgotten first.
LANES = 10_000
NOTICE = "web.crowded"


@dataclass(slots=True)
class Pace:
    """What this process knows of one resident: how fast he writes, and when he was last told that it is much.

    Only for who writes fast the database is asked, which knows what he wrote to other replicas and before a restart.
    """

    said: deque[datetime] = field(default_factory=lambda: deque(maxlen=FAST_DAY))
    told: datetime | None = None
    looking: bool = False
    more: bool = False

    def add(self, now: datetime) -> bool:
        """Count one message; True when the limits are worth a look and the last notice is a minute old."""
        self.said.append(now)
        minute = len(self.said) >= FAST_MINUTE and now - self.said[-FAST_MINUTE] < MINUTE
        day = len(self.said) >= FAST_DAY and now - self.said[0] < DAY
        return (minute or day) and (self.told is None or now - self.told >= MINUTE)


def is_over(said_at: Sequence[datetime], waiting: int, now: datetime) -> bool:
    """Whether one resident is beyond a limit; `said_at` latest first, the newest message included."""
    minute = len(said_at) > PER_MINUTE and now - said_at[PER_MINUTE] < MINUTE
    day = len(said_at) > PER_DAY and now - said_at[PER_DAY] < DAY
    return minute or day or waiting > WAITING


class Reception:
    """Accepts what comes in. The insert is all that the sender waits for; the counting follows it (INV-2)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        #: How long a page waits for its message to be stored, seconds.
        self.patience_s = 4.0
        self._paces: OrderedDict[str, Pace] = OrderedDict()
        self._full = False
        self._measured: datetime | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    async def accept(self, inbound: Inbound, *, lane: str | None = None) -> Added:
        """Store what happened.

        Raises:
            Busy: twenty thousand rows wait already and this one is no emergency (INV-37), or the database is busy.
        """
        self._measure()
        if self._full and priority_of(inbound) < EMERGENCY:
            raise Busy
        added = await self._parts.accept(inbound, lane=lane)
        if added.new and inbound.kind in ("message", "tap") and not added.lane.startswith("staff:"):
            self._count(inbound, added.lane)
        return added

    async def accept_in_time(self, inbound: Inbound) -> Added:
        """The same for a page: whoever waits longer hears that we are busy; a late row acts once all the same (INV-1).

        Raises:
            Busy: as `accept`, or it took too long.
        """
        storing = asyncio.ensure_future(self.accept(inbound))
        try:
            return await asyncio.wait_for(asyncio.shield(storing), self.patience_s)
        except TimeoutError:
            storing.add_done_callback(_ignored)
            raise Busy from None

    def _count(self, inbound: Inbound, lane: str) -> None:
        now = self._parts.clock.now()
        pace = self._paces.setdefault(lane, Pace())
        self._paces.move_to_end(lane)
        if len(self._paces) > LANES:
            self._paces.popitem(last=False)
        pace.more = pace.add(now)
        if pace.more and not pace.looking:
            pace.looking = True
            self._later(self._judge(pace, inbound, lane))

    async def _judge(self, pace: Pace, inbound: Inbound, lane: str) -> None:
        """Look at what the database knows, again while more comes; one look at a time for each resident."""
        parts, to = self._parts, Address("resident", inbound.channel, inbound.user_id)

        def known(uow: UnitOfWork) -> tuple[tuple[datetime, ...], int]:
            return uow.inbox.said_at(to.channel, to.user_id, PER_DAY + 1), uow.inbox.waiting_in(lane)

        try:
            while pace.more:
                pace.more = False
                said_at, waiting = await parts.store.read(known)
                now = parts.clock.now()
                if is_over(said_at, waiting, now):
                    pace.told = now
                    await self._tell(to, lane, now)
                    return
        finally:
            pace.looking = False

    async def _tell(self, to: Address, lane: str, now: datetime) -> None:
        """The words are kept and their turn comes; the resident hears so at most once a minute, from all replicas."""
        parts = self._parts
        body = parts.texts.render(Phrase(NOTICE), estate=parts.setting.estate, now=now).body
        dedupe = f"crowded:{lane}:{int(now.timestamp()) // 60}"
        notice = NewMessage(to, body, text_key=NOTICE, dedupe=dedupe)
        await parts.store.run(lambda uow: uow.outbox.add([notice], now))
        parts.spine.wake()

    def _measure(self) -> None:
        now = self._parts.clock.now()
        if self._measured is None or now - self._measured >= MEASURE_EVERY:
            self._measured = now
            self._later(self._look())

    async def _look(self) -> None:
        waiting = await self._parts.store.read(lambda uow: uow.inbox.pending())
        if self._full != (waiting >= QUEUE):
            self._full = not self._full
            log.warning("reception.full" if self._full else "reception.open", extra={"pending": waiting})

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(_quietly(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._under_way)


def _ignored(storing: "asyncio.Future[Added]") -> None:
    """What became of it no longer interests anybody; the page sends it again with the same id."""
    if not storing.cancelled():
        storing.exception()


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    """Counting is a courtesy: a busy database leaves it undone."""
    try:
        await work
    except StorageError as error:
        log.warning("reception.not_counted", extra={"error": type(error).__name__})
