"""Statements that copy and delete a person's data. `tests/storage/test_privacy.py` checks that no table is left out."""

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    bindparam,
    delete,
    literal_column,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.selectable import ReturnsRows

from storage import tables as t
from storage.statement import Statement

_community = bindparam("community", type_=Text)
_person = bindparam("person_id", type_=BigInteger)
_lane = bindparam("lane", type_=Text)

_own_ids = select(t.identities.c.channel + "/" + t.identities.c.user_id).where(
    t.identities.c.community_id == _community, t.identities.c.person_id == _person
)
_own_homes = select(t.residencies.c.home_id).where(
    t.residencies.c.community_id == _community,
    t.residencies.c.person_id == _person,
    text("residencies.tenure = 'owner'"),
)
_own_tickets = select(t.tickets.c.id).where(
    t.tickets.c.community_id == _community, or_(t.tickets.c.person_id == _person, t.tickets.c.reporter_lane == _lane)
)
_own_bills = select(t.bills.c.id).where(t.bills.c.community_id == _community, t.bills.c.home_id.in_(_own_homes))

#: Table -> every row about a person, with every column that tells something.
EXPORT: dict[str, Statement] = {
    "people": Statement(
        select(t.people.c.name, t.people.c.phone, t.people.c.account, t.people.c.notes).where(
            t.people.c.community_id == _community, t.people.c.id == _person
        )
    ),
    "residencies": Statement(
        select(
            t.homes.c.area,
            t.homes.c.building,
            t.homes.c.unit,
            t.homes.c.room,
            t.residencies.c.tenure,
            t.residencies.c.since,
            t.residencies.c.until,
        )
        .join(t.homes, t.homes.c.id == t.residencies.c.home_id)
        .where(t.residencies.c.community_id == _community, t.residencies.c.person_id == _person)
    ),
    "identities": Statement(
        select(
            t.identities.c.channel, t.identities.c.user_id, t.identities.c.bound_at, t.identities.c.notice_version
        ).where(t.identities.c.community_id == _community, t.identities.c.person_id == _person)
    ),
    "inbox": Statement(
        select(
            t.inbox.c.received_at, t.inbox.c.channel, t.inbox.c.kind, t.inbox.c.text, t.inbox.c.media, t.inbox.c.data
        )
        .where(
            t.inbox.c.community_id == _community,
            or_(t.inbox.c.lane == _lane, (t.inbox.c.channel + "/" + t.inbox.c.user_id).in_(_own_ids)),
        )
        .order_by(t.inbox.c.id)
    ),
    "outbox": Statement(
        select(t.outbox.c.created_at, t.outbox.c.channel, t.outbox.c.kind, t.outbox.c.body, t.outbox.c.status)
        .where(
            t.outbox.c.community_id == _community,
            text("outbox.to_kind = 'resident'"),
            (t.outbox.c.channel + "/" + t.outbox.c.user_id).in_(_own_ids),
        )
        .order_by(t.outbox.c.id)
    ),
    "conversations": Statement(
        select(t.conversations.c.state, t.conversations.c.touched_at).where(
            t.conversations.c.community_id == _community, t.conversations.c.lane == _lane
        )
    ),
    "tickets": Statement(
        select(
            t.tickets.c.number,
            t.tickets.c.type,
            t.tickets.c.category,
            t.tickets.c.status,
            t.tickets.c.summary,
            t.tickets.c.place,
            t.tickets.c.contact_phone,
            t.tickets.c.created_at,
            t.tickets.c.closed_at,
            t.tickets.c.extra,
        )
        .where(t.tickets.c.id.in_(_own_tickets))
        .order_by(t.tickets.c.id)
    ),
    "ticket_events": Statement(
        select(
            t.ticket_events.c.ticket_id,
            t.ticket_events.c.at,
            t.ticket_events.c.move,
            t.ticket_events.c.reason,
            t.ticket_events.c.data,
        )
        .where(t.ticket_events.c.ticket_id.in_(_own_tickets))
        .order_by(t.ticket_events.c.id)
    ),
    "records": Statement(
        select(t.records.c.kind, t.records.c.at, t.records.c.data)
        .where(
            t.records.c.community_id == _community,
            or_(t.records.c.ticket_id.in_(_own_tickets), t.records.c.subject == _lane),
        )
        .order_by(t.records.c.id)
    ),
    "tasks": Statement(
        select(t.tasks.c.kind, t.tasks.c.title, t.tasks.c.created_at, t.tasks.c.data)
        .where(t.tasks.c.community_id == _community, t.tasks.c.ticket_id.in_(_own_tickets))
        .order_by(t.tasks.c.id)
    ),
    "bills": Statement(
        select(
            t.bills.c.number,
            t.bills.c.fee,
            t.bills.c.period,
            t.bills.c.amount_fen,
            t.bills.c.paid_fen,
            t.bills.c.due_on,
            t.bills.c.status,
            t.bills.c.paid_at,
        )
        .where(t.bills.c.id.in_(_own_bills))
        .order_by(t.bills.c.id)
    ),
    "payments": Statement(
        select(t.payments.c.transaction_id, t.payments.c.amount_fen, t.payments.c.paid_at)
        .where(t.payments.c.bill_id.in_(_own_bills))
        .order_by(t.payments.c.id)
    ),
    "orders": Statement(
        select(t.orders.c.out_trade_no, t.orders.c.amount_fen, t.orders.c.status, t.orders.c.created_at)
        .where(t.orders.c.community_id == _community, t.orders.c.lane == _lane)
        .order_by(t.orders.c.id)
    ),
    "media": Statement(
        select(t.media.c.name, t.media.c.kind, t.media.c.size, t.media.c.created_at)
        .where(
            t.media.c.community_id == _community, or_(t.media.c.lane == _lane, t.media.c.ticket_id.in_(_own_tickets))
        )
        .order_by(t.media.c.id)
    ),
}

IDENTITIES_OF = Statement(
    select(t.identities.c.channel, t.identities.c.user_id).where(
        t.identities.c.community_id == _community, t.identities.c.person_id == _person
    )
)

_said = (
    (t.inbox.c.community_id == _community)
    & (t.inbox.c.channel == bindparam("channel"))
    & (t.inbox.c.user_id == bindparam("user_id"))
)
_heard = (t.outbox.c.community_id == _community) & (t.outbox.c.recipient == bindparam("recipient"))
_reported = (
    (t.tickets.c.community_id == _community)
    & (t.tickets.c.reporter_channel == bindparam("channel"))
    & (t.tickets.c.reporter_user_id == bindparam("user_id"))
    & t.tickets.c.ended_at.is_not(None)
)
_empty: ColumnElement[str] = literal_column("''")
_nothing: ColumnElement[str] = literal_column("'{}'")

#: In order: table and what happens to the rows of one channel user.
FORGET: Sequence[tuple[str, Statement]] = (
    (
        "outbox",
        Statement(
            update(t.outbox)
            .where(_heard, t.outbox.c.ended_at.is_(None))
            .values(
                status=literal_column("'dead'"),
                code=literal_column("'forgotten'"),
                ended_at=bindparam("now"),
                lease_owner=null(),
                lease_until=null(),
            )
        ),
    ),
    (
        "outbox",
        Statement(
            update(t.outbox)
            .where(_heard)
            .values(
                user_id=bindparam("alias"),
                recipient=bindparam("alias"),
                body=_empty,
                data=_nothing,
                buttons=literal_column("'[]'"),
            )
        ),
    ),
    (
        "inbox",
        Statement(
            update(t.inbox)
            .where(_said, t.inbox.c.done_at.is_not(None))
            .values(user_id=bindparam("alias"), text=_empty, data=_nothing, media=literal_column("'[]'"))
        ),
    ),
    (
        "tickets",
        Statement(
            update(t.tickets)
            .where(_reported)
            .values(
                reporter_user_id=bindparam("alias"),
                reporter_lane=null(),
                person_id=null(),
                contact_phone=null(),
            )
        ),
    ),
    (
        "subscriptions",
        Statement(
            delete(t.subscriptions).where(t.subscriptions.c.community_id == _community, t.subscriptions.c.lane == _lane)
        ),
    ),
    (
        "conversations",
        Statement(
            delete(t.conversations).where(t.conversations.c.community_id == _community, t.conversations.c.lane == _lane)
        ),
    ),
    (
        "identities",
        Statement(
            delete(t.identities).where(
                t.identities.c.community_id == _community,
                t.identities.c.channel == bindparam("channel"),
                t.identities.c.user_id == bindparam("user_id"),
                t.identities.c.staff_id.is_(None),
            )
        ),
    ),
    (
        "visitors",
        Statement(
            delete(t.visitors).where(
                t.visitors.c.community_id == _community, t.visitors.c.user_id == bindparam("user_id")
            )
        ),
    ),
)

#: In order: table and what happens to the rows of a resident whose channel ids were forgotten.
ERASE: Sequence[tuple[str, Statement]] = (
    (
        "conversations",
        Statement(
            delete(t.conversations).where(t.conversations.c.community_id == _community, t.conversations.c.lane == _lane)
        ),
    ),
    (
        "subscriptions",
        Statement(
            delete(t.subscriptions).where(t.subscriptions.c.community_id == _community, t.subscriptions.c.lane == _lane)
        ),
    ),
    (
        "tickets",
        Statement(
            update(t.tickets)
            .where(t.tickets.c.id.in_(_own_tickets), t.tickets.c.ended_at.is_not(None))
            .values(person_id=null(), reporter_lane=null(), contact_phone=null())
        ),
    ),
    (
        "people",
        Statement(
            update(t.people)
            .where(t.people.c.community_id == _community, t.people.c.id == _person)
            .values(
                name=bindparam("name"),
                phone=null(),
                phone_hash=null(),
                account=null(),
                notes=_nothing,
                identity_hash=bindparam("identity_hash"),
            )
        ),
    ),
)


def columns(statement: Statement) -> list[str]:
    """The names of what a statement returns."""
    element = statement.element
    if not isinstance(element, ReturnsRows):
        raise TypeError("the statement returns nothing")
    return [column.name for column in element.exported_columns]
