"""Warnings, breaches that climb, the honest word to the resident (SLA-10..29, SLA-23, AL-10, domain.md 10.2)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.dialog.form import Step
from handlers.effects import AddTask, Say, SetTimer
from handlers.facts import AllStaff
from handlers.timers import sla
from storage.model import Ticket, TicketStatus, TicketType
from tests.unit.handlers.factory import NOW, ZONE, facts, ticket
from tests.unit.handlers.staff.speaking import (
    BOSS,
    DIRECTOR,
    DUTY,
    GUARD,
    LI,
    MANAGER,
    ZHANG,
    groups_hear,
    known,
    of,
    read,
    resident_hears,
    staff_hear,
    timers,
)

S, T = TicketStatus, TicketType
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEW = ticket(3, number="R261122-003", respond_due=NOW, finish_due=NOW + HOUR)
HELD = replace(NEW, status=S.ACCEPTED, assignee_id=LI.id, accepted_at=NOW)
COMPLAINT = ticket(
    3, number="C261122-003", type=T.COMPLAINT, category="parking", level="important", group="order", respond_due=NOW
)
EMERGENCY = ticket(3, number="E261122-003", type=T.EMERGENCY, urgency="emergency", category="lift", respond_due=NOW)


def fire(kind: str, job: Ticket, now: datetime = NOW, answers: Any = None, **data: Any) -> list[Step]:
    """One timer; every text is rendered."""
    steps = sla.fire(kind, "ticket:3", data, facts(kind="timer", known=known(job, answers=answers or {}), now=now))
    for say in of(Say, steps):
        read(say, (job,), now)
    return steps


def following(steps: list[Step]) -> SetTimer:
    (only,) = of(SetTimer, steps)
    assert isinstance(only, SetTimer)
    return only


@pytest.mark.parametrize("kind", sla.KINDS)
@pytest.mark.parametrize("status", [S.CLOSED, S.CANCELLED, S.MERGED])
def test_ended_ticket_alarms_nobody(kind: str, status: TicketStatus) -> None:
    assert fire(kind, replace(NEW, status=status)) == []


@pytest.mark.parametrize("kind", [k for k in sla.KINDS if not k.startswith("rule")])
@pytest.mark.parametrize("status", [S.DONE, S.CONFIRMED, S.SUSPENDED])
def test_finished_or_suspended_ticket_alarms_nobody(kind: str, status: TicketStatus) -> None:
    assert fire(kind, replace(HELD, status=status)) == []


def test_unknown_ticket_is_left_alone() -> None:
    assert sla.fire("respond_warn", "ticket:77", {}, facts(kind="timer")) == []
    assert sla.fire("respond_warn", "nonsense", {}, facts(kind="timer")) == []


@pytest.mark.parametrize("kind", ["respond_warn", "respond_breach"])
def test_taken_job_stops_the_alarm(kind: str) -> None:
    assert fire(kind, HELD) == []
    assert fire(kind, replace(NEW, extra={"received": {"by": 2}})) == []


def test_warning_goes_to_the_group_or_to_who_was_assigned() -> None:
    assert groups_hear(fire("respond_warn", NEW)) == {"repair": ["ticket.late.respond_warn"]}
    assigned = replace(NEW, status=S.ASSIGNED, assignee_id=LI.id)
    assert staff_hear(fire("respond_warn", assigned)) == {LI.id: ["ticket.late.respond_warn"]}


@pytest.mark.parametrize(
    ("step", "told"),
    [(1, LI.id), (2, BOSS.id), (3, MANAGER.id), (4, DIRECTOR.id)],
)
def test_unaccepted_job_climbs_next_man_head_manager_director(step: int, told: int) -> None:
    """design.md 10: 15 min the group and the next fitting person, 30 min the supervisor, then the ladder."""
    steps = fire("respond_breach", NEW, step=step)
    assert groups_hear(steps) == {"repair": ["ticket.late.respond"]}
    assert set(staff_hear(steps)) == {told}


def test_alarm_steps_come_every_fifteen_or_five_minutes() -> None:
    assert following(fire("respond_breach", NEW, step=1)).due_at == NOW + 15 * MINUTE
    urgent = replace(NEW, urgency="urgent")
    assert following(fire("respond_breach", urgent, step=1)).due_at == NOW + 5 * MINUTE
    assert following(fire("respond_breach", urgent, step=1)).data == {"step": 2}


def test_at_the_top_a_task_remains() -> None:
    steps = fire("respond_breach", NEW, step=4)
    assert [task.kind for task in of(AddTask, steps)] == ["overdue"]
    assert timers(steps) == {}


def test_next_man_is_not_the_one_who_did_not_answer() -> None:
    assigned = replace(NEW, status=S.ASSIGNED, assignee_id=LI.id)
    assert set(staff_hear(fire("respond_breach", assigned, step=1))) == {ZHANG.id}


def test_emergency_is_repeated_until_somebody_is_there_and_the_duty_always_hears() -> None:
    """SLA-16."""
    steps = fire("respond_breach", EMERGENCY, step=1)
    assert DUTY.id in staff_hear(steps)
    assert following(steps).due_at == NOW + 3 * MINUTE
    assert following(fire("respond_breach", EMERGENCY, step=12)).due_at == NOW + 15 * MINUTE
    assert following(fire("respond_breach", EMERGENCY, step=99)).due_at == NOW + HOUR
    assert all(say.urgent for say in of(Say, steps))


def test_at_night_a_normal_job_waits_with_the_duty() -> None:
    """domain.md 10.2."""
    night = datetime(2026, 11, 22, 23, 30, tzinfo=ZONE)
    steps = fire("respond_breach", NEW, now=night, step=2)
    assert set(staff_hear(steps)) == {DUTY.id}
    assert following(steps).due_at == datetime(2026, 11, 23, 7, 0, tzinfo=ZONE)
    assert following(steps).data == {"step": 2}
    early = datetime(2026, 11, 23, 3, 0, tzinfo=ZONE)
    assert following(fire("respond_breach", NEW, now=early, step=2)).due_at == datetime(2026, 11, 23, 7, tzinfo=ZONE)


def test_at_night_an_urgent_job_climbs() -> None:
    night = datetime(2026, 11, 22, 23, 30, tzinfo=ZONE)
    assert set(staff_hear(fire("respond_breach", replace(NEW, urgency="urgent"), now=night, step=2))) == {BOSS.id}


def test_important_complaint_is_answered_by_receipt_others_by_contact() -> None:
    received = {"received": {"by": GUARD.id}}
    assert fire("respond_breach", replace(COMPLAINT, extra=received)) == []
    major = replace(COMPLAINT, level="major", extra=received)
    assert groups_hear(fire("respond_breach", major)) == {"order": ["ticket.late.answer"]}
    assert fire("respond_breach", replace(major, extra={"contacted": {"by": GUARD.id}})) == []


def test_late_answer_climbs_from_the_head() -> None:
    """SLA-13: cs_manager, then director."""
    held = replace(COMPLAINT, assignee_id=GUARD.id)
    told = [set(staff_hear(fire("respond_breach", held, step=step))) for step in (1, 2, 3)]
    assert told == [{GUARD.id}, {MANAGER.id}, {DIRECTOR.id}]


def test_warning_of_a_complaint_asks_for_an_answer() -> None:
    assert groups_hear(fire("respond_warn", COMPLAINT)) == {"order": ["ticket.late.answer_warn"]}


def test_personal_complaint_is_warned_about_in_private_past_the_accused() -> None:
    secret = replace(COMPLAINT, group="repair", extra={"accused_ids": [BOSS.id]})
    assert (groups_hear(fire("respond_warn", secret)), set(staff_hear(fire("respond_warn", secret)))) == (
        {},
        {MANAGER.id},
    )
    steps = fire("respond_breach", secret, step=1)
    assert (groups_hear(steps), set(staff_hear(steps))) == ({}, {MANAGER.id})
    nobody = fire("respond_warn", secret, answers={AllStaff(): ()})
    assert of(Say, nobody) == []


def test_unreceived_complaint_is_repeated_until_received() -> None:
    major = replace(COMPLAINT, level="major")
    steps = fire("receive_breach", major, step=1)
    assert set(staff_hear(steps)) == {GUARD.id}
    assert [button.key for button in of(Say, steps)[0].buttons] == ["receive:{ticket}"]
    assert fire("receive_breach", replace(major, extra={"received": {"by": 1}})) == []
    assert fire("receive_breach", replace(major, status=S.ACCEPTED)) == []


@pytest.mark.parametrize(
    ("stage", "key"), [("arrive", "ticket.late.arrive_warn"), ("finish", "ticket.late.finish_warn")]
)
def test_who_has_the_job_is_warned_before_the_limit(stage: str, key: str) -> None:
    assert staff_hear(fire("finish_warn", HELD, stage=stage)) == {LI.id: [key]}


@pytest.mark.parametrize("kind", ["finish_warn", "finish_breach", "late_notice"])
def test_arrival_in_time_satisfies_the_arrival_limit(kind: str) -> None:
    assert fire(kind, replace(HELD, arrived_at=NOW), stage="arrive") == []


@pytest.mark.parametrize(
    ("step", "told", "aloud"),
    [(1, {LI.id, BOSS.id}, True), (2, {MANAGER.id}, False), (3, {DIRECTOR.id}, False)],
)
def test_late_work_climbs_from_its_man_and_his_head(step: int, told: set[int], *, aloud: bool) -> None:
    steps = fire("finish_breach", HELD, step=step, stage="finish")
    assert set(staff_hear(steps)) == told
    assert bool(groups_hear(steps)) is aloud
    assert [button.key for button in of(Say, steps)[0].buttons] == ["acknowledge:{ticket}"]


def test_late_work_ends_at_the_top_with_a_task() -> None:
    assert [t.kind for t in of(AddTask, fire("finish_breach", HELD, step=3))] == ["overdue"]
    assert following(fire("finish_breach", HELD, step=2)).data == {"step": 3}


def test_resident_hears_before_we_are_late_when_he_hears_more() -> None:
    """SLA-23."""
    steps = fire("late_notice", HELD, round=1, stage="finish")
    (push,) = [say for say in of(Say, steps) if say.key == "ticket.said.late"]
    assert push.params["word"] == NOW + HOUR
    assert staff_hear(steps) == {LI.id: ["ticket.late.promised"], BOSS.id: ["ticket.late.promised"]}
    assert following(steps).data == {"round": 2, "stage": "finish", "told_at": NOW.isoformat()}
    assert following(steps).due_at == NOW + HOUR


def test_second_word_brings_the_manager_then_a_person_calls() -> None:
    steps = fire("late_notice", HELD, round=2)
    assert resident_hears(steps) == ["ticket.said.late.again"]
    assert MANAGER.id in staff_hear(steps)
    last = fire("late_notice", HELD, round=3)
    assert [t.kind for t in of(AddTask, last)] == ["overdue"]
    assert resident_hears(last) == []


def test_word_given_meanwhile_is_enough() -> None:
    told = (NOW - HOUR).isoformat()
    spoken = replace(HELD, extra={"contacted": {"at": NOW.isoformat()}})
    assert fire("late_notice", spoken, round=2, told_at=told) == []
    earlier = replace(HELD, extra={"contacted": {"at": (NOW - DAY).isoformat()}})
    assert fire("late_notice", earlier, round=2, told_at=told) != []


def test_resident_is_not_woken_for_a_normal_job() -> None:
    night = datetime(2026, 11, 22, 23, 30, tzinfo=ZONE)
    steps = fire("late_notice", HELD, now=night, round=1)
    assert resident_hears(steps) == []
    assert following(steps).due_at == datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
    assert resident_hears(fire("late_notice", replace(HELD, urgency="urgent"), now=night)) == ["ticket.said.late"]


@pytest.mark.parametrize(
    ("needs", "rule", "told", "key"),
    [
        ("measure", "SLA-18", MANAGER.id, "ticket.late.rule"),
        ("result", "SLA-19", MANAGER.id, "ticket.late.rule"),
        ("contacted", "SLA-22", MANAGER.id, "ticket.late.rule"),
        ("contacted", "SLA-94", MANAGER.id, "ticket.late.low_score"),
        ("offlist", "SLA-83", MANAGER.id, "ticket.late.rule"),
    ],
)
def test_other_limits_without_their_record_are_told(needs: str, rule: str, told: int, key: str) -> None:
    steps = fire(f"rule_due_{needs}", COMPLAINT, rule=rule, needs=needs)
    assert staff_hear(steps) == {told: [key]}
    assert fire(f"rule_due_{needs}", replace(COMPLAINT, extra={needs: {"by": 1}}), rule=rule) == []


@pytest.mark.parametrize("status", [TicketStatus.NEW, TicketStatus.DONE, TicketStatus.CLOSED])
def test_measure_is_looked_at_on_its_day_closed_or_not(status: TicketStatus) -> None:
    """S-COMP-13, SLA-21."""
    measured = replace(COMPLAINT, status=status, extra={"measure": {"text": "加装地锁"}})
    steps = fire("rule_due_verified", measured, rule="SLA-21", needs="verified")
    assert staff_hear(steps) == {DIRECTOR.id: ["ticket.verify.ask"]}
    assert [task.kind for task in of(AddTask, steps)] == ["verify_measure"]


def test_measure_that_was_verified_or_withdrawn_is_not_asked_about() -> None:
    looked = {"measure": {"text": "加装地锁"}, "verified": {"by": 1}}
    assert fire("rule_due_verified", replace(COMPLAINT, extra=looked)) == []
    gone = replace(COMPLAINT, status=TicketStatus.CANCELLED, extra={"measure": {"text": "加装地锁"}})
    assert fire("rule_due_verified", gone) == []
    assert fire("rule_due_verified", COMPLAINT) == []


def test_other_limits_are_told_to_the_handler_too_but_not_to_the_accused() -> None:
    held = replace(COMPLAINT, assignee_id=GUARD.id, extra={"accused_ids": [MANAGER.id]})
    assert set(staff_hear(fire("rule_due_measure", held, rule="SLA-18"))) == {DIRECTOR.id, GUARD.id}
