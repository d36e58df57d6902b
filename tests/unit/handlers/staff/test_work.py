"""接单 派 转 退单 到了 修好了 挂起 继续 取消: effects, who hears, which timers (design.md 8, 11)."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.effects import Say, ToGroup
from handlers.facts import SubscribersOf
from storage.model import Role, TicketStatus, TicketType
from tests.unit.handlers.factory import NOW, ticket, window
from tests.unit.handlers.staff.speaking import (
    BOSS,
    CLEANER,
    DESK,
    DUTY,
    LI,
    MANAGER,
    ZHANG,
    change,
    dropped,
    groups_hear,
    keys,
    of,
    read,
    resident_hears,
    said,
    staff_hear,
    tells,
    timers,
)

S = TicketStatus
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DUE = NOW + 5 * HOUR
NEW = ticket(3, number="R261122-003", finish_due=DUE, respond_due=NOW + 15 * MINUTE)
ACCEPTED = ticket(
    3, number="R261122-003", status=S.ACCEPTED, assignee_id=LI.id, finish_due=DUE, accepted_at=NOW, version=7
)
ARRIVED = ticket(3, number="R261122-003", status=S.ARRIVED, assignee_id=LI.id, finish_due=DUE, accepted_at=NOW)
SECRET = {"accused_ids": [CLEANER.id]}


def test_accepting_takes_the_job_and_stops_the_alarm() -> None:
    steps = said(LI, "003 我来", NEW, group="repair")
    done = change(steps)
    assert (done.move, done.changes["status"], done.changes["assignee_id"]) == ("accept", S.ACCEPTED, LI.id)
    assert done.version == NEW.version
    assert {"respond_warn", "respond_breach"} <= dropped(steps)
    assert resident_hears(steps) == ["ticket.said.accept"]
    assert staff_hear(steps) == {LI.id: ["ticket.card"]}


def test_full_card_is_private_and_the_group_reads_no_room_name_or_phone() -> None:
    steps = said(LI, "003 我来", NEW, group="repair")
    (card,) = [say for say in of(Say, steps) if say.key == "ticket.card"]
    assert "3栋2单元501" in read(card, (NEW,))
    assert "周晓岚" in read(card, (NEW,))
    said_aloud = [read(say, (NEW,)) for say in of(Say, steps) if say.key == "staff.accepted"]
    assert all("501" not in text and "周晓岚" not in text for text in said_aloud)


def test_group_hears_of_what_was_done_in_private() -> None:
    assert groups_hear(said(LI, "003 我来", NEW)) == {"repair": ["staff.accepted.group"]}
    assert groups_hear(said(LI, "003 我来", NEW, group="repair")) == {}


def test_nothing_of_a_personal_complaint_reaches_the_group() -> None:
    complaint = ticket(3, number="C261122-003", type=TicketType.COMPLAINT, group="clean", extra=SECRET)
    assert groups_hear(said(DESK, "接单 C261122-003", complaint)) == {}


def test_followers_hear_each_step_too() -> None:
    steps = said(LI, "003 我来", NEW, answers={SubscribersOf(3): ("person:8", "person:7", "staff:1")})
    assert resident_hears(steps) == ["ticket.said.accept"] * 2


@pytest.mark.parametrize("status", [S.ASSIGNED, S.ACCEPTED, S.ARRIVED])
def test_who_comes_second_hears_kindly_who_has_it(status: TicketStatus) -> None:
    taken = ticket(3, number="R261122-003", status=status, assignee_id=LI.id)
    steps = said(ZHANG, "003 我来", taken, group="repair")
    (answer,) = of(Say, steps)
    assert answer.key == "staff.taken"
    assert "李强" in read(answer, (taken,))


@pytest.mark.parametrize(
    ("more", "promise"),
    [
        ({}, "ticket.expected.due"),
        ({"urgency": "urgent"}, "ticket.expected.urgent"),
        ({"urgency": "urgent", "finish_due": None}, "ticket.expected.urgent"),
        ({"wanted_start": DUE - HOUR, "wanted_end": DUE}, "ticket.expected.wanted"),
    ],
)
def test_resident_hears_when_somebody_comes(more: dict[str, object], promise: str) -> None:
    job = ticket(3, number="R261122-003", **{"finish_due": DUE, **more})
    (push,) = [say for say in of(Say, said(LI, "003 我来", job)) if say.key == "ticket.said.accept"]
    assert push.params["expected"].key == promise


def test_dispatcher_assigns_with_a_fresh_clock() -> None:
    steps = said(BOSS, "派 003 给张三", NEW, group="repair")
    done = change(steps)
    assert (done.move, done.changes["status"], done.changes["assignee_id"]) == ("assign", S.ASSIGNED, ZHANG.id)
    assert done.changes["respond_due"] == NOW + 15 * MINUTE
    assert timers(steps)["respond_breach"] == NOW + 15 * MINUTE
    assert staff_hear(steps)[ZHANG.id] == ["ticket.card"]
    assert resident_hears(steps) == ["ticket.said.assign"]


def test_nobody_is_on_the_way_before_he_has_accepted() -> None:
    job = ticket(3, number="R261122-003", finish_due=DUE, urgency="urgent")
    (push,) = [say for say in of(Say, said(BOSS, "派 003 给张三", job)) if say.key == "ticket.said.assign"]
    assert push.params["expected"].key == "ticket.expected.called"


def test_after_an_arrival_the_limit_is_that_of_the_work() -> None:
    job = ticket(
        3,
        number="R261122-003",
        finish_due=DUE,
        urgency="urgent",
        status=S.ARRIVED,
        assignee_id=LI.id,
        arrived_at=NOW - HOUR,
    )
    (push,) = [say for say in of(Say, said(LI, "转给张三", job)) if say.key == "ticket.said.assign"]
    assert push.params["expected"].key == "ticket.expected.due"


@pytest.mark.parametrize("words", ["修好了", "退单 不是我们管", "挂起 等配件 到周五"])
def test_an_unmistakable_word_without_a_job_is_answered_in_a_group_too(words: str) -> None:
    (answer,) = of(Say, said(ZHANG, words, group="repair"))
    assert answer.key == "staff.which.none"


def test_a_master_is_somebody_who_works_with_his_hands() -> None:
    (answer,) = of(Say, said(BOSS, "派 003 给林师傅", NEW, group="repair"))
    assert answer.key == "staff.who_unknown"


def test_who_loses_a_job_hears_it() -> None:
    assert staff_hear(said(BOSS, "派 003 给张三", ACCEPTED))[LI.id] == ["ticket.note.taken_back"]
    assert LI.id not in staff_hear(said(LI, "转给张三", ACCEPTED))


def test_assignee_hands_his_job_on_with_the_word_assign() -> None:
    assert change(said(LI, "003 派给张三", ACCEPTED)).move == "transfer"


def test_who_may_not_dispatch_is_told_who_may() -> None:
    (answer,) = of(Say, said(ZHANG, "派 003 给李强", NEW))
    assert answer.key == "staff.refused.who"
    assert answer.params["who"].key == "staff.who.dispatcher"


def test_unknown_colleague_gets_the_fitting_ones() -> None:
    (answer,) = of(Say, said(BOSS, "派 003 给王二麻子", NEW))
    assert answer.key == "staff.who_unknown"
    assert [phrase.params["name"] for phrase in answer.params["fitting"]] == ["李强", "张三"]
    assert answer.params["fitting"][0].params["why"].key == "staff.why.skill_building"


def test_accused_gets_no_complaint_to_handle() -> None:
    complaint = ticket(3, number="C261122-003", type=TicketType.COMPLAINT, group="clean", extra=SECRET)
    assert keys(said(MANAGER, "派 C261122-003 给刘芳", complaint)) == ["staff.who_unknown"]


def test_name_that_fits_two_is_asked_about() -> None:
    from handlers.facts import AllStaff
    from tests.unit.handlers.factory import staff
    from tests.unit.handlers.staff.speaking import CREW

    two = (*CREW, staff(30, "李伟", Role.REPAIRER))
    assert keys(said(BOSS, "派 003 给李师傅", NEW, answers={AllStaff(): two})) == ["staff.who_of"]


def test_another_department_gets_the_job_as_new() -> None:
    steps = said(LI, "转给保洁", ACCEPTED)
    done = change(steps)
    assert (done.move, done.changes["group"], done.changes["assignee_id"]) == ("return", "clean", None)
    assert done.changes["status"] is S.NEW
    (alert,) = [say for say in of(Say, steps) if isinstance(say.to, ToGroup)]
    assert alert.to.name == "clean"


def test_desk_sends_a_new_job_to_another_department() -> None:
    steps = said(DESK, "003 转保洁", NEW)
    assert change(steps).move == "correct"
    assert timers(steps)["respond_breach"] == NOW + 15 * MINUTE


def test_somebody_else_cannot_send_my_job_away() -> None:
    assert keys(said(ZHANG, "003 转保洁", ACCEPTED)) == ["staff.refused.who"]


def test_returned_job_is_new_again_with_reason_and_candidates() -> None:
    steps = said(LI, "退单 不是我们管", ACCEPTED)
    done = change(steps)
    assert (done.move, done.reason, done.changes["assignee_id"]) == ("return", "不是我们管", None)
    assert groups_hear(steps) == {"repair": ["ticket.alert.repair"], "service": ["staff.returned.dispatch"]}
    assert resident_hears(steps) == ["ticket.said.return"]
    (note,) = [say for say in of(Say, steps) if say.key == "staff.returned.dispatch"]
    assert [phrase.params["name"] for phrase in note.params["fitting"]] == ["张三"]


def test_others_cannot_return_my_job() -> None:
    assert keys(said(ZHANG, "003 退单", ACCEPTED)) == ["staff.refused.who"]


def test_arrival_leaves_at_least_four_hours_for_the_work() -> None:
    late = ticket(3, number="R261122-003", status=S.ACCEPTED, assignee_id=LI.id, finish_due=NOW, accepted_at=NOW)
    steps = said(LI, "到了", late)
    assert change(steps).changes["finish_due"] == NOW + 4 * HOUR
    assert timers(steps)["finish_breach"] == NOW + 4 * HOUR
    assert resident_hears(steps) == ["ticket.said.arrive"]


def test_arrival_alone_acknowledges_an_urgent_job() -> None:
    urgent = ticket(3, number="R261122-003", urgency="urgent", finish_due=DUE)
    steps = said(DUTY, "003 已到", urgent)
    done = change(steps)
    assert (done.changes["assignee_id"], done.changes["accepted_at"]) == (DUTY.id, NOW)
    assert {"respond_warn", "respond_breach"} <= dropped(steps)
    assert staff_hear(steps) == {DUTY.id: ["ticket.card"]}


def test_arrival_before_acceptance_of_a_normal_job_is_refused() -> None:
    assert keys(said(BOSS, "003 到了", NEW)) == ["staff.refused.first_accept"]


def test_finishing_asks_the_resident_and_plans_the_callback() -> None:
    steps = said(LI, "修好了，换了角阀", ARRIVED, media=[{"kind": "image", "name": "after.jpg"}])
    done = change(steps)
    assert (done.move, done.changes["status"], done.changes["finished_at"]) == ("finish", S.DONE, NOW)
    assert done.extra["result"]["media"] == [{"kind": "image", "name": "after.jpg"}]
    assert done.extra["result"]["text"] == "换了角阀"
    assert tells(steps) == [("person:7", "finished")]
    assert dropped(steps) == {None}
    assert set(timers(steps)) == {"sign_off_remind", "sign_off_person", "callback"}
    assert timers(steps)["callback"] == NOW + 48 * HOUR  # leak: 48 h, SLA-31


def test_leak_repair_asks_for_the_test() -> None:
    assert staff_hear(said(LI, "修好了", ARRIVED)) == {LI.id: ["staff.finished.leak"]}
    tested = ticket(3, number="R261122-003", status=S.ARRIVED, assignee_id=LI.id, extra={"leak_end": NOW.isoformat()})
    assert staff_hear(said(LI, "修好了", tested)) == {}


def test_finish_of_an_assigned_job_counts_as_accepted() -> None:
    assigned = ticket(3, number="R261122-003", status=S.ASSIGNED, assignee_id=LI.id, category="lighting")
    steps = said(LI, "修好了", assigned)
    assert change(steps).changes["accepted_at"] == NOW
    assert timers(steps)["callback"] == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_finish_of_a_suspended_job_ends_the_pause() -> None:
    paused = ticket(3, number="R261122-003", status=S.SUSPENDED, suspended_from=S.ARRIVED, assignee_id=LI.id)
    assert change(said(LI, "修好了", paused)).changes["suspend_until"] is None


def test_ticket_without_resident_goes_onto_the_call_list() -> None:
    patrol = ticket(3, number="R261122-003", status=S.ARRIVED, assignee_id=LI.id, reporter_lane="staff:7")
    steps = said(LI, "修好了", patrol)
    assert tells(steps) == []
    assert set(timers(steps)) == {"callback_call"}


def test_others_cannot_finish_my_job() -> None:
    assert keys(said(ZHANG, "003 修好了", ACCEPTED)) == ["staff.refused.who"]


def test_suspension_tells_reason_and_day_and_stops_the_clock() -> None:
    friday = window(27, 8, 22)
    steps = said(LI, "挂起 等配件 到周五", ACCEPTED, time=friday)
    done = change(steps)
    evening = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)  # 18:00 in the estate
    assert (done.reason, done.changes["suspend_until"]) == ("等配件", evening)
    assert done.extra["suspended"] == "等配件"
    assert dropped(steps) == {None}
    assert timers(steps) == {"suspend_due": evening}
    assert resident_hears(steps) == ["ticket.said.suspend"]


def test_suspension_without_a_day_is_watched_tomorrow() -> None:
    steps = said(LI, "挂起 等配件", ACCEPTED)
    assert change(steps).changes["suspend_until"] == NOW + 24 * HOUR
    assert keys(steps) == ["staff.suspended.no_day"]


def test_suspension_needs_a_reason_fit_for_the_resident() -> None:
    assert keys(said(LI, "挂起", ACCEPTED)) == ["staff.ask.reason"]
    assert keys(said(LI, "挂起 不归我管", ACCEPTED)) == ["staff.tone"]
    assert keys(said(ZHANG, "003 挂起 等料", ACCEPTED)) == ["staff.refused.who"]


@pytest.mark.parametrize(("accepted", "renewed"), [(NOW, False), (None, True)])
def test_resuming_moves_the_limits_by_the_pause(accepted: datetime | None, *, renewed: bool) -> None:
    paused = ticket(
        3,
        number="R261122-003",
        status=S.SUSPENDED,
        suspended_from=S.ACCEPTED,
        suspended_at=NOW - 2 * HOUR,
        assignee_id=LI.id,
        finish_due=DUE,
        respond_due=NOW,
        accepted_at=accepted,
    )
    steps = said(LI, "继续", paused)
    assert change(steps).changes["finish_due"] == DUE + 2 * HOUR
    assert change(steps).changes["paused_s"] == 7200
    assert timers(steps)["finish_breach"] == DUE + 2 * HOUR
    assert ("respond_breach" in timers(steps)) is renewed
    assert resident_hears(steps) == ["ticket.said.resume"]


def test_only_a_suspended_job_resumes() -> None:
    assert keys(said(LI, "003 继续", ACCEPTED)) == ["staff.refused.not_now"]


def test_cancelling_tells_both_sides_and_has_no_callback() -> None:
    steps = said(DESK, "003 业主不修了", ACCEPTED)
    assert change(steps).changes["status"] is S.CANCELLED
    assert staff_hear(steps) == {LI.id: ["ticket.note.cancelled"]}
    assert resident_hears(steps) == ["ticket.said.cancel"]
    assert timers(steps) == {}


def test_repairman_cannot_cancel() -> None:
    assert keys(said(LI, "003 取消", ACCEPTED)) == ["staff.refused.who"]


def test_buttons_do_what_the_words_do() -> None:
    assert change(said(LI, "", NEW, tap="accept:3")).move == "accept"
    assert change(said(LI, "", ACCEPTED, tap="arrive:3")).move == "arrive"
