"""Who stands behind a channel user id, and in which lane he speaks.

An id that the roster names as somebody's account is bound from the start (design.md 11, Identity). Web chat ids are
random and issued by the server, so nobody can claim an account by choosing his id.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, BindParameter, bindparam, func, literal_column, null, or_, select, update
from sqlalchemy import Integer as Int
from sqlalchemy.dialects.postgresql import insert

from storage.model import Address, Identity, Person, Staff
from storage.people import People
from storage.repository import Repository, Scope
from storage.staff import Roster
from storage.statement import Statement
from storage.tables import identities, people, staff

#: Channel ids of one person that are looked at.
ADDRESSES = 20

_mine = identities.c.community_id == bindparam("community")
_this = _mine & (identities.c.channel == bindparam("channel")) & (identities.c.user_id == bindparam("user_id"))
_FIND = Statement(select(identities.c.lane, identities.c.person_id, identities.c.staff_id).where(_this))
_KNOWN_PERSON = Statement(
    select(func.min(people.c.id)).where(
        people.c.community_id == bindparam("community"), people.c.account == bindparam("user_id")
    )
)
_KNOWN_STAFF = Statement(
    select(func.min(staff.c.id)).where(
        staff.c.community_id == bindparam("community"), staff.c.account == bindparam("user_id")
    )
)


def adding(**more: BindParameter[Any]) -> Statement:
    """Insert of a channel user who is not known yet, with `more` than channel, user id, lane and person."""
    return Statement(
        insert(identities)
        .values(
            community_id=bindparam("community"),
            channel=bindparam("channel"),
            user_id=bindparam("user_id"),
            lane=bindparam("lane"),
            person_id=bindparam("person_id"),
            **more,
        )
        .on_conflict_do_nothing(index_elements=["community_id", "channel", "user_id"])
    )


_ADD = adding(staff_id=bindparam("staff_id"))
_BIND = Statement(
    update(identities)
    .where(_this)
    .values(
        lane=bindparam("lane"),
        person_id=bindparam("person_id"),
        bound_at=bindparam("now"),
        notice_version=bindparam("notice_version"),
    )
)
_UNBIND = Statement(
    update(identities)
    .where(_this)
    .values(lane=bindparam("lane"), person_id=null(), bound_at=null(), notice_version=null())
)
_BOUND = Statement(select(literal_column("1")).where(_mine, identities.c.person_id == bindparam("person_id")).limit(1))
_ADDRESS = Statement(
    select(identities.c.channel, identities.c.user_id)
    .where(_mine, identities.c.lane == bindparam("lane"))
    .order_by(func.coalesce(identities.c.bound_at, 0).desc(), identities.c.channel)
    .limit(bindparam("count", type_=Int))
)
_ADOPT = Statement(
    update(identities)
    .where(
        _mine,
        identities.c.user_id == bindparam("user_id"),
        or_(identities.c.person_id.is_(None), bindparam("staff_id", type_=BigInteger).is_not(None)),
        identities.c.staff_id.is_(None),
    )
    .values(
        lane=bindparam("lane"),
        person_id=func.coalesce(bindparam("person_id", type_=BigInteger), identities.c.person_id),
        staff_id=bindparam("staff_id", type_=BigInteger),
    )
)


class Identities(Repository):
    """Channel user ids."""

    __slots__ = ("_people", "_roster")

    def __init__(self, scope: Scope, people_: People, roster: Roster) -> None:
        super().__init__(scope)
        self._people = people_
        self._roster = roster

    def find(self, channel: str, user_id: str) -> Identity | None:
        """The identity of a channel user id that was seen or bound before."""
        row = self._connection.row(_FIND, self._mine(channel=channel, user_id=user_id))
        return None if row is None else Identity(channel, user_id, row[0], row[1], row[2])

    def ensure(self, channel: str, user_id: str) -> Identity:
        """The identity, made at the first contact; bound at once when the roster knows the id as an account."""
        found = self.find(channel, user_id)
        if found is not None:
            return found
        staff_id = self._connection.value(_KNOWN_STAFF, self._mine(user_id=user_id))
        person_id = self._connection.value(_KNOWN_PERSON, self._mine(user_id=user_id))
        lane = lane_of(channel, user_id, person_id, staff_id)
        identity = Identity(channel, user_id, lane, person_id, staff_id)
        params = self._mine(channel=channel, user_id=user_id, lane=lane, person_id=person_id, staff_id=staff_id)
        self._connection.run(_ADD, params)
        return identity

    def bind(self, channel: str, user_id: str, person_id: int, now: datetime, notice_version: str | None) -> Identity:
        """Bind a channel user id to a person; time and version of the notice are kept (reliability.md 6)."""
        before = self.ensure(channel, user_id)
        lane = before.lane if before.staff_id is not None else lane_of(channel, user_id, person_id, None)
        params = self._mine(
            channel=channel, user_id=user_id, lane=lane, person_id=person_id, now=now, notice_version=notice_version
        )
        self._connection.run(_BIND, params)
        return Identity(channel, user_id, lane, person_id, before.staff_id)

    def unbind(self, channel: str, user_id: str) -> None:
        """Forget who stands behind the id; it speaks in a lane of its own again."""
        lane = lane_of(channel, user_id, None, None)
        self._connection.run(_UNBIND, self._mine(channel=channel, user_id=user_id, lane=lane))

    def adopt(self, user_id: str, *, person_id: int | None = None, staff_id: int | None = None) -> None:
        """The roster now names this id as an account: bind what is unbound so far, on every channel."""
        lane = lane_of("", user_id, person_id, staff_id)
        params = self._mine(user_id=user_id, lane=lane, person_id=person_id, staff_id=staff_id)
        self._connection.run(_ADOPT, params)

    def lane_of_person(self, person_id: int) -> str | None:
        """The lane of a person who is bound on some channel, else None."""
        bound = self._connection.value(_BOUND, self._mine(person_id=person_id))
        return None if bound is None else f"person:{person_id}"

    def person_of_lane(self, lane: str) -> Person | None:
        """The resident behind a lane."""
        kind, _, id_ = lane.partition(":")
        return self._people.get(int(id_)) if kind == "person" else None

    def address_of(self, lane: str) -> Address | None:
        """Where the lane's owner was bound last."""
        row = self._connection.row(_ADDRESS, self._mine(lane=lane, count=1))
        return None if row is None else Address("resident", row[0], row[1])

    def addresses_of(self, lane: str) -> tuple[Address, ...]:
        """Wherever the lane's owner speaks, bound last first."""
        rows = self._connection.rows(_ADDRESS, self._mine(lane=lane, count=ADDRESSES))
        return tuple(Address("resident", channel, user_id) for channel, user_id in rows)

    def staff_by(self, channel: str, user_id: str) -> Staff | None:
        """The member of staff who speaks with this id."""
        identity = self.find(channel, user_id)
        if identity is not None and identity.staff_id is not None:
            return self._roster.get(identity.staff_id)
        return self._roster.by_account(user_id)


def lane_of(channel: str, user_id: str, person_id: int | None, staff_id: int | None) -> str:
    """The lane of a speaker (design.md 11): staff as staff, a bound person over all channels, else the id alone."""
    if staff_id is not None:
        return f"staff:{staff_id}"
    return f"user:{channel}:{user_id}" if person_id is None else f"person:{person_id}"
