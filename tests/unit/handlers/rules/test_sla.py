"""Limits by type, urgency and level; clock stops (SLA-10..29, SLA-82, SLA-86, C-15, C-51)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.rules import sla
from handlers.rules.dated import current
from storage.model import TicketType as T

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
RULES = sla.SlaRules()
MINUTE, HOUR, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def limits(type_: T, urgency: str = "normal", level: str | None = None, **more: object) -> sla.Limits:
    return sla.limits(RULES, sla.Matter(type_, urgency, level, **more), NOW, DAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type_", "urgency", "respond", "finish"),
    [
        (T.REPAIR, "normal", 15 * MINUTE, 24 * HOUR),  # SLA-28
        (T.REPAIR, "urgent", 5 * MINUTE, 40 * MINUTE),  # SLA-28, SLA-29
        (T.REPAIR, "emergency", 3 * MINUTE, 40 * MINUTE),  # SLA-16
        (T.EMERGENCY, "emergency", 3 * MINUTE, 40 * MINUTE),
        (T.INQUIRY, "normal", 15 * MINUTE, 48 * HOUR),  # SLA-82
        (T.PAYMENT, "normal", 15 * MINUTE, 48 * HOUR),
        (T.SERVICE, "normal", 15 * MINUTE, 48 * HOUR),
        (T.SUGGESTION, "normal", 15 * MINUTE, 7 * DAYS),  # SLA-86
    ],
)
def test_limits_by_type_and_urgency(type_: T, urgency: str, respond: timedelta, finish: timedelta) -> None:
    assert limits(type_, urgency) == sla.Limits(NOW + respond, NOW + finish)


@pytest.mark.parametrize(
    ("level", "respond", "finish", "receive"),
    [
        ("major", 2 * DAYS, 10 * DAYS, 15 * MINUTE),  # SLA-10, SLA-11, SLA-12
        ("important", HOUR, 3 * DAYS, None),  # SLA-13, SLA-14
        ("minor", DAYS, 2 * DAYS, HOUR),  # SLA-15
        (None, DAYS, 2 * DAYS, HOUR),
    ],
)
def test_complaint_limits_by_level(
    level: str | None, respond: timedelta, finish: timedelta, receive: timedelta | None
) -> None:
    expected = sla.Limits(NOW + respond, NOW + finish, NOW + receive if receive else None)
    assert limits(T.COMPLAINT, level=level) == expected


def test_praise_has_no_limit() -> None:
    assert limits(T.PRAISE) == sla.Limits(None, None)


def test_appointment_is_the_finish_limit_of_a_normal_repair() -> None:
    wanted = (NOW + 5 * HOUR, NOW + 7 * HOUR)
    assert limits(T.REPAIR, wanted=wanted).finish == wanted[1]
    assert limits(T.REPAIR, wanted=(wanted[0], None)).finish == wanted[0]


def test_appointment_gone_by_counts_as_none() -> None:
    assert limits(T.REPAIR, wanted=(NOW - HOUR, NOW - MINUTE)).finish == NOW + 24 * HOUR


def test_urgent_job_ignores_the_appointment() -> None:
    assert limits(T.REPAIR, "urgent", wanted=(NOW + 9 * HOUR, None)).finish == NOW + 40 * MINUTE


@pytest.mark.parametrize("end", [NOW + 20 * HOUR, NOW + 5 * DAYS])
def test_minor_complaint_takes_the_residents_date(end: datetime) -> None:
    """SLA-15, C-15: earlier or later than two days."""
    found = limits(T.COMPLAINT, level="minor", wanted=(None, end))
    assert found.finish == end
    assert found.respond is not None
    assert found.respond <= end


def test_important_complaint_keeps_its_three_days() -> None:
    assert limits(T.COMPLAINT, level="important", wanted=(None, NOW + HOUR)).finish == NOW + 3 * DAYS


def test_newer_value_counts_from_its_day_on() -> None:
    """style.md 6: old values are kept."""
    later = sla.Accept(since=date(2026, 12, 1), minutes=10)
    rules = sla.SlaRules(accept=(sla.Accept(), later))
    assert sla.step_min(rules, "normal", date(2026, 11, 30)) == 15
    assert sla.step_min(rules, "normal", date(2026, 12, 1)) == 10


def test_before_the_first_start_the_earliest_value_holds() -> None:
    assert current((sla.Accept(),), date(2020, 1, 1)) == sla.Accept()


def test_a_rule_without_values_is_an_error() -> None:
    with pytest.raises(ValueError, match="dated value"):
        current((), DAY)


def test_warning_comes_with_a_fifth_of_the_time_left() -> None:
    assert sla.warn_at(RULES, NOW, NOW + 100 * MINUTE) == NOW + 80 * MINUTE


def test_arrival_leaves_time_for_the_work() -> None:
    assert sla.after_arrival(RULES, NOW + MINUTE, NOW, DAY) == NOW + 4 * HOUR
    assert sla.after_arrival(RULES, NOW + 9 * HOUR, NOW, DAY) == NOW + 9 * HOUR
    assert sla.after_arrival(RULES, None, NOW, DAY) == NOW + 4 * HOUR


def test_a_stopped_clock_moves_the_limit() -> None:
    """C-51."""
    assert sla.resumed(NOW + HOUR, NOW, NOW + 3 * HOUR) == NOW + 4 * HOUR
    assert sla.resumed(None, NOW, NOW + HOUR) is None
