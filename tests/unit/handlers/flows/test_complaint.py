"""投诉: the apology first, nothing asked twice, one matter one record (S-COMP-01 … -24)."""

from datetime import timedelta

import pytest

from handlers.effects import ChangeTicket, Phrase, ToGroup, ToStaff
from handlers.flows.parts.grievance import details, matters
from nlp.meaning import Room, Slots
from storage.model import TicketStatus, TicketType
from tests.unit.handlers.factory import HOME, NOW, meaning, ticket, vague, window
from tests.unit.handlers.talks import Talk, keys_to


def grievance(text: str, category: str = "noise", **more: object) -> object:
    return meaning(text, intent="complaint", category=category, **more)


RUDE = grievance("保安态度差", "staff_attitude", person="保安")


def test_the_apology_stands_before_the_first_question() -> None:
    talk = Talk().hears("保安态度差", meaning=RUDE)
    assert talk.asked == "complaint.happened"
    assert talk.say("complaint.ask.happened").params["lead"] == Phrase("complaint.apology")
    talk.hears("昨天晚上")
    assert talk.asked == "complaint.demand"
    assert talk.say("complaint.ask.demand").params["lead"] == Phrase("complaint.thanks")


def test_it_ends_in_a_ticket_with_department_promise_and_accused() -> None:
    talk = Talk().hears("保安态度差", meaning=RUDE).hears("昨天晚上").hears("希望道歉")
    opened = talk.opened[0]
    assert (opened.type, opened.level, opened.group, opened.home) == (TicketType.COMPLAINT, "important", "order", HOME)
    assert (opened.extra["accused"], opened.extra["happened"], opened.extra["demand"]) == (
        "保安",
        "昨天晚上",
        "希望道歉",
    )
    assert opened.summary == "保安态度差；昨天晚上；希望道歉".replace("；", "，")
    receipt = talk.say("complaint.opened")
    assert receipt.params["promise"].key == "complaint.promise.important"
    assert receipt.params["lead"] is None
    assert "ticket.alert.important" in keys_to(talk.turn, ToGroup("order"))


def test_nothing_that_was_said_is_asked() -> None:
    text = "昨天晚上楼上装修队施工，吵得睡不着，希望你们管一管"
    talk = Talk().hears(text, meaning=grievance(text))
    assert talk.keys == ["complaint.opened"]
    assert talk.say("complaint.opened").params["lead"] == Phrase("complaint.apology")


def test_not_knowing_is_a_good_answer() -> None:
    talk = Talk().hears("保安态度差", meaning=RUDE).hears("不记得了")
    assert talk.asked == "complaint.demand"
    assert talk.hears("道歉").opened[0].extra["happened"] == "-"


def test_a_bare_complaint_is_asked_what_happened() -> None:
    talk = Talk().hears("我要投诉")
    assert talk.asked == "complaint.story"
    assert talk.hears("吵").keys == ["complaint.bad.story.short"]


def test_dirt_is_asked_where_and_people_are_asked_who() -> None:
    assert matters("place", "hygiene")
    assert not matters("place", "noise")
    assert matters("accused", "staff_attitude")
    assert not matters("accused", "hygiene")
    assert matters("demand", "noise")


def test_an_address_answers_where_and_is_heard_as_the_home() -> None:
    talk = Talk(person=None).hears("垃圾没人清", meaning=grievance("垃圾没人清", "hygiene", object="垃圾"))
    asked = talk.hears("这几天").asked
    if asked == "complaint.place":
        talk.hears("3栋2单元501", meaning=vague("3栋2单元501", room=Room(None, "3", "2", "501")))
    assert talk.asked == "complaint.demand"


def test_a_stranger_is_asked_for_his_home_and_need_not_say_it() -> None:
    talk = Talk(person=None).hears("保安态度差", meaning=RUDE).hears("昨天").hears("道歉")
    assert talk.asked == "complaint.home"
    assert talk.hears("不方便说").opened[0].home is None


def test_a_stranger_may_name_his_home_when_asked() -> None:
    talk = Talk(person=None).hears("保安态度差", meaning=RUDE).hears("昨天").hears("道歉")
    talk.hears("99栋", meaning=vague("99栋", room=Room(building="99")))
    assert talk.keys == ["complaint.bad.home.unknown"]
    talk.hears("3-2-501", meaning=vague("3-2-501", room=Room(None, "3", "2", "501")))
    assert talk.opened[0].home == HOME


def test_a_stranger_may_name_his_home_at_any_question() -> None:
    talk = Talk(person=None).hears("保安态度差", meaning=RUDE)
    talk.hears("昨天", meaning=vague("昨天")).hears(
        "3-2-501", meaning=vague("3-2-501", room=Room(None, "3", "2", "501"))
    )
    assert talk.asked == "complaint.demand"
    assert talk.hears("道歉").opened[0].home == HOME


def test_an_angry_resident_hears_calm_words_and_may_have_a_supervisor() -> None:
    angry = grievance("你们物业太差劲了，天天停水", "property_management", sentiment="angry")
    talk = Talk().hears("你们物业太差劲了，天天停水", meaning=angry)
    assert talk.asked == "complaint.demand"
    assert talk.say("complaint.ask.demand").params["lead"] == Phrase("complaint.calm")
    assert talk.say("complaint.ask.demand").buttons[0].key == "wish:human"
    assert talk.taps("wish:human", "请主管与我沟通").keys == ["human.handed.open"]


def test_anger_that_goes_on_brings_a_supervisor() -> None:
    angry = grievance("你们真没用", "property_management", sentiment="angry")
    lately = ticket(12, type=TicketType.COMPLAINT, category="noise", created_at=NOW - timedelta(minutes=5))
    talk = Talk(tickets=(lately,)).hears("你们真没用", meaning=angry)
    assert talk.keys == ["human.handed.open"]
    assert talk.say("human.handed.open").params["lead"] == Phrase("human.lead.upset")


def test_the_same_matter_is_one_record() -> None:
    open_ = ticket(12, type=TicketType.COMPLAINT, category="noise", object=None, place=None, group="service")
    talk = Talk(tickets=(open_,)).hears("楼上又吵了", meaning=grievance("楼上又吵了"))
    assert talk.keys == ["complaint.again"]
    assert talk.all(ChangeTicket)[0].changes == {"contacts": 2}


def test_the_accused_does_not_hear_of_the_second_contact() -> None:
    open_ = ticket(
        12,
        type=TicketType.COMPLAINT,
        category="noise",
        object=None,
        place=None,
        assignee_id=3,
        extra={"accused_ids": [3]},
    )
    talk = Talk(tickets=(open_,)).hears("楼上又吵了", meaning=grievance("楼上又吵了"))
    assert keys_to(talk.turn, ToStaff(3)) == []
    assert keys_to(talk.turn, ToGroup("repair")) == []
    assert keys_to(talk.turn, ToStaff(4)) == ["repair.again_note"]


def test_a_settled_matter_that_comes_back_is_reopened_one_level_up() -> None:
    over = ticket(
        12,
        type=TicketType.COMPLAINT,
        category="noise",
        object=None,
        place=None,
        level="minor",
        status=TicketStatus.CLOSED,
    )
    talk = Talk(tickets=(over,)).hears("楼上又吵了", meaning=grievance("楼上又吵了"))
    assert talk.keys == ["complaint.rework"]
    assert talk.all(ChangeTicket)[0].changes["level"] == "important"


def test_another_fault_in_the_middle_is_a_matter_of_its_own() -> None:
    talk = Talk().hears("保安态度差", meaning=RUDE)
    talk.hears("停水了", meaning=meaning("停水了", category="water_supply", object="水", urgency="urgent"))
    assert talk.keys == ["repair.opened.urgent", "complaint.ask.happened"]


def test_the_fault_that_is_complained_of_answers_the_question() -> None:
    text = "水管漏了没人管"
    talk = Talk().hears(text, meaning=grievance(text, "water_leak"))
    talk.hears("昨天就漏了", meaning=meaning("昨天就漏了", object="水管"))
    assert talk.asked == "complaint.demand"


def test_too_many_open_matters_bring_a_person() -> None:
    many = tuple(ticket(n, category=f"c{n}") for n in range(10))
    assert Talk(tickets=many).hears("保安态度差", meaning=RUDE).keys == ["human.handed.open"]


def test_a_complaint_is_never_lost_in_silence() -> None:
    talk = Talk().hears("保安态度差", meaning=RUDE).fires("idle_close", now=NOW + timedelta(minutes=30))
    assert talk.keys == ["complaint.opened.silent"]


def test_a_wish_date_is_the_limit_of_a_minor_complaint() -> None:
    text = "昨天楼道有异味，希望明天前解决"
    talk = Talk().hears(text, meaning=grievance(text, "hygiene", time=window(23, 0, 23), place="楼道"))
    assert talk.opened[0].wanted == window(23, 0, 23)
    assert talk.opened[0].finish_due == window(23, 0, 23).end


def test_a_complaint_about_an_open_repair_names_it() -> None:
    fault = ticket(12, category="flood")
    text = "水管昨天就漏了没人修，希望马上处理"
    talk = Talk(tickets=(fault,)).hears(text, meaning=grievance(text, "water_leak"))
    assert talk.opened[0].extra["linked"] == "R261122-012"


def test_pictures_go_with_the_complaint() -> None:
    photo = [{"kind": "image", "id": "m"}]
    talk = Talk().hears("保安态度差", meaning=RUDE, media=photo).hears("昨天").hears("道歉")
    assert talk.opened[0].media == tuple(photo)


def test_a_filed_complaint_is_put_right_or_added_to() -> None:
    filed = ticket(12, type=TicketType.COMPLAINT, category="noise", created_at=NOW)
    room = Talk(tickets=(filed,)).hears(
        "不对，是5-1-102", meaning=vague("不对，是5-1-102", room=Room(None, "5", "1", "102"))
    )
    assert room.keys == ["repair.corrected"]
    more = "不对，不是保安，是门口停车场的收费员态度差"
    added = Talk(tickets=(filed,)).hears(more, meaning=grievance(more))
    assert added.keys[0] in ("repair.corrected", "complaint.again")
    short = Talk(tickets=(filed,)).hears("不对")
    assert short.keys == ["common.correct_what"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("昨晚保安骂人", {"accused", "happened"}),
        ("楼道垃圾没人清，希望尽快处理", {"place", "demand"}),
        ("太差劲", set()),
    ],
)
def test_details_are_heard_in_the_first_words(text: str, found: set[str]) -> None:
    assert set(details(text, Slots())) == found


def test_a_named_person_is_the_accused_and_the_neighbour_no_place() -> None:
    assert details("x", Slots(person="王师傅"))["accused"] == "王师傅"
    assert "place" not in details("楼上太吵", Slots(place="楼上"))
