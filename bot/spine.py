"""The heart that beats: due timers, waiting lanes and the outbox, stepped until idle or run for ever.

`serve` and `simulate` share it; only the clock and the channels differ (design.md 11, One clock).
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.clock import Clock, monotonic
from bot.delivery import Delivery
from bot.pipeline import Committed, Pipeline, Shown
from bot.store import Store
from storage.errors import Busy
from storage.inbox import Added, Claim
from storage.message import Inbound
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("guanjia.spine")

LANES_AT_ONCE = 64
TIMERS_AT_ONCE = 500
#: Back-off of a loop whose database is busy or full, seconds.
REST_S = 0.5
#: How long a stop waits for the turns and messages under way, all together, seconds (INV-33).
STOP_S = 6.0
#: Longest sleep without a look at the queues: rows of other replicas and expired leases show up here.
LONGEST_SLEEP_S = 1.0

#: When a loop has something to do next.
NextDue = Callable[[UnitOfWork, datetime], datetime | None]


class Spine:
    """Drives worker, timers and delivery."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        pipeline: Pipeline,
        delivery: Delivery,
        *,
        gather_s: float,
        rest_s: float = REST_S,
    ) -> None:
        """`gather_s` is the pause that ends a burst (rules.reception), `rest_s` the one after the database failed."""
        self._store = store
        self._clock = clock
        self._pipeline = pipeline
        self._delivery = delivery
        self._gather_s = gather_s
        self._rest_s = rest_s
        self._owner = uuid.uuid4().hex
        self._work = asyncio.Event()
        self._mail = asyncio.Event()
        self._stopping = asyncio.Event()
        self._told: list[Callable[[Added], None]] = []
        self._busy: set[asyncio.Task[None]] = set()
        self._loops: set[asyncio.Task[None]] = set()
        pipeline.listen(self._committed)

    async def accept(self, inbound: Inbound, *, priority: int = 0, lane: str | None = None) -> Added:
        """Store what happened, durably, and wake the worker (INV-1). Repeats are recognised by their key."""
        now = self._clock.now()

        def add(uow: UnitOfWork) -> Added:
            return uow.inbox.add(inbound, now=now, priority=priority, gather_s=self._gather_s, lane=lane)

        added = await self._store.run(add, urgent=True)
        self._work.set()
        for told in self._told:
            told(added)
        return added

    def listen(self, told: Callable[[Added], None]) -> None:
        """Call `told` after each accepted row (other replicas want to know)."""
        self._told.append(told)

    def wake(self) -> None:
        """Look at the queues now (the scheduler's tick, a notice from another replica)."""
        self._work.set()
        self._mail.set()

    def _committed(self, done: Committed) -> None:
        self._work.set()
        if done.messages:
            self._mail.set()

    # --- one step at a time: simulate and tests ---------------------------------------------------------------------

    async def settle(self) -> None:
        """Work until nothing is due at this moment of the clock."""
        while await self.turns() + await self._delivery.step(self._owner):
            pass

    async def turns(self) -> int:
        """Turn due timers into inbox rows and take one turn of each ready lane; returns how much there was to do."""
        fired, claims, shown = await self._take_up(LANES_AT_ONCE)
        await asyncio.gather(*(self._pipeline.take(claim, shown.get(claim.lane, ())) for claim in claims))
        return fired + len(claims)

    async def _take_up(self, lanes: int) -> tuple[int, list[Claim], Shown]:
        """Due timers and up to `lanes` ready lanes, in one transaction: every commit waits for the disk."""
        now = self._clock.now()

        def work(uow: UnitOfWork) -> tuple[int, list[Claim], Shown]:
            fired = uow.timers.fire(now, TIMERS_AT_ONCE)
            claims = uow.inbox.claim(self._owner, now, lanes) if lanes > 0 else []
            return fired, claims, self._pipeline.shown(uow, claims)

        return await self._store.run(work)

    async def next_due(self) -> datetime | None:
        """The next moment at which anything is due, as far as stored now."""
        now = self._clock.now()
        return await self._store.run(lambda uow: _soonest(_next_work(uow, now), _next_mail(uow, now)))

    # --- for ever: serve ---------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until `stop`."""
        self._loops = {asyncio.create_task(self._work_loop()), asyncio.create_task(self._mail_loop())}
        await asyncio.gather(*self._loops)

    async def stop(self) -> None:
        """Take no new work, finish what is under way (INV-33)."""
        self._stopping.set()
        self.wake()
        until = monotonic() + STOP_S
        await _ended(self._loops, until)  # what they have just claimed is begun
        await _ended(self._busy, until)
        await self._delivery.finish(max(until - monotonic(), 0))

    async def _work_loop(self) -> None:
        while not self._stopping.is_set():
            await self._round(self._work, self._begin_turns, _next_work, "worker.failed")

    async def _begin_turns(self) -> bool:
        """Start the turns that are ready; whether there was anything to do."""
        fired, claims, shown = await self._take_up(LANES_AT_ONCE - len(self._busy))
        for claim in claims:
            task = asyncio.create_task(self._pipeline.take(claim, shown.get(claim.lane, ())))
            self._busy.add(task)
            task.add_done_callback(self._lane_done)
        return bool(fired or claims)

    def _lane_done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._work.set()

    async def _mail_loop(self) -> None:
        while not self._stopping.is_set():
            await self._round(self._mail, self._deliver, _next_mail, "delivery.failed")

    async def _deliver(self) -> bool:
        return await self._delivery.begin(self._owner, self._mail.set) > 0

    async def _round(
        self, woken: asyncio.Event, work: Callable[[], Awaitable[bool]], next_due: NextDue, failed: str
    ) -> None:
        """One round of a loop, its sleep included: whatever the database does, the loop goes on (INV-32)."""
        woken.clear()
        try:
            if not await work():
                await self._sleep(woken, next_due)
        except Busy:
            await asyncio.sleep(self._rest_s)
        except Exception:
            log.exception(failed)
            await asyncio.sleep(self._rest_s)

    async def _sleep(self, event: asyncio.Event, next_due: NextDue) -> None:
        """Until woken, until the next due moment, or the longest sleep, whichever comes first."""
        if event.is_set():
            return
        seconds = LONGEST_SLEEP_S
        began = monotonic()
        now = self._clock.now()
        due = await self._store.run(lambda uow: next_due(uow, now))
        if due is not None:
            seconds = min(seconds, max((due - self._clock.now()).total_seconds(), 0.02) - (monotonic() - began))
        if seconds > 0:
            try:
                await asyncio.wait_for(event.wait(), seconds)
            except TimeoutError:
                return


async def _ended(tasks: set[asyncio.Task[None]], until: float) -> None:
    if tasks:
        await asyncio.wait(tasks, timeout=max(until - monotonic(), 0))


def _next_work(uow: UnitOfWork, _: datetime) -> datetime | None:
    """When the next timer fires or the next lane opens."""
    return _soonest(uow.timers.next_due(), uow.inbox.next_ready())


def _next_mail(uow: UnitOfWork, now: datetime) -> datetime | None:
    return uow.outbox.next_due(now)


def _soonest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
