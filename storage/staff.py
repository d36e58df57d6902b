"""The staff roster: tens of people, read often, so it is kept in memory with its version."""

from sqlalchemy import bindparam, select

from storage.model import Role, Staff
from storage.repository import Repository
from storage.statement import Row, Statement
from storage.tables import staff

#: What names and phones of staff are sealed for.
NAME, PHONE = "staff.name", "staff.phone"
#: The name of the roster's version.
VERSION = "staff"

_COLUMNS = (
    staff.c.id,
    staff.c.community_id,
    staff.c.number,
    staff.c.name,
    staff.c.phone,
    staff.c.post,
    staff.c.team,
    staff.c.skills,
    staff.c.buildings,
    staff.c.account,
    staff.c.role,
)
_ALL = Statement(select(*_COLUMNS).where(staff.c.community_id == bindparam("community")).order_by(staff.c.id))


class Roster(Repository):
    """Members of staff."""

    __slots__ = ()

    def all(self) -> tuple[Staff, ...]:
        """Everybody, in roster order."""
        return self._cached(VERSION, self._read)

    def get(self, id_: int) -> Staff | None:
        """One member of staff."""
        return next((member for member in self.all() if member.id == id_), None)

    def by_account(self, account: str) -> Staff | None:
        """The member of staff with this channel user id."""
        return next((member for member in self.all() if member.account == account), None)

    def by_number(self, number: str) -> Staff | None:
        """The member of staff with this number (工号)."""
        return next((member for member in self.all() if member.number == number), None)

    def _read(self) -> tuple[Staff, ...]:
        return tuple(self._member(row) for row in self._connection.rows(_ALL, self._mine()))

    def _member(self, row: Row) -> Staff:
        id_, community_id, number, name, phone, post, team, skills, buildings, account, role = row
        return Staff(
            id_,
            community_id,
            number,
            self._cipher.open(name, NAME),
            self._cipher.open_optional(phone, PHONE),
            post,
            team,
            tuple(skills),
            tuple(buildings),
            account,
            Role(role),
        )
