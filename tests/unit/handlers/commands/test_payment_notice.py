"""A payment notice is booked once and only for the exact sum; everything else is finance's, told honestly."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from handlers.dialog.turn import take_turn
from handlers.effects import AddTask, BookPayment, CancelTimer, CloseTask, Say, ToLane, ToSpeaker
from handlers.facts import BillByNumber, BillsOf, LaneOfPerson, PaymentBooked, ResidentsOf
from storage.model import Bill, BillStatus, Residency, Tenure
from tests.unit.handlers.factory import HOME, NOW, OWNER, facts
from tests.unit.handlers.wording import of, titles, to_groups, to_resident

BILL = Bill(1, "main", "WY001", 1, "物业费", "2026年10月", 32000, 0, date(2026, 11, 10), BillStatus.OVERDUE)
KNOWN: dict[Any, Any] = {BillByNumber("WY001"): (BILL, HOME), BillsOf(1): (BILL,)}


def paid(
    amount: Any = 32000, bill: str = "WY001", transaction: str = "4200001", known: Any = None, **given: Any
) -> list[Any]:
    data = {"bill": bill, "amount_fen": amount, "transaction": transaction}
    return list(take_turn(facts(kind="pay", data=data, known=KNOWN | (known or {}), **given)).effects)


def test_the_exact_sum_is_booked_and_thanked_for() -> None:
    effects = paid()
    assert of(BookPayment, effects) == [BookPayment(1, "4200001", 32000, NOW)]
    said = to_resident(effects)
    assert "320.00元" in said
    assert "4200001" in said
    assert "谢谢" in said


def test_reminders_and_peoples_tasks_end_with_the_payment() -> None:
    effects = paid()
    assert CancelTimer("fees:1", "fee_remind") in effects
    assert CloseTask("ems_letter", "bill:WY001") in effects


def test_the_reminder_of_other_bills_stays() -> None:
    other = Bill(2, "main", "WY002", 1, "停车费", "2026年10月", 100, 0, date(2026, 11, 10), BillStatus.OVERDUE)
    assert not of(CancelTimer, paid(known={BillsOf(1): (BILL, other)}))


def test_a_repeated_notice_does_nothing() -> None:
    assert paid(known={PaymentBooked("4200001"): True}) == []


@pytest.mark.parametrize("amount", [31999, 32001, 1, 0, -32000, None, "32000", 320.0, True])
def test_another_sum_books_nothing_and_finance_looks(amount: Any) -> None:
    effects = paid(amount)
    assert not of(BookPayment, effects)
    assert [task.role for task in of(AddTask, effects)] == ["finance"]


def test_the_payer_hears_the_truth_and_the_group_no_figure() -> None:
    effects = paid(100)
    assert "暂时没有入账" in to_resident(effects)
    told = to_groups(effects)["finance"]
    assert not any(secret in told for secret in ("1.00", "320", "501", "周晓岚", "WY001"))
    assert "4200001" in titles(effects)[0]


def test_who_pays_a_bill_twice_hears_that_it_was_paid() -> None:
    done = replace(BILL, status=BillStatus.PAID, paid_fen=32000)
    effects = paid(32000, known={BillByNumber("WY001"): (done, HOME)})
    assert not of(BookPayment, effects)
    assert "之前已经付清" in to_resident(effects)
    assert "不一致" not in to_resident(effects)


def test_a_repeated_mismatch_is_said_once_only() -> None:
    assert {say.dedupe for say in of(Say, paid(100))} == {"mismatch:4200001:WY001", "mismatch_payer:4200001:WY001"}


def test_a_part_payment_left_the_rest_to_be_paid() -> None:
    part = Bill(1, "main", "WY001", 1, "物业费", "2026年10月", 32000, 20000, date(2026, 11, 10), BillStatus.PARTIAL)
    effects = paid(12000, known={BillByNumber("WY001"): (part, HOME)})
    assert of(BookPayment, effects)[0].amount_fen == 12000


def test_a_paid_bill_takes_no_second_payment() -> None:
    done = Bill(1, "main", "WY001", 1, "物业费", "2026年10月", 32000, 32000, date(2026, 11, 10), BillStatus.PAID)
    assert not of(BookPayment, paid(known={BillByNumber("WY001"): (done, HOME)}))


@pytest.mark.parametrize(("bill", "transaction"), [("WY999", "4200001"), ("", "4200001"), ("WY001", "")])
def test_an_unknown_bill_or_a_missing_transaction_fails_closed(bill: str, transaction: str) -> None:
    effects = paid(bill=bill, transaction=transaction)
    assert not of(BookPayment, effects)
    assert of(AddTask, effects)


def test_in_the_estates_lane_the_bound_owner_is_thanked() -> None:
    known = {
        ResidentsOf(1, date(2026, 11, 22)): ((OWNER, Residency(7, HOME, Tenure.OWNER)),),
        LaneOfPerson(7): "person:7",
    }
    says = of(Say, paid(known=known, lane="estate", person=None))
    assert [say.to for say in says] == [ToLane("person:7")]


def test_nobody_to_thank_still_books() -> None:
    effects = paid(lane="estate", person=None)
    assert of(BookPayment, effects)
    assert not of(Say, effects)


def test_a_stranger_who_pays_is_not_told_the_address() -> None:
    effects = paid(person=None)
    assert isinstance(of(Say, effects)[0].to, ToSpeaker)
    assert "501" not in to_resident(effects)


def test_the_letter_is_announced_only_while_the_bill_is_owed() -> None:
    data = {"event": "letter_sent", "data": {"bill": "WY001", "on": "2026-11-22"}, "ticket": None}
    said = to_resident(take_turn(facts(kind="told", data=data, known=KNOWN)).effects)
    assert "特快专递" in said
    assert not any(word in said for word in ("起诉", "法院", "停水", "停电"))
    done = Bill(1, "main", "WY001", 1, "物业费", "2026年10月", 32000, 32000, date(2026, 11, 10), BillStatus.PAID)
    known = KNOWN | {BillByNumber("WY001"): (done, HOME)}
    assert take_turn(facts(kind="told", data=data, known=known)).effects == ()
