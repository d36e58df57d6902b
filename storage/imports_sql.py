"""Statements of the imports: find a row by its key, add it, change it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, bindparam, func, null, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.identities import adding
from storage.staff import NAME as STAFF_NAME
from storage.staff import PHONE as STAFF_PHONE
from storage.statement import Insertion, Statement
from storage.tables import bills, faq, homes, identities, people, residencies, staff


class Kind:
    """How rows of one table are imported: by `key`, with these `values`, of which some are sealed for a purpose."""

    def __init__(
        self,
        table: Table,
        key: tuple[str, ...],
        values: tuple[str, ...],
        sealed: Mapping[str, str] | None = None,
        once: tuple[str, ...] = (),
    ) -> None:
        """`once` are columns that are written with a new row and never changed by a later list."""
        self.values = values
        self.sealed = sealed or {}
        columns = table.c
        mine = columns.community_id == bindparam("community")
        same = [columns[name] == bindparam(name) for name in key]
        self.find = Statement(select(columns.id, *(columns[name] for name in values)).where(mine, *same))
        given: dict[str, Any] = {name: bindparam(name) for name in (*key, *values, *once)}
        self.add = Insertion(insert(table).values(community_id=bindparam("community"), **given))
        changed = {name: bindparam(f"new_{name}", type_=columns[name].type) for name in values}
        self.change = Statement(update(table).where(mine, columns.id == bindparam("id")).values(**changed))


HOME = Kind(homes, ("area", "building", "unit", "room"), ("floor_area_m2", "tenure_kind", "state", "notes"))
PERSON = Kind(
    people,
    ("identity_hash",),
    ("account", "notes"),
    once=("name", "phone", "phone_hash"),
)
RESIDENCY = Kind(residencies, ("person_id", "home_id", "tenure"), ("since", "until", "payer"))
MEMBER = Kind(
    staff,
    ("number",),
    ("name", "phone", "post", "team", "skills", "buildings", "account", "role", "notes"),
    {"name": STAFF_NAME, "phone": STAFF_PHONE},
)
BILL = Kind(
    bills,
    ("number",),
    ("home_id", "fee", "period", "amount_fen", "due_on", "paid_fen", "status", "paid_at", "extra"),
)
QUESTION = Kind(faq, ("question",), ("variants", "answer", "since", "until", "scope", "notes"))

HOME_ID = Statement(
    select(func.min(homes.c.id)).where(
        homes.c.community_id == bindparam("community"),
        homes.c.area == bindparam("area"),
        homes.c.building == bindparam("building"),
        homes.c.unit == bindparam("unit"),
        homes.c.room == bindparam("room"),
    )
)
ACCOUNT = adding(bound_at=bindparam("now"))
#: An account that the roster no longer names for a person speaks for itself again.
LOST_ACCOUNT = Statement(
    update(identities)
    .where(
        identities.c.community_id == bindparam("community"),
        identities.c.person_id == bindparam("person_id"),
        identities.c.user_id == bindparam("user_id"),
        identities.c.notice_version.is_(None),
    )
    .values(person_id=null(), bound_at=null(), lane="user:" + identities.c.channel + ":" + identities.c.user_id)
)
