"""Bills, payments and payment orders. Money is integer fen; a transaction is booked once (P5, INV-18)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, bindparam, func, literal_column, select, text, update
from sqlalchemy import Integer as Int
from sqlalchemy.dialects.postgresql import insert

from storage.columns import Moment
from storage.errors import Conflict
from storage.homes import COLUMNS as HOME
from storage.homes import record as home_record
from storage.model import Bill, BillStatus, Home
from storage.repository import Repository
from storage.statement import Row, Statement
from storage.tables import bills, homes, payments

b = bills.c
_COLUMNS = (
    b.id,
    b.community_id,
    b.number,
    b.home_id,
    b.fee,
    b.period,
    b.amount_fen,
    b.paid_fen,
    b.due_on,
    b.status,
    b.paid_at,
    b.reminded,
    b.first_reminded_at,
    b.hold_until,
    b.extra,
)
_mine = b.community_id == bindparam("community")
_this = _mine & (b.id == bindparam("id"))
_read = select(*_COLUMNS, *HOME).join(homes, homes.c.id == b.home_id)
_OF_HOME = Statement(
    select(*_COLUMNS)
    .where(_mine, b.home_id == bindparam("home_id"))
    .order_by(b.period.desc(), b.due_on.desc(), b.id.desc())
)
_GET = Statement(_read.where(_this))
_LOCK = Statement(_read.where(_this).with_for_update(of=bills))
_BY_NUMBER = Statement(_read.where(_mine, b.number == bindparam("number")))
_UNPAID = text("bills.status IN ('due', 'overdue', 'partial')")
_REMINDABLE = Statement(
    _read.where(
        _mine,
        _UNPAID,
        b.id > bindparam("after", type_=BigInteger),
        b.due_on <= bindparam("until", type_=Date),
    )
    .order_by(b.id)
    .limit(bindparam("count", type_=Int))
)
_WRITE = Statement(
    update(bills)
    .where(_this)
    .values(
        status=bindparam("new_status"),
        paid_fen=bindparam("new_paid_fen", type_=BigInteger),
        paid_at=bindparam("new_paid_at", type_=Moment()),
        reminded=bindparam("new_reminded", type_=Int),
        first_reminded_at=bindparam("new_first_reminded_at", type_=Moment()),
        hold_until=bindparam("new_hold_until", type_=Date),
        extra=bindparam("new_extra", type_=b.extra.type),
    )
)
_BOOK = Statement(
    insert(payments)
    .values(
        community_id=bindparam("community"),
        transaction_id=bindparam("transaction"),
        bill_id=bindparam("bill_id"),
        amount_fen=bindparam("amount_fen"),
        paid_at=bindparam("paid_at"),
    )
    .on_conflict_do_nothing(index_elements=["community_id", "transaction_id"])
)
_BOOKED = Statement(
    select(literal_column("1")).where(
        payments.c.community_id == bindparam("community"), payments.c.transaction_id == bindparam("transaction")
    )
)
_OVERDUE = Statement(
    select(func.count()).select_from(bills).where(_mine, _UNPAID, b.due_on < bindparam("day", type_=Date))
)

_CHANGEABLE = frozenset({"status", "paid_fen", "paid_at", "reminded", "first_reminded_at", "hold_until"})
#: States move forward only (INV-18); a dispute may be settled either way.
_NEXT: Mapping[BillStatus, frozenset[BillStatus]] = {
    BillStatus.DUE: frozenset(BillStatus),
    BillStatus.OVERDUE: frozenset(BillStatus) - {BillStatus.DUE},
    BillStatus.PARTIAL: frozenset(BillStatus) - {BillStatus.DUE, BillStatus.OVERDUE},
    BillStatus.DISPUTED: frozenset(BillStatus),
    BillStatus.PAID: frozenset({BillStatus.PAID}),
    BillStatus.CANCELLED: frozenset({BillStatus.CANCELLED}),
}


class Bills(Repository):
    """Bills of homes."""

    __slots__ = ()

    def of_home(self, home_id: int) -> tuple[Bill, ...]:
        """All bills of a home, newest period first."""
        return tuple(_record(row) for row in self._connection.rows(_OF_HOME, self._mine(home_id=home_id)))

    def get(self, id_: int) -> tuple[Bill, Home] | None:
        """A bill with its home."""
        row = self._connection.row(_GET, self._mine(id=id_))
        return None if row is None else _with_home(row)

    def by_number(self, number: str) -> tuple[Bill, Home] | None:
        """A bill by its number (单号), with its home."""
        row = self._connection.row(_BY_NUMBER, self._mine(number=number))
        return None if row is None else _with_home(row)

    def remindable(self, until: date, after: int = 0, limit: int = 20) -> tuple[tuple[Bill, Home], ...]:
        """Unpaid, undisputed bills due by `until` whose id is above `after`, lowest id first (fee runs)."""
        rows = self._connection.rows(_REMINDABLE, self._mine(until=until, after=after, count=limit))
        return tuple(_with_home(row) for row in rows)

    def change(self, id_: int, changes: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> Bill:
        """Change a bill; `extra` is merged into the stored one.

        Raises:
            Conflict: the status would move back, or there is no such bill.
            ValueError: a field that cannot be changed.
        """
        unknown = changes.keys() - _CHANGEABLE
        if unknown:
            raise ValueError(f"a bill's {', '.join(sorted(unknown))} cannot be changed")
        row = self._connection.row(_LOCK, self._mine(id=id_))
        if row is None:
            raise Conflict(f"no bill {id_}")
        before = _with_home(row)[0]
        fields = {name: changes.get(name, getattr(before, name)) for name in _CHANGEABLE}
        status = BillStatus(fields["status"])
        if status not in _NEXT[before.status]:
            raise Conflict(f"bill {id_} is {before.status}")
        fields |= {"status": status.value, "extra": {**before.extra, **(extra or {})}}
        self._connection.run(_WRITE, self._mine(id=id_, **{f"new_{name}": value for name, value in fields.items()}))
        return self._known(id_)

    def book(self, bill_id: int, transaction: str, amount_fen: int, paid_at: datetime) -> bool:
        """Book a payment of `amount_fen`; False when the provider's transaction was booked before."""
        params = self._mine(bill_id=bill_id, transaction=transaction, amount_fen=amount_fen, paid_at=paid_at)
        if not self._connection.run(_BOOK, params):
            return False
        row = self._connection.row(_LOCK, self._mine(id=bill_id))
        if row is None:
            raise Conflict(f"no bill {bill_id}")
        bill = _with_home(row)[0]
        paid_fen = bill.paid_fen + amount_fen
        full = paid_fen >= bill.amount_fen
        status = BillStatus.PAID if full else BillStatus.PARTIAL
        changes: dict[str, Any] = {"paid_fen": paid_fen, "paid_at": paid_at}
        if status in _NEXT[bill.status]:
            changes["status"] = status
        self.change(bill_id, changes)
        return True

    def booked(self, transaction: str) -> bool:
        """Whether a provider's transaction was booked before."""
        return self._connection.value(_BOOKED, self._mine(transaction=transaction)) is not None

    def overdue(self, day: date) -> int:
        """How many unpaid bills were due before `day`."""
        return int(self._connection.value(_OVERDUE, self._mine(day=day)))

    def _known(self, id_: int) -> Bill:
        found = self.get(id_)
        if found is None:
            raise AssertionError("a bill that was just written must exist")
        return found[0]


def _record(row: Row) -> Bill:
    fields = list(row)
    fields[9] = BillStatus(row[9])
    return Bill(*fields)


def _with_home(row: Row) -> tuple[Bill, Home]:
    width = len(_COLUMNS)
    return _record(row[:width]), home_record(row[width:])
