"""报修: only what is missing is asked; one matter stays one ticket (S-REPAIR-01 … -18)."""

from datetime import timedelta

import pytest

from handlers.effects import CancelTimer, ChangeTicket, Subscribe, Tell, ToGroup, ToStaff
from handlers.facts import SimilarTickets, TicketById
from handlers.flows.parts.spot import block_of
from handlers.flows.parts.story import brief, is_told, only_frame
from nlp.meaning import Room
from storage.model import Home, TicketStatus, TicketType
from tests.unit.handlers.factory import HOME, HOMES, NOW, OTHER_HOME, OWNER, act, meaning, ticket, vague, window
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


# A matter in hand


def test_the_same_fault_again_goes_on_with_the_old_ticket() -> None:
    talk = Talk(tickets=(ticket(12, assignee_id=3),)).hears("厨房水管漏水", meaning=LEAK, media=PHOTO)
    assert talk.keys == ["repair.again"]
    assert not talk.opened
    change = talk.all(ChangeTicket)[0]
    assert (change.ticket, change.changes, change.extra) == (12, {"contacts": 2}, {"media": PHOTO})
    assert keys_to(talk.turn, ToStaff(3)) == ["repair.again_note"]
    assert keys_to(talk.turn, ToGroup("repair")) == ["repair.again_note"]


def test_the_manager_hears_of_the_third_contact() -> None:
    talk = Talk(tickets=(ticket(12, contacts=2),)).hears("厨房水管漏水", meaning=LEAK)
    assert keys_to(talk.turn, ToStaff(4)) == ["repair.again_note"]


@pytest.mark.parametrize(
    "said",
    [
        meaning("卫生间马桶漏水", place="卫生间", object="马桶"),
        meaning("另外一处也漏水", place="厨房"),
        meaning("厨房灯坏了", category="lighting", place="厨房", object="灯"),
        meaning("5-1-102厨房水管漏水", place="厨房", object="水管", room=Room(None, "5", "1", "102")),
    ],
)
def test_another_fault_is_another_ticket(said: object) -> None:
    talk = Talk(tickets=(ticket(12),)).hears(said.text, meaning=said)  # type: ignore[attr-defined]
    assert talk.asked == "repair.visit"


def test_a_fault_that_came_back_is_rework_not_a_new_ticket() -> None:
    said = meaning("厨房水管又漏了", place="厨房", object="水管")
    done = ticket(12, status=TicketStatus.CLOSED)
    talk = Talk(tickets=(done,)).hears("厨房水管又漏了", meaning=said)
    assert talk.keys == ["repair.rework"]
    change = talk.all(ChangeTicket)[0]
    assert (change.changes["status"], change.changes["reopened"]) == (TicketStatus.REOPENED, 1)
    assert "ticket.alert.unhappy" in keys_to(talk.turn, ToGroup("repair"))


def test_not_mended_without_more_means_the_one_finished_job() -> None:
    said = meaning("根本没修好", category="other")
    assert Talk(tickets=(ticket(12, status=TicketStatus.DONE),)).hears("根本没修好", meaning=said).keys == [
        "repair.rework"
    ]


def test_a_new_fault_after_a_finished_one_is_new() -> None:
    talk = Talk(tickets=(ticket(12, status=TicketStatus.CLOSED),)).hears("厨房水管漏水", meaning=LEAK)
    assert talk.asked == "repair.visit"


def test_too_many_open_tickets_bring_a_person() -> None:
    many = tuple(ticket(n, category=f"c{n}") for n in range(10))
    assert Talk(tickets=many).hears("厨房水管漏水", meaning=LEAK).keys == ["human.handed.open"]


# Neighbours


LIFT = meaning("电梯坏了", category="lift", object="电梯", place="电梯")


def test_a_public_fault_that_is_known_is_followed() -> None:
    known = ticket(20, category="lift", home=None, place="电梯", public_area=True, reporter_lane="person:9")
    talk = Talk(known={SimilarTickets("repair", "lift", "3"): (known,)}).hears("电梯坏了", meaning=LIFT)
    assert talk.keys == ["repair.subscribed"]
    assert talk.all(Subscribe)[0].ticket == 20
    assert not talk.opened


@pytest.mark.parametrize(
    "other",
    [
        ticket(20, category="lift", home=None, place="电梯", public_area=True, unit="1", reporter_lane="person:9"),
        ticket(20, category="lift", home=None, place="大堂", public_area=True, reporter_lane="person:9"),
        ticket(20, category="lift", place="电梯", reporter_lane="person:9"),
    ],
)
def test_another_spot_is_another_ticket(other: object) -> None:
    talk = Talk(known={SimilarTickets("repair", "lift", "3"): (other,)}).hears("电梯坏了", meaning=LIFT)
    assert len(talk.opened) == 1


NO_WATER = meaning("家里停水了", category="water_supply", object="水", urgency="urgent")


def household(id_: int, home: Home, lane: str) -> object:
    return ticket(id_, category="water_supply", home=home, place=None, object=None, reporter_lane=lane)


def outage(*tickets: object) -> Talk:
    return Talk(known={SimilarTickets("repair", "water_supply", "3"): tickets}).hears("家里停水了", meaning=NO_WATER)


def test_two_households_are_two_tickets() -> None:
    assert outage(household(20, HOMES[4], "person:9")).keys == ["repair.opened.urgent"]


def test_from_the_third_household_a_master_is_opened_and_the_others_join() -> None:
    first = household(20, Home(30, "main", None, "3", "2", "502"), "person:9")
    second = household(21, Home(31, "main", None, "3", "2", "503"), "user:webchat.main:x")
    talk = outage(first, second)
    opened = talk.opened[0]
    assert (opened.public_area, opened.home, opened.building, opened.unit) == (True, None, "3", "2")
    assert opened.extra["master"] is True
    assert talk.keys == ["repair.opened.mass"]
    tells = talk.all(Tell)
    assert [(tell.lane, tell.event, tell.data) for tell in tells] == [
        ("person:9", "merged", {"old": 20}),
        ("user:webchat.main:x", "merged", {"old": 21}),
    ]


def test_a_later_household_follows_the_master() -> None:
    master = ticket(30, category="water_supply", home=None, extra={"master": True}, reporter_lane="person:9")
    talk = outage(master)
    assert talk.keys == ["repair.subscribed"]
    assert not talk.opened


def test_the_earlier_report_joins_in_its_own_lane() -> None:
    old = ticket(20, category="water_supply")
    talk = Talk(known={TicketById(20): old}).told("merged", 30, old=20)
    change = talk.all(ChangeTicket)[0]
    assert change.changes == {"status": TicketStatus.MERGED, "merged_into": 30}
    assert talk.all(Subscribe)[0].ticket == 30
    assert talk.all(CancelTimer)
    assert (talk.keys, talk.say("repair.merged").kind) == (["repair.merged"], "push")


@pytest.mark.parametrize("old", [None, ticket(20, status=TicketStatus.CLOSED)])
def test_a_report_that_ended_meanwhile_is_left_alone(old: object) -> None:
    assert not Talk(known={TicketById(20): old}).told("merged", 30, old=20).turn.effects


# Putting right


def corrected(text: str, said: object, **fields: object) -> Talk:
    filed = ticket(12, created_at=NOW, assignee_id=3, **fields)
    return Talk(tickets=(filed,)).hears(text, meaning=said)


def test_another_time_moves_the_limit_too() -> None:
    talk = corrected("不对，是后天上午", vague("不对，是后天上午", time=window(24, 8, 12)))
    changes = talk.all(ChangeTicket)[0].changes
    assert changes["wanted_start"] == window(24, 8, 12).start
    assert changes["finish_due"] == window(24, 8, 12).end
    assert talk.timers["finish_breach"].due_at == window(24, 8, 12).end
    assert keys_to(talk.turn, ToStaff(3)) == ["repair.corrected_card"]
    assert keys_to(talk.turn, ToGroup("repair")) == ["repair.corrected_note"]


def test_a_room_number_alone_is_completed_by_the_ticket() -> None:
    lower = Home(40, "main", None, "3", "2", "401")
    from handlers.facts import HomesLike

    filed = ticket(12, created_at=NOW)
    known = {HomesLike(Room(building="3", unit="2", room="401")): (lower,)}
    talk = Talk(tickets=(filed,), known=known).hears("不对，是401", meaning=vague("不对，是401", room=Room(room="401")))
    assert talk.all(ChangeTicket)[0].changes["home"] == lower


def test_an_unknown_room_changes_nothing() -> None:
    talk = corrected("不对，是99栋", vague("不对，是99栋", room=Room(building="99")), home=None)
    assert talk.keys == ["repair.bad.home.unknown"]
    assert not talk.all(ChangeTicket)


def test_a_detail_said_right_after_filing_is_added() -> None:
    said = vague("是卫生间的马桶后面", place="卫生间", object="马桶")
    talk = corrected("是卫生间的马桶后面", said)
    assert talk.keys == ["repair.corrected"]
    assert talk.all(ChangeTicket)[0].changes["place"] == "卫生间"


def test_a_detail_that_says_nothing_is_no_correction() -> None:
    assert corrected("是这样的啊", vague("是这样的啊")).keys == ["common.unsure_all"]


def test_place_and_thing_are_put_right() -> None:
    said = meaning("不对，是阳台的洗衣机龙头", place="阳台", object="洗衣机龙头")
    changes = corrected("不对，是阳台的洗衣机龙头", said).all(ChangeTicket)[0].changes
    assert (changes["place"], changes["object"]) == ("阳台", "洗衣机龙头")
    assert changes["summary"].startswith("厨房水管漏水")


def test_a_ticket_past_correcting_is_left_alone() -> None:
    merged = ticket(12, created_at=NOW, status=TicketStatus.CLOSED)
    talk = Talk(tickets=(merged,)).hears(
        "不对，电话13900002222", meaning=vague("不对，电话13900002222", phone="13900002222")
    )
    assert not talk.all(ChangeTicket)


# Words


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("厨房水管漏水，明天下午三点来修", "厨房水管漏水"),
        ("5-1-102，客厅灯不亮了，尽快", "客厅灯不亮了"),
        ("另外门锁也坏了", "门锁也坏了"),
        ("你好", "你好"),
    ],
)
def test_a_matter_is_told_without_what_has_its_own_field(text: str, short: str) -> None:
    assert brief([text], visits=True) == short


def test_the_hour_of_a_nuisance_belongs_to_its_story() -> None:
    assert brief(["楼上晚上11点还在蹦迪"]) == "楼上晚上11点还在蹦迪"


def test_an_announcement_tells_nothing() -> None:
    assert not is_told("我想报修一下", "我|想|报修|一下")
    assert is_told("我想报修马桶", "我|想|报修|一下")


def test_an_address_alone_answers_no_question_for_words() -> None:
    assert only_frame("3栋2单元601")
    assert not only_frame("3栋2单元601太吵")


def test_a_spot_without_building_has_no_block() -> None:
    assert block_of({"building": None, "unit": "2", "place": "大门"}) == ""
    assert block_of({"building": "3", "unit": None, "place": "电梯"}) == "3栋"


def test_two_faults_told_one_after_the_other_share_home_and_phone() -> None:
    both = meaning(
        "水龙头坏了，马桶也堵了",
        act(text="水龙头坏了", object="水龙头"),
        act("repair", "drain", "马桶也堵了", object="马桶"),
    )
    talk = Talk(person=None).hears("水龙头坏了，马桶也堵了", meaning=both)
    talk.hears("3-2-501", meaning=vague("3-2-501", room=Room(None, "3", "2", "501")))
    talk.hears("13900002222", meaning=vague("13900002222", phone="13900002222")).hears("尽快")
    assert [(opened.category, opened.contact_phone) for opened in talk.opened] == [
        ("water_leak", "13900002222"),
        ("drain", "13900002222"),
    ]
    assert talk.asked is None
