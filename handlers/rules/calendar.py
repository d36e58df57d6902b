"""Working days in China with make-up days 调休; a year without official data is flagged. Rules: INV-17, SLA-89."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import holidays


@dataclass(frozen=True, slots=True)
class CalendarRules:
    """What staff add to the official calendar once the State Council has published it.

    Attributes:
        days_off: dates that are free although the calendar says otherwise.
        workdays: dates that are worked although the calendar says otherwise (make-up days).
        official_years: years whose plan staff loaded themselves.
        warn_days: a coming year without official data is announced this many days ahead (INV-17).
    """

    days_off: tuple[date, ...] = field(default=())
    workdays: tuple[date, ...] = field(default=())
    official_years: tuple[int, ...] = field(default=())
    warn_days: int = 60


@cache
def _china(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year)


def official(rules: CalendarRules, year: int) -> bool:
    """Whether the free days of `year` are published or were loaded by staff (INV-17)."""
    published = getattr(_china(year), "special_public_holidays", {})
    return year in rules.official_years or year in published


def is_working_day(rules: CalendarRules, day: date) -> bool:
    """Whether the office works on `day`; a year without official data counts as plain weekdays (INV-17)."""
    if day in rules.workdays:
        return True
    if day in rules.days_off:
        return False
    if not official(rules, day.year):
        return day.weekday() < 5
    return bool(_china(day.year).is_working_day(day))


def year_to_announce(rules: CalendarRules, today: date) -> int | None:
    """The coming year when it has no official data and begins within `warn_days`, else None (INV-17)."""
    coming = today.year + 1
    near = date(coming, 1, 1) - today <= timedelta(days=rules.warn_days)
    return coming if near and not official(rules, coming) else None
