"""Lists from files: CSV (UTF-8, GBK) or XLSX -> checked rows -> storage; all mistakes at once, nothing half-done."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.importing.errors import ImportMistake, ImportMistakes
from bot.importing.kinds import KINDS, Parsed, parse
from bot.importing.store import store_rows
from bot.importing.table import read_table
from storage.database import Database
from storage.import_row import Counts

__all__ = ["KINDS", "ImportMistake", "ImportMistakes", "Parsed", "load_file", "parse_file", "store_rows"]


def parse_file(kind: str, path: Path) -> Parsed:
    """Read and check a file of `kind` (one of `KINDS`) without storing anything.

    Raises:
        ImportMistakes: the file or any of its rows cannot be taken; all of them are listed.
    """
    return parse(kind, read_table(path))


def load_file(
    database: Database, kind: str, path: Path, now: datetime, progress: Callable[[int, int], None] | None = None
) -> Counts:
    """Import a whole file in one transaction.

    Args:
        database: migrated, and not in use by a server when it is SQLite.
        kind: homes, residents, staff, bills or faq.
        path: the file.
        now: aware UTC.
        progress: told (rows done, rows in all).

    Raises:
        ImportMistakes: the file or any of its rows cannot be taken, or names homes that the house table does not know.
    """
    parsed = parse_file(kind, path)
    with database.transaction() as uow:
        return store_rows(uow, parsed, now, progress)
