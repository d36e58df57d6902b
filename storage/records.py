"""Audit lines that are neither ticket nor message: visits, letters, callbacks, corrections, accesses ..."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from storage.columns import Moment
from storage.model import Json
from storage.repository import Repository
from storage.statement import Statement
from storage.tables import records

_mine = records.c.community_id == bindparam("community")
_ADD = Statement(
    insert(records).values(
        community_id=bindparam("community"),
        kind=bindparam("kind"),
        subject=bindparam("subject"),
        ticket_id=bindparam("ticket_id"),
        at=bindparam("at"),
        data=bindparam("data"),
    )
)
_OF = Statement(
    select(records.c.data)
    .where(_mine, records.c.kind == bindparam("kind"), records.c.subject == bindparam("subject"))
    .order_by(records.c.at, records.c.id)
)
_OF_TICKET = Statement(
    select(records.c.kind, records.c.at, records.c.data)
    .where(_mine, records.c.ticket_id == bindparam("ticket_id", type_=BigInteger))
    .order_by(records.c.at, records.c.id)
)
_BETWEEN = Statement(
    select(records.c.subject, records.c.at, records.c.data)
    .where(
        _mine,
        records.c.kind == bindparam("kind"),
        records.c.at >= bindparam("start", type_=Moment()),
        records.c.at < bindparam("end", type_=Moment()),
    )
    .order_by(records.c.at, records.c.id)
)


class Records(Repository):
    """Audit lines; they are only ever added."""

    __slots__ = ()

    def add(self, kind: str, subject: str, data: Json, ticket_id: int | None, at: datetime) -> None:
        """Write a line."""
        params = self._mine(kind=kind, subject=subject, data=data, ticket_id=ticket_id, at=at)
        self._connection.run(_ADD, params)

    def of(self, kind: str, subject: str) -> tuple[Mapping[str, Any], ...]:
        """Data of the lines of a kind about a subject, oldest first."""
        return tuple(row[0] for row in self._connection.rows(_OF, self._mine(kind=kind, subject=subject)))

    def of_ticket(self, ticket_id: int) -> tuple[tuple[str, datetime, Mapping[str, Any]], ...]:
        """Kind, time and data of the lines about a ticket, oldest first."""
        rows = self._connection.rows(_OF_TICKET, self._mine(ticket_id=ticket_id))
        return tuple((row[0], row[1], row[2]) for row in rows)

    def between(self, kind: str, start: datetime, end: datetime) -> tuple[tuple[str, datetime, Mapping[str, Any]], ...]:
        """Subject, time and data of the lines of a kind in [start, end), oldest first, for reports."""
        rows = self._connection.rows(_BETWEEN, self._mine(kind=kind, start=start, end=end))
        return tuple((row[0], row[1], row[2]) for row in rows)
