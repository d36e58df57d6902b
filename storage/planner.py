"""Tells SQLite what it cannot know of an empty database: an estate's id selects nothing, everything else a lot.

Without statistics SQLite takes every first column of an index for selective, also `community_id`, which is the same in
all rows of most installations; it then walks whole tables. PostgreSQL gathers its own statistics.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

#: Believed sizes of a whole table and of what a partial index holds.
_ROWS, _OPEN_ROWS = 1_000_000, 20_000
#: Columns with few values; any other divides what is left by `_MANY`.
_COARSE = {"status": 5, "kind": 10, "type": 5, "category": 10, "priority": 4, "channel": 2, "building": 20, "role": 10}
_MANY = 50_000


def teach(connection: Connection) -> None:
    """Write the statistics of every index (`sqlite_stat1`) and let the planner read them. PostgreSQL: nothing."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("ANALYZE")
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    rows: list[dict[str, Any]] = []
    for (table,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for index in connection.execute(text("SELECT * FROM pragma_index_list(:table)"), {"table": table}).mappings():
            found = connection.execute(text("SELECT name FROM pragma_index_info(:index)"), {"index": index["name"]})
            numbers = _statistics([row[0] for row in found], partial=bool(index["partial"]))
            rows.append({"table": table, "index": index["name"], "numbers": numbers})
    connection.execute(text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :numbers)"), rows)
    connection.exec_driver_sql("ANALYZE sqlite_schema")


def _statistics(columns: Sequence[str], *, partial: bool) -> str:
    """Rows of an index, then rows that share its first column, its first two, and so on."""
    left = _OPEN_ROWS if partial else _ROWS
    numbers = [left]
    for column in columns:
        if column != "community_id":
            left = max(1, left // _COARSE.get(column, _MANY))
        numbers.append(left)
    return " ".join(str(number) for number in numbers)
