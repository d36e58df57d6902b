"""A wish becomes a ticket: group, limits, alerts, timers (S-TRI-03, AL-01..AL-06, S-COMP-24)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers import ticketing
from handlers.effects import Effect, OpenTicket, Say, SetTimer
from handlers.facts import AllStaff
from storage.model import TicketStatus, TicketType
from tests.unit.handlers.factory import HOME, NOW, ZONE, facts, window
from tests.unit.handlers.staff.speaking import (
    BOSS,
    DIRECTOR,
    DUTY,
    GUARD,
    LI,
    MANAGER,
    groups_hear,
    known,
    of,
    staff_hear,
    timers,
)
from tests.unit.handlers.wording import body, to_groups, to_staff

T = TicketType
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WORDS = "我家501厨房漏水，电话13900001111"
LEAK = OpenTicket("t1", T.REPAIR, "water_leak", WORDS, home=HOME, place="厨房", object="水管")
NOISY = OpenTicket("t1", T.COMPLAINT, "noise", "楼上太吵")


def filed(wish: OpenTicket, **more: Any) -> list[Effect]:
    """What filing does; every text is rendered."""
    answers = known() | more.pop("answers", {})
    found = ticketing.file(facts("x", known=answers, **more), wish)
    for say in of(Say, found):
        body(say, found)
    return found


def opened(effects: list[Effect]) -> OpenTicket:
    first = effects[0]
    assert isinstance(first, OpenTicket)
    return first


def test_repair_gets_group_limits_alert_and_timers() -> None:
    found = filed(LEAK)
    ticket = opened(found)
    assert (ticket.group, ticket.respond_due, ticket.finish_due) == ("repair", NOW + 15 * MINUTE, NOW + 24 * HOUR)
    assert groups_hear(found) == {"repair": ["ticket.alert.repair"]}
    assert staff_hear(found) == {}
    assert timers(found) == {
        "respond_warn": NOW + 12 * MINUTE,
        "respond_breach": NOW + 15 * MINUTE,
        "finish_warn": datetime(2026, 11, 23, 7, 0, tzinfo=ZONE),  # 05:12 is night
        "finish_breach": NOW + 24 * HOUR,
        "late_notice": NOW + 24 * HOUR - 10 * MINUTE,
    }


def test_group_alert_shows_block_and_place_but_no_room_phone_or_name() -> None:
    text = to_groups(filed(replace(LEAK, summary="周晓岚家501厨房漏水，电话13900001111")))["repair"]
    assert "3栋2单元厨房" in text
    assert not any(secret in text for secret in ("501", "13900001111", "周晓岚"))


def test_group_alert_has_the_accept_button_of_its_ticket() -> None:
    (alert,) = of(Say, filed(LEAK))
    assert [button.key for button in alert.buttons] == ["accept:{ticket}"]
    assert alert.ticket == "t1"


def test_photo_of_a_home_stays_out_of_the_group_that_of_a_public_place_does_not() -> None:
    photo = ({"kind": "image", "name": "x.jpg"},)
    (private,) = of(Say, filed(replace(LEAK, media=photo)))
    (public,) = of(Say, filed(replace(LEAK, media=photo, public_area=True, home=None, building="3")))
    assert private.media == ()
    assert public.media == photo
    assert opened(filed(replace(LEAK, media=photo))).extra["media"] == [dict(photo[0])]


def test_urgent_repair_also_reaches_the_duty_in_private() -> None:
    found = filed(replace(LEAK, urgency="urgent"))
    assert staff_hear(found) == {DUTY.id: ["ticket.card"]}
    assert opened(found).respond_due == NOW + 5 * MINUTE
    assert opened(found).finish_due == NOW + 40 * MINUTE
    assert all(say.urgent for say in of(Say, found))


def test_emergency_reaches_group_duty_head_manager_and_director() -> None:
    found = filed(OpenTicket("t1", T.EMERGENCY, "lift", "电梯困人", urgency="emergency", building="3", unit="2"))
    assert groups_hear(found) == {"repair": ["ticket.alert.emergency"]}
    assert set(staff_hear(found)) == {DUTY.id, BOSS.id, MANAGER.id, DIRECTOR.id}
    assert timers(found)["respond_breach"] == NOW + 3 * MINUTE
    assert "respond_warn" not in timers(found)


def test_appointment_is_limit_and_reminder() -> None:
    found = filed(replace(LEAK, wanted=window(23, 15, 17)))
    assert opened(found).finish_due == window(23, 17).start
    assert timers(found)["appointment"] == window(23, 14).start


def test_open_appointment_is_late_only_when_its_hour_has_come() -> None:
    """SLA-25: "after two" and "at two" look alike."""
    due = timers(filed(replace(LEAK, wanted=window(23, 14))))
    assert due["late_notice"] == due["finish_breach"] == window(23, 14).start


def test_reminder_of_an_early_appointment_goes_the_evening_before() -> None:
    found = filed(replace(LEAK, wanted=window(23, 8, 9)))
    assert timers(found)["appointment"] == datetime(2026, 11, 22, 19, 50, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("level", "groups", "people"),
    [
        ("minor", {"service": ["ticket.alert.minor"]}, set()),
        ("important", {"service": ["ticket.alert.important"]}, {MANAGER.id}),
        (
            "major",
            {"service": ["ticket.alert.major"], "manager": ["ticket.alert.major"]},
            {MANAGER.id, DIRECTOR.id},
        ),
    ],
)
def test_complaints_reach_the_right_heads_by_level(level: str, groups: dict[str, list[str]], people: set[int]) -> None:
    """AL-04, AL-05, AL-06."""
    found = filed(replace(NOISY, level=level))
    assert groups_hear(found) == groups
    assert set(staff_hear(found)) == people


def test_level_is_proposed_from_the_words() -> None:
    assert opened(filed(NOISY)).level == "minor"
    assert opened(filed(replace(NOISY, summary="楼上打人，我受伤了"))).level == "major"


def test_rude_guard_goes_to_the_head_of_the_guards() -> None:
    """Acceptance scenario 2."""
    found = filed(OpenTicket("t1", T.COMPLAINT, "staff_attitude", "投诉保安态度差"))
    assert (opened(found).group, opened(found).level) == ("order", "important")
    assert set(staff_hear(found)) == {GUARD.id}


@pytest.mark.parametrize("extra", [{}, {"accused": "李强"}, {"accused": "那个李师傅"}])
def test_complaint_that_names_a_colleague_is_told_to_no_group_and_not_to_him(extra: dict[str, str]) -> None:
    """S-COMP-24: the head and one higher."""
    words = "李强态度不好" if not extra else "师傅态度不好"
    found = filed(OpenTicket("t1", T.COMPLAINT, "staff_attitude", words, extra=extra))
    assert opened(found).extra["accused_ids"] == [LI.id]
    assert groups_hear(found) == {}
    assert set(staff_hear(found)) == {BOSS.id, MANAGER.id}


def test_complaint_about_the_head_goes_past_him() -> None:
    found = filed(OpenTicket("t1", T.COMPLAINT, "staff_attitude", "维修主管王建国骂人"))
    assert set(staff_hear(found)) == {MANAGER.id}


def test_card_of_a_complaint_shows_its_receiver_whom_to_call() -> None:
    text = to_staff(filed(replace(NOISY, level="important", home=HOME)))[MANAGER.id]
    assert "周晓岚 13900001111" in text


def test_municipal_matter_is_contacted_within_three_days() -> None:
    """SLA-22."""
    assert timers(filed(OpenTicket("t1", T.COMPLAINT, "water_supply", "又停水")))["rule_due_contacted"] == NOW + 3 * DAY


@pytest.mark.parametrize(
    ("type_", "category", "group", "key"),
    [
        (T.INQUIRY, "rules", "service", "ticket.alert.inquiry"),
        (T.PAYMENT, "water_fee", "finance", "ticket.alert.payment"),
        (T.SUGGESTION, "lighting", "service", "ticket.alert.suggestion"),
        (T.PRAISE, "other", "service", "ticket.alert.praise"),
        (T.SERVICE, "move", "service", "ticket.alert.service"),
    ],
)
def test_other_matters_go_to_their_desks(type_: TicketType, category: str, group: str, key: str) -> None:
    assert groups_hear(filed(OpenTicket("t1", type_, category, "请看一下"))) == {group: [key]}


def test_praise_has_no_limits_and_no_buttons() -> None:
    found = filed(OpenTicket("t1", T.PRAISE, "other", "师傅真好"))
    assert timers(found) == {}
    assert of(Say, found)[0].buttons == ()


def test_what_the_caller_set_is_kept() -> None:
    wish = replace(LEAK, group="order", finish_due=NOW + HOUR, respond_due=NOW + MINUTE)
    assert opened(filed(wish)) == wish


def test_assigned_ticket_goes_to_its_man_alone() -> None:
    found = filed(replace(LEAK, assignee_id=LI.id, status=TicketStatus.ASSIGNED))
    assert groups_hear(found) == {}
    assert staff_hear(found) == {LI.id: ["ticket.card"]}
    assert "respond_breach" in timers(found)


@pytest.mark.parametrize("status", [TicketStatus.DONE, TicketStatus.MERGED])
def test_ticket_that_is_over_or_merged_alarms_nobody(status: TicketStatus) -> None:
    assert len(filed(replace(LEAK, status=status))) == 1


def test_timers_run_in_the_lane_whose_matter_it_is() -> None:
    lanes = {t.lane for t in of(SetTimer, filed(LEAK))}
    on_behalf = {t.lane for t in of(SetTimer, filed(replace(LEAK, on_behalf_of="person:9"), staff=BOSS))}
    by_staff = {t.lane for t in of(SetTimer, filed(LEAK, staff=BOSS))}
    assert (lanes, on_behalf, by_staff) == ({"person:7"}, {"person:9"}, {"estate"})


def test_without_a_roster_only_the_group_hears() -> None:
    found = filed(replace(LEAK, urgency="urgent"), answers={AllStaff(): ()})
    assert groups_hear(found) == {"repair": ["ticket.alert.urgent"]}
    assert staff_hear(found) == {}
