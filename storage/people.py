"""Residents of the roster and the homes they hold. Names and phones are opened here and nowhere else."""

from datetime import date

from sqlalchemy import bindparam, or_, select

from storage.homes import COLUMNS as HOME
from storage.homes import record as home_record
from storage.model import Person, Residency, Tenure
from storage.repository import Repository
from storage.statement import Row, Statement
from storage.tables import homes, people, residencies

#: What names and phones of residents are sealed for.
NAME, PHONE = "people.name", "people.phone"

_PERSON = (people.c.id, people.c.community_id, people.c.name, people.c.phone)
_HOLD = (
    residencies.c.person_id,
    residencies.c.tenure,
    residencies.c.since,
    residencies.c.until,
    residencies.c.payer,
)
_mine = people.c.community_id == bindparam("community")
_day = bindparam("day", type_=residencies.c.since.type)
_holds = residencies.c.community_id == bindparam("community")
_current = (
    _holds
    & or_(residencies.c.since.is_(None), residencies.c.since <= _day)
    & or_(residencies.c.until.is_(None), residencies.c.until >= _day)
)
_GET = Statement(select(*_PERSON).where(_mine, people.c.id == bindparam("id")))
_BY_ACCOUNT = Statement(
    select(*_PERSON).where(_mine, people.c.account == bindparam("account")).order_by(people.c.id).limit(1)
)
_BY_PHONE = Statement(
    select(*_PERSON).where(_mine, people.c.phone_hash == bindparam("phone_hash")).order_by(people.c.id)
)
_RESIDENCIES = Statement(
    select(*_HOLD, *HOME)
    .join(homes, homes.c.id == residencies.c.home_id)
    .where(_current, residencies.c.person_id == bindparam("person_id"))
    .order_by(residencies.c.id)
)
_OF_HOME = Statement(
    select(*_PERSON, *_HOLD, *HOME)
    .select_from(residencies)
    .join(people, people.c.id == residencies.c.person_id)
    .join(homes, homes.c.id == residencies.c.home_id)
    .where(_current, residencies.c.home_id == bindparam("home_id"))
    .order_by(residencies.c.id)
)


class People(Repository):
    """Residents."""

    __slots__ = ()

    def get(self, id_: int) -> Person | None:
        """One resident."""
        row = self._connection.row(_GET, self._mine(id=id_))
        return None if row is None else self._person(row)

    def find_by_account(self, user_id: str) -> Person | None:
        """The resident whose channel user id the roster names."""
        row = self._connection.row(_BY_ACCOUNT, self._mine(account=user_id))
        return None if row is None else self._person(row)

    def find_by_phone(self, phone: str) -> tuple[Person, ...]:
        """Residents with this phone number, found by its keyed hash."""
        rows = self._connection.rows(_BY_PHONE, self._mine(phone_hash=self._cipher.digest("phone", phone)))
        return tuple(self._person(row) for row in rows)

    def residencies(self, person_id: int, day: date) -> tuple[Residency, ...]:
        """The homes that a person holds on `day` (the estate's date); both ends of a hold are valid days."""
        rows = self._connection.rows(_RESIDENCIES, self._mine(person_id=person_id, day=day))
        return tuple(_residency(row) for row in rows)

    def of_home(self, home_id: int, day: date) -> tuple[tuple[Person, Residency], ...]:
        """The people of a home on `day` (the estate's date)."""
        rows = self._connection.rows(_OF_HOME, self._mine(home_id=home_id, day=day))
        width = len(_PERSON)
        return tuple((self._person(row[:width]), _residency(row[width:])) for row in rows)

    def _person(self, row: Row) -> Person:
        id_, community_id, name, phone = row
        return Person(id_, community_id, self._cipher.open(name, NAME), self._cipher.open_optional(phone, PHONE))


def _residency(row: Row) -> Residency:
    person_id, tenure, since, until, payer, *home = row
    return Residency(person_id, home_record(home), Tenure(tenure), since, until, payer)
