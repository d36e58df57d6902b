"""Recurring jobs: self-renewing timer rows, seeded once; APScheduler only wakes the loop (INV-15)."""

import logging
from collections.abc import Callable
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from handlers.load import Setting
from handlers.registry import recurring
from storage.unit_of_work import UnitOfWork

#: The loop looks at its queues at least this often, whatever else wakes it.
TICK_S = 5


def seed(uow: UnitOfWork, setting: Setting, now: datetime) -> None:
    """Set the first firing of each recurring job with none to come and none under way; a restart changes nothing."""
    for kind, module in recurring().items():
        if not uow.timers.is_awaited(kind, setting.estate.id):
            due_at = module.first(kind, now, setting.estate.zone, setting.rules)
            uow.timers.set(kind, setting.estate.id, "estate", due_at, {}, now)


def ticking(wake: Callable[[], None]) -> AsyncIOScheduler:
    """A scheduler whose only job is to wake the loop; it holds no work of its own."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # a line for each tick says nothing
    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(_wake, "interval", seconds=TICK_S, args=[wake], coalesce=True, misfire_grace_time=None)
    return scheduler


def _wake(wake: Callable[[], None]) -> None:
    wake()
