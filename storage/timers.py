"""Deadlines as rows (INV-15). A due timer becomes one inbox row of its lane, in the same transaction, exactly once.

A fired or cancelled timer stays as an unarmed row, so that its generation goes on and no inbox key ever comes twice.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy import Integer as Int
from sqlalchemy.dialects.postgresql import insert

from storage.columns import JsonQuoted, Lesser, Moment, Unindexed, among
from storage.model import Json, Timer
from storage.repository import Repository
from storage.statement import Statement
from storage.tables import inbox, lanes, timers

_mine = timers.c.community_id == bindparam("community")
_this = _mine & (timers.c.kind == bindparam("kind")) & (timers.c.subject == bindparam("subject"))
_armed = timers.c.due_at.is_not(None)
_now = bindparam("now", type_=Moment())
_COLUMNS = (
    timers.c.id,
    timers.c.community_id,
    timers.c.kind,
    timers.c.subject,
    timers.c.lane,
    timers.c.due_at,
    timers.c.generation,
    timers.c.data,
)
_set = insert(timers).values(
    community_id=bindparam("community"),
    kind=bindparam("kind"),
    subject=bindparam("subject"),
    lane=bindparam("lane"),
    due_at=bindparam("due_at"),
    data=bindparam("data"),
    touched_at=_now,
)
_SET = Statement(
    _set.on_conflict_do_update(
        index_elements=["community_id", "subject", "kind"],
        set_={
            "lane": _set.excluded.lane,
            "due_at": _set.excluded.due_at,
            "data": _set.excluded.data,
            "touched_at": _set.excluded.touched_at,
            "generation": timers.c.generation + 1,
        },
    )
)
_CANCEL = Statement(
    update(timers)
    .where(
        _mine,
        timers.c.subject == bindparam("subject"),
        or_(bindparam("kind", type_=Text).is_(None), timers.c.kind == bindparam("kind", type_=Text)),
    )
    .values(due_at=null(), generation=timers.c.generation + 1)
)
_GET = Statement(select(*_COLUMNS).where(_this, _armed))
_GENERATION = Statement(select(timers.c.generation).where(_this))
_generation = cast(timers.c.generation, Text)
_colon: ColumnElement[str] = literal_column("':'")
#: The inbox key of a firing; the generation makes each firing another row.
_row_key = (
    literal_column("'timer:'")
    .concat(timers.c.kind)
    .concat(_colon)
    .concat(timers.c.subject)
    .concat(_colon)
    .concat(_generation)
)
_unhandled = (
    select(literal_column("1"))
    .where(
        inbox.c.community_id == timers.c.community_id,
        inbox.c.channel == literal_column("'timer'"),
        inbox.c.key == _row_key,
        inbox.c.done_at.is_(None),
    )
    .exists()
)
_AWAITED = Statement(select(timers.c.id).where(_this, or_(timers.c.due_at.is_not(None), _unhandled)))
_DUE = Statement(
    select(timers.c.id)
    .where(_mine, timers.c.due_at <= _now)
    .order_by(timers.c.due_at, timers.c.id)
    .limit(bindparam("count", type_=Int))
    .with_for_update(skip_locked=True)
)
_these = (Unindexed(timers.c.community_id) == bindparam("community")) & among(timers.c.id, "ids")
_data = type_coerce(timers.c.data, Text)
_payload = (
    literal_column("""'{"timer":'""")
    .concat(JsonQuoted(timers.c.kind))
    .concat(literal_column("""',"subject":'"""))
    .concat(JsonQuoted(timers.c.subject))
    .concat(literal_column("""',"generation":'"""))
    .concat(_generation)
    .concat(literal_column("""',"data":'"""))
    .concat(_data)
    .concat(literal_column("'}'"))
)
# The inbox rows of due timers, made inside the database: a hundred thousand may be due at once (a holiday's morning).
_INBOX = Statement(
    insert(inbox)
    .from_select(
        (
            "community_id",
            "channel",
            "user_id",
            "key",
            "kind",
            "text",
            "media",
            "data",
            "sent_at",
            "received_at",
            "lane",
            "status",
        ),
        select(
            timers.c.community_id,
            literal_column("'timer'"),
            timers.c.subject,
            _row_key,
            literal_column("'timer'"),
            literal_column("''"),
            literal_column("'[]'"),
            _payload,
            timers.c.due_at,
            _now,
            timers.c.lane,
            literal_column("'pending'"),
        ).where(_these),
    )
    .on_conflict_do_nothing(index_elements=["community_id", "channel", "key"])
)
_lane = insert(lanes).from_select(
    ("community_id", "lane", "ready_at"),
    select(timers.c.community_id, timers.c.lane, _now).where(_these).distinct(),
)
_LANES = Statement(
    _lane.on_conflict_do_update(
        index_elements=["community_id", "lane"],
        set_={"ready_at": Lesser(lanes.c.ready_at, _lane.excluded.ready_at)},
    )
)
_FIRED = Statement(update(timers).where(_these).values(due_at=null(), touched_at=_now))
_NEXT = Statement(select(type_coerce(func.min(timers.c.due_at), Moment)).where(_mine, _armed))
_COUNT = Statement(select(func.count()).select_from(timers).where(_mine, timers.c.due_at <= _now))
_MOVE = Statement(update(timers).where(_mine, timers.c.lane == bindparam("old"), _armed).values(lane=bindparam("new")))


class Timers(Repository):
    """Deadlines."""

    __slots__ = ()

    def set(self, kind: str, subject: str, lane: str, due_at: datetime, data: Json, now: datetime) -> None:
        """Set the timer `kind` of `subject`, or move it; a new generation makes an earlier one void."""
        self._connection.run(_SET, self._mine(kind=kind, subject=subject, lane=lane, due_at=due_at, data=data, now=now))

    def set_many(self, timers: Iterable[tuple[str, str, str, datetime, Json]], now: datetime) -> None:
        """`set` for each `(kind, subject, lane, due_at, data)`, in order."""
        names = ("kind", "subject", "lane", "due_at", "data")
        self._connection.many(_SET, [self._mine(now=now, **dict(zip(names, each, strict=True))) for each in timers])

    def cancel(self, subject: str, kind: str | None = None) -> None:
        """Drop the timers of a subject: of one kind, or all. What has fired but was not handled is void too."""
        self._connection.run(_CANCEL, self._mine(subject=subject, kind=kind))

    def get(self, kind: str, subject: str) -> Timer | None:
        """A timer that has not fired yet."""
        row = self._connection.row(_GET, self._mine(kind=kind, subject=subject))
        return None if row is None else Timer(*row)

    def is_current(self, kind: str, subject: str, generation: int) -> bool:
        """Whether a firing is still wanted: the timer was neither set again nor cancelled since."""
        found = self._connection.value(_GENERATION, self._mine(kind=kind, subject=subject))
        return bool(found == generation)

    def is_awaited(self, kind: str, subject: str) -> bool:
        """Whether the timer will fire, or has fired and its row still waits to be handled."""
        return self._connection.value(_AWAITED, self._mine(kind=kind, subject=subject)) is not None

    def fire(self, now: datetime, limit: int) -> int:
        """Turn due timers, earliest first, into inbox rows of their lanes; returns how many."""
        due = [row[0] for row in self._connection.rows(_DUE, self._mine(now=now, count=limit))]
        if due:
            self._connection.run(_INBOX, self._mine(ids=due, now=now))
            self._connection.run(_LANES, self._mine(ids=due, now=now))
            self._connection.run(_FIRED, self._mine(ids=due, now=now))
        return len(due)

    def next_due(self) -> datetime | None:
        """When the next timer is due; None when none is set."""
        found: datetime | None = self._connection.value(_NEXT, self._mine())
        return found

    def due(self, now: datetime) -> int:
        """How many are due and not fired yet."""
        return int(self._connection.value(_COUNT, self._mine(now=now)))

    def move(self, old: str, new: str) -> None:
        """Timers that are set go to another lane (an identity was bound)."""
        self._connection.run(_MOVE, self._mine(old=old, new=new))
