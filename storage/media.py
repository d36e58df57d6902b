"""What is known of stored pictures, voices and videos. The bytes lie in files with generated names (INV-24)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer as Int
from sqlalchemy import bindparam, delete, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.columns import Moment, Unindexed, among
from storage.repository import Repository
from storage.statement import Statement
from storage.tables import media, tickets

_mine = media.c.community_id == bindparam("community")
_checked = Unindexed(media.c.community_id) == bindparam("community")
_FIELDS = ("name", "kind", "mime", "size", "sha256", "lane", "ticket_id", "created_at")
_COLUMNS = tuple(media.c[name] for name in _FIELDS)
_ADD = Statement(
    insert(media)
    .values(community_id=bindparam("community"), **{name: bindparam(name) for name in _FIELDS})
    .on_conflict_do_nothing(index_elements=["name", "community_id"])
)
_GET = Statement(select(*_COLUMNS).where(_mine, media.c.name == bindparam("name")))
_ATTACH = Statement(
    update(media)
    .where(_checked, among(media.c.name, "names"), media.c.ticket_id.is_(None))
    .values(ticket_id=bindparam("ticket_id"))
)
_before = bindparam("before", type_=Moment())
_needed = (
    select(literal_column("1"))
    .where(tickets.c.id == media.c.ticket_id, or_(tickets.c.ended_at.is_(None), tickets.c.ended_at >= _before))
    .exists()
)
_OLD = Statement(
    select(media.c.name)
    .where(_mine, media.c.created_at < _before, ~_needed)
    .order_by(media.c.created_at, media.c.id)
    .limit(bindparam("count", type_=Int))
)
_DROP = Statement(delete(media).where(_checked, among(media.c.name, "names")))
_BYTES = Statement(select(func.coalesce(func.sum(media.c.size), literal_column("0"))).where(_mine))


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A stored file. `name` is generated, `size` in bytes, `lane` who sent it, `ticket_id` what it belongs to."""

    name: str
    kind: str
    mime: str
    size: int
    sha256: str
    lane: str | None
    ticket_id: int | None
    created_at: datetime


class Media(Repository):
    """Stored files."""

    __slots__ = ()

    def add(self, file: MediaFile) -> bool:
        """Remember a stored file; False when its name is known."""
        return self._connection.run(_ADD, self._mine(**{name: getattr(file, name) for name in _FIELDS})) > 0

    def get(self, name: str) -> MediaFile | None:
        """One file."""
        row = self._connection.row(_GET, self._mine(name=name))
        return None if row is None else MediaFile(*row)

    def attach(self, names: Sequence[str], ticket_id: int) -> int:
        """Files that belong to no ticket yet become those of this one; returns how many."""
        return self._connection.run(_ATTACH, self._mine(names=names, ticket_id=ticket_id))

    def older(self, before: datetime, limit: int = 200) -> tuple[str, ...]:
        """Names of files stored before a moment whose ticket, if any, ended before it too, oldest first (retention)."""
        return tuple(row[0] for row in self._connection.rows(_OLD, self._mine(before=before, count=limit)))

    def drop(self, names: Sequence[str]) -> int:
        """Forget files whose bytes were deleted; returns how many."""
        return self._connection.run(_DROP, self._mine(names=names))

    def bytes(self) -> int:
        """Bytes of all files together."""
        return int(self._connection.value(_BYTES, self._mine()))
