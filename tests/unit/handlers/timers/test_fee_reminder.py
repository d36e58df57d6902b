"""Fee reminders: the ladder day by day, and every reason to be silent."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from handlers.effects import AddTask, ChangeBill, Say, SetTimer, ToGroup, ToSpeaker
from handlers.facts import BillsOf, LaneOfPerson, RemindableBills, ResidentsOf
from handlers.rules import Rules
from handlers.rules.fees import FeeRules
from handlers.timers import fee_reminder
from storage.model import Bill, BillStatus, Home, Person, Residency, Tenure, TicketStatus, TicketType
from tests.unit.handlers.factory import HOME, OTHER_HOME, OWNER, ZONE, facts, ticket
from tests.unit.handlers.wording import body, of, titles

#: Ten in the morning, the hour of the scan.
TODAY = date(2026, 11, 22)
AT_TEN = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
OWNS = (OWNER, Residency(7, HOME, Tenure.OWNER))


def bill(due_on: date = date(2026, 11, 10), **more: Any) -> Bill:
    values: dict[str, Any] = {"id": 1, "number": "WY001", "fee": "物业费", "amount_fen": 32000, "paid_fen": 0}
    values |= {"status": BillStatus.OVERDUE} | more
    return Bill(community_id="main", home_id=1, period="2026年10月", due_on=due_on, **values)


def remind(*bills: Bill, residents: Any = (OWNS,), now: datetime = AT_TEN, **given: Any) -> list[Any]:
    day = now.astimezone(ZONE).date()
    known = {ResidentsOf(1, day): residents, BillsOf(1): bills}
    return fee_reminder.fire("fee_remind", "fees:1", {"home": 1}, facts(kind="timer", known=known, now=now, **given))


def scan(*found: tuple[Bill, Home], residents: Any = (OWNS,), lane: str | None = "person:7", **given: Any) -> list[Any]:
    rules = given.pop("rules", Rules())
    data = given.pop("data", {})
    asked = RemindableBills(TODAY + timedelta(days=3), data.get("after", 0), rules.fees.chunk)
    known = {asked: found, ResidentsOf(1, TODAY): residents, LaneOfPerson(7): lane}
    return fee_reminder.fire(
        "fee_scan", "main", data, facts(kind="timer", lane="estate", person=None, known=known, rules=rules)
    )


def test_the_reminder_names_amount_period_deadline_and_ways() -> None:
    (say,) = of(Say, remind(bill(date(2026, 11, 25), status=BillStatus.DUE)))
    said = body(say)
    for part in ("青禾园", "320.00元", "2026年10月", "物业费", "11月25日", "前台", "如已缴纳请忽略", "谢谢您"):
        assert part in said
    assert not any(word in said for word in ("停水", "停电", "起诉", "违约", "滞纳", "后果", "你"))


def test_it_goes_to_the_payer_alone_and_is_useful_only_today() -> None:
    (say,) = of(Say, remind(bill()))
    assert (say.to, say.kind) == (ToSpeaker(), "push")
    assert say.expires_at == datetime(2026, 11, 22, 20, 0, tzinfo=ZONE)
    assert say.dedupe == "fee:1:2026-11-22"


def test_the_first_reminder_after_the_due_date_starts_the_clock() -> None:
    (change,) = of(ChangeBill, remind(bill()))
    assert (change.reminded, change.first_reminded_at) == (1, AT_TEN)


def test_the_friendly_notice_starts_no_clock() -> None:
    (change,) = of(ChangeBill, remind(bill(date(2026, 11, 25), status=BillStatus.DUE)))
    assert (change.reminded, change.first_reminded_at) == (None, None)
    assert change.extra == {"reminded_on": "2026-11-22"}


def test_all_bills_of_a_home_are_one_message_with_their_sum() -> None:
    (say,) = of(Say, remind(bill(), bill(id=2, number="WY002", fee="停车费", amount_fen=15000)))
    assert "合计470.00元" in body(say)


SILENT = {
    "paid": bill(status=BillStatus.PAID),
    "disputed": bill(status=BillStatus.DISPUTED),
    "cancelled": bill(status=BillStatus.CANCELLED),
    "paid in full": bill(paid_fen=32000),
    "promised a later day": bill(hold_until=date(2026, 11, 23)),
    "hardship": bill(extra={"pause": "hardship"}),
    "reminded today": bill(reminded=1, extra={"reminded_on": "2026-11-22"}),
    "not near its due date": bill(date(2026, 12, 20), status=BillStatus.DUE),
}


@pytest.mark.parametrize("why", SILENT)
def test_it_is_silent_for_a_bill_that_is(why: str) -> None:
    assert remind(SILENT[why]) == []


def test_it_is_silent_for_who_is_not_the_payer() -> None:
    tenant = Person(8, "main", "陈立", "13800002222")
    lives = (tenant, Residency(8, HOME, Tenure.TENANT))
    assert remind(bill(), residents=(OWNS, lives), person=tenant) == []


def test_the_tenant_whom_the_lease_names_is_reminded_instead_of_the_owner() -> None:
    tenant = Person(8, "main", "陈立", "13800002222")
    lives = (tenant, Residency(8, HOME, Tenure.TENANT, payer=True))
    assert of(Say, remind(bill(), residents=(OWNS, lives), person=tenant))
    assert remind(bill(), residents=(OWNS, lives)) == []


def test_it_is_silent_for_a_former_owner_and_for_who_withdrew() -> None:
    assert remind(bill(), residents=()) == []
    assert remind(bill(), person=None) == []


def test_it_waits_for_the_answer_of_finance() -> None:
    asked = ticket(5, type=TicketType.PAYMENT, extra={"bills": ["WY001"]})
    assert remind(bill(), tickets=(asked,)) == []
    ended = ticket(5, type=TicketType.PAYMENT, extra={"bills": ["WY001"]}, status=TicketStatus.CLOSED)
    assert of(Say, remind(bill(), tickets=(ended,)))


def test_it_waits_for_the_end_of_a_major_complaint_about_the_fee() -> None:
    complaint = ticket(5, type=TicketType.COMPLAINT, level="major", category="property_fee")
    assert remind(bill(), tickets=(complaint,)) == []


@pytest.mark.parametrize(("hour", "goes"), [(8, False), (9, True), (19, True), (20, False), (23, False)])
def test_outside_the_allowed_hours_it_waits_for_the_morning(hour: int, goes: bool) -> None:
    now = datetime(2026, 11, 22, hour, 30 if hour == 8 else 0, tzinfo=ZONE).astimezone(UTC)
    effects = remind(bill(), now=now)
    assert bool(of(Say, effects)) is goes
    if not goes:
        (timer,) = of(SetTimer, effects)
        assert timer.due_at.astimezone(ZONE).hour == 9
        assert timer.due_at > now


def test_the_scan_hands_each_home_to_its_payers_lane_once() -> None:
    effects = scan((bill(), HOME), (bill(id=2, number="WY002"), HOME))
    (timer, again) = of(SetTimer, effects)
    assert (timer.kind, timer.subject, timer.lane) == ("fee_remind", "fees:1", "person:7")
    assert (again.kind, again.due_at) == ("fee_scan", datetime(2026, 11, 23, 10, 0, tzinfo=ZONE))


def test_the_scan_marks_what_became_overdue() -> None:
    effects = scan((bill(status=BillStatus.DUE), HOME))
    assert ChangeBill(1, BillStatus.OVERDUE) in effects


def test_a_full_chunk_goes_on_at_once_after_its_last_bill() -> None:
    rules = Rules(fees=FeeRules(chunk=2))
    (*_, again) = of(SetTimer, scan((bill(id=8), HOME), (bill(id=9), HOME), rules=rules))
    assert (again.due_at, again.data) == (AT_TEN, {"after": 9})


def test_who_is_bound_nowhere_is_called_by_a_person() -> None:
    effects = scan((bill(), HOME), lane=None)
    (task,) = of(AddTask, effects)
    assert (task.kind, task.role, task.subject) == ("fee_call", "finance", "bill:WY001")
    assert "3栋2单元501" in titles(effects)[0]


def test_three_months_after_the_first_notice_people_send_the_letter() -> None:
    first = datetime(2026, 8, 22, 2, 0, tzinfo=UTC)
    effects = scan((bill(reminded=5, first_reminded_at=first, extra={"reminded_on": "2026-09-20"}), HOME))
    (task,) = of(AddTask, effects)
    assert (task.kind, task.role) == ("ems_letter", "cs_manager")
    assert [change.extra for change in of(ChangeBill, effects)] == [{"letter_on": "2026-11-22"}]
    assert [timer.kind for timer in of(SetTimer, effects)] == ["fee_scan"]


def test_thirty_days_after_the_letter_people_visit_once() -> None:
    first = datetime(2026, 7, 20, 2, 0, tzinfo=UTC)
    sent = {"reminded_on": "2026-09-20", "letter_on": "2026-10-23"}
    late = bill(reminded=5, first_reminded_at=first, extra=sent)
    assert [task.kind for task in of(AddTask, scan((late, HOME)))] == ["door_visit"]
    visited = bill(reminded=5, first_reminded_at=first, extra=sent | {"visit_on": "2026-11-22"})
    assert not of(AddTask, scan((visited, HOME)))


def test_nothing_is_ever_said_in_a_group() -> None:
    for effects in (scan((bill(), HOME)), scan((bill(), HOME), lane=None), remind(bill())):
        assert not [say for say in of(Say, effects) if isinstance(say.to, ToGroup)]


def test_the_first_scan_is_at_ten() -> None:
    assert fee_reminder.first("fee_scan", AT_TEN, ZONE, Rules()) == datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)


def test_a_home_of_another_household_is_left_alone() -> None:
    effects = scan((bill(), OTHER_HOME), residents=(OWNS,))
    assert [task.kind for task in of(AddTask, effects)] == ["fee_call"]
