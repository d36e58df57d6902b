"""Suspended days, appointments, sign-off, callbacks, lists (design.md 10, SLA-25, SLA-85, C-47, AL-12, J-03)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.dialog.form import Start, Step
from handlers.effects import AddTask, Record, Say, SetTimer
from handlers.facts import TicketsOfGroup
from handlers.rules import Rules
from handlers.timers import callback, digest, dispatch, sign_off, suspend
from storage.message import Conversation, Frame
from storage.model import Ticket, TicketStatus
from tests.unit.handlers.factory import NOW, ZONE, facts, ticket
from tests.unit.handlers.staff.speaking import (
    BOSS,
    LI,
    MANAGER,
    change,
    groups_hear,
    keys,
    known,
    of,
    read,
    resident_hears,
    staff_hear,
    timers,
)

S = TicketStatus
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DONE = ticket(3, number="R261122-003", status=S.DONE, assignee_id=LI.id, finished_at=NOW - DAY)
PAUSED = ticket(
    3,
    number="R261122-003",
    status=S.SUSPENDED,
    suspended_from=S.ACCEPTED,
    suspended_at=NOW - DAY,
    suspend_until=NOW,
    assignee_id=LI.id,
    extra={"suspended": "等配件"},
)
PLAN = {
    "push": 1,
    "kind": "other",
    "second": (NOW + DAY).isoformat(),
    "call": (NOW + DAY + 2 * HOUR).isoformat(),
    "limit": (NOW + DAY).isoformat(),
}


def fire(module: Any, kind: str, job: Ticket | None, data: dict[str, Any] | None = None, **more: Any) -> list[Step]:
    """One timer in the reporter's lane; every text is rendered."""
    now = more.get("now", NOW)
    jobs = (job,) if job else ()
    answers = known(*jobs) | more.pop("answers", {})
    steps: list[Step] = module.fire(kind, "ticket:3", data or {}, facts(kind="timer", known=answers, **more))
    for say in of(Say, steps):
        read(say, jobs, now)
    return steps


def talking(form: str, touched: datetime = NOW, **answers: Any) -> Conversation:
    return Conversation(frames=(Frame(form, 1, answers),), touched_at=touched)


# --- suspended


def test_day_without_news_reminds_man_and_head_and_tells_the_resident_a_new_time() -> None:
    steps = fire(suspend, "suspend_due", PAUSED)
    assert staff_hear(steps) == {LI.id: ["ticket.late.suspended"], BOSS.id: ["ticket.late.suspended"]}
    assert resident_hears(steps) == ["ticket.said.waiting"]
    assert change(steps).changes == {"suspend_until": NOW + DAY}
    assert timers(steps) == {"suspend_due": NOW + DAY}


def test_third_day_is_the_managers() -> None:
    steps = fire(suspend, "suspend_due", PAUSED, {"round": 3})
    assert MANAGER.id in staff_hear(steps)
    assert [task.kind for task in of(AddTask, steps)] == ["overdue"]


@pytest.mark.parametrize("job", [None, replace(PAUSED, status=S.ACCEPTED)])
def test_resumed_job_is_left_alone(job: Ticket | None) -> None:
    assert fire(suspend, "suspend_due", job) == []


# --- appointments


def test_both_sides_are_reminded_of_an_appointment() -> None:
    """SC-D25."""
    booked = ticket(3, status=S.ACCEPTED, assignee_id=LI.id, wanted_start=NOW + HOUR)
    steps = fire(dispatch, "appointment", booked)
    assert resident_hears(steps) == ["ticket.said.appointment"]
    assert staff_hear(steps) == {LI.id: ["ticket.card"]}


def test_appointment_nobody_took_is_offered_again() -> None:
    steps = fire(dispatch, "appointment", ticket(3, wanted_start=NOW + HOUR))
    assert resident_hears(steps) == ["ticket.said.appointment.open"]
    assert groups_hear(steps) == {"repair": ["ticket.alert.repair"]}


@pytest.mark.parametrize("job", [None, DONE])
def test_appointment_gone_is_not_reminded_of(job: Ticket | None) -> None:
    assert fire(dispatch, "appointment", job) == []


# --- sign-off


def test_sign_off_is_asked_again_after_a_day() -> None:
    assert fire(sign_off, "sign_off_remind", DONE) == [Start("sign_off", {"ticket": 3})]


def test_open_sign_off_question_is_only_recalled() -> None:
    steps = fire(sign_off, "sign_off_remind", DONE, conversation=talking("sign_off", NOW - DAY, ticket=3))
    assert keys(steps) == ["ticket.said.sign_off_remind"]


def test_busy_resident_is_asked_later() -> None:
    steps = fire(sign_off, "sign_off_remind", DONE, conversation=talking("repair"))
    assert timers(steps) == {"sign_off_remind": NOW + 30 * MINUTE}


def test_after_two_days_a_person_asks() -> None:
    """SLA-85."""
    (task,) = of(AddTask, fire(sign_off, "sign_off_person", DONE))
    assert (task.kind, task.role) == ("sign_off_call", "front_desk")


@pytest.mark.parametrize(
    "job", [None, replace(DONE, status=S.CONFIRMED), replace(DONE, extra={"callback_asked": {"push": 1}})]
)
def test_answered_or_called_back_is_not_reminded(job: Ticket | None) -> None:
    assert fire(sign_off, "sign_off_remind", job) == []


# --- callback


def test_first_push_opens_the_question_and_plans_the_second() -> None:
    steps = fire(callback, "callback", DONE, PLAN)
    assert of(Start, steps) == [Start("callback", {"ticket": 3, "push": 1})]
    assert change(steps).extra["callback_asked"]["push"] == 1
    assert timers(steps) == {"callback": NOW + DAY}
    assert of(SetTimer, steps)[0].data["push"] == 2


def test_major_complaint_is_also_called_on_at_the_door() -> None:
    """C-14."""
    steps = fire(callback, "callback", replace(DONE, level="major"), PLAN)
    assert [task.kind for task in of(AddTask, steps)] == ["door_callback"]


def test_second_push_recalls_the_open_question_and_plans_the_call_list() -> None:
    now = NOW + DAY
    steps = fire(
        callback, "callback", DONE, PLAN | {"push": 2}, now=now, conversation=talking("callback", NOW, ticket=3)
    )
    assert keys(steps) == ["callback.again"]
    assert timers(steps) == {"callback_call": NOW + DAY + 2 * HOUR}


def test_second_push_asks_anew_when_the_question_is_gone() -> None:
    steps = fire(callback, "callback", DONE, PLAN | {"push": 2}, now=NOW + DAY)
    assert of(Start, steps) == [Start("callback", {"ticket": 3, "push": 2})]


def test_late_first_push_leaves_hours_before_the_second() -> None:
    steps = fire(callback, "callback", DONE, PLAN | {"second": NOW.isoformat()})
    assert timers(steps) == {"callback": NOW + 2 * HOUR}


def test_two_silences_go_onto_the_call_list() -> None:
    """AL-12, acceptance scenario 10."""
    steps = fire(callback, "callback_call", DONE, PLAN | {"push": 2})
    (task,) = of(AddTask, steps)
    assert (task.kind, task.due_at) == ("callback_call", NOW + DAY)
    assert of(Record, steps)[0].data["reached"] is False
    assert groups_hear(steps) == {"service": ["callback.call.alert"]}


@pytest.mark.parametrize(
    "conversation", [talking("repair"), Conversation(held_by=5)], ids=["in the middle of a form", "with a person"]
)
def test_callback_does_not_interrupt(conversation: Conversation) -> None:
    steps = fire(callback, "callback", DONE, PLAN, conversation=conversation)
    assert timers(steps) == {"callback": NOW + 30 * MINUTE}
    assert of(SetTimer, steps)[0].data == PLAN


def test_at_the_limit_the_question_is_asked_all_the_same() -> None:
    steps = fire(callback, "callback", DONE, PLAN | {"limit": NOW.isoformat()}, conversation=talking("repair"))
    assert of(Start, steps)


def test_old_unfinished_form_keeps_nobody_busy() -> None:
    assert of(Start, fire(callback, "callback", DONE, PLAN, conversation=talking("repair", NOW - DAY)))


def test_outage_into_the_night_is_caught_up_in_the_morning() -> None:
    night = datetime(2026, 11, 22, 23, 0, tzinfo=ZONE)
    steps = fire(callback, "callback", DONE, PLAN, now=night)
    assert timers(steps) == {"callback": datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)}


def test_work_that_came_back_is_asked_about_later() -> None:
    working = replace(DONE, status=S.REOPENED, finished_at=None)
    assert "callback" in timers(fire(callback, "callback", working, PLAN))
    assert fire(callback, "callback_call", working, PLAN) == []


@pytest.mark.parametrize(
    "job",
    [
        None,
        replace(DONE, extra={"callback": {"solved": True}}),
        replace(DONE, status=S.CANCELLED, finished_at=None),
    ],
)
def test_callback_made_or_never_due_asks_nobody(job: Ticket | None) -> None:
    assert fire(callback, "callback", job, PLAN) == []


# --- lists


@pytest.mark.parametrize(
    ("now", "next_"),
    [
        (datetime(2026, 11, 22, 8, 0, tzinfo=ZONE), datetime(2026, 11, 22, 8, 30, tzinfo=ZONE)),
        (datetime(2026, 11, 22, 8, 30, tzinfo=ZONE), datetime(2026, 11, 22, 17, 30, tzinfo=ZONE)),
        (datetime(2026, 11, 22, 20, 0, tzinfo=ZONE), datetime(2026, 11, 23, 8, 30, tzinfo=ZONE)),
    ],
)
def test_lists_come_morning_and_evening(now: datetime, next_: datetime) -> None:
    assert digest.first("shift_digest", now.astimezone(UTC), ZONE, Rules()) == next_


def lists(now: datetime, *jobs: Ticket) -> list[Step]:
    answers = known(*jobs) | {TicketsOfGroup(g): () for g in ("service", "order", "clean", "manager", "finance")}
    steps = digest.fire("shift_digest", "main", {}, facts(kind="timer", known=answers, now=now, lane="estate"))
    for say in of(Say, steps):
        read(say, jobs, now)
    return steps


def test_each_group_with_open_tickets_gets_its_list() -> None:
    steps = lists(datetime(2026, 11, 22, 8, 30, tzinfo=ZONE), ticket(3), DONE)
    assert groups_hear(steps) == {"repair": ["staff.list.group"]}
    assert timers(steps) == {"shift_digest": datetime(2026, 11, 22, 17, 30, tzinfo=ZONE)}
    assert groups_hear(lists(datetime(2026, 11, 22, 8, 30, tzinfo=ZONE), DONE)) == {}


def test_year_without_official_calendar_is_a_task_sixty_days_ahead() -> None:
    """INV-17."""
    tasks = [t.kind for t in of(AddTask, lists(datetime(2039, 11, 20, 8, 30, tzinfo=ZONE)))]
    assert tasks == ["calendar"]
    assert of(AddTask, lists(datetime(2039, 6, 20, 8, 30, tzinfo=ZONE))) == []


def test_evening_tells_residents_how_urgent_matters_of_earlier_days_stand() -> None:
    """SLA-88."""
    old = ticket(3, urgency="urgent", created_at=NOW - DAY, finish_due=NOW + 2 * DAY)
    late = ticket(4, urgency="urgent", created_at=NOW - DAY, finish_due=NOW)
    fresh = ticket(5, urgency="urgent", finish_due=NOW)
    steps = lists(datetime(2026, 11, 22, 17, 30, tzinfo=ZONE), old, late, fresh)
    assert [(say.ticket, say.params["due"]) for say in of(Say, steps) if say.key == "ticket.said.progress"] == [
        (3, NOW + 2 * DAY),
        (4, None),
    ]
