"""Prints what leaves a simulation, one JSON object a line (design.md 6)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.pipeline import Committed
from storage.message import OutboxRow


class Printer:
    """Writes messages and changes as they happen."""

    def __init__(self, out: TextIO, zone: ZoneInfo, clock: Clock, *, keys: bool) -> None:
        """Times are printed in `zone`."""
        self._out = out
        self._zone = zone
        self._clock = clock
        self._keys = keys
        self._numbers: dict[int, str] = {}

    def changes(self, done: Committed) -> None:
        """Print the changes of one committed turn."""
        for change in done.changes:
            if change.ticket is not None:
                self._numbers[change.ticket.id] = change.ticket.number
            self._print({**self._plain(change.data), "at": self._now(), "event": change.kind})

    def message(self, row: OutboxRow) -> None:
        """Print one message that left."""
        line: dict[str, Any] = {
            "at": self._now(),
            "to": f"{row.to.kind}:{row.to.user_id}",
            "kind": row.kind,
            "text": row.body,
            "buttons": [label for _, label in row.buttons],
            "ticket": self._numbers.get(row.ticket_id) if row.ticket_id else None,
            "channel": row.to.channel.removesuffix(".main"),
        }
        if self._keys:
            line["key"] = row.text_key
            line["keys"] = list(row.data.get("keys", (row.text_key,)))
        self._print(line)

    def _now(self) -> str:
        return self._local(self._clock.now())

    def _local(self, at: datetime) -> str:
        return at.astimezone(self._zone).isoformat(timespec="seconds")

    def _plain(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(value) for name, value in data.items()}

    def _value(self, value: object) -> object:
        if isinstance(value, datetime):
            return self._local(value)
        if isinstance(value, Mapping):
            return self._plain(value)
        return value

    def _print(self, line: Mapping[str, Any]) -> None:
        self._out.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
