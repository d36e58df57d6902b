"""When residents are asked: two pushes inside hours and before the limit (SLA-30..32, SLA-39, C-40, C-47)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.callback import CallbackRules, limit_of, plan
from handlers.rules.quiet import QuietHours, allowed
from tests.unit.handlers.factory import ZONE

RULES, HOURS = CallbackRules(), QuietHours()


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("kind", "days"), [("safety", 2), ("leak", 3), ("other", 2), ("suggestion", 7), ("anything", 2)]
)
def test_limits_of_the_kinds(kind: str, days: int) -> None:
    assert limit_of(RULES, kind, local(22, 10)) == local(22 + days, 10)


def test_first_push_a_day_after_the_finish_second_a_day_later() -> None:
    found = plan(RULES, HOURS, "other", local(22, 15), local(22, 15), ZONE)
    assert found.first == local(23, 15)
    assert found.second == local(24, 14, 50)
    assert found.limit == local(24, 15)
    assert found.call == local(24, 16, 50)


def test_leak_waits_two_days_and_has_three() -> None:
    found = plan(RULES, HOURS, "leak", local(22, 15), local(22, 15), ZONE)
    assert found.first == local(24, 15)
    assert found.second == local(25, 14, 50)
    assert found.limit == local(25, 15)


@pytest.mark.parametrize(
    ("finish", "first", "second"),
    [
        (local(22, 22), local(23, 19, 50), local(24, 19, 50)),
        (local(22, 3), local(22, 19, 50), local(23, 19, 50)),
        (local(22, 8), local(22, 19, 50), local(23, 19, 50)),
    ],
)
def test_pushes_at_night_are_sent_earlier(finish: datetime, first: datetime, second: datetime) -> None:
    """C-47."""
    found = plan(RULES, HOURS, "other", finish, finish, ZONE)
    assert (found.first, found.second) == (first, second)


def test_a_test_long_over_is_asked_about_at_the_next_chance() -> None:
    found = plan(RULES, HOURS, "leak", local(15, 10), local(22, 21), ZONE)
    assert found.first == local(23, 9)


@given(
    minutes=st.integers(0, 14 * 24 * 60),
    kind=st.sampled_from(["safety", "leak", "other", "suggestion"]),
)
def test_every_plan_keeps_hours_order_and_limit(minutes: int, kind: str) -> None:
    start = local(1, 0) + timedelta(minutes=minutes)
    found = plan(RULES, HOURS, kind, start, start, ZONE)
    assert start < found.first < found.second < min(found.limit, found.call)
    assert all(allowed(HOURS, moment, ZONE) for moment in (found.first, found.second, found.call))
