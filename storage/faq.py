"""The knowledge base, kept in memory with its version."""

from sqlalchemy import bindparam, select

from storage.model import Faq
from storage.repository import Repository
from storage.statement import Row, Statement
from storage.tables import faq

#: The name of the knowledge base's version.
VERSION = "faq"

_ALL = Statement(
    select(
        faq.c.id,
        faq.c.community_id,
        faq.c.question,
        faq.c.variants,
        faq.c.answer,
        faq.c.since,
        faq.c.until,
        faq.c.scope,
    )
    .where(faq.c.community_id == bindparam("community"))
    .order_by(faq.c.id)
)


class Questions(Repository):
    """Questions and answers."""

    __slots__ = ()

    def all(self) -> tuple[Faq, ...]:
        """Every entry, also those that are not valid today."""
        return self._cached(VERSION, self._read)

    def version(self) -> int:
        """Another number after every change; 0 before the first."""
        return self._version(VERSION)

    def _read(self) -> tuple[Faq, ...]:
        return tuple(_record(row) for row in self._connection.rows(_ALL, self._mine()))


def _record(row: Row) -> Faq:
    id_, community_id, question, variants, answer, since, until, scope = row
    return Faq(id_, community_id, question, tuple(variants), answer, since, until, scope)
