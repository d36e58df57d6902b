"""For every test: nothing that goes to the log may tell who a resident is (INV-30, style.md 9)."""

import csv
import logging
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.logs import JsonLines

RESIDENTS = Path(__file__).parent / "scenarios" / "estate" / "residents.csv"


@cache
def private() -> frozenset[str]:
    """Names, phones and accounts of the test residents."""
    with RESIDENTS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return frozenset(row[column] for row in rows for column in ("姓名", "电话", "微信") if row.get(column))


class _Ear(logging.Handler):
    """Keeps what would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(JsonLines(b"test"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(self.format(record))


@pytest.fixture(autouse=True)
def logs_tell_nobody() -> Iterator[None]:
    """Fail the test when a log line holds the data of a test resident."""
    ear, root = _Ear(), logging.getLogger()
    root.addHandler(ear)
    try:
        yield
    finally:
        root.removeHandler(ear)
    told = sorted({word for line in ear.lines for word in private() if word in line})
    assert not told, f"the log tells {told}"
