"""The conversation engine: asking, hearing, interrupting, several wishes, a person in the chat (style.md 5)."""

from dataclasses import replace

from handlers.effects import (
    AddTask,
    CancelTimer,
    ChangeTicket,
    ToStaff,
)
from handlers.facts import ConversationOf, TicketById, TicketsOfGroup, TicketsOfStaff
from nlp.meaning import Room
from storage.message import Conversation, Frame
from storage.model import TicketType
from tests.unit.handlers.factory import (
    NOW,
    STAFF,
    act,
    meaning,
    ticket,
    vague,
    window,
)
from tests.unit.handlers.talks import FEE, LEAK, Talk, keys_to, leak

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
