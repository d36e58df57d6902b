"""How a talk hears: greetings, bursts, pictures, limits, events and buttons (design.md 10 and 11)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.effects import (
    ChangeTicket,
    Leave,
    Phrase,
    ToStaff,
)
from handlers.facts import TicketById
from handlers.rules import Rules
from storage.model import TicketStatus, TicketType
from tests.unit.handlers.factory import (
    NOW,
    meaning,
    ticket,
    vague,
)
from tests.unit.handlers.talks import FEE, LEAK, Talk, keys_to, leak

BURST = Rules()


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
