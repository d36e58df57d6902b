"""The conversation engine: asking, hearing, interrupting, correcting, giving up (style.md 5)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.effects import (
    AddTask,
    CancelTimer,
    ChangeTicket,
    Leave,
    Phrase,
    ToGroup,
    ToStaff,
)
from handlers.facts import BillByNumber, ConversationOf, TicketById, TicketsOfGroup, TicketsOfStaff
from handlers.rules import Rules
from nlp.meaning import Reading, Room
from storage.message import Conversation, Frame
from storage.model import TicketStatus, TicketType
from tests.unit.handlers.factory import (
    NOW,
    OTHER_HOME,
    STAFF,
    act,
    meaning,
    ticket,
    vague,
    window,
)
from tests.unit.handlers.talks import Talk, keys_to

LEAK = meaning("厨房水管漏水", place="厨房", object="水管")
FEE = meaning("物业费怎么交", intent="payment", category="property_fee")
BURST = Rules()


def leak(**more: object) -> Talk:
    """A resident who has reported a leak and is asked for a time."""
    return Talk(**more).hears("厨房水管漏水", meaning=LEAK)


# Greeting and listening


def test_the_first_answer_of_a_talk_says_who_we_are() -> None:
    talk = leak()
    assert talk.keys == ["repair.ask.visit"]
    assert talk.around("repair.ask.visit") == ["common.greeting"]
    assert talk.conversation.greeted_on == "2026-11-22"


def test_the_second_answer_does_not_greet_again() -> None:
    talk = leak().hears("哈哈")
    assert "common.greeting" not in talk.around("repair.ask.visit")


def test_a_new_talk_on_the_same_day_is_greeted_shortly() -> None:
    talk = leak().hears("算了").hears("厨房水管漏水", meaning=LEAK, now=NOW + timedelta(hours=2))
    assert talk.around("repair.ask.visit") == ["common.greeting_again"]


def test_a_greeting_of_its_own_gets_no_second_one() -> None:
    talk = Talk().hears("你好", meaning=meaning("你好", intent="greeting", category="greeting"))
    assert talk.keys == ["greeting.again"]
    assert talk.around("greeting.again") == []


def test_the_first_message_of_a_burst_is_acknowledged_at_once() -> None:
    talk = leak(rules=BURST)
    assert talk.turn.heard == "gather"
    assert talk.keys == ["common.ack.matter"]
    assert talk.around("common.ack.matter") == ["common.greeting"]
    assert not talk.opened
    assert not talk.conversation.frames


def test_the_gathered_burst_is_answered_without_another_greeting() -> None:
    talk = leak(rules=BURST).hears("厨房水管漏水\n一直滴", meaning=LEAK, data={"gathered": True})
    assert talk.turn.heard == "now"
    assert talk.keys == ["repair.ask.visit"]
    assert talk.around("repair.ask.visit") == []


def test_a_complaint_hears_the_apology_with_the_acknowledgement() -> None:
    angry = meaning("保安态度差", intent="complaint", category="staff_attitude")
    talk = Talk(rules=BURST).hears("保安态度差", meaning=angry)
    assert talk.keys == ["common.ack.complaint"]
    talk.hears("保安态度差", meaning=angry, data={"gathered": True})
    assert talk.say("complaint.ask.happened").params["lead"] == Phrase("complaint.listening")


def test_nobody_is_acknowledged_twice_in_one_breath() -> None:
    talk = leak(rules=BURST).hears("厨房水管漏水", meaning=LEAK, data={"gathered": True}).hears("算了")
    talk.hears("楼道灯也坏了", meaning=meaning("楼道灯也坏了", category="lighting", place="楼道"))
    assert talk.turn.heard == "gather"
    assert talk.keys == []


def test_a_picture_first_is_acknowledged_as_one() -> None:
    talk = Talk(rules=BURST).hears("", media=[{"kind": "image", "id": "m"}])
    assert (talk.turn.heard, talk.keys) == ("gather", ["common.ack.picture"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("电梯困人了", meaning("电梯困人了", intent="emergency", category="lift", urgency="emergency", place="电梯")),
        ("你好", meaning("你好", intent="greeting", category="greeting")),
        ("不漏了，谢谢", meaning("不漏了，谢谢", intent="progress", closed=True)),
        ("转人工", meaning("转人工", intent="human", category="human")),
        ("物业费怎么交", FEE),
        ("好的", vague("好的")),
    ],
)
def test_what_needs_no_burst_is_heard_now(text: str, said: object) -> None:
    assert Talk(rules=BURST).hears(text, meaning=said).turn.heard == "now"


def test_unclear_words_may_be_the_start_of_a_burst() -> None:
    assert Talk(rules=BURST).hears("我家厨房", meaning=vague("我家厨房")).turn.heard == "gather"


def test_an_answer_to_a_pending_question_is_heard_now_but_free_words_are_gathered() -> None:
    asked = leak(rules=replace(BURST, reception=replace(BURST.reception, gather_s=0.0)))
    assert Talk(rules=BURST, conversation=asked.conversation).hears("明天下午").turn.heard == "now"
    story = Talk(rules=replace(BURST, reception=replace(BURST.reception, gather_s=0.0))).hears("我要报修")
    assert story.asked == "repair.problem"
    burst = Talk(rules=BURST, conversation=story.conversation).hears("厨房")
    assert (burst.turn.heard, burst.keys) == ("gather", [])


def test_an_answer_to_a_pushed_question_is_heard_now() -> None:
    done = ticket(12, status=TicketStatus.DONE)
    talk = Talk(rules=BURST, known={TicketById(12): done}).told("finished", 12)
    talk.hears("没修好，还在漏", meaning=meaning("没修好，还在漏"))
    assert talk.turn.heard == "now"
    assert talk.keys == ["sign_off.sorry.work"]


# Asking, hearing, repeating


def test_everything_in_one_message_asks_nothing() -> None:
    said = meaning("厨房水管漏水，明天下午三点来修", place="厨房", object="水管", time=window(23, 15))
    talk = Talk().hears("厨房水管漏水，明天下午三点来修", meaning=said)
    assert talk.keys == ["repair.opened.visit"]
    assert talk.around("repair.opened.visit") == ["common.greeting", "common.anything_else"]
    assert talk.conversation.said == {"kind": "anything_else"}
    assert not talk.conversation.frames


def test_a_value_for_another_slot_is_heard_and_the_question_comes_again() -> None:
    talk = Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头"))
    assert talk.asked == "repair.home"
    talk.hears("我电话13900001111", meaning=vague("我电话13900001111", phone="13900001111"))
    assert talk.asked == "repair.home"
    assert talk.answers["phone"] == "13900001111"
    assert talk.around("repair.ask.home") == ["common.noted"]
    assert talk.conversation.frames[-1].misses == 0


def test_a_refused_answer_says_why_and_counts() -> None:
    talk = Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头"))
    talk.hears("99栋", meaning=vague("99栋", room=Room(building="99")))
    assert talk.keys == ["repair.bad.home.unknown"]
    assert talk.conversation.frames[-1].misses == 1


def test_an_answer_that_brings_us_closer_is_no_miss() -> None:
    talk = Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头"))
    talk.hears("3栋501", meaning=vague("3栋501", room=Room(building="3", room="501")))
    assert talk.keys == ["repair.bad.home.several"]
    assert talk.conversation.frames[-1].misses == 0
    talk.hears("2单元")
    assert talk.asked == "repair.phone"


def test_an_unknown_room_in_the_first_words_is_said_at_once() -> None:
    said = meaning("99栋101水龙头坏了", object="水龙头", room=Room(building="99", room="101"))
    assert Talk(person=None).hears("99栋101水龙头坏了", meaning=said).keys == ["repair.bad.home.unknown"]


def test_misses_bring_the_question_once_more_then_a_person() -> None:
    talk = Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头")).hears("哈哈哈")
    assert talk.around("repair.ask.home") == ["common.missed"]
    talk.hears("嘻嘻")
    assert talk.keys == ["human.handed.open"]
    assert talk.all(AddTask)[0].kind == "hand_over"
    assert not talk.conversation.frames


def test_what_is_complete_enough_is_filed_before_a_person_comes() -> None:
    talk = leak().hears("哈哈哈").hears("嘻嘻")
    assert talk.keys == ["repair.opened.silent", "human.handed.open"]
    assert len(talk.opened) == 1


def test_a_good_answer_forgets_the_misses() -> None:
    talk = Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头")).hears("哈哈哈")
    talk.hears("3-2-501", meaning=vague("3-2-501", room=Room(None, "3", "2", "501"))).hears("嗯？")
    assert talk.asked == "repair.phone"
    assert talk.conversation.frames[-1].misses == 1


def test_a_question_of_an_older_version_is_asked_anew() -> None:
    gone = Frame("repair", 0, {"problem": ["漏水"], "area": "home", "category": "drain", "urgency": "normal"}, "colour")
    talk = Talk(conversation=Conversation(frames=(gone,), touched_at=NOW)).hears("什么", meaning=vague("什么"))
    assert talk.asked == "repair.home"


def test_a_form_that_no_longer_exists_is_forgotten() -> None:
    gone = Frame("teleport", 1, {}, "where")
    talk = Talk(conversation=Conversation(frames=(gone,), touched_at=NOW)).hears("厨房水管漏水", meaning=LEAK)
    assert talk.asked == "repair.visit"


# Interrupting


def test_cancel_ends_the_form() -> None:
    talk = leak().hears("算了")
    assert talk.keys == ["common.cancelled"]
    assert not talk.conversation.frames
    assert {timer.kind for timer in talk.all(CancelTimer)} == {"idle_ask", "idle_close", "silent_file"}


def test_cancel_that_answers_a_yes_no_question_is_its_no() -> None:
    open_ = ticket(12)
    talk = Talk(tickets=(open_,), known={TicketById(12): open_}).hears("取消报修")
    assert talk.asked == "withdraw.sure"
    talk.hears("不用了")
    assert talk.keys == ["withdraw.kept"]


def test_a_side_question_is_answered_and_the_question_repeated() -> None:
    talk = leak().hears("物业费怎么交", meaning=FEE)
    assert talk.keys[-1] == "repair.ask.visit"
    assert talk.keys[0].startswith("payment.")
    assert talk.around("repair.ask.visit") == ["common.back"]


def test_a_side_matter_opens_one_more_form_and_the_first_resumes() -> None:
    noise = meaning("楼上太吵了", intent="complaint", category="noise", object="楼上")
    talk = leak().hears("楼上太吵了", meaning=noise)
    assert [frame.form for frame in talk.conversation.frames] == ["repair", "complaint"]
    talk.hears("昨晚").hears("让他们安静")
    assert talk.asked == "repair.visit"
    assert talk.keys == ["complaint.opened", "repair.ask.visit"]


def test_a_third_matter_waits() -> None:
    noise = meaning("楼上太吵了", intent="complaint", category="noise", object="楼上")
    dirty = meaning("建议装个长椅", intent="suggestion", category="facility")
    talk = leak().hears("楼上太吵了", meaning=noise)
    talk.conversation = replace(
        talk.conversation, frames=tuple(replace(f, asked="visit") for f in talk.conversation.frames[:1]) * 2
    )
    talk.hears("建议装个长椅", meaning=dirty)
    assert [wish["intent"] for wish in talk.conversation.waiting] == ["suggestion"]


def test_a_second_fault_on_top_shares_what_the_first_was_told() -> None:
    talk = Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头"))
    talk.hears("3-2-501", meaning=vague("3-2-501", room=Room(None, "3", "2", "501")))
    talk.hears("马桶也堵了", meaning=meaning("马桶也堵了", category="drain", object="马桶"))
    assert talk.answers["category"] == "drain"
    assert talk.asked == "repair.phone"


def test_more_words_about_the_same_matter_are_kept_with_it() -> None:
    talk = leak().hears("一直在滴，地上都是水", meaning=meaning("一直在滴，地上都是水", object="水"))
    assert talk.answers["problem"] == ["厨房水管漏水", "一直在滴，地上都是水"]
    assert talk.asked == "repair.visit"
    assert not talk.conversation.waiting


def test_another_fault_of_the_same_kind_is_a_form_of_its_own() -> None:
    talk = leak().hears("客厅灯也坏了", meaning=meaning("客厅灯也坏了", category="lighting", place="客厅", object="灯"))
    assert [frame.answers["category"] for frame in talk.conversation.frames] == ["water_leak", "lighting"]


def test_a_wish_that_comes_with_an_answer_is_taken_too() -> None:
    said = meaning(
        "明天下午可以，顺便问下物业费怎么交", intent="payment", category="property_fee", time=window(23, 13, 18)
    )
    talk = leak().hears("明天下午可以，顺便问下物业费怎么交", meaning=said)
    assert talk.keys[0] == "repair.opened.visit"
    assert talk.keys[1].startswith("payment.")


def test_small_talk_inside_a_form_only_repeats_the_question() -> None:
    talk = leak().hears("你好", meaning=meaning("你好", intent="greeting", category="greeting"))
    assert talk.keys == ["repair.ask.visit"]
    assert talk.conversation.frames[-1].misses == 0


def test_a_person_outranks_the_question() -> None:
    talk = leak().hears("转人工", meaning=meaning("转人工", intent="human", category="human"))
    assert talk.keys == ["human.handed.open"]


def test_a_person_may_be_called_by_button() -> None:
    assert Talk().taps("wish:human").keys == ["human.handed.open"]


def test_danger_outranks_the_question_and_ends_the_same_matter() -> None:
    danger = meaning("水管爆了", intent="emergency", category="water_leak", urgency="emergency", object="水管")
    talk = leak().hears("水管爆了", meaning=danger)
    assert talk.keys == ["emergency.water"]
    assert not talk.conversation.frames


def test_danger_leaves_another_matter_open() -> None:
    danger = meaning("楼道着火了", intent="emergency", category="fire", urgency="emergency", place="楼道")
    talk = leak().hears("楼道着火了", meaning=danger)
    assert talk.keys[0] == "emergency.fire"
    assert talk.conversation.frames[0].form == "repair"


def test_doubtful_danger_counts_when_the_message_is_urgent() -> None:
    low = meaning("有烟", intent="emergency", category="fire", confidence=0.3, urgency="emergency")
    assert Talk().hears("有烟", meaning=low).keys[0] == "emergency.fire"
    calm = meaning("有烟", intent="emergency", category="fire", confidence=0.3)
    assert Talk().hears("有烟", meaning=calm).keys == ["common.unsure_all"]


def test_the_rest_of_an_emergency_message_is_taken_after_it() -> None:
    both = meaning(
        "楼道着火了，顺便问下物业费怎么交",
        act("emergency", "fire", "楼道着火了", place="楼道"),
        act("payment", "property_fee", "顺便问下物业费怎么交"),
        urgency="emergency",
    )
    keys = Talk().hears("楼道着火了，顺便问下物业费怎么交", meaning=both).keys
    assert keys[0] == "emergency.fire"
    assert keys[1].startswith("payment.")


def test_a_solved_matter_ends_its_form() -> None:
    over = meaning("不漏了，不用修了", intent="progress", closed=True)
    talk = leak().hears("不漏了，不用修了", meaning=over)
    assert talk.keys == ["common.withdrawn"]
    assert not talk.conversation.frames


def test_thanks_inside_a_form_repeat_the_question() -> None:
    talk = leak().hears("谢谢啊", meaning=meaning("谢谢啊", intent="greeting", category="thanks", closed=True))
    assert talk.around("repair.ask.visit") == ["common.thanks_go_on"]


# Several wishes


def test_what_can_be_answered_at_once_is_answered_before_the_question() -> None:
    both = meaning(
        "水龙头坏了，顺便问下物业费怎么交",
        act(text="水龙头坏了", object="水龙头"),
        act("payment", "property_fee", "顺便问下物业费怎么交"),
    )
    keys = Talk().hears("水龙头坏了，顺便问下物业费怎么交", meaning=both).keys
    assert keys[0].startswith("payment.")
    assert keys[1] == "repair.ask.visit"


def test_two_complete_faults_become_two_tickets_in_one_turn() -> None:
    both = meaning(
        "楼道灯不亮，小区大门也坏了",
        act("repair", "lighting", "楼道灯不亮", place="楼道", object="灯"),
        act("repair", "gate", "小区大门也坏了", place="小区大门", object="大门"),
    )
    talk = Talk().hears("楼道灯不亮，小区大门也坏了", meaning=both)
    assert talk.keys == ["repair.opened.public", "repair.opened.public"]
    assert len({opened.ref for opened in talk.opened}) == 2
    assert [opened.source_index for opened in talk.opened] == [0, 1]


def test_a_second_fault_waits_and_shares_what_was_said() -> None:
    both = meaning(
        "厨房水管漏水，客厅灯也不亮",
        act(text="厨房水管漏水", place="厨房", object="水管"),
        act("repair", "lighting", "客厅灯也不亮", place="客厅", object="灯"),
    )
    talk = Talk().hears("厨房水管漏水，客厅灯也不亮", meaning=both)
    assert len(talk.conversation.waiting) == 1
    talk.hears("明天下午", meaning=vague("明天下午", time=window(23, 13, 18)))
    assert [opened.category for opened in talk.opened] == ["water_leak", "lighting"]
    assert {opened.wanted for opened in talk.opened} == {window(23, 13, 18)}


def test_a_complaint_about_a_fault_opens_both() -> None:
    both = meaning(
        "水管漏了三天没人修，我要投诉",
        act(text="水管漏了三天没人修", object="水管"),
        act("complaint", "property_management", "我要投诉"),
        urgency="urgent",
    )
    talk = Talk().hears("水管漏了三天没人修，我要投诉", meaning=both)
    assert [opened.type for opened in talk.opened] == [TicketType.REPAIR]
    assert talk.conversation.frames[-1].answers["story"] == ["水管漏了三天没人修，我要投诉"]


# Correcting


def test_a_correction_in_a_form_hears_filled_slots_again() -> None:
    talk = leak().hears("不对，是5-1-102", meaning=vague("不对，是5-1-102", room=Room(None, "5", "1", "102")))
    assert talk.answers["home"]["id"] == OTHER_HOME.id
    assert talk.around("repair.ask.visit") == ["common.corrected"]


def test_of_two_rooms_in_a_correction_the_last_counts() -> None:
    rooms = (Room(building="12", room="1201"), Room(building="12", room="1202"))
    said = vague("不是1201，是1202", room=rooms[0], rooms=rooms)
    talk = leak().hears("不是1201，是1202", meaning=said)
    assert talk.answers["home"]["room"] == "1202"


def test_of_two_phones_in_a_correction_the_last_counts() -> None:
    text = "不是13900001111，是13900002222"
    talk = Talk(person=None).hears(
        "水龙头坏了，13900001111", meaning=meaning("水龙头坏了，13900001111", object="水龙头", phone="13900001111")
    )
    talk.hears(text, meaning=vague(text, phone="13900001111"))
    assert talk.answers["phone"] == "13900002222"


def unsure_leak() -> Talk:
    """A complete request that waits for its yes."""
    said = meaning("厨房水管漏水，明天下午来", place="厨房", object="水管", time=window(23, 13, 18), confidence=0.6)
    return Talk().hears("厨房水管漏水，明天下午来", meaning=said)


def test_no_at_the_confirmation_asks_what_is_wrong_and_hears_it() -> None:
    talk = unsure_leak()
    assert talk.asked == "repair.confirm"
    talk.hears("不对")
    assert talk.keys == ["common.correct_what"]
    talk.hears("是5-1-102", meaning=vague("是5-1-102", room=Room(None, "5", "1", "102")))
    assert talk.keys == ["repair.ask.confirm"]
    assert talk.say("repair.ask.confirm").params["where"] == "5栋1单元102厨房"


def test_corrections_that_are_not_understood_bring_a_person() -> None:
    talk = unsure_leak().hears("不对").hears("不对不对").hears("错了")
    assert talk.keys[-1] == "human.handed.open"


def test_after_a_no_the_card_may_still_be_confirmed() -> None:
    assert unsure_leak().hears("不对").hears("哦没错，确认").keys == ["repair.opened.visit"]


def test_a_filed_ticket_is_put_right_within_the_talk() -> None:
    filed = ticket(12, created_at=NOW)
    talk = Talk(tickets=(filed,)).hears(
        "不对，是5-1-102", meaning=vague("不对，是5-1-102", room=Room(None, "5", "1", "102"))
    )
    assert talk.keys == ["repair.corrected"]
    assert talk.all(ChangeTicket)[0].changes["home"] == OTHER_HOME


def test_no_after_filing_asks_what_is_wrong() -> None:
    talk = Talk(tickets=(ticket(12, created_at=NOW),)).hears("不对")
    assert talk.keys == ["common.correct_what"]
    talk.hears("电话13900002222", meaning=vague("电话13900002222", phone="13900002222"))
    assert talk.all(ChangeTicket)[0].changes == {"contact_phone": "13900002222"}


def test_an_unclear_correction_is_asked_about_only_once() -> None:
    talk = Talk(tickets=(ticket(12, created_at=NOW),)).hears("不对").hears("呃呃")
    assert talk.keys == ["common.unsure_all"]


def test_an_old_ticket_is_not_corrected_by_a_bare_no() -> None:
    old = ticket(12, created_at=NOW - timedelta(hours=3))
    assert Talk(tickets=(old,)).hears("不对").keys == ["common.goodbye"]


def test_no_form_corrects_an_emergency() -> None:
    alarm = ticket(12, type=TicketType.EMERGENCY, created_at=NOW)
    assert "common.correct_what" not in Talk(tickets=(alarm,)).hears("不对").keys


# Low confidence


def doubtful(text: str, first: float = 0.4) -> object:
    choices = (Reading("repair", "water_supply", first), Reading("inquiry", "water_supply", 0.3))
    return meaning(text, category="water_supply", confidence=first, choices=choices)


def test_doubt_is_one_question_with_the_two_likeliest_readings() -> None:
    talk = Talk().hears("水那个事", meaning=doubtful("水那个事"))
    assert talk.keys == ["common.unsure"]
    labels = [button.label for button in talk.say("common.unsure").buttons]
    assert labels == [Phrase("label.wish.repair"), Phrase("label.wish.inquiry")]


@pytest.mark.parametrize("answer", ["1", "第一个"])
def test_the_reading_is_chosen_by_number(answer: str) -> None:
    talk = Talk().hears("厨房没水那个事", meaning=doubtful("厨房没水那个事")).hears(answer)
    assert talk.conversation.misunderstood == 0
    assert [opened.category for opened in talk.opened] == ["water_supply"] or talk.asked == "repair.visit"


def test_the_reading_is_chosen_by_tap_or_by_name() -> None:
    first = Talk().hears("厨房没水那个事", meaning=doubtful("厨房没水那个事"))
    assert Talk(conversation=first.conversation).taps("reading:1").asked == "repair.visit"
    named = Talk(conversation=first.conversation).hears("报修", meaning=vague("报修"))
    assert named.asked == "repair.visit"


def test_clear_words_after_a_doubt_are_a_matter_of_their_own() -> None:
    talk = Talk().hears("都可以的那个", meaning=doubtful("都可以的那个")).hears("厨房水管漏水", meaning=LEAK)
    assert talk.answers["problem"] == ["厨房水管漏水"]


def test_two_doubts_in_a_row_bring_a_person() -> None:
    talk = Talk().hears("水那个事", meaning=doubtful("水那个事")).hears("就那个", meaning=doubtful("就那个"))
    assert talk.keys == ["human.handed.open"]
    assert talk.conversation.misunderstood == 0


def test_a_clear_wish_after_a_doubt_starts_anew() -> None:
    talk = Talk().hears("水那个事", meaning=doubtful("水那个事")).hears("物业费怎么交", meaning=FEE)
    assert talk.conversation.misunderstood == 0


def test_nothing_recognised_offers_the_four_main_wishes() -> None:
    talk = Talk().hears("asdf")
    assert [b.key for b in talk.say("common.unsure_all").buttons] == [f"reading:{n}" for n in (1, 2, 3, 4)]
    assert talk.hears("9").keys == ["human.handed.open"]


# The end of a talk


def settled() -> Talk:
    said = meaning("厨房水管漏水，明天下午三点来修", place="厨房", object="水管", time=window(23, 15))
    return Talk().hears("厨房水管漏水，明天下午三点来修", meaning=said)


@pytest.mark.parametrize(
    ("text", "key"), [("没有了", "common.goodbye"), ("好的", "common.goodbye"), ("有", "common.go_on")]
)
def test_the_answer_to_anything_else(text: str, key: str) -> None:
    assert settled().hears(text).keys == [key]


def test_the_answer_to_anything_else_may_be_a_new_matter() -> None:
    assert settled().hears("物业费怎么交", meaning=FEE).keys[0].startswith("payment.")


def test_a_bare_wish_opens_its_form() -> None:
    assert (
        Talk().hears("我要报修", meaning=meaning("我要报修", intent="inquiry", category="decoration")).asked
        == "repair.problem"
    )


def test_nobody_knows_what_to_do_with_a_foreign_wish() -> None:
    other = meaning("帮我写作业", intent="other", category="other", confidence=0.9)
    assert Talk().hears("帮我写作业", meaning=other).keys == ["common.other"]


# Silence


def test_waiting_sets_the_clocks_of_silence() -> None:
    talk = leak()
    assert talk.timers["idle_ask"].due_at == NOW + timedelta(minutes=10)
    assert talk.timers["idle_close"].due_at == NOW + timedelta(minutes=30)
    assert talk.timers["idle_ask"].subject == "person:7"


def test_a_request_that_waits_for_its_yes_is_filed_after_ten_minutes() -> None:
    talk = unsure_leak()
    assert "idle_ask" not in talk.timers
    talk.fires("silent_file", now=NOW + timedelta(minutes=10))
    assert talk.keys == ["repair.opened.silent"]
    assert talk.say("repair.opened.silent").kind == "push"
    assert not talk.conversation.frames


def test_no_clock_runs_when_nothing_is_expected() -> None:
    talk = Talk().hears("谢谢", meaning=meaning("谢谢", intent="greeting", category="thanks", closed=True))
    assert not talk.timers


# Kept forms


def kept() -> Talk:
    """A stranger who fell silent before he said where; 30 minutes later the talk was closed."""
    talk = Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头"))
    return talk.fires("idle_close", now=NOW + timedelta(minutes=30))


def test_a_half_filled_form_is_kept_and_he_is_told() -> None:
    talk = kept()
    assert talk.keys == ["common.closed_kept"]
    assert talk.conversation.said == {"kind": "kept"}
    assert talk.timers["form_expire"].due_at == NOW + timedelta(days=7, minutes=30)


NEXT_DAY = NOW + timedelta(days=1)


def test_the_next_contact_is_answered_first_then_the_form_is_offered() -> None:
    talk = kept().hears("物业费怎么交", meaning=FEE, now=NEXT_DAY)
    assert talk.keys[-1] == "common.offer"
    assert talk.keys[0].startswith("payment.")
    assert talk.hears("接着办", kind="tap", data={"key": "yes"}, now=NEXT_DAY).keys == ["repair.ask.home"]


def test_the_offer_may_be_declined() -> None:
    talk = kept().hears("物业费怎么交", meaning=FEE, now=NEXT_DAY).hears("不用了", now=NEXT_DAY)
    assert talk.keys == ["common.dropped"]
    assert not talk.conversation.frames


def test_the_offer_may_be_overheard_for_the_answer_itself() -> None:
    talk = kept().hears("物业费怎么交", meaning=FEE, now=NEXT_DAY)
    talk.hears("3-2-501", meaning=vague("3-2-501", room=Room(None, "3", "2", "501")), now=NEXT_DAY)
    assert talk.asked == "repair.phone"


def test_an_answer_resumes_a_kept_form_without_ado() -> None:
    talk = kept().hears("3-2-501", meaning=vague("3-2-501", room=Room(None, "3", "2", "501")), now=NEXT_DAY)
    assert talk.keys == ["repair.ask.phone"]


def test_a_new_form_goes_first_and_the_kept_one_waits_beneath() -> None:
    noise = meaning("楼上太吵了", intent="complaint", category="noise", object="楼上")
    talk = kept().hears("楼上太吵了", meaning=noise, now=NEXT_DAY)
    assert [frame.form for frame in talk.conversation.frames] == ["repair", "complaint"]


def test_an_unclear_word_at_the_next_contact_is_asked_about() -> None:
    assert kept().hears("呃呃", now=NEXT_DAY).keys == ["common.unsure_all"]


# Pictures


PHOTO = [{"kind": "image", "id": "m1"}]


def test_a_picture_joins_the_form_in_progress() -> None:
    talk = leak().hears("", media=PHOTO)
    assert talk.answers["photos"] == PHOTO
    assert talk.around("repair.ask.visit") == ["common.photo_kept"]


def test_a_picture_before_the_words_goes_with_them() -> None:
    talk = Talk().hears("", media=PHOTO)
    assert talk.keys == ["common.photo_what"]
    talk.hears("厨房水管漏水", meaning=LEAK)
    assert talk.answers["photos"] == PHOTO


def test_a_picture_after_filing_lands_on_the_newest_ticket() -> None:
    tickets = (ticket(12, created_at=NOW - timedelta(days=2)), ticket(13, created_at=NOW, assignee_id=3))
    talk = Talk(tickets=tickets).hears("", media=PHOTO)
    change = talk.all(ChangeTicket)[0]
    assert (change.ticket, change.extra) == (13, {"media": PHOTO})
    assert keys_to(talk.turn, ToStaff(3)) == ["common.photo_for_staff"]


def test_a_late_picture_lands_on_the_only_open_ticket() -> None:
    talk = Talk(tickets=(ticket(12, created_at=NOW - timedelta(days=2)),)).hears("", media=PHOTO)
    assert talk.keys == ["common.photo_added"]


def test_more_pictures_than_the_limit_are_not_kept() -> None:
    full = ticket(12, created_at=NOW, extra={"media": PHOTO * 9})
    talk = Talk(tickets=(full,)).hears("", media=PHOTO)
    assert talk.keys == ["common.photo_limit"]
    assert len(talk.all(ChangeTicket)[0].extra["media"]) == 9


def test_a_picture_that_fits_no_ticket_is_asked_about() -> None:
    old = tuple(ticket(n, created_at=NOW - timedelta(days=2)) for n in (12, 13))
    assert Talk(tickets=old).hears("", media=PHOTO).keys == ["common.photo_what"]


def test_a_voice_without_words_is_asked_for_again() -> None:
    assert Talk().hears("", media=[{"kind": "voice", "id": "v"}]).keys == ["common.voice_unclear"]


def test_a_picture_for_a_form_without_pictures_goes_to_the_ticket() -> None:
    open_ = ticket(12, created_at=NOW)
    talk = Talk(tickets=(open_,), known={TicketById(12): open_}).hears("取消报修").hears("", media=PHOTO)
    assert talk.keys == ["common.photo_added", "withdraw.ask.sure"]


# Limits


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"unsupported": "file"}, "common.unsupported"),
        ({"unsupported": "too_large"}, "common.too_large"),
        ({}, "common.empty"),
    ],
)
def test_what_cannot_be_read_is_said_kindly(data: dict[str, str], key: str) -> None:
    assert Talk(rules=BURST).hears("", data=data).keys == [key]


def test_a_cut_text_says_so_in_front_of_the_answer() -> None:
    talk = Talk().hears("厨房水管漏水", meaning=LEAK, data={"truncated": True})
    assert talk.around("repair.ask.visit") == ["common.greeting", "common.truncated"]


# Events, buttons, places


def test_following_is_welcomed() -> None:
    talk = Talk(person=None).hears(kind="event", data={"event": "subscribe", "key": ""})
    assert talk.keys == ["common.welcome"]
    assert talk.around("common.welcome") == []


def test_leaving_forgets_the_talk() -> None:
    talk = leak().hears(kind="event", data={"event": "unsubscribe"})
    assert talk.all(Leave)
    assert not talk.conversation.frames


def test_a_menu_key_is_a_wish() -> None:
    assert Talk().hears(kind="event", data={"event": "menu", "key": "repair"}).asked == "repair.problem"


def test_an_old_wish_button_opens_its_form() -> None:
    assert Talk().taps("wish:repair").asked == "repair.problem"


def test_an_unknown_button_reads_like_its_label() -> None:
    assert Talk().taps("old:1", "厨房水管漏水", meaning=LEAK).asked == "repair.visit"


def test_a_shared_location_answers_where() -> None:
    fire = meaning("着火了", intent="emergency", category="fire", urgency="emergency")
    alarm = ticket(12, type=TicketType.EMERGENCY, urgency="emergency", extra={"danger": "fire"}, home=None)
    talk = Talk(person=None).hears("着火了", meaning=fire)
    assert talk.asked == "whereabouts.where"
    talk.hears("", data={"location": {"label": "东门岗亭"}}, tickets=(alarm,))
    assert talk.all(ChangeTicket)[0].changes["place"] == "东门岗亭"


# A person holds the chat


def test_a_held_chat_goes_to_the_person_and_the_bot_is_silent() -> None:
    talk = Talk(conversation=Conversation(held_by=6, touched_at=NOW)).hears("厨房水管漏水", meaning=LEAK)
    assert talk.keys == []
    assert keys_to(talk.turn, ToStaff(6)) == ["common.forwarded"]
    assert talk.say("common.forwarded").params == {"name": "周晓岚", "home": "3栋2单元501", "text": "厨房水管漏水"}


def test_an_emergency_in_a_held_chat_raises_the_alarm_all_the_same() -> None:
    danger = meaning("楼道着火了", intent="emergency", category="fire", urgency="emergency", place="楼道")
    talk = Talk(conversation=Conversation(held_by=6, touched_at=NOW)).hears("楼道着火了", meaning=danger)
    assert talk.keys == ["emergency.fire"]
    assert talk.opened[0].type is TicketType.EMERGENCY


def test_a_hold_told_from_another_lane_silences_the_bot_until_released() -> None:
    talk = Talk().told("hold", staff_id=6, name="前台")
    assert talk.conversation.held_by == 6
    assert talk.told("released").conversation.held_by is None


# Staff


def test_staff_in_a_group_are_ignored_unless_they_command() -> None:
    talk = Talk(staff=STAFF[2], group="repair").hears("今天天气不错")
    assert not talk.turn.effects


def test_staff_in_private_may_speak_like_any_resident() -> None:
    talk = Talk(staff=STAFF[5], known={ConversationOf("staff:6"): Conversation()}).hears("厨房水管漏水", meaning=LEAK)
    assert talk.keys == ["repair.ask.home"]
    assert talk.around("repair.ask.home") == []
    assert not talk.timers


def test_a_staff_command_is_carried_out() -> None:
    new = ticket(12, group="repair")
    known = {TicketsOfGroup("repair"): (new,), TicketsOfStaff(3): ()}
    talk = Talk(staff=STAFF[2], group="repair", known=known).hears("接单")
    assert talk.all(ChangeTicket)[0].move == "accept"


# Pushed questions


def signing(*tickets: int) -> Talk:
    known = {TicketById(n): ticket(n, status=TicketStatus.DONE) for n in tickets}
    talk = Talk(known=known)
    for number in tickets:
        talk.told("finished", number)
    return talk


def test_a_pushed_question_is_a_push_and_starts_no_idle_clock() -> None:
    talk = signing(12)
    assert talk.say("sign_off.ask.solved").kind == "push"
    assert talk.say("sign_off.ask.solved").ticket == 12
    assert not talk.timers


def test_a_tap_answers_the_question_of_its_own_ticket() -> None:
    talk = signing(12, 13).taps("yes:12", "已解决")
    assert talk.say("sign_off.thanks").ticket == 12
    assert [frame.answers["ticket"] for frame in talk.conversation.frames] == [13]


def test_another_matter_leaves_a_pushed_question_open_without_nagging() -> None:
    talk = signing(12).hears("物业费怎么交", meaning=FEE)
    assert "sign_off.ask.solved" not in talk.keys
    assert talk.conversation.frames[-1].form == "sign_off"


def test_an_unclear_answer_to_a_pushed_question_asks_it_again() -> None:
    talk = signing(12).hears("呃呃")
    assert talk.keys == ["sign_off.ask.solved"]


def test_the_form_beneath_a_pushed_question_still_gets_its_answer() -> None:
    talk = leak(known={TicketById(12): ticket(12, status=TicketStatus.DONE)}).told("finished", 12)
    talk.hears("明天下午", meaning=vague("明天下午", time=window(23, 13, 18)))
    assert talk.keys == ["repair.opened.visit"]
    assert [frame.form for frame in talk.conversation.frames] == ["sign_off"]


def test_a_payment_notice_goes_to_its_listener() -> None:
    talk = Talk(known={BillByNumber("B-0"): None})
    talk.hears(kind="pay", data={"bill": "B-0", "amount_fen": 100, "transaction": "t"})
    assert keys_to(talk.turn, ToGroup("finance"))


def test_the_same_facts_give_the_same_turn() -> None:
    assert leak().turn == leak().turn


def test_the_group_hears_of_a_ticket_that_was_filed_on_giving_up() -> None:
    talk = leak().hears("哈哈哈").hears("嘻嘻")
    assert "ticket.alert.repair" in keys_to(talk.turn, ToGroup("repair"))
