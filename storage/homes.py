"""The house table: finding a home by what was said of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
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


#: A3 as one word; the word that follows an area's name.
_JOINED = re.compile(r"([A-Za-z])-?(\d{1,3})")
_SUFFIX = re.compile(r"(?:小?区|地块|期|苑|组团|座)$")


@dataclass(frozen=True, slots=True)
class _Spelled:
    """An address in another spelling."""

    area: str | None
    building: str | None
    unit: str | None
    room: str | None


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


def _spellings(room: SaidRoom) -> Iterator[SaidRoom]:
    """The address as said, then as a house list may write its area and building."""
    yield room
    if room.building is None:
        return
    joined = _JOINED.fullmatch(room.building)
    if room.area is None and joined:
        for area in _areas(joined[1]):
            yield _Spelled(area, joined[2], room.unit, room.room)
    elif room.area:
        bare = _SUFFIX.sub("", room.area)
        for area in _areas(bare):
            yield _Spelled(area, room.building, room.unit, room.room)
        for glue in ("", "-", "区"):
            yield _Spelled(None, f"{bare.upper()}{glue}{room.building}", room.unit, room.room)
        yield _Spelled("", room.building, room.unit, room.room)


def _areas(bare: str) -> tuple[str, ...]:
    """The ways to write one area."""
    return tuple(
        f"{name}{suffix}" for name in dict.fromkeys((bare, bare.upper())) for suffix in ("", "区", "地块", "座")
    )


class Homes(Repository):
    """Homes of the estate."""

    __slots__ = ()

    def get(self, id_: int) -> Home | None:
        """One home."""
        row = self._connection.row(_GET, self._mine(id=id_))
        return None if row is None else record(row)

    def like(self, room: SaidRoom, limit: int = 20) -> tuple[Home, ...]:
        """Homes that fit what was said; parts that were not said match all.

        Lists and people write an area in their own ways: where nothing fits, A区3栋 is also looked for as A3, as
        A地块 3 and, in a list without areas, as 3.
        """
        for said in _spellings(room):
            found = self._fitting(said, limit)
            if found:
                return found
        return ()

    def _fitting(self, room: SaidRoom, limit: int) -> tuple[Home, ...]:
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
