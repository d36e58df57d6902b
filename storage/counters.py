"""Numbers that only grow: budgets of a day, shared by all replicas."""

from sqlalchemy import bindparam, delete

from storage.repository import Repository
from storage.statement import Statement
from storage.tables import counters
from storage.tickets_sql import NEXT_SERIAL

_DROP = Statement(
    delete(counters).where(
        counters.c.community_id == bindparam("community"),
        counters.c.name > bindparam("first"),
        counters.c.name < bindparam("last"),
    )
)


class Counters(Repository):
    """Counters by name; a day is part of the name (`llm:2026-11-24`)."""

    __slots__ = ()

    def take(self, kind: str, day: str, limit: int) -> bool:
        """Count one more of `kind` on `day` (ISO); False when there were `limit` already. Earlier days are dropped."""
        number = int(self._connection.value(NEXT_SERIAL, self._mine(name=f"{kind}:{day}")))
        if number == 1:
            self._connection.run(_DROP, self._mine(first=f"{kind}:", last=f"{kind}:{day}"))
        return number <= limit
