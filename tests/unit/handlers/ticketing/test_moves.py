"""Finished, confirmed, closed, reopened, cancelled: what each means for people and timers (S-CB-01, S-REPAIR-16)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers import ticketing
from handlers.effects import CloseTask, Effect, Record, Say
from handlers.facts import SubscribersOf
from storage.model import Ticket, TicketStatus, TicketType
from tests.unit.handlers.factory import NOW, ZONE, facts, ticket
from tests.unit.handlers.staff.speaking import (
    BOSS,
    DIRECTOR,
    LI,
    MANAGER,
    change,
    dropped,
    groups_hear,
    known,
    of,
    read,
    resident_hears,
    staff_hear,
    tells,
    timers,
)

S, T = TicketStatus, TicketType
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DONE = ticket(3, number="R261122-003", status=S.DONE, assignee_id=LI.id, finished_at=NOW, accepted_at=NOW)
COMPLAINT = ticket(
    3, number="C261122-003", type=T.COMPLAINT, category="noise", level="minor", group="service", status=S.DONE
)


def snapshot(*tickets: Ticket, **more: Any) -> Any:
    return facts("x", known=known(*tickets, answers=more.pop("answers", {})), **more)


def reopened(job: Ticket, **more: Any) -> list[Effect]:
    found = ticketing.reopened(snapshot(job, **more.pop("facts", {})), job, "还在漏", source="callback", **more)
    for say in of(Say, found):
        read(say, (job,))
    return found


def test_signing_off_stops_the_reminders_but_not_the_callback() -> None:
    """C-40."""
    found = ticketing.confirmed(snapshot(DONE), DONE)
    assert change(found).changes == {"status": S.CONFIRMED, "confirmed_at": NOW}
    assert dropped(found) == {"sign_off_remind", "sign_off_person"}


def test_closing_writes_the_callback_down() -> None:
    found = ticketing.closed(snapshot(DONE), DONE, {"solved": True, "score": 5})
    assert change(found).extra["callback"] == {"solved": True, "score": 5, "at": NOW.isoformat(), "round": 1}
    assert change(found).changes["closed_at"] == NOW
    assert dropped(found) == {None}
    assert of(Record, found)[0].kind == "callback"
    assert {task.kind for task in of(CloseTask, found)} == {"callback_call", "sign_off_call", "door_callback"}


def test_reopened_repair_is_urgent_and_its_head_hears_at_once() -> None:
    """S-REPAIR-16, AL-11."""
    found = reopened(replace(DONE, wanted_start=NOW))
    done = change(found)
    assert (done.changes["status"], done.changes["reopened"], done.changes["urgency"]) == (S.REOPENED, 1, "urgent")
    assert (done.changes["respond_due"], done.changes["finish_due"]) == (NOW + 5 * MINUTE, NOW + 40 * MINUTE)
    assert done.changes["wanted_start"] is None
    assert groups_hear(found) == {"repair": ["ticket.alert.unhappy"]}
    assert staff_hear(found) == {BOSS.id: ["ticket.card"], LI.id: ["ticket.card"]}


def test_reopened_ticket_gets_a_call_within_the_hour_and_another_callback() -> None:
    """S-CB-07, SLA-94."""
    due = timers(reopened(DONE, score=1))
    assert due["rule_due_contacted"] == NOW + HOUR
    assert due["callback"] == NOW + 2 * DAY
    assert due["respond_breach"] == NOW + 5 * MINUTE
    assert due["finish_breach"] == NOW + 40 * MINUTE


def test_call_after_a_late_answer_comes_in_the_morning() -> None:
    night = datetime(2026, 11, 22, 22, 0, tzinfo=ZONE)
    due = timers(reopened(DONE, facts={"now": night}))
    assert due["rule_due_contacted"] == datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)


def test_reopened_complaint_rises_a_level() -> None:
    """S-COMP-21."""
    assert change(reopened(COMPLAINT)).changes["level"] == "important"
    assert change(reopened(COMPLAINT)).changes["urgency"] == "normal"


def test_third_round_is_the_directors() -> None:
    """C-37."""
    assert DIRECTOR.id not in staff_hear(reopened(replace(DONE, reopened=1)))
    assert DIRECTOR.id in staff_hear(reopened(replace(DONE, reopened=2)))


def test_reopened_personal_complaint_stays_out_of_the_group_and_from_the_accused() -> None:
    secret = replace(COMPLAINT, group="repair", assignee_id=LI.id, extra={"accused_ids": [LI.id]})
    found = reopened(secret)
    assert groups_hear(found) == {}
    assert set(staff_hear(found)) == {BOSS.id}


def test_group_reads_no_room_or_phone_from_an_unhappy_answer() -> None:
    found = ticketing.reopened(snapshot(DONE), DONE, "501还在漏，打13900001111", source="callback")
    (alert,) = [say for say in of(Say, found) if say.key == "ticket.alert.unhappy"]
    assert "501" not in read(alert, (DONE,))
    assert "13900001111" not in read(alert, (DONE,))


def test_new_round_begins_without_the_records_of_the_old() -> None:
    extra = change(reopened(replace(DONE, extra={"leak_end": NOW.isoformat(), "contacted": {"by": 3}}))).extra
    assert extra["leak_end"] is None
    assert extra["contacted"] is None
    assert extra["rework"]["words"] == "还在漏"


def test_suggestion_without_limits_of_its_own_reopens_too() -> None:
    praise = replace(DONE, type=T.PRAISE)
    assert "respond_breach" not in timers(reopened(praise))


@pytest.mark.parametrize(
    ("category", "type_", "kind_hours"),
    [("water_leak", T.REPAIR, 48), ("lighting", T.REPAIR, 24), ("lift", T.REPAIR, 24), ("noise", T.COMPLAINT, 24)],
)
def test_callback_is_planned_by_its_class(category: str, type_: TicketType, kind_hours: int) -> None:
    """SLA-30, SLA-31, SLA-32, SLA-39."""
    job = ticket(3, status=S.ACCEPTED, category=category, type=type_, object=None, summary="坏了")
    found = ticketing.finished(snapshot(job), job, "finish")
    assert timers(found)["callback"] == NOW + timedelta(hours=kind_hours)


def test_reminder_of_the_sign_off_is_left_to_a_callback_that_comes_then_anyway() -> None:
    lamp = ticket(3, status=S.ACCEPTED, category="lighting", object=None, summary="灯坏了")
    leak = ticket(3, status=S.ACCEPTED)
    assert "sign_off_remind" not in timers(ticketing.finished(snapshot(lamp), lamp, "finish"))
    assert timers(ticketing.finished(snapshot(leak), leak, "finish"))["sign_off_remind"] == NOW + DAY


def test_leak_counts_from_the_end_of_a_test_made_before() -> None:
    tested = (NOW - HOUR).isoformat()
    job = ticket(3, status=S.ACCEPTED, extra={"leak_end": tested})
    assert timers(ticketing.finished(snapshot(job), job, "finish"))["callback"] == NOW + 47 * HOUR


def test_sign_off_is_asked_of_the_reporter_and_told_to_followers() -> None:
    job = ticket(3, status=S.ACCEPTED)
    found = ticketing.finished(snapshot(job, answers={SubscribersOf(3): ("person:9",)}), job, "finish")
    assert tells(found) == [("person:7", "finished")]
    assert resident_hears(found) == ["ticket.said.finish"]


def test_praise_is_neither_signed_off_nor_called_back() -> None:
    praise = ticket(3, type=T.PRAISE, status=S.NEW)
    found = ticketing.finished(snapshot(praise), praise, "finish")
    assert tells(found) == []
    assert "callback" not in timers(found)


def test_resident_cancels_and_whoever_had_it_hears() -> None:
    held = ticket(3, status=S.ACCEPTED, assignee_id=LI.id)
    found = ticketing.cancelled(snapshot(held), held, "自己修好了", by_resident=True)
    assert change(found).reason == "自己修好了"
    assert staff_hear(found) == {LI.id: ["ticket.note.cancelled"]}
    assert groups_hear(found) == {"repair": ["ticket.note.cancelled"]}
    assert resident_hears(found) == []


def test_cancelled_personal_complaint_is_not_told_to_the_group() -> None:
    secret = ticket(3, type=T.COMPLAINT, extra={"accused_ids": [MANAGER.id]})
    assert groups_hear(ticketing.cancelled(snapshot(secret), secret, None, by_resident=True)) == {}


def test_closed_complaint_that_comes_back_gets_its_callback_again() -> None:
    """S-CB-07: every round has one; the record of the earlier round stays in the ledger."""
    closed = replace(COMPLAINT, status=S.CLOSED, extra={"callback": {"score": 5}})
    found = reopened(closed)
    assert change(found).extra["callback"] is None
    assert "callback" in {kind.partition("_")[0] for kind in timers(found)}


def test_measure_stays_watched_when_the_work_ends_and_when_it_is_closed() -> None:
    """S-COMP-13, SLA-21."""
    due = NOW + 3 * DAY
    measured = replace(COMPLAINT, status=S.ACCEPTED, extra={"measure": {"text": "x", "due": due.isoformat()}})
    assert timers(ticketing.finished(snapshot(measured), measured, "finish"))["rule_due_verified"] == due
    over = replace(measured, status=S.DONE)
    assert timers(ticketing.closed(snapshot(over), over, {"solved": True}))["rule_due_verified"] == due
    looked = replace(over, extra={**over.extra, "verified": {"by": 1}})
    assert "rule_due_verified" not in timers(ticketing.closed(snapshot(looked), looked, {"solved": True}))
