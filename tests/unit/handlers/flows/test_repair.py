"""报修: only what is missing is asked; urgent, uncertain and silent reports (S-REPAIR-01 … -18)."""

from datetime import timedelta

import pytest

from handlers.effects import ToGroup, ToStaff
from nlp.meaning import Room
from storage.model import TicketType
from tests.unit.handlers.factory import HOME, NOW, OTHER_HOME, OWNER, meaning, ticket, vague, window
from tests.unit.handlers.talks import Talk, keys_to

LEAK = meaning("厨房水管漏水", place="厨房", object="水管")
PHOTO = [{"kind": "image", "id": "m1"}]


def lamp(text: str = "灯坏了", **slots: object) -> object:
    return meaning(text, category="lighting", object="灯", **slots)


# What is asked


def test_a_bound_owner_is_asked_for_the_time_alone() -> None:
    talk = Talk().hears("厨房水管漏水", meaning=LEAK)
    assert talk.asked == "repair.visit"
    talk.hears("明天下午", meaning=vague("明天下午", time=window(23, 13, 18)))
    opened = talk.opened[0]
    assert (opened.type, opened.category, opened.home, opened.place) == (TicketType.REPAIR, "water_leak", HOME, "厨房")
    assert (opened.wanted, opened.public_area, opened.group) == (window(23, 13, 18), False, "repair")
    assert opened.finish_due == window(23, 13, 18).end


def test_a_stranger_is_asked_room_phone_and_time_without_binding() -> None:
    talk = Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头"))
    asked = [talk.asked]
    talk.hears("3-2-501", meaning=vague("3-2-501", room=Room(None, "3", "2", "501")))
    asked.append(talk.asked)
    talk.hears("13900002222", meaning=vague("13900002222", phone="13900002222"))
    asked.append(talk.asked)
    assert asked == ["repair.home", "repair.phone", "repair.visit"]
    talk.hears("尽快")
    opened = talk.opened[0]
    assert (opened.home, opened.contact_phone, opened.wanted) == (HOME, "13900002222", None)
    assert opened.extra["asap"] is True
    assert talk.keys == ["repair.opened.soon"]


def test_an_owner_without_a_phone_is_asked_for_it() -> None:
    nameless = type(OWNER)(7, "main", "周晓岚", None)
    assert Talk(person=nameless).hears("厨房水管漏水", meaning=LEAK).asked == "repair.phone"


def test_an_owner_of_two_homes_is_asked_which() -> None:
    talk = Talk(homes=(HOME, OTHER_HOME)).hears("厨房水管漏水", meaning=LEAK)
    assert talk.asked == "repair.home"
    labels = [button.label for button in talk.say("repair.ask.home").buttons]
    assert labels == ["3栋2单元501", "5栋1单元102"]
    talk.taps("home:2", "5栋1单元102")
    assert talk.answers["home"]["id"] == 2


def test_a_room_said_outranks_the_own_home() -> None:
    said = meaning("5-1-102厨房水管漏水", place="厨房", object="水管", room=Room(None, "5", "1", "102"))
    talk = Talk().hears("5-1-102厨房水管漏水", meaning=said)
    assert talk.answers["home"]["id"] == OTHER_HOME.id


def test_a_bare_wish_is_asked_what_is_wrong() -> None:
    talk = Talk().hears("我要报修")
    assert talk.asked == "repair.problem"
    assert talk.hears("漏").keys == ["repair.bad.problem.short"]


def test_after_a_bare_wish_the_answer_says_what_kind_of_fault_it_is() -> None:
    talk = Talk().hears("我要报修").hears("楼道灯坏了", meaning=lamp("楼道灯坏了", place="楼道"))
    opened = talk.opened[0]
    assert (opened.category, opened.public_area, opened.place) == ("lighting", True, "楼道")
    urgent = Talk().hears("我要报修").hears("电梯坏了", meaning=meaning("电梯坏了", category="lift", object="电梯"))
    assert urgent.opened[0].urgency == "urgent"


def test_a_phone_number_is_no_fault() -> None:
    talk = Talk(person=None).hears("我要报修").hears("13900002222", meaning=vague("13900002222", phone="13900002222"))
    assert talk.asked == "repair.problem"
    assert talk.answers["phone"] == "13900002222"


def test_a_correction_does_not_change_the_kind_of_fault() -> None:
    talk = Talk().hears("我要报修").hears("厨房水管漏水", meaning=LEAK)
    talk.hears("不对，是5-1-102", meaning=vague("不对，是5-1-102", room=Room(None, "5", "1", "102")))
    assert talk.answers["category"] == "water_leak"


def test_a_lamp_may_be_inside_or_outside() -> None:
    talk = Talk().hears("灯坏了", meaning=lamp())
    assert talk.asked == "repair.area"
    talk.taps("home", "家里")
    assert talk.asked == "repair.visit"


@pytest.mark.parametrize(
    ("text", "said", "asked"),
    [
        ("楼道里的", vague("楼道里的", place="楼道"), None),
        ("3栋的", vague("3栋的", room=Room(building="3")), "repair.visit"),
        ("随便吧", vague("随便吧"), "repair.area"),
    ],
)
def test_a_place_answers_inside_or_outside(text: str, said: object, asked: str | None) -> None:
    talk = Talk().hears("灯坏了", meaning=lamp()).hears(text, meaning=said)
    assert talk.asked == asked


def test_a_public_fault_needs_neither_home_nor_time() -> None:
    talk = Talk().hears("楼道灯不亮", meaning=lamp("楼道灯不亮", place="楼道"))
    opened = talk.opened[0]
    assert (opened.public_area, opened.home, opened.wanted) == (True, None, None)
    assert (opened.building, opened.unit, opened.place) == ("3", "2", "楼道")
    assert talk.keys == ["repair.opened.public"]
    assert talk.say("repair.opened.public").params["where"] == "3栋2单元楼道"


def test_a_stranger_with_a_public_fault_is_asked_where() -> None:
    talk = Talk(person=None).hears("楼道灯不亮", meaning=lamp("楼道灯不亮", place="楼道", phone="13900002222"))
    assert talk.asked == "repair.spot"
    talk.hears("12栋1单元", meaning=vague("12栋1单元", room=Room(building="12", unit="1")))
    assert (talk.opened[0].building, talk.opened[0].place) == ("12", "楼道")


def test_the_floor_is_part_of_the_spot() -> None:
    talk = Talk(person=None).hears("楼道灯不亮", meaning=lamp("楼道灯不亮", place="楼道", phone="13900002222"))
    talk.hears("12栋1单元3楼", meaning=vague("12栋1单元3楼", room=Room(building="12", unit="1")))
    assert talk.opened[0].place == "3楼楼道"


def test_a_place_the_estate_has_once_needs_no_building() -> None:
    talk = Talk().hears("小区大门坏了", meaning=meaning("小区大门坏了", category="gate", place="小区大门"))
    assert (talk.opened[0].building, talk.opened[0].place) == (None, "小区大门")


def test_a_public_place_may_be_told_in_any_words() -> None:
    talk = Talk().hears("路灯坏了", meaning=meaning("公共路面坏了", category="road", object="路面"))
    talk = Talk(homes=(HOME, OTHER_HOME)).hears("电梯坏了", meaning=meaning("电梯坏了", category="lift", object="电梯"))
    assert talk.asked == "repair.spot"
    talk.hears("靠近东门那一栋")
    assert talk.opened[0].place == "靠近东门那一栋"


def test_a_public_place_too_short_is_asked_again() -> None:
    talk = Talk(homes=(HOME, OTHER_HOME)).hears("电梯坏了", meaning=meaning("电梯坏了", category="lift", object="电梯"))
    assert talk.hears("东").keys == ["repair.bad.spot.short"]


def test_a_past_time_is_asked_again() -> None:
    talk = Talk().hears("厨房水管漏水", meaning=LEAK)
    talk.hears("今天早上八点", meaning=vague("今天早上八点", time=window(22, 8)))
    assert talk.keys == ["repair.bad.visit.past"]


def test_a_stranger_who_reported_lately_is_not_asked_again() -> None:
    before = ticket(12, category="drain", reporter_lane="user:webchat.main:u1", contact_phone="13900002222")
    talk = Talk(person=None, tickets=(before,)).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头"))
    assert talk.asked == "repair.visit"
    assert talk.hears("尽快").opened[0].contact_phone == "13900002222"


def test_a_stranger_who_names_another_room_is_taken_at_his_word() -> None:
    before = ticket(12, category="drain", reporter_lane="user:webchat.main:u1", contact_phone="13900002222")
    said = meaning("5-1-102水龙头坏了", object="水龙头", room=Room(None, "5", "1", "102"))
    talk = Talk(person=None, tickets=(before,)).hears("5-1-102水龙头坏了", meaning=said)
    assert talk.answers["home"]["id"] == OTHER_HOME.id


# Urgent, uncertain, silent


def test_an_urgent_fault_is_filed_at_once_with_a_safety_word() -> None:
    said = meaning("厨房水管一直喷水", place="厨房", object="水管", urgency="urgent")
    talk = Talk().hears("厨房水管一直喷水", meaning=said)
    assert talk.keys == ["repair.opened.urgent_water"]
    assert talk.opened[0].urgency == "urgent"
    assert "ticket.alert.urgent" in keys_to(talk.turn, ToGroup("repair"))
    assert "ticket.card" in keys_to(talk.turn, ToStaff(1))


def test_an_urgent_lift_names_its_own_building() -> None:
    talk = Talk().hears("电梯坏了", meaning=meaning("电梯坏了", category="lift", object="电梯"))
    assert talk.keys == ["repair.opened.urgent"]
    assert talk.opened[0].building == "3"


def test_a_later_appointment_outranks_the_urgent_label() -> None:
    said = meaning(
        "厨房水管一直漏水，明天下午来", place="厨房", object="水管", urgency="urgent", time=window(23, 13, 18)
    )
    talk = Talk().hears("厨房水管一直漏水，明天下午来", meaning=said)
    assert talk.keys == ["repair.opened.visit_water"]
    assert (talk.opened[0].urgency, talk.opened[0].wanted) == ("normal", window(23, 13, 18))


def test_an_uncertain_reading_is_confirmed_on_one_card() -> None:
    said = meaning("厨房那个漏，明天来", place="厨房", object="水管", time=window(23, 9, 11), confidence=0.6)
    talk = Talk().hears("厨房那个漏，明天来", meaning=said)
    assert talk.asked == "repair.confirm"
    card = talk.say("repair.ask.confirm").params
    assert (card["where"], card["visit"]) == ("3栋2单元501厨房", window(23, 9, 11))
    assert talk.hears("确认").keys == ["repair.opened.visit"]


def test_the_card_may_be_refused() -> None:
    said = meaning("厨房那个漏，明天来", place="厨房", object="水管", time=window(23, 9, 11), confidence=0.6)
    talk = Talk().hears("厨房那个漏，明天来", meaning=said).taps("no", "不报了")
    assert talk.keys == ["repair.discarded"]
    assert not talk.opened


def test_a_silent_request_is_filed_with_the_time_to_be_agreed() -> None:
    talk = Talk().hears("厨房水管漏水", meaning=LEAK).fires("idle_close", now=NOW + timedelta(minutes=30))
    assert talk.keys == ["repair.opened.silent"]
    assert talk.say("repair.opened.silent").kind == "push"
    assert talk.conversation.said == {"kind": "closed"}


def test_pictures_go_with_the_ticket() -> None:
    said = meaning("厨房水管漏水，尽快来", place="厨房", object="水管")
    talk = Talk().hears("厨房水管漏水，尽快来", meaning=said, media=PHOTO)
    assert talk.opened[0].media == tuple(PHOTO)


def test_the_ticket_is_short_and_keeps_the_whole_words() -> None:
    text = "你好，我是3栋2单元501的，厨房水管漏水，电话13900001111，尽快来"
    talk = Talk().hears(text, meaning=meaning(text, place="厨房", object="水管"))
    assert talk.opened[0].summary == "厨房水管漏水"
    assert talk.opened[0].extra["words"] == text
