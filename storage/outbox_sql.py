"""Statements of the outbox."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Exists,
    and_,
    bindparam,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy import Integer as Int
from sqlalchemy.dialects.postgresql import insert

from storage.columns import DatabaseNow, Moment, Unindexed, among
from storage.statement import Insertion, Statement
from storage.tables import outbox

#: Classes of rows, most urgent first (INV-13): emergency, reply, ticket notice, reminder and mass sending.
PRIORITIES = (3, 2, 1, 0)
#: Rows of this class overtake older rows of a lower one to the same recipient.
EMERGENCY = PRIORITIES[0]

_mine = outbox.c.community_id == bindparam("community")
_this = _mine & (outbox.c.id == bindparam("id"))
_unsent = outbox.c.ended_at.is_(None)
_now = bindparam("now", type_=Moment())
_held = _this & _unsent & (outbox.c.lease_owner == bindparam("owner"))
_free = outbox.c.lease_until.is_(None) | (outbox.c.lease_until <= DatabaseNow())
_let_go = {"lease_until": null(), "lease_owner": null()}
_lease = {
    "status": literal_column("'sending'"),
    "attempts": outbox.c.attempts + 1,
    "lease_until": DatabaseNow() + bindparam("lease_us", type_=BigInteger),
    "lease_owner": bindparam("owner"),
}

COLUMNS = (
    outbox.c.id,
    outbox.c.community_id,
    outbox.c.to_kind,
    outbox.c.channel,
    outbox.c.user_id,
    outbox.c.kind,
    outbox.c.text_key,
    outbox.c.body,
    outbox.c.buttons,
    outbox.c.ticket_id,
    outbox.c.created_at,
    outbox.c.not_before,
    outbox.c.expires_at,
    outbox.c.priority,
    outbox.c.attempts,
    outbox.c.status,
    outbox.c.dedupe,
    outbox.c.reserved_for,
    outbox.c.reserved_until,
    outbox.c.data,
)
_GIVEN = (
    "to_kind",
    "channel",
    "user_id",
    "recipient",
    "kind",
    "text_key",
    "body",
    "buttons",
    "ticket_id",
    "created_at",
    "not_before",
    "expires_at",
    "priority",
    "dedupe",
    "reserved_for",
    "reserved_until",
    "data",
    "attempts",
    "status",
    "lease_owner",
    "code",
)

ADD = Insertion(
    insert(outbox)
    .values(
        community_id=bindparam("community"),
        lease_until=DatabaseNow() + bindparam("lease_us", type_=BigInteger),
        **{name: bindparam(name) for name in _GIVEN},
    )
    .on_conflict_do_nothing(index_elements=["community_id", "dedupe"], index_where=text("dedupe IS NOT NULL"))
)

_older = outbox.alias("older")


def _blocked_at(moment: ColumnElement[datetime]) -> Exists:
    """At `moment` an older row to the same recipient goes first: it is due or was tried, and is of use or under way."""
    return (
        select(literal_column("1"))
        .where(
            _older.c.community_id == outbox.c.community_id,
            _older.c.recipient == outbox.c.recipient,
            _older.c.id < outbox.c.id,
            _older.c.ended_at.is_(None),
            or_(_older.c.not_before <= moment, _older.c.attempts > 0),
            or_(
                _older.c.expires_at.is_(None),
                and_(_older.c.expires_at > moment, _older.c.expires_at > _now),
                _older.c.lease_until > DatabaseNow(),
            ),
            or_(outbox.c.priority < EMERGENCY, _older.c.priority >= outbox.c.priority),
        )
        .exists()
    )


_blocked = _blocked_at(_now)
_due = and_(
    _mine,
    _unsent,
    outbox.c.not_before <= _now,
    _free,
    or_(outbox.c.reserved_until.is_(None), outbox.c.reserved_until <= _now),
    or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > _now),
)
_class = outbox.c.priority == bindparam("priority", type_=Int)
_heads = (
    select(outbox.c.id)
    .where(_due, _class, ~_blocked)
    .order_by(outbox.c.not_before, outbox.c.id)
    .limit(bindparam("count", type_=Int))
    .with_for_update(skip_locked=True)
)
HEADS = Statement(_heads)
CLAIM = Statement(
    update(outbox)
    .where(Unindexed(outbox.c.community_id) == bindparam("community"), among(outbox.c.id, "ids"))
    .values(**_lease, reserved_until=null())
    .returning(*COLUMNS)
)
_reserved = (
    select(outbox.c.id)
    .where(
        _mine,
        outbox.c.reserved_for == bindparam("inbox_id"),
        _unsent,
        outbox.c.reserved_until > _now,
        outbox.c.attempts == 0,
        _free,
    )
    .order_by(outbox.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
    .cte("reserved")
)
TAKE = Statement(
    update(outbox)
    .where(outbox.c.id.in_(select(_reserved.c.id)))
    .values(**_lease, reserved_until=null(), code=literal_column("'passive'"))
    .returning(*COLUMNS)
)
RELEASE = Statement(
    update(outbox)
    .where(_mine, outbox.c.reserved_for == bindparam("inbox_id"), _unsent, outbox.c.lease_until.is_(None))
    .values(reserved_until=null())
)
ANSWERED = Statement(
    select(*COLUMNS)
    .where(_mine, outbox.c.reserved_for == bindparam("inbox_id"), text("outbox.code = 'passive'"))
    .order_by(outbox.c.id)
    .limit(1)
)
SENT = Statement(
    update(outbox)
    .where(_held)
    .values(status=literal_column("'sent'"), ended_at=_now, message_id=bindparam("message_id"), **_let_go)
)
RETRY = Statement(
    update(outbox)
    .where(_held)
    .values(
        status=literal_column("'pending'"),
        not_before=bindparam("at", type_=Moment()),
        code=bindparam("code"),
        reserved_until=null(),
        **_let_go,
    )
)
POSTPONE = Statement(
    update(outbox)
    .where(_held)
    .values(
        status=literal_column("'pending'"),
        not_before=bindparam("at", type_=Moment()),
        attempts=outbox.c.attempts - 1,
        data=bindparam("data"),
        **_let_go,
    )
)
END = Statement(
    update(outbox).where(_held).values(status=bindparam("status"), ended_at=_now, code=bindparam("code"), **_let_go)
)
DATA = Statement(select(outbox.c.data).where(_held))
EXPIRE = Statement(
    update(outbox)
    .where(_mine, _unsent, outbox.c.expires_at <= _now, _free)
    .values(status=literal_column("'expired'"), ended_at=_now)
    .returning(*COLUMNS)
)
_others = and_(
    _due,
    outbox.c.recipient == bindparam("recipient"),
    outbox.c.id != bindparam("id"),
    outbox.c.priority < EMERGENCY,
)
PUT_OFF = Statement(update(outbox).where(_others).values(not_before=bindparam("at", type_=Moment())))
# Rows that a digest says are leased to it; they end together with the row that carries it, or are free again.
_absorbed = select(outbox.c.id).where(_others).with_for_update(skip_locked=True).cte("absorbed")
ABSORB = Statement(
    update(outbox)
    .where(outbox.c.id.in_(select(_absorbed.c.id)))
    .values(
        status=literal_column("'sending'"),
        lease_until=DatabaseNow() + bindparam("lease_us", type_=BigInteger),
        lease_owner=bindparam("digest"),
    )
    .returning(*COLUMNS)
)
_in_digest = and_(
    _mine, outbox.c.recipient == bindparam("recipient"), _unsent, outbox.c.lease_owner == bindparam("digest")
)
ABSORBED_SENT = Statement(
    update(outbox)
    .where(_in_digest)
    .values(status=literal_column("'sent'"), ended_at=_now, code=literal_column("'digest'"), **_let_go)
)
ABSORBED_FREE = Statement(update(outbox).where(_in_digest).values(status=literal_column("'pending'"), **_let_go))


def _useful_at(moment: ColumnElement[datetime]) -> ColumnElement[bool]:
    """A claim at `moment`, or now when that is past, would take the row: it has not expired by then."""
    return or_(outbox.c.expires_at.is_(None), and_(outbox.c.expires_at > moment, outbox.c.expires_at > _now))


NEXT_PLANNED = Statement(
    select(outbox.c.not_before)
    .where(
        _mine,
        _class,
        _unsent,
        _free,
        outbox.c.reserved_until.is_(None),
        _useful_at(outbox.c.not_before),
        ~_blocked_at(outbox.c.not_before),
    )
    .order_by(outbox.c.not_before)
    .limit(1)
)
NEXT_RESERVED = Statement(
    select(type_coerce(func.min(outbox.c.reserved_until), Moment)).where(
        _mine,
        _unsent,
        _free,
        outbox.c.reserved_until.is_not(None),
        _useful_at(outbox.c.reserved_until),
        ~_blocked_at(outbox.c.reserved_until),
    )
)
BACKLOG = Statement(select(func.count()).select_from(outbox).where(_mine, _unsent))
HISTORY = Statement(
    select(*COLUMNS)
    .where(_mine, outbox.c.recipient == bindparam("recipient"))
    .order_by(outbox.c.id.desc())
    .limit(bindparam("count", type_=Int))
)
GET = Statement(select(*COLUMNS).where(_this))
ENDED = Statement(
    select(*COLUMNS)
    .where(_mine, text("outbox.status IN ('dead', 'expired')"), outbox.c.status == bindparam("status"))
    .order_by(outbox.c.id.desc())
    .limit(bindparam("count", type_=Int))
)
REOPEN = Statement(
    update(outbox)
    .where(_this, text("outbox.status = 'dead'"))
    .values(
        status=literal_column("'pending'"),
        attempts=literal_column("0"),
        not_before=_now,
        ended_at=null(),
        expires_at=null(),
    )
)
LATELY = Statement(
    select(type_coerce(outbox.c.ended_at, Moment))
    .where(
        _mine,
        outbox.c.recipient == bindparam("recipient"),
        outbox.c.status == literal_column("'sent'"),
        outbox.c.priority < EMERGENCY,
        outbox.c.ended_at > bindparam("since", type_=Moment()),
        func.coalesce(outbox.c.code, literal_column("''")) != literal_column("'digest'"),
    )
    .order_by(outbox.c.id.desc())
    .limit(bindparam("count", type_=Int))
)
OF_TICKET = Statement(select(*COLUMNS).where(_mine, outbox.c.ticket_id == bindparam("ticket_id")).order_by(outbox.c.id))
