"""Many waiting messages of a group as one (design.md 10, floods)."""

from collections.abc import Mapping, Sequence

from handlers.effects import Phrase
from storage.message import OutboxRow
from storage.unit_of_work import UnitOfWork

#: Messages that a digest shows with a line each; the rest is counted and read on the console.
DIGEST_LINES = 20
LINE_CHARS = 80


def numbers_of(uow: UnitOfWork, rows: Sequence[OutboxRow]) -> dict[int, str]:
    """The numbers of the tickets that a digest of these rows shows, by ticket id."""
    ids = {row.ticket_id for row in rows[:DIGEST_LINES] if row.ticket_id is not None}
    found = {id_: uow.tickets.get(id_) for id_ in ids}
    return {id_: ticket.number for id_, ticket in found.items() if ticket is not None}


def digest(rows: Sequence[OutboxRow], numbers: Mapping[int, str]) -> Phrase:
    """What is said instead of all these messages, oldest first: a line each, and how to accept the jobs among them."""
    shown, more = rows[:DIGEST_LINES], len(rows) - DIGEST_LINES
    lines = tuple(Phrase("staff.digest.line", _line(row, numbers)) for row in shown)
    how = Phrase("staff.digest.how") if numbers else None
    return Phrase(
        "staff.digest.flood",
        {"count": len(rows), "lines": lines, "more": more if more > 0 else None, "how": how},
    )


def _line(row: OutboxRow, numbers: Mapping[int, str]) -> dict[str, str | None]:
    line, number = headline(row), numbers.get(row.ticket_id or 0)
    return {"line": line, "number": number if number and number not in line else None}


def headline(row: OutboxRow) -> str:
    """The first line of a message."""
    return row.body.splitlines()[0][:LINE_CHARS] if row.body else ""
