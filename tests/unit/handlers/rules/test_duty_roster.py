"""The roster resolves who gets alerts at any hour, several spans a day, gaps included (S-REPAIR-19, J-03)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.rules.dispatch import DispatchRules, duty
from storage.model import Role
from tests.unit.handlers.factory import staff

ZONE = ZoneInfo("Asia/Shanghai")
DAY, NIGHT, EXTRA = staff(1, "白班", Role.DUTY), staff(2, "夜班", Role.REPAIRER), staff(3, "加班", Role.SECURITY)
MANAGER = staff(4, "主管", Role.CS_MANAGER)
CREW = (DAY, NIGHT, EXTRA, MANAGER)


def on_duty(roster: dict[str, tuple[str, ...]], clock: str, crew: tuple[object, ...] = CREW) -> list[str]:
    local = datetime.fromisoformat(f"2026-11-23T{clock}:00").replace(tzinfo=ZONE)  # a Monday
    return [s.name for s in duty(DispatchRules(roster=roster), crew, local)]  # type: ignore[arg-type]  # Staff


@pytest.mark.parametrize(
    ("clock", "names"),
    [("08:00", ["白班"]), ("19:59", ["白班"]), ("20:00", ["夜班"]), ("23:30", ["夜班"]), ("07:59", ["夜班"])],
)
def test_spans_of_a_day_follow_each_other(clock: str, names: list[str]) -> None:
    spans = {"every": (f"{DAY.number}@08:00-20:00", f"{NIGHT.number}@20:00-08:00")}
    assert on_duty(spans, clock) == names


def test_two_may_be_there_at_once() -> None:
    assert on_duty({"mon": (DAY.number, f"{EXTRA.number}@10:00-12:00")}, "11:00") == ["白班", "加班"]


def test_a_gap_falls_to_whoever_has_the_role() -> None:
    assert on_duty({"every": (f"{NIGHT.number}@20:00-08:00",)}, "12:00") == ["白班"]


def test_nobody_on_duty_is_the_manager() -> None:
    assert on_duty({}, "03:00", (NIGHT, MANAGER)) == ["主管"]


@pytest.mark.parametrize("entry", ["N001@25:00-08:00", "N001@18:00", "N001@", "@18:00-08:00"])
def test_a_span_that_is_no_time_is_refused_at_start(entry: str) -> None:
    with pytest.raises(ValueError, match="roster"):
        DispatchRules(roster={"every": (entry,)})
