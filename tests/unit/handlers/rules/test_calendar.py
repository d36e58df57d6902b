"""Working days with make-up days; a year without official data is announced (INV-17, SLA-89)."""

from datetime import date

import pytest

from handlers.rules.calendar import CalendarRules, is_working_day, official, year_to_announce

RULES = CalendarRules()


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 10, 1), False),  # National Day
        (date(2025, 9, 28), True),  # a Sunday that is worked 调休
        (date(2025, 10, 11), True),  # a Saturday that is worked
        (date(2025, 11, 15), False),  # a plain Saturday
        (date(2025, 11, 17), True),
    ],
)
def test_official_calendar_with_make_up_days(day: date, *, worked: bool) -> None:
    assert is_working_day(RULES, day) is worked


def test_a_year_without_data_counts_plain_weekdays() -> None:
    assert not official(RULES, 2040)
    assert is_working_day(RULES, date(2040, 10, 1))
    assert not is_working_day(RULES, date(2040, 10, 6))


def test_staff_can_load_a_plan() -> None:
    rules = CalendarRules(days_off=(date(2040, 10, 1),), workdays=(date(2040, 10, 6),), official_years=(2040,))
    assert official(rules, 2040)
    assert not is_working_day(rules, date(2040, 10, 1))
    assert is_working_day(rules, date(2040, 10, 6))


@pytest.mark.parametrize(
    ("today", "rules", "year"),
    [
        (date(2039, 10, 1), RULES, None),
        (date(2039, 11, 15), RULES, 2040),
        (date(2039, 11, 15), CalendarRules(official_years=(2040,)), None),
    ],
)
def test_coming_year_is_announced_sixty_days_ahead(today: date, rules: CalendarRules, year: int | None) -> None:
    assert year_to_announce(rules, today) == year
