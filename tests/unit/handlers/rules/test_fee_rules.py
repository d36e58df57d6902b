"""The reminder ladder of domain.md 6.3 as arithmetic (SLA-40, SLA-41, C-22)."""

from datetime import date, timedelta
from typing import Any

import pytest

from handlers.rules.fees import FeeRules, held_until, is_late, month_later, next_scan, next_step, owed_fen
from storage.model import Bill, BillStatus
from tests.unit.handlers.factory import NOW, ZONE

RULES = FeeRules()
DUE = date(2026, 11, 10)


def bill(**more: Any) -> Bill:
    values: dict[str, Any] = {"status": BillStatus.DUE, "paid_fen": 0} | more
    return Bill(
        1, "main", "B1", 1, "物业费", "2026-10", 10000, values.pop("paid_fen"), DUE, values.pop("status"), **values
    )


@pytest.mark.parametrize(
    ("days", "step"),
    [(-10, None), (-4, None), (-3, "friendly"), (-1, "friendly"), (0, "friendly"), (1, "due"), (9, "due")],
)
def test_sla_40_the_ladder_begins_around_the_due_date(days: int, step: str | None) -> None:
    assert next_step(bill(), None, DUE + timedelta(days=days), RULES) == step


def test_the_friendly_notice_is_sent_once() -> None:
    assert next_step(bill(extra={"reminded_on": "2026-11-07"}), None, date(2026, 11, 9), RULES) is None


def reminded(count: int, last: date, **more: Any) -> Bill:
    return bill(status=BillStatus.OVERDUE, reminded=count, extra={"reminded_on": last.isoformat()}, **more)


FIRST = date(2026, 11, 11)


@pytest.mark.parametrize(("days", "step"), [(1, None), (6, None), (7, "repeat"), (20, "repeat")])
def test_repeats_come_every_seven_days(days: int, step: str | None) -> None:
    assert next_step(reminded(1, FIRST), FIRST, FIRST + timedelta(days=days), RULES) == step


def test_after_four_repeats_the_ladder_is_silent_until_the_letter() -> None:
    last = FIRST + timedelta(days=28)
    assert next_step(reminded(4, last), FIRST, last + timedelta(days=7), RULES) == "repeat"
    assert next_step(reminded(5, last), FIRST, last + timedelta(days=7), RULES) is None


def test_sla_41_the_letter_comes_three_calendar_months_after_the_first_reminder() -> None:
    last = FIRST + timedelta(days=28)
    assert next_step(reminded(5, last), FIRST, date(2027, 2, 10), RULES) is None
    assert next_step(reminded(5, last), FIRST, date(2027, 2, 11), RULES) == "letter"


def test_the_letter_is_asked_for_once() -> None:
    sent = bill(status=BillStatus.OVERDUE, reminded=5, extra={"reminded_on": "2026-12-09", "letter_on": "2027-02-11"})
    assert next_step(sent, FIRST, date(2027, 3, 1), RULES) is None


def test_c_22_without_a_delivered_reminder_no_clock_runs() -> None:
    assert next_step(bill(status=BillStatus.OVERDUE), None, date(2027, 6, 1), RULES) == "due"


def test_a_promised_day_brings_one_reminder_on_that_day_then_the_usual_pace() -> None:
    held = reminded(1, date(2026, 11, 20), hold_until=date(2026, 11, 24))
    assert next_step(held, FIRST, date(2026, 11, 23), RULES) is None
    assert next_step(held, FIRST, date(2026, 11, 24), RULES) == "repeat"
    after = reminded(2, date(2026, 11, 24), hold_until=date(2026, 11, 24))
    assert next_step(after, FIRST, date(2026, 11, 25), RULES) is None
    assert next_step(after, FIRST, date(2026, 12, 1), RULES) == "repeat"


@pytest.mark.parametrize("status", [BillStatus.PAID, BillStatus.DISPUTED, BillStatus.CANCELLED])
def test_no_step_for_a_bill_that_is_settled_or_disputed(status: BillStatus) -> None:
    assert next_step(bill(status=status), None, date(2026, 12, 1), RULES) is None


def test_what_is_owed() -> None:
    assert owed_fen(bill(paid_fen=2500, status=BillStatus.PARTIAL)) == 7500
    assert owed_fen(bill(status=BillStatus.PAID)) == 0
    assert owed_fen(bill(paid_fen=99999)) == 0
    assert is_late(bill(), date(2026, 11, 11))
    assert not is_late(bill(), DUE)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 9, 15), 3, date(2026, 12, 15)),
    ],
)
def test_months_are_clipped_to_the_months_end(day: date, months: int, later: date) -> None:
    assert month_later(day, months) == later


def test_without_a_day_or_with_one_gone_by_reminders_rest_a_week() -> None:
    today = date(2026, 11, 22)
    assert held_until(None, today, RULES) == date(2026, 11, 29)
    assert held_until(date(2026, 11, 20), today, RULES) == date(2026, 11, 29)
    assert held_until(date(2026, 12, 5), today, RULES) == date(2026, 12, 5)


def test_the_next_scan_is_strictly_later() -> None:
    ten = NOW.astimezone(ZONE)
    assert next_scan(ten, RULES) == ten + timedelta(days=1)
    assert next_scan(ten - timedelta(minutes=1), RULES) == ten
