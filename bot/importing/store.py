"""Checked rows into storage; homes that do not exist are reported before anything is written."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.importing.errors import ImportMistake, ImportMistakes
from bot.importing.kinds import Parsed
from storage.import_row import BillRow, Counts, HomeKey, ResidentRow
from storage.unit_of_work import UnitOfWork

#: Rows between two reports of progress.
CHUNK = 200


def check_homes(uow: UnitOfWork, parsed: Parsed) -> None:
    """Compare a list of residents or bills with the house table.

    Raises:
        ImportMistakes: it names homes that the table does not have; every such row is listed.
    """
    named = [(number, row.home) for number, row in parsed.rows if isinstance(row, ResidentRow | BillRow)]
    missing = uow.imports.missing(key for _, key in named)
    if missing:
        raise ImportMistakes(
            [
                ImportMistake(number, "房号", f"房屋表里没有 {_label(key)}，请先导入房屋或改正地址")
                for number, key in named
                if key in missing
            ]
        )


def store_rows(
    uow: UnitOfWork, parsed: Parsed, now: datetime, progress: Callable[[int, int], None] | None = None
) -> Counts:
    """Write a list within the transaction of `uow`; `progress` hears (rows done, rows in all).

    Raises:
        ImportMistakes: see `check_homes`; nothing is written then.
    """
    check_homes(uow, parsed)
    write: Callable[[Sequence[Any], datetime], Counts] = getattr(uow.imports, parsed.kind)
    records = parsed.records
    total = Counts()
    for start in range(0, len(records), CHUNK):
        done = write(records[start : start + CHUNK], now)
        total = Counts(total.added + done.added, total.changed + done.changed, total.same + done.same)
        if progress is not None:
            progress(min(start + CHUNK, len(records)), len(records))
    return total


def _label(key: HomeKey) -> str:
    unit = f"{key.unit}单元" if key.unit else ""
    return f"{key.area or ''}{key.building}栋{unit}{key.room}"
