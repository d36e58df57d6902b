"""Leases left behind by a process that was killed: on SQLite there is one process, so at its start none is valid."""

from sqlalchemy import bindparam, null, update

from storage.repository import Repository
from storage.statement import Statement
from storage.tables import lanes, outbox

_LANES = Statement(
    update(lanes)
    .where(lanes.c.community_id == bindparam("community"), lanes.c.lease_owner.is_not(None))
    .values(lease_until=null(), lease_owner=null())
)
_MESSAGES = Statement(
    update(outbox)
    .where(outbox.c.community_id == bindparam("community"), outbox.c.lease_owner.is_not(None))
    .values(lease_until=null(), lease_owner=null())
)


class Leases(Repository):
    """What is held by somebody."""

    __slots__ = ()

    def drop_all(self) -> int:
        """Take every lease back; returns how many there were. Never while another process may be at work (INV-31)."""
        return self._connection.run(_LANES, self._mine()) + self._connection.run(_MESSAGES, self._mine())
