"""Bills and payments: booked once, forward only (P5, INV-7, INV-18)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from storage.database import Database
from storage.errors import Conflict
from storage.import_row import BillRow, HomeKey, HomeRow
from storage.model import Bill, BillStatus
from storage.orders import Order
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
TODAY = date(2026, 11, 24)
HOME = HomeKey(None, "3", "2", "501")


def bill(uow: UnitOfWork, number: str = "B1", period: str = "2026-10", due_on: date = TODAY) -> Bill:
    uow.imports.homes([HomeRow(HOME)], NOW)
    uow.imports.bills([BillRow(HOME, "物业费", period, 10_000, due_on, number)], NOW)
    found = uow.bills.by_number(number)
    assert found is not None
    return found[0]


def test_a_bill_comes_with_its_home(database: Database) -> None:
    with database.transaction() as uow:
        one = bill(uow)
        found = uow.bills.get(one.id)
        assert found is not None
        assert (found[0], found[1].label) == (one, "3栋2单元501")
        assert (one.amount_fen, one.paid_fen, one.status, one.due_on) == (10_000, 0, BillStatus.DUE, TODAY)
        assert uow.bills.by_number("none") is None


def test_bills_of_a_home_are_told_newest_period_first(database: Database) -> None:
    with database.transaction() as uow:
        for number, period in (("B1", "2026-09"), ("B2", "2026-11"), ("B3", "2026-10")):
            home_id = bill(uow, number, period).home_id
        assert [each.number for each in uow.bills.of_home(home_id)] == ["B2", "B3", "B1"]


def test_a_payment_is_booked_once(database: Database) -> None:
    with database.transaction() as uow:
        one = bill(uow)
        assert not uow.bills.booked("t1")
        assert uow.bills.book(one.id, "t1", 10_000, NOW)
        assert not uow.bills.book(one.id, "t1", 10_000, NOW)
        assert uow.bills.booked("t1")
        after = uow.bills.get(one.id)
        assert after is not None
        assert (after[0].status, after[0].paid_fen, after[0].paid_at) == (BillStatus.PAID, 10_000, NOW)


def test_parts_add_up(database: Database) -> None:
    with database.transaction() as uow:
        one = bill(uow)
        states = []
        for n, fen in enumerate((4_000, 5_999, 1)):
            uow.bills.book(one.id, f"t{n}", fen, NOW)
            found = uow.bills.get(one.id)
            assert found is not None
            states.append((found[0].status, found[0].paid_fen))
    assert states == [(BillStatus.PARTIAL, 4_000), (BillStatus.PARTIAL, 9_999), (BillStatus.PAID, 10_000)]


def test_money_for_a_cancelled_bill_is_kept_on_it(database: Database) -> None:
    with database.transaction() as uow:
        one = bill(uow)
        uow.bills.change(one.id, {"status": BillStatus.CANCELLED})
        assert uow.bills.book(one.id, "t1", 10_000, NOW)
        found = uow.bills.get(one.id)
        assert found is not None
        assert (found[0].status, found[0].paid_fen) == (BillStatus.CANCELLED, 10_000)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BillStatus.PAID, BillStatus.DUE),
        (BillStatus.PAID, BillStatus.DISPUTED),
        (BillStatus.OVERDUE, BillStatus.DUE),
        (BillStatus.PARTIAL, BillStatus.OVERDUE),
        (BillStatus.CANCELLED, BillStatus.DUE),
    ],
)
def test_a_bill_does_not_go_back(database: Database, before: BillStatus, after: BillStatus) -> None:
    with database.transaction() as uow:
        one = bill(uow)
        uow.bills.change(one.id, {"status": before})
        with pytest.raises(Conflict):
            uow.bills.change(one.id, {"status": after})


def test_a_settled_dispute_may_be_due_again(database: Database) -> None:
    with database.transaction() as uow:
        one = bill(uow)
        uow.bills.change(one.id, {"status": BillStatus.DISPUTED})
        assert uow.bills.change(one.id, {"status": BillStatus.DUE}).status is BillStatus.DUE


def test_reminders_are_counted_and_extra_is_merged(database: Database) -> None:
    with database.transaction() as uow:
        one = bill(uow)
        uow.bills.change(one.id, {"reminded": 1, "first_reminded_at": NOW}, {"promise": 1})
        after = uow.bills.change(one.id, {"hold_until": TODAY}, {"letter": 2})
        assert (after.reminded, after.first_reminded_at, after.hold_until) == (1, NOW, TODAY)
        assert after.extra == {"promise": 1, "letter": 2}
        with pytest.raises(ValueError, match="amount_fen"):
            uow.bills.change(one.id, {"amount_fen": 1})
        with pytest.raises(Conflict):
            uow.bills.change(404, {"reminded": 1})


def test_who_paid_or_disputes_or_is_not_due_is_not_reminded(database: Database) -> None:
    with database.transaction() as uow:
        unpaid = [bill(uow, f"B{n}") for n in range(3)]
        bill(uow, "later", due_on=TODAY + timedelta(days=1))
        uow.bills.change(bill(uow, "disputed").id, {"status": BillStatus.DISPUTED})
        uow.bills.book(bill(uow, "paid").id, "t", 10_000, NOW)
        first = uow.bills.remindable(TODAY, limit=2)
        rest = uow.bills.remindable(TODAY, after=first[-1][0].id, limit=2)
        assert [one.id for one, _ in (*first, *rest)] == [one.id for one in unpaid]
        assert uow.bills.overdue(TODAY) == 0
        assert uow.bills.overdue(TODAY + timedelta(days=1)) == 3


def test_an_order_is_paid_or_closed_once(database: Database) -> None:
    with database.transaction() as uow:
        one = bill(uow)
        order = Order("n1", "pay.main", "person:7", one.id, 10_000, "open", NOW)
        assert uow.orders.add(order)
        assert not uow.orders.add(order)
        assert uow.orders.waiting(NOW + timedelta(minutes=10)) == (order,)
        assert uow.orders.waiting(NOW) == ()
        assert uow.orders.paid("n1", "t1")
        assert not uow.orders.paid("n1", "t2")
        assert not uow.orders.close("n1")
        found = uow.orders.lock("n1")
        assert found is not None
        assert (found.status, found.transaction_id) == ("paid", "t1")
        assert uow.orders.lock("n2") is None
