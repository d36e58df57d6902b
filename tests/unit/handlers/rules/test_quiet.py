"""Allowed hours: inside is inside, a deadline at night is met earlier (C-47)."""

from datetime import datetime

import pytest

from handlers.rules.quiet import QuietHours, allowed, latest_before, next_allowed
from tests.unit.handlers.factory import ZONE

HOURS = QuietHours()


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        (local(22, 8, 59), False),
        (local(22, 9), True),
        (local(22, 19, 59), True),
        (local(22, 20), False),
        (local(22, 0), False),
    ],
)
def test_pushes_are_allowed_from_nine_to_eight(moment: datetime, *, inside: bool) -> None:
    assert allowed(HOURS, moment, ZONE) is inside


@pytest.mark.parametrize(
    ("moment", "next_"),
    [
        (local(22, 12), local(22, 12)),
        (local(22, 3), local(22, 9)),
        (local(22, 20), local(23, 9)),
        (local(22, 23, 30), local(23, 9)),
    ],
)
def test_next_allowed_moment(moment: datetime, next_: datetime) -> None:
    assert next_allowed(HOURS, moment, ZONE) == next_


@pytest.mark.parametrize(
    ("limit", "latest"),
    [
        (local(22, 12), local(22, 11, 50)),
        (local(22, 3), local(21, 19, 50)),
        (local(22, 9), local(21, 19, 50)),
        (local(22, 9, 10), local(22, 9)),
        (local(22, 20), local(22, 19, 50)),
        (local(22, 23), local(22, 19, 50)),
    ],
)
def test_a_deadline_is_met_earlier_never_later(limit: datetime, latest: datetime) -> None:
    assert latest_before(HOURS, limit, ZONE) == latest
    assert allowed(HOURS, latest_before(HOURS, limit, ZONE), ZONE)
