"""Records on a ticket: complaints, prices, leak tests, delays (domain.md 1.3, 3.3, 4.2, 8.19)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.effects import ChangeTicket, Say
from storage.model import Staff, TicketStatus, TicketType
from tests.unit.handlers.factory import NOW, ticket, window
from tests.unit.handlers.staff.speaking import (
    BOSS,
    CLEANER,
    DESK,
    DIRECTOR,
    GUARD,
    LI,
    MANAGER,
    ZHANG,
    change,
    dropped,
    keys,
    of,
    resident_hears,
    said,
    staff_hear,
    tells,
    timers,
)

S = TicketStatus
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
COMPLAINT = ticket(
    2,
    number="C261122-002",
    type=TicketType.COMPLAINT,
    category="parking",
    level="important",
    group="order",
    created_at=NOW,
    respond_due=NOW + HOUR,
    finish_due=NOW + 3 * DAY,
)
HELD = replace(COMPLAINT, assignee_id=GUARD.id)
JOB = ticket(3, number="R261122-003", status=S.ARRIVED, assignee_id=LI.id, finish_due=NOW + HOUR, accepted_at=NOW)


def test_receiving_stamps_and_leaves_the_status() -> None:
    steps = said(GUARD, "接收", COMPLAINT)
    done = change(steps)
    assert (done.move, done.changes) == ("receive", {"assignee_id": GUARD.id})
    assert done.extra["received"]["by"] == GUARD.id
    assert {"respond_breach", "receive_breach"} <= dropped(steps)
    assert staff_hear(steps) == {GUARD.id: ["ticket.card"]}
    assert resident_hears(steps) == ["ticket.said.receive"]


def test_receiving_a_major_complaint_leaves_its_two_day_answer_due() -> None:
    """SLA-11."""
    steps = said(DIRECTOR, "接收 002", replace(COMPLAINT, level="major"))
    assert dropped(steps) == {"receive_breach"}


def test_supervisor_signs_for_a_repair_without_taking_it() -> None:
    """S-REPAIR-03."""
    steps = said(BOSS, "接收 003", ticket(3, number="R261122-003"))
    assert change(steps).changes == {}
    assert staff_hear(steps) == {}


def test_cleaner_receives_no_complaint() -> None:
    assert keys(said(CLEANER, "接收 002", replace(COMPLAINT, group="clean"))) == ["staff.refused.who"]


def test_contact_is_recorded_and_stops_the_answer_clock() -> None:
    steps = said(GUARD, "已联系，业主说下午在家", HELD)
    assert change(steps).extra["contacted"]["by"] == GUARD.id
    assert {"respond_breach", "rule_due_contacted"} <= dropped(steps)


@pytest.mark.parametrize(
    ("text", "level", "finish"),
    [("升级 002", "major", 10 * DAY), ("升级 002 重大", "major", 10 * DAY)],
)
def test_anybody_at_the_desk_raises_a_complaint(text: str, level: str, finish: timedelta) -> None:
    steps = said(DESK, text, COMPLAINT)
    assert change(steps).changes["level"] == level
    assert change(steps).changes["finish_due"] == NOW + finish
    assert timers(steps)["finish_breach"] == NOW + finish
    assert set(staff_hear(steps)) == {DIRECTOR.id, MANAGER.id}


@pytest.mark.parametrize(("who", "may"), [(DESK, False), (MANAGER, True), (DIRECTOR, True)])
def test_only_manager_and_director_lower_a_level(who: Staff, *, may: bool) -> None:
    steps = said(who, "降级 002 轻微", COMPLAINT)
    if may:
        assert change(steps).changes["level"] == "minor"
    else:
        assert keys(steps) == ["staff.refused.who"]


def test_level_limits_gone_by_are_not_watched_again() -> None:
    old = replace(COMPLAINT, created_at=NOW - 20 * DAY)
    assert timers(said(DESK, "升级 002", old)) == {}


@pytest.mark.parametrize("who", [CLEANER, LI])
def test_level_is_not_for_everybody(who: Staff) -> None:
    mine = replace(COMPLAINT, assignee_id=who.id)
    assert keys(said(who, "升级 002", mine)) == ["staff.refused.who"]


def test_valid_complaint_has_a_day_for_cause_and_measures() -> None:
    """SLA-18."""
    steps = said(MANAGER, "有效 002", COMPLAINT)
    assert change(steps).extra["verdict"]["value"] == "valid"
    assert timers(steps) == {"rule_due_measure": NOW + DAY}


def test_invalid_complaint_is_explained_within_two_days() -> None:
    """SLA-19."""
    steps = said(MANAGER, "无效 002 车位属于私人所有", COMPLAINT)
    assert change(steps).extra["verdict"]["reason"] == "车位属于私人所有"
    assert timers(steps) == {"rule_due_result": NOW + 2 * DAY}
    assert resident_hears(steps) == ["ticket.said.invalid"]


@pytest.mark.parametrize(
    ("who", "text", "key"),
    [
        (MANAGER, "无效 002", "staff.ask.reason"),
        (MANAGER, "无效 002 不关我们的事", "staff.tone"),
        (GUARD, "有效 002", "staff.refused.who"),
    ],
)
def test_verdict_needs_the_right_person_a_reason_and_good_words(who: Staff, text: str, key: str) -> None:
    assert keys(said(who, text, HELD)) == [key]


def test_major_complaint_is_judged_by_the_director() -> None:
    major = replace(COMPLAINT, level="major")
    assert keys(said(MANAGER, "有效 002", major)) == ["staff.refused.who"]
    assert change(said(DIRECTOR, "有效 002", major)).move == "verdict"


def test_measure_with_its_day_is_verified_then() -> None:
    """SLA-21."""
    steps = said(GUARD, "措施 002 加装地锁 下周五", HELD, time=window(27, 8, 22))
    done = change(steps)
    assert done.extra["measure"]["text"] == "加装地锁"
    assert "rule_due_measure" in dropped(steps)
    assert timers(steps)["rule_due_verified"] == window(27, 18).start
    assert resident_hears(steps) == ["ticket.said.measure"]


def test_measure_without_a_day_is_just_recorded() -> None:
    assert timers(said(GUARD, "措施 002 加强巡查", HELD)) == {}


@pytest.mark.parametrize(("text", "key"), [("措施 002 不归我管", "staff.tone"), ("结果 002 不归我管", "staff.tone")])
def test_rude_words_are_held_back(text: str, key: str) -> None:
    """Acceptance scenario 18."""
    assert keys(said(GUARD, text, HELD)) == [key]


def test_measures_are_the_heads() -> None:
    assert keys(said(CLEANER, "措施 002 加强巡查", replace(HELD, assignee_id=CLEANER.id))) == ["staff.refused.who"]
    assert keys(said(CLEANER, "002 检查通过", replace(HELD, assignee_id=CLEANER.id))) == ["staff.refused.who"]


def test_verified_measure_is_written_down() -> None:
    steps = said(DIRECTOR, "002 检查通过", HELD)
    assert change(steps).extra["verified"]["by"] == DIRECTOR.id
    assert "rule_due_verified" in dropped(steps)


def test_result_is_told_the_same_moment_and_ends_the_work() -> None:
    """SLA-17."""
    measured = replace(HELD, extra={"measure": {"text": "加强巡查"}})
    steps = said(GUARD, "结果 002 已移走占位车辆", measured)
    done = change(steps)
    assert (done.move, done.changes["status"]) == ("finish", S.DONE)
    assert resident_hears(steps)[0] == "ticket.said.result"
    assert tells(steps) == [("person:7", "finished")]
    (push,) = [say for say in of(Say, steps) if say.key == "ticket.said.result"]
    assert push.params["action"] == "加强巡查"


def test_result_of_an_unheld_inquiry_is_the_answerers() -> None:
    inquiry = ticket(2, number="Q261122-002", type=TicketType.INQUIRY, category="rules", group="service")
    assert change(said(DESK, "结果 002 可以办理", inquiry)).changes["assignee_id"] == DESK.id


def test_result_of_a_suspended_matter_ends_the_pause() -> None:
    paused = replace(HELD, status=S.SUSPENDED, suspended_from=S.NEW)
    assert change(said(GUARD, "结果 002 已处理", paused)).changes["suspend_until"] is None


def test_result_is_the_handlers() -> None:
    assert keys(said(CLEANER, "结果 002 已处理", replace(HELD, group="clean"))) == ["staff.refused.who"]


@pytest.mark.parametrize(
    ("text", "fen", "items"),
    [("报价 003 120", 12000, None), ("报价 003 65.5元 换角阀", 6550, "换角阀"), ("报价 80", 8000, None)],
)
def test_price_is_put_to_the_resident(text: str, fen: int, items: str | None) -> None:
    steps = said(LI, text, JOB)
    quote = change(steps).extra["quote"]
    assert (quote["amount_fen"], quote["items"], quote["agreed"]) == (fen, items, None)
    assert tells(steps) == [("person:7", "quote")]


def test_price_takes_the_items_noted_before() -> None:
    noted = replace(JOB, extra={"items": "更换角阀"})
    assert change(said(LI, "报价 003 120", noted)).extra["quote"]["items"] == "更换角阀"


def test_price_without_a_sum_or_by_others() -> None:
    assert keys(said(LI, "报价 003", JOB)) == ["staff.ask.sum"]
    assert keys(said(DESK, "报价 003 120", JOB)) == ["staff.refused.who"]


def test_price_of_a_ticket_without_resident_is_noted_only() -> None:
    assert tells(said(LI, "报价 003 120", replace(JOB, reporter_lane=None))) == []


def test_items_are_written_down() -> None:
    assert change(said(LI, "项目 003 更换角阀", JOB)).extra == {"items": "更换角阀"}
    assert keys(said(ZHANG, "项目 003 更换角阀", JOB)) == ["staff.refused.who"]


@pytest.mark.parametrize(("text", "ok", "key"), [("材料合格", True, "good"), ("材料不合格 003", False, "bad")])
def test_material_check_is_told(text: str, key: str, *, ok: bool) -> None:
    steps = said(LI, text, JOB)
    assert change(steps).extra["material"]["ok"] is ok
    assert resident_hears(steps) == [f"ticket.said.material.{key}"]


@pytest.mark.parametrize("text", ["材料合格 003", "试漏开始 003", "试漏结束 003", "003 试漏还漏", "延期 003 等料 明天"])
def test_records_of_a_job_are_its_holders(text: str) -> None:
    assert keys(said(ZHANG, text, JOB)) == ["staff.refused.who"]


def test_leak_test_moves_the_callback_of_a_finished_job() -> None:
    """SLA-31: three days after the test."""
    finished = replace(JOB, status=S.DONE, finished_at=NOW)
    assert change(said(LI, "试漏开始", finished)).extra["leak_start"] == NOW.isoformat()
    steps = said(LI, "试漏结束 003", finished)
    assert change(steps).extra["leak_end"] == NOW.isoformat()
    assert timers(steps)["callback"] == NOW + 2 * DAY
    assert {"callback", "callback_call"} <= dropped(steps)


def test_leak_test_changes_nothing_once_asked() -> None:
    asked = replace(JOB, status=S.DONE, extra={"callback_asked": {"push": 1}})
    assert timers(said(LI, "试漏结束 003", asked)) == {}


def test_failed_leak_test_brings_a_finished_job_back() -> None:
    assert change(said(LI, "003 试漏还漏", replace(JOB, status=S.DONE))).move == "reopen"
    assert change(said(LI, "003 试漏还漏", JOB)).extra["leak_result"] == "leaks"


def test_delay_is_told_with_reason_and_new_time() -> None:
    """S-REPAIR-15, SLA-23."""
    steps = said(LI, "延期 003 等配件 明天下午", JOB, time=window(23, 13, 18))
    done = change(steps)
    assert done.extra["delay"]["reason"] == "等配件"
    assert done.changes == {"finish_due": window(23, 18).start}
    assert timers(steps)["finish_breach"] == window(23, 18).start
    assert resident_hears(steps) == ["ticket.said.delay"]


def test_delay_moves_the_appointment_too() -> None:
    booked = replace(JOB, wanted_start=NOW + HOUR, wanted_end=NOW + 2 * HOUR)
    changed = change(said(LI, "延期 003 等配件 明天下午", booked, time=window(23, 13, 18))).changes
    assert (changed["wanted_start"], changed["wanted_end"]) == (window(23, 13).start, window(23, 18).start)


@pytest.mark.parametrize(
    ("text", "timed", "key"),
    [
        ("延期 003", True, "staff.ask.delay"),
        ("延期 003 等配件", False, "staff.ask.delay"),
        ("延期 003 不归我管 明天下午", True, "staff.tone"),
    ],
)
def test_delay_needs_reason_time_and_good_words(text: str, key: str, *, timed: bool) -> None:
    assert keys(said(LI, text, JOB, time=window(23, 13, 18) if timed else None)) == [key]


@pytest.mark.parametrize(("text", "ok", "key"), [("核准 003", True, "yes"), ("不核准 003 超出范围", False, "no")])
def test_off_list_verdict_is_answered_either_way(text: str, key: str, *, ok: bool) -> None:
    """SLA-83."""
    steps = said(BOSS, text, JOB)
    assert change(steps).extra["offlist"]["ok"] is ok
    assert resident_hears(steps) == [f"ticket.said.offlist.{key}"]


@pytest.mark.parametrize(
    ("who", "text", "key"),
    [
        (BOSS, "不核准 003", "staff.ask.reason"),
        (BOSS, "不核准 003 不关我们的事", "staff.tone"),
        (LI, "核准 003", "staff.refused.who"),
    ],
)
def test_off_list_verdict_is_the_supervisors_with_a_reason(who: Staff, text: str, key: str) -> None:
    assert keys(said(who, text, JOB)) == [key]


def test_acknowledging_stops_the_alarm_not_the_clock() -> None:
    """domain.md 10.2."""
    steps = said(BOSS, "收到 003", JOB)
    assert dropped(steps) == {"finish_breach"}
    assert change(steps).changes == {}


def test_ended_ticket_takes_no_more_records() -> None:
    ended = replace(JOB, status=S.CANCELLED)
    for text in ("收到 003", "已联系 003", "项目 003 更换角阀"):
        assert keys(said(BOSS, text, ended)) == ["staff.refused.ended"]


@pytest.mark.parametrize("status", [TicketStatus.ACCEPTED, TicketStatus.CLOSED])
def test_failed_measure_asks_for_a_new_one_in_a_day(status: TicketStatus) -> None:
    """S-COMP-13."""
    old = {"text": "加装地锁", "due": NOW.isoformat()}
    steps = said(DIRECTOR, "002 检查不通过 还是乱停", replace(HELD, status=status, extra={"measure": old}))
    noted = of(ChangeTicket, steps)[0]
    assert noted.extra["verify_failed"]["measure"] == old
    assert noted.extra["measure"] is None
    assert timers(steps)["rule_due_measure"] == NOW + timedelta(days=1)
    assert (resident_hears(steps) == ["ticket.said.measure_failed"]) == (status is TicketStatus.CLOSED)


def test_municipal_matter_nobody_can_write_to_still_needs_a_call() -> None:
    """S-COMP-15, SLA-22."""
    steps = said(MANAGER, "002 市政 供电局 线路改造", replace(HELD, reporter_lane="staff:1"))
    assert "rule_due_contacted" in timers(steps)
    assert "contacted" not in change(steps).extra
    assert change(steps).extra["municipal"]["authority"] == "供电局"
