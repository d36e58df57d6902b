"""How much room the disk under `var/` has: people are told before it is full, load balancers when it is (INV-32)."""

import logging
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Literal

from bot.assembly import Parts
from bot.clock import pause
from storage.errors import StorageError
from storage.message import Inbound

log = logging.getLogger("guanjia.disk")

#: Below this people are told; below that nothing can be taken safely any more. Bytes.
LOW, FULL = 500 * 1024 * 1024, 4 * 1024 * 1024
EVERY_S = 30.0

State = Literal["ok", "low", "full"]


class Disk:
    """The disk of one folder."""

    def __init__(self, folder: Path, free: Callable[[Path], int] | None = None) -> None:
        """`free` measures, in bytes."""
        self._folder = folder
        self._free = free or (lambda folder: shutil.disk_usage(folder).free)
        self._told: date | None = None
        self._state: State = "ok"

    def state(self) -> State:
        """How it is now; a folder that cannot be looked at counts as fine, because the database says so itself."""
        try:
            free = self._free(self._folder)
        except OSError:
            return "ok"
        return "full" if free < FULL else "low" if free < LOW else "ok"

    async def look(self, parts: Parts) -> None:
        """Log each change; tell people once a day while there is little room."""
        state, today = self.state(), parts.clock.now().date()
        if state != self._state:
            log.log(logging.INFO if state == "ok" else logging.ERROR, "disk.state", extra={"status": state})
            self._state = state
        if state == "ok" or self._told == today:
            return
        data = {"event": "disk_low", "data": {"day": today.isoformat()}, "ticket": None}
        told = Inbound("told", "estate", f"disk:{today.isoformat()}", "told", data=data, sent_at=parts.clock.now())
        try:
            await parts.accept(told, lane="estate")
        except StorageError:
            return  # there is no room even for this; it is tried again
        self._told = today

    async def watch(self, parts: Parts) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look(parts)
            await pause(EVERY_S)
