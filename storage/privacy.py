"""A person's data: a copy of it, and its deletion (reliability.md 6; PIPL art. 45 to 47).

Deleted is what no law makes us keep; tickets, bills and payments stay, without what leads to the person.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from storage import privacy_sql as q
from storage.identities import lane_of
from storage.people import NAME, PHONE
from storage.repository import Repository
from storage.statement import Statement
from storage.tickets import PHONE as TICKET_PHONE

#: Stands for a name that was deleted.
NOBODY = "*"
_SEALED = {"people.name": NAME, "people.phone": PHONE, "tickets.contact_phone": TICKET_PHONE}


class Privacy(Repository):
    """Copies and deletions on request."""

    __slots__ = ()

    def export(self, person_id: int) -> dict[str, list[dict[str, Any]]]:
        """Everything stored about a resident, by table, JSON-safe and readable. Times are ISO 8601 in UTC."""
        params = self._mine(person_id=person_id, lane=f"person:{person_id}")
        return {name: self._readable(name, statement, params) for name, statement in q.EXPORT.items()}

    def _readable(self, table: str, statement: Statement, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = self._connection.rows(statement, dict(params))
        return [
            {column: self._value(table, column, value) for column, value in zip(q.columns(statement), row, strict=True)}
            for row in rows
        ]

    def _value(self, table: str, column: str, value: object) -> object:
        if isinstance(value, bytes):
            return self._cipher.open(value, _SEALED[f"{table}.{column}"])
        return value.isoformat() if isinstance(value, (date, datetime)) else value

    def forget(self, channel: str, user_id: str, now: datetime) -> Mapping[str, int]:
        """Delete what was said by and to a channel user, and that he was known; rows by table.

        Open tickets keep what their handling needs until they end; keys that tell repeats stay for their time (INV-3).
        """
        lane = lane_of(channel, user_id, None, None)
        params = self._mine(
            channel=channel,
            user_id=user_id,
            recipient=f"resident:{channel}:{user_id}",
            lane=lane,
            alias=self._alias(channel, user_id),
            now=now,
        )
        return self._run(q.FORGET, params)

    def erase(self, person_id: int, now: datetime) -> Mapping[str, int]:
        """Forget a resident on every channel and take his name, phone and accounts out of the roster."""
        counts: dict[str, int] = {}
        for channel, user_id in self._connection.rows(q.IDENTITIES_OF, self._mine(person_id=person_id)):
            for table, rows in self.forget(channel, user_id, now).items():
                counts[table] = counts.get(table, 0) + rows
        params = self._mine(
            person_id=person_id,
            lane=f"person:{person_id}",
            name=self._cipher.seal(NOBODY, NAME),
            identity_hash=secrets.token_hex(32),
        )
        for table, rows in self._run(q.ERASE, params).items():
            counts[table] = counts.get(table, 0) + rows
        return counts

    def _run(self, statements: Sequence[tuple[str, Statement]], params: Mapping[str, Any]) -> dict[str, int]:
        counts: dict[str, int] = {}
        for table, statement in statements:
            counts[table] = counts.get(table, 0) + self._connection.run(statement, dict(params))
        return counts

    def _alias(self, channel: str, user_id: str) -> str:
        """Keeps the rows of one forgotten user together without telling who it was."""
        return f"gone-{self._cipher.digest('gone', channel, user_id)[:24]}"
