"""Who gets a job, who is on duty, how alarms climb (S-TRI-03, domain.md 10.2, design.md 10, C-36)."""

from dataclasses import replace
from datetime import datetime

import pytest

from handlers.rules import dispatch
from handlers.rules.dispatch import DispatchRules, Rung
from storage.model import Role, Staff
from tests.unit.handlers.factory import STAFF, ZONE, staff

RULES = DispatchRules()
DUTY, SUPERVISOR, REPAIRER, MANAGER, DIRECTOR, DESK = STAFF
GUARD = staff(7, "张保国", Role.SECURITY, post="秩序维护员")
GUARD_HEAD = staff(8, "赵队", Role.SECURITY, post="秩序队长")
CLEANER = staff(9, "吴芳", Role.CLEANING)
SECOND = replace(staff(10, "钱进", Role.REPAIRER, skills=("木工",)), buildings=("3",))
LEADER = staff(11, "总经理", Role.COMPANY_LEADER)
ALL = (*STAFF, GUARD, GUARD_HEAD, CLEANER, SECOND, LEADER)


@pytest.mark.parametrize(
    ("group", "head"),
    [("repair", SUPERVISOR), ("order", GUARD_HEAD), ("clean", MANAGER), ("service", MANAGER), ("manager", MANAGER)],
)
def test_head_of_a_department(group: str, head: Staff) -> None:
    assert dispatch.head_of(RULES, group, ALL) == head


def test_department_without_head_and_manager_goes_to_the_director() -> None:
    assert dispatch.head_of(RULES, "clean", (CLEANER, DIRECTOR)) == DIRECTOR
    assert dispatch.head_of(RULES, "clean", (CLEANER,)) is None


def test_accused_head_does_not_decide() -> None:
    """S-COMP-24."""
    assert dispatch.head_of(RULES, "repair", ALL, without={SUPERVISOR.id}) == MANAGER


@pytest.mark.parametrize(
    ("roster", "on_duty"),
    [({}, (DUTY,)), ({"every": ("W007",)}, (GUARD,)), ({"sun": ("W009",)}, (CLEANER,)), ({"mon": ("W009",)}, (DUTY,))],
)
def test_duty_by_roster_else_by_role(roster: dict[str, tuple[str, ...]], on_duty: tuple[Staff, ...]) -> None:
    sunday = datetime(2026, 11, 22, 23, 0, tzinfo=ZONE)
    assert dispatch.duty(DispatchRules(roster=roster), ALL, sunday) == on_duty


def test_without_duty_the_manager_then_the_director_is_called() -> None:
    night = datetime(2026, 11, 22, 23, 0, tzinfo=ZONE)
    assert dispatch.duty(RULES, (MANAGER, DIRECTOR), night) == (MANAGER,)
    assert dispatch.duty(RULES, (DIRECTOR,), night) == (DIRECTOR,)


def test_alarm_climbs_group_next_man_head_manager_director_company() -> None:
    steps = [dispatch.rung(RULES, "repair", ALL, n, next_fitting=REPAIRER.id, without=()) for n in range(1, 8)]
    ids = [(REPAIRER.id,), (SUPERVISOR.id,), (MANAGER.id,), (DIRECTOR.id,), (LEADER.id,), (LEADER.id,), (LEADER.id,)]
    assert steps == [Rung(True, told) for told in ids]
    assert dispatch.top(RULES, "repair", ALL, ()) == 5


def test_alarm_without_people_stays_in_the_group() -> None:
    assert dispatch.rung(RULES, "repair", (), 3, next_fitting=None, without=()) == Rung(True, ())
    assert dispatch.top(RULES, "repair", (), ()) == 1


def test_candidates_by_skill_building_load_with_reasons() -> None:
    """S-TRI-03: each choice explains why."""
    third = staff(12, "孙力", Role.REPAIRER)
    found = dispatch.candidates(
        (third, SECOND, REPAIRER), {third.id: 2}, category="water_leak", skills=("水",), building="3"
    )
    assert [(c.staff, c.reasons) for c in found] == [
        (REPAIRER, ("skill", "free")),
        (SECOND, ("building", "free")),
        (third, ("load",)),
    ]
    assert dispatch.candidates((third,), {}, category="x", skills=(), building=None, without={third.id}) == ()


@pytest.mark.parametrize(
    ("who", "group", "sees"),
    [
        (REPAIRER, "repair", True),
        (REPAIRER, "clean", False),
        (DESK, "finance", True),
        (GUARD_HEAD, "repair", False),
        (GUARD_HEAD, "order", True),
        (CLEANER, None, True),
        (replace(CLEANER, team="repair"), "repair", True),
    ],
)
def test_who_sees_a_departments_tickets(who: Staff, group: str | None, *, sees: bool) -> None:
    assert dispatch.sees(who, group) is sees


def test_dispatchers_are_named_in_their_skills() -> None:
    """C-36."""
    assert dispatch.may_dispatch(RULES, replace(GUARD, skills=("派工",)))
    assert not dispatch.may_dispatch(RULES, GUARD)


@pytest.mark.parametrize(("hour", "night"), [(23, True), (3, True), (7, False), (21, False)])
def test_night(hour: int, *, night: bool) -> None:
    assert dispatch.is_night(RULES, datetime(2026, 11, 22, hour, tzinfo=ZONE)) is night
