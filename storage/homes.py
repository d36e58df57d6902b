"""The house table: finding a home by what was said of it."""

from typing import Protocol

from sqlalchemy import Integer as Int
from sqlalchemy import Text, bindparam, func, select

from storage.model import Home
from storage.repository import Repository
from storage.statement import Row, Statement
from storage.tables import homes

COLUMNS = (
    homes.c.id,
    homes.c.community_id,
    homes.c.area,
    homes.c.building,
    homes.c.unit,
    homes.c.room,
    homes.c.floor_area_m2,
    homes.c.tenure_kind,
    homes.c.state,
    homes.c.notes,
)
_mine = homes.c.community_id == bindparam("community")
_GET = Statement(select(*COLUMNS).where(_mine, homes.c.id == bindparam("id")))
_COUNT = Statement(select(func.count()).select_from(homes).where(_mine))
_parts = [_mine, homes.c.area == func.coalesce(bindparam("area", type_=Text), homes.c.area)]
_parts.append(homes.c.building == func.coalesce(bindparam("building", type_=Text), homes.c.building))
_parts.append(homes.c.unit == func.coalesce(bindparam("unit", type_=Text), homes.c.unit))
_ordered = select(*COLUMNS).order_by(homes.c.building, homes.c.unit, homes.c.room, homes.c.id)
_LIKE_ROOM = Statement(_ordered.where(*_parts, homes.c.room == bindparam("room")).limit(bindparam("count", type_=Int)))
_LIKE = Statement(_ordered.where(*_parts).limit(bindparam("count", type_=Int)))


class SaidRoom(Protocol):
    """An address as it was said (nlp.meaning.Room); parts that were not said are None."""

    @property
    def area(self) -> str | None: ...  # noqa: D102
    @property
    def building(self) -> str | None: ...  # noqa: D102
    @property
    def unit(self) -> str | None: ...  # noqa: D102
    @property
    def room(self) -> str | None: ...  # noqa: D102


class Homes(Repository):
    """Homes of the estate."""

    __slots__ = ()

    def get(self, id_: int) -> Home | None:
        """One home."""
        row = self._connection.row(_GET, self._mine(id=id_))
        return None if row is None else record(row)

    def like(self, room: SaidRoom, limit: int = 20) -> tuple[Home, ...]:
        """Homes that fit what was said; parts that were not said match all."""
        params = self._mine(area=room.area, building=room.building, unit=room.unit, count=limit)
        if room.room is None:
            return tuple(record(row) for row in self._connection.rows(_LIKE, params))
        params["room"] = room.room
        return tuple(record(row) for row in self._connection.rows(_LIKE_ROOM, params))

    def count(self) -> int:
        """How many homes the estate has."""
        return int(self._connection.value(_COUNT, self._mine()))


def record(row: Row) -> Home:
    """A home from the columns above."""
    id_, community_id, area, building, unit, room, *rest = row
    return Home(id_, community_id, area or None, building, unit or None, room, *rest)
