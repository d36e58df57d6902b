"""Runs storage beside the event loop: one writer thread with grouped commits on SQLite, a small pool on PostgreSQL."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from storage.database import Database
from storage.errors import Busy, Conflict
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")
Work = Callable[[UnitOfWork], T]

#: Turns that one commit may carry; a larger group only delays the first of it.
GROUP = 64
CONFLICT_TRIES = 5


@dataclass(slots=True)
class _Job:
    work: Work[Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    alone: bool
    result: Any = None
    error: BaseException | None = None


class Store:
    """The only way from the event loop to the database."""

    def __init__(self, database: Database, *, threads: int = 4) -> None:
        """`threads` is the pool size on PostgreSQL; SQLite has exactly one writer."""
        self.database = database
        self._urgent: deque[_Job] = deque()
        self._waiting: deque[_Job] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._pool = None if database.single_writer else ThreadPoolExecutor(threads, thread_name_prefix="store")
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="store-reader")
        self._writer = threading.Thread(target=self._write, name="store-writer", daemon=True)
        self._writer.start()

    async def run(self, work: Work[T], *, urgent: bool = False, alone: bool = False) -> T:
        """Run `work(uow)` in one transaction and return its result after the commit.

        Args:
            work: reads and writes; may be run again after a conflict or a neighbour's failure, so it has no other
                effects.
            urgent: goes before waiting turns (inserts of the callback path).
            alone: in a transaction of its own (a turn whose process died before).

        Raises:
            Whatever `work` raised (its writes are undone, its neighbours' are not), or `storage.errors.Busy`.
        """
        if self._pool is None:
            return await self._queued(work, urgent=urgent, alone=alone)
        for attempt in range(1, CONFLICT_TRIES + 1):
            try:
                if urgent:
                    return await self._queued(work, urgent=True, alone=alone)
                return cast(T, await asyncio.get_running_loop().run_in_executor(self._pool, self._on_its_own, work))
            except Conflict:
                if attempt == CONFLICT_TRIES:
                    raise
        raise AssertionError

    async def _queued(self, work: Work[T], *, urgent: bool, alone: bool) -> T:
        """One of the writer's grouped jobs."""
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), loop, alone)
        with self._wake:
            (self._urgent if urgent else self._waiting).append(job)
            self._wake.notify()
        return cast(T, await job.future)

    async def read(self, work: Work[T]) -> T:
        """Run `work(uow)` on a consistent view that never waits for writers (pages, lists, reports)."""
        loop = asyncio.get_running_loop()
        return cast(T, await loop.run_in_executor(self._readers, self._view, work))

    def _view(self, work: Work[T]) -> T:
        with self.database.reading() as uow:
            return work(uow)

    def close(self) -> None:
        """Finish what waits, then stop the threads."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._writer.join(timeout=10)
        self._readers.shutdown()
        if self._pool is not None:
            self._pool.shutdown()

    def _on_its_own(self, work: Work[T]) -> T:
        with self.database.transaction() as uow:
            return work(uow)

    def _write(self) -> None:
        while True:
            with self._wake:
                while not (self._urgent or self._waiting or self._stopping):
                    self._wake.wait()
                group = self._take()
            if not group:
                return
            self._commit(group)
            _resolve(group)

    def _take(self) -> list[_Job]:
        """The next group: inserts before turns; a job that wants to be alone ends up so."""
        group: list[_Job] = []
        for queue in (self._urgent, self._waiting):
            while queue and len(group) < GROUP:
                if queue[0].alone:
                    return group or [queue.popleft()]
                group.append(queue.popleft())
        return group

    def _commit(self, group: Sequence[_Job]) -> None:
        """Commit the group as it is: failures are rare, and a savepoint costs as much as two statements.

        When a job fails, nothing was written; the group runs again with a savepoint around each of them.
        """
        try:
            with self.database.transaction() as uow:
                for job in group:
                    job.result = job.work(uow)
        except Exception as error:  # noqa: BLE001 - handed to those who asked
            if len(group) > 1 and not isinstance(error, Busy):
                self._commit_apart(group)
            else:
                for job in group:
                    job.error = error

    def _commit_apart(self, group: Sequence[_Job]) -> None:
        try:
            with self.database.transaction() as uow:
                for job in group:
                    _try(job, uow)
        except Exception as error:  # noqa: BLE001 - a failed commit is every job's failure, told to each of them
            for job in group:
                job.error = job.error or error


def _try(job: _Job, uow: UnitOfWork) -> None:
    """Run one job inside a savepoint, so that its failure undoes nothing of its neighbours."""
    try:
        with uow.savepoint():
            job.result = job.work(uow)
    except Exception as error:  # noqa: BLE001 - handed to the one who asked
        job.error = error


def _resolve(group: Sequence[_Job]) -> None:
    """Hand the results over, one hop per loop for the whole group."""
    loops = {job.loop for job in group}
    for loop in loops:
        mine = [job for job in group if job.loop is loop]
        try:
            loop.call_soon_threadsafe(_settle, mine)
        except RuntimeError:
            continue  # the loop is closed: nobody waits any more


def _settle(jobs: Sequence[_Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
