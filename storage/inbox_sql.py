"""Statements of the inbox and its lanes."""

from sqlalchemy import (
    BigInteger,
    Text,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    null,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy import Integer as Int
from sqlalchemy.dialects.postgresql import insert

from storage.columns import DatabaseNow, Greater, Lesser, Moment, Unindexed, among
from storage.statement import Insertion, Statement
from storage.tables import inbox, lanes

#: The reason of a row whose attempt neither ended nor failed yet: if it is found at the next claim, the process died.
UNDER_WAY = "under way"

_mine = inbox.c.community_id == bindparam("community")
_lane_mine = lanes.c.community_id == bindparam("community")
_this_lane = _lane_mine & (lanes.c.lane == bindparam("lane"))
_waiting = inbox.c.done_at.is_(None)
_checked = Unindexed(inbox.c.community_id) == bindparam("community")
_this = _checked & (inbox.c.id == bindparam("id"))
_now = bindparam("now", type_=Moment())

#: Columns of a row as they are stored: `storage.inbox` makes the record in one go, thousands in a second.
_COLUMNS = (
    inbox.c.id,
    inbox.c.community_id,
    inbox.c.lane,
    inbox.c.channel,
    inbox.c.user_id,
    inbox.c.key,
    inbox.c.kind,
    inbox.c.text,
    type_coerce(inbox.c.media, Text),
    inbox.c.group_name,
    type_coerce(inbox.c.data, Text),
    type_coerce(inbox.c.sent_at, BigInteger),
    type_coerce(inbox.c.received_at, BigInteger),
    inbox.c.status,
    inbox.c.attempts,
    inbox.c.priority,
    inbox.c.reason,
)

ADD = Insertion(
    insert(inbox)
    .values(
        community_id=bindparam("community"),
        channel=bindparam("channel"),
        user_id=bindparam("user_id"),
        key=bindparam("key"),
        kind=bindparam("kind"),
        text=bindparam("text"),
        media=bindparam("media"),
        group_name=bindparam("group_name"),
        data=bindparam("data"),
        sent_at=bindparam("sent_at"),
        received_at=bindparam("received_at"),
        lane=bindparam("lane"),
        status=literal_column("'pending'"),
        priority=bindparam("priority"),
    )
    .on_conflict_do_nothing(index_elements=["community_id", "channel", "key"])
)
FIRST = Statement(
    select(inbox.c.id, inbox.c.lane).where(
        _mine, inbox.c.channel == bindparam("channel"), inbox.c.key == bindparam("key")
    )
)

# A gathering lane waits for the pause after each message, but never longer than the longest burst.
_gather_end = Lesser(
    bindparam("pause_end", type_=Moment()),
    type_coerce(type_coerce(lanes.c.gather_started_at, BigInteger) + bindparam("longest_us", type_=BigInteger), Moment),
)
_open = insert(lanes).values(
    community_id=bindparam("community"), lane=bindparam("lane"), ready_at=_now, priority=bindparam("priority")
)
OPEN_LANE = Statement(
    _open.on_conflict_do_update(
        index_elements=["community_id", "lane"],
        set_={
            "ready_at": case(
                ((lanes.c.gather_started_at.is_not(None)) & (bindparam("gathers", type_=Int) == 1), _gather_end),
                else_=Lesser(lanes.c.ready_at, _open.excluded.ready_at),
            ),
            "priority": Greater(lanes.c.priority, _open.excluded.priority),
        },
    )
)

_free = lanes.c.lease_until.is_(None) | (lanes.c.lease_until <= DatabaseNow())
READY = Statement(
    select(lanes.c.lane, type_coerce(lanes.c.gather_started_at, BigInteger))
    .where(_lane_mine, lanes.c.ready_at <= _now, _free)
    .order_by(lanes.c.priority.desc(), lanes.c.ready_at)
    .limit(bindparam("count", type_=Int))
    .with_for_update(skip_locked=True)
)
_these_lanes = (Unindexed(lanes.c.community_id) == bindparam("community")) & among(lanes.c.lane, "lanes")
LEASE = Statement(
    update(lanes)
    .where(_these_lanes)
    .values(lease_until=DatabaseNow() + bindparam("lease_us", type_=BigInteger), lease_owner=bindparam("owner"))
)
WAITING = Statement(
    select(*_COLUMNS).where(_checked, among(inbox.c.lane, "lanes"), _waiting).limit(bindparam("count", type_=Int))
)
WAITING_IN = Statement(
    select(*_COLUMNS)
    .where(_mine, inbox.c.lane == bindparam("lane"), _waiting)
    .order_by(inbox.c.id)
    .limit(bindparam("count", type_=Int))
)
ATTEMPT = Statement(
    update(inbox)
    .where(_checked, among(inbox.c.id, "ids"))
    .values(attempts=inbox.c.attempts + 1, reason=literal_column(f"'{UNDER_WAY}'"))
)
PRIORITY = Statement(select(lanes.c.priority).where(_this_lane))
LOCK_LANE = Statement(select(lanes.c.lease_owner).where(_this_lane).with_for_update())
DROP_LANE = Statement(delete(lanes).where(_this_lane, lanes.c.lease_owner == bindparam("owner")))
_left = (
    select(literal_column("1"))
    .where(inbox.c.community_id == lanes.c.community_id, inbox.c.lane == lanes.c.lane, _waiting)
    .exists()
)
CLOSE_LANE = Statement(delete(lanes).where(_this_lane, ~_left))
_freed = {"lease_until": null(), "lease_owner": null()}
_urgent = (
    select(func.coalesce(func.max(inbox.c.priority), 0))
    .where(inbox.c.community_id == lanes.c.community_id, inbox.c.lane == lanes.c.lane, _waiting)
    .scalar_subquery()
)
FREE_LANE = Statement(
    update(lanes)
    .where(_this_lane)
    .values(ready_at=bindparam("ready_at"), gather_started_at=null(), priority=_urgent, **_freed)
)
HOLD_LANE = Statement(
    update(lanes)
    .where(_this_lane)
    .values(
        ready_at=bindparam("ready_at"),
        gather_started_at=func.coalesce(lanes.c.gather_started_at, _now),
        priority=literal_column("0"),
        **_freed,
    )
)
HEARD = Statement(
    update(inbox)
    .where(_this, _waiting)
    .values(status=literal_column("'heard'"), attempts=literal_column("0"), reason=null())
)
END = Statement(
    update(inbox).where(_this, _waiting).values(status=bindparam("status"), done_at=_now, reason=bindparam("reason"))
)
AGAIN = Statement(update(inbox).where(_this, _waiting).values(reason=bindparam("reason")))
ENRICHED = Statement(update(inbox).where(_this, _waiting).values(media=bindparam("media"), data=bindparam("data")))
GIVE_BACK = Statement(update(inbox).where(_this, _waiting).values(attempts=inbox.c.attempts - 1, reason=null()))

MOVE_ROWS = Statement(
    update(inbox).where(_mine, inbox.c.lane == bindparam("from_lane"), _waiting).values(lane=bindparam("to_lane"))
)
_moved = insert(lanes).from_select(
    ["community_id", "lane", "ready_at", "priority"],
    select(lanes.c.community_id, bindparam("to_lane", type_=Text), lanes.c.ready_at, lanes.c.priority).where(
        _lane_mine, lanes.c.lane == bindparam("from_lane")
    ),
)
MOVE_LANE = Statement(
    _moved.on_conflict_do_update(
        index_elements=["community_id", "lane"],
        set_={
            "ready_at": Lesser(lanes.c.ready_at, _moved.excluded.ready_at),
            "priority": Greater(lanes.c.priority, _moved.excluded.priority),
        },
    )
)

GET = Statement(select(*_COLUMNS).where(_mine, inbox.c.id == bindparam("id")))
_said = (
    _mine,
    inbox.c.channel == bindparam("channel"),
    inbox.c.user_id == bindparam("user_id"),
    text("inbox.kind IN ('message', 'tap')"),
)
SAID = Statement(select(*_COLUMNS).where(*_said).order_by(inbox.c.id.desc()).limit(bindparam("count", type_=Int)))
SAID_AT = Statement(
    select(inbox.c.received_at).where(*_said).order_by(inbox.c.id.desc()).limit(bindparam("count", type_=Int))
)
WAITING_COUNT = Statement(
    select(func.count()).select_from(inbox).where(_mine, inbox.c.lane == bindparam("lane"), _waiting)
)
SAID_IN = Statement(
    select(*_COLUMNS)
    .where(_mine, inbox.c.channel == bindparam("channel"), inbox.c.group_name == bindparam("group"))
    .order_by(inbox.c.id.desc())
    .limit(bindparam("count", type_=Int))
)
NEXT_READY = Statement(select(type_coerce(func.min(lanes.c.ready_at), Moment)).where(_lane_mine, _free))
_rows_of_lane = (
    select(func.count())
    .select_from(inbox)
    .where(inbox.c.community_id == lanes.c.community_id, inbox.c.lane == lanes.c.lane, _waiting)
    .scalar_subquery()
)
PENDING = Statement(select(func.coalesce(func.sum(_rows_of_lane), 0)).where(_lane_mine))
DEAD = Statement(
    select(*_COLUMNS)
    .where(_mine, text("inbox.status = 'dead'"))
    .order_by(inbox.c.done_at.desc())
    .limit(bindparam("count", type_=Int))
)
REPLAY = Statement(
    update(inbox)
    .where(_mine, inbox.c.id == bindparam("id"), text("inbox.status = 'dead'"))
    .values(
        status=literal_column("'pending'"),
        done_at=null(),
        attempts=literal_column("0"),
    )
    .returning(inbox.c.lane)
)
