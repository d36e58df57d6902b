"""JSON log lines: constant event names, an allow-list of fields, people only as keyed hashes (INV-30, style.md 9)."""

import hashlib
import hmac
import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

#: Facts that a line may carry: ids of rows, classes, counts, durations, codes. Anything else is left out.
FIELDS = frozenset(
    {
        "attempt",
        "attempts",
        "backlog",
        "channel",
        "code",
        "command",
        "community",
        "count",
        "error",
        "generation",
        "group",
        "inbox_id",
        "job",
        "kind",
        "message_id",
        "ms",
        "outcome",
        "path",
        "pending",
        "port",
        "priority",
        "reason",
        "replica",
        "request_id",
        "route",
        "row_id",
        "seconds",
        "size",
        "source",
        "status",
        "task_id",
        "ticket_id",
        "timer",
        "version",
    }
)
#: Ids of people: written as a keyed hash, so that lines about one person can be joined, but not read.
PEOPLE = frozenset({"account", "address", "lane", "login", "openid", "person_id", "staff_id", "user_id"})
#: Loggers of our own; what others say may quote requests and URLs, so only where and how grave it is gets through.
OURS = ("guanjia", "bot", "handlers", "nlp", "storage")
_VALUE_CHARS = 200
_FRAMES = 8


class JsonLines(logging.Formatter):
    """One event, one line."""

    def __init__(self, key: bytes) -> None:
        """`key` keys the hashes of people's ids."""
        super().__init__()
        self._key = key

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        ours = record.name.partition(".")[0] in OURS
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.msg if ours and isinstance(record.msg, str) else "log.foreign",
        }
        if not ours:
            line["logger"] = record.name
        line |= self._facts(vars(record))
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _failure(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"))

    def _facts(self, given: Mapping[str, Any]) -> dict[str, Any]:
        facts = {name: _plain(given[name]) for name in sorted(FIELDS & given.keys())}
        people = {name: self.pseudonym(str(given[name])) for name in sorted(PEOPLE & given.keys())}
        return facts | people

    def pseudonym(self, identity: str) -> str:
        """The keyed hash that stands for a person in this installation's logs."""
        return hmac.new(self._key, identity.encode(), hashlib.sha256).hexdigest()[:16]


def configure(key: bytes, *, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send our log lines from `level` on, and others' warnings, to `stream` (default: standard error) as JSON."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(key))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)


def _plain(value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:_VALUE_CHARS]


def _failure(error: BaseException) -> dict[str, Any]:
    """What failed and where; never the message, which may quote what a resident wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = [f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in frames]
    return {"type": type(error).__name__, "where": where}
