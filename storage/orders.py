"""Payment orders made with a provider for a bill or a part of it; their state only moves forward (INV-18)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer as Int
from sqlalchemy import bindparam, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import insert

from storage.columns import Moment
from storage.repository import Repository
from storage.statement import Statement
from storage.tables import orders

_FIELDS = ("out_trade_no", "account", "lane", "bill_id", "amount_fen", "status", "created_at", "transaction_id")
_COLUMNS = tuple(orders.c[name] for name in _FIELDS)
_mine = orders.c.community_id == bindparam("community")
_this = _mine & (orders.c.out_trade_no == bindparam("out_trade_no"))
_open = text("orders.status = 'open'")
_ADD = Statement(
    insert(orders)
    .values(community_id=bindparam("community"), **{name: bindparam(name) for name in _FIELDS})
    .on_conflict_do_nothing(index_elements=["community_id", "out_trade_no"])
)
_LOCK = Statement(select(*_COLUMNS).where(_this).with_for_update())
_PAID = Statement(
    update(orders)
    .where(_this, _open)
    .values(status=literal_column("'paid'"), transaction_id=bindparam("transaction_id"))
)
_CLOSE = Statement(update(orders).where(_this, _open).values(status=literal_column("'closed'")))
_WAITING = Statement(
    select(*_COLUMNS)
    .where(_mine, _open, orders.c.created_at < bindparam("before", type_=Moment()))
    .order_by(orders.c.created_at)
    .limit(bindparam("count", type_=Int))
)


@dataclass(frozen=True, slots=True)
class Order:
    """An order. `account` is the pay account, `lane` the payer's; `status` is open, paid or closed; amount in fen."""

    out_trade_no: str
    account: str
    lane: str
    bill_id: int
    amount_fen: int
    status: str
    created_at: datetime
    transaction_id: str | None = None


class Orders(Repository):
    """Orders by their number (out_trade_no)."""

    __slots__ = ()

    def add(self, order: Order) -> bool:
        """Remember an order before the provider is asked; False when its number is taken."""
        params = self._mine(**{name: getattr(order, name) for name in _FIELDS})
        return self._connection.run(_ADD, params) > 0

    def lock(self, out_trade_no: str) -> Order | None:
        """An order, locked until the end of the transaction, so that its notice is compared and booked once."""
        row = self._connection.row(_LOCK, self._mine(out_trade_no=out_trade_no))
        return None if row is None else Order(*row)

    def paid(self, out_trade_no: str, transaction_id: str) -> bool:
        """The order was paid; False when it was not open any more."""
        return self._connection.run(_PAID, self._mine(out_trade_no=out_trade_no, transaction_id=transaction_id)) > 0

    def close(self, out_trade_no: str) -> bool:
        """The order will not be paid; False when it was not open any more."""
        return self._connection.run(_CLOSE, self._mine(out_trade_no=out_trade_no)) > 0

    def waiting(self, before: datetime, limit: int = 100) -> tuple[Order, ...]:
        """Open orders made before a moment, oldest first: the provider is asked about them."""
        rows = self._connection.rows(_WAITING, self._mine(before=before, count=limit))
        return tuple(Order(*row) for row in rows)
