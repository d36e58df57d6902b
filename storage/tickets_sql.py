"""Statements of tickets, their history and who follows them."""

from functools import lru_cache

from sqlalchemy import Date, Text, and_, bindparam, func, literal_column, or_, select, text, update
from sqlalchemy import Integer as Int
from sqlalchemy.dialects.postgresql import insert

from storage.columns import Moment, Unindexed, among
from storage.homes import COLUMNS as HOME
from storage.statement import Insertion, Statement
from storage.tables import counters, homes, staff, subscriptions, ticket_events, tickets

t = tickets.c
#: Columns of a ticket in the order of the record's fields, before its home.
COLUMNS = (
    t.id,
    t.community_id,
    t.number,
    t.type,
    t.category,
    t.status,
    t.urgency,
    t.summary,
    t.level,
    t.building,
    t.unit,
    t.place,
    t.public_area,
    t.object,
    t.wanted_start,
    t.wanted_end,
    t.reporter_lane,
    t.person_id,
    t.group_name,
    t.assignee_id,
    t.created_at,
    t.respond_due,
    t.finish_due,
    t.accepted_at,
    t.arrived_at,
    t.finished_at,
    t.confirmed_at,
    t.closed_at,
    t.suspended_at,
    t.suspend_until,
    t.paused_s,
    t.reopened,
    t.contacts,
    t.merged_into,
    t.rework_of,
    t.source_key,
    t.extra,
    t.version,
    t.suspended_from,
    t.contact_phone,
    t.reporter_kind,
    t.reporter_channel,
    t.reporter_user_id,
)
#: What a change may name, beside `extra`.
CHANGEABLE = frozenset(
    {
        "type",
        "category",
        "status",
        "urgency",
        "summary",
        "level",
        "home_id",
        "building",
        "unit",
        "place",
        "public_area",
        "object",
        "wanted_start",
        "wanted_end",
        "reporter_lane",
        "person_id",
        "contact_phone",
        "group_name",
        "assignee_id",
        "respond_due",
        "finish_due",
        "accepted_at",
        "arrived_at",
        "finished_at",
        "confirmed_at",
        "closed_at",
        "suspended_from",
        "suspended_at",
        "suspend_until",
        "paused_s",
        "reopened",
        "contacts",
        "merged_into",
        "rework_of",
        "extra",
        "ended_at",
    }
)

_mine = t.community_id == bindparam("community")
_open = t.ended_at.is_(None)
_read = select(*COLUMNS, *HOME).select_from(tickets).outerjoin(homes, homes.c.id == t.home_id)
_count = bindparam("count", type_=Int)

_next = insert(counters).values(community_id=bindparam("community"), name=bindparam("name"), value=literal_column("1"))
NEXT_SERIAL = Statement(
    _next.on_conflict_do_update(
        index_elements=["community_id", "name"], set_={"value": counters.c.value + 1}
    ).returning(counters.c.value)
)
_GIVEN = tuple(
    column.name
    for column in tickets.c
    if column.name
    not in {"id", "community_id", "accepted_at", "arrived_at", "finished_at", "confirmed_at", "closed_at"}
    and column.name not in {"suspended_from", "suspended_at", "suspend_until", "paused_s", "reopened", "contacts"}
    and column.name not in {"version", "ended_at"}
)
ADD = Insertion(
    insert(tickets).values(community_id=bindparam("community"), **{name: bindparam(name) for name in _GIVEN})
)
EVENT = Statement(
    insert(ticket_events).values(
        community_id=bindparam("community"),
        **{
            name: bindparam(name)
            for name in ("ticket_id", "at", "actor", "move", "from_status", "to_status", "reason", "channel", "data")
        },
    )
)
GET = Statement(_read.where(_mine, t.id == bindparam("id")))
LOCK = Statement(_read.where(_mine, t.id == bindparam("id")).with_for_update(of=tickets))
BY_SOURCE = Statement(select(t.id).where(_mine, t.source_key == bindparam("source_key")))
BY_NUMBER = Statement(_read.where(_mine, t.number == bindparam("number")))
_today_first = (
    (t.day == bindparam("today", type_=Date)).desc(),
    t.day.desc(),
    t.id.desc(),
)
OPEN_BY_SERIAL = Statement(_read.where(_mine, _open, t.serial == bindparam("serial")).order_by(*_today_first).limit(10))
BY_NUMBERS = Statement(
    _read.where(Unindexed(t.community_id) == bindparam("community"), among(t.number, "numbers"))
    .order_by(t.id.desc())
    .limit(10)
)
_lane = bindparam("lane", type_=Text)
_followed = select(subscriptions.c.ticket_id).where(
    subscriptions.c.community_id == bindparam("community"), subscriptions.c.lane == _lane
)
_newest = t.id.desc()
_recent = t.ended_at >= bindparam("since", type_=Moment())
_known = or_(_open, _recent)
OF_LANE = Statement(_read.where(_mine, t.reporter_lane == _lane, _known).order_by(_open.desc(), _newest).limit(_count))
FOLLOWED = Statement(_read.where(_mine, t.id.in_(_followed), _known).order_by(_newest).limit(_count))
OF_STAFF = Statement(_read.where(_mine, _open, t.assignee_id == bindparam("staff_id")).order_by(t.id).limit(_count))
OF_GROUP = Statement(_read.where(_mine, _open, t.group_name == bindparam("group")).order_by(t.id).limit(_count))
REPAIRS_OF_HOME = Statement(
    _read.where(_mine, t.home_id == bindparam("home_id"), t.type == "repair").order_by(t.id.desc()).limit(_count)
)
_words = bindparam("words", type_=Text)
_fits = or_(*(column.ilike(_words, escape="\\") for column in (t.number, t.summary, t.building, t.place)))
_listed = _read.where(_mine).order_by(_newest).limit(_count)
LATEST = Statement(_listed)
LATEST_OPEN = Statement(_listed.where(_open))
SEARCH = Statement(_listed.where(_fits))
SEARCH_OPEN = Statement(_listed.where(_open, _fits))
_similar = and_(_mine, _open, t.type == bindparam("type"), t.category == bindparam("category"))
SIMILAR = Statement(_read.where(_similar).order_by(t.id).limit(_count))
SIMILAR_AT = Statement(_read.where(_similar, t.building == bindparam("building")).order_by(t.id).limit(_count))
_in = (_similar, t.building == bindparam("building"), t.home_id == bindparam("home_id"))
SIMILAR_IN = Statement(_read.where(*_in).order_by(t.id).limit(_count))
_held = (
    select(literal_column("1"))
    .where(
        t.community_id == staff.c.community_id,
        t.assignee_id == staff.c.id,
        _open,
        text("tickets.status IN ('new', 'assigned', 'accepted', 'arrived', 'suspended', 'reopened')"),
    )
    .limit(_count)
    .correlate(staff)
    .subquery()
)
LOADS = Statement(
    select(staff.c.id, select(func.count()).select_from(_held).scalar_subquery()).where(
        staff.c.community_id == bindparam("community")
    )
)
HISTORY = Statement(
    select(
        ticket_events.c.ticket_id,
        ticket_events.c.at,
        ticket_events.c.actor,
        ticket_events.c.move,
        ticket_events.c.from_status,
        ticket_events.c.to_status,
        ticket_events.c.reason,
        ticket_events.c.channel,
        ticket_events.c.data,
    )
    .where(ticket_events.c.community_id == bindparam("community"), ticket_events.c.ticket_id == bindparam("id"))
    .order_by(ticket_events.c.id)
)
SUBSCRIBE = Statement(
    insert(subscriptions)
    .values(community_id=bindparam("community"), ticket_id=bindparam("id"), lane=bindparam("lane"))
    .on_conflict_do_nothing(index_elements=["community_id", "lane", "ticket_id"])
)
SUBSCRIBERS = Statement(
    select(subscriptions.c.lane)
    .where(subscriptions.c.community_id == bindparam("community"), subscriptions.c.ticket_id == bindparam("id"))
    .order_by(subscriptions.c.lane)
)
MOVE_LANE = Statement(
    update(tickets)
    .where(_mine, t.reporter_lane == bindparam("old"))
    .values(reporter_lane=bindparam("new"), person_id=bindparam("person_id"))
)
_moved = insert(subscriptions).from_select(
    ["community_id", "lane", "ticket_id"],
    select(subscriptions.c.community_id, bindparam("new", type_=Text), subscriptions.c.ticket_id).where(
        subscriptions.c.community_id == bindparam("community"), subscriptions.c.lane == bindparam("old")
    ),
)
MOVE_FOLLOWED = Statement(_moved.on_conflict_do_nothing(index_elements=["community_id", "lane", "ticket_id"]))


@lru_cache(maxsize=512)
def change(names: frozenset[str]) -> Statement:
    """The update of these columns, by compare-and-set on the version; names come from CHANGEABLE only (INV-23)."""
    values = {name: bindparam(f"new_{name}", type_=tickets.c[name].type) for name in sorted(names & CHANGEABLE)}
    return Statement(
        update(tickets)
        .where(_mine, t.id == bindparam("id"), t.version == bindparam("read", type_=Int))
        .values(version=t.version + 1, **values)
    )
