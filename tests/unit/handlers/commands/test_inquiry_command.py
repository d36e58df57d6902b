"""Inquiries: a sure answer at once, a near one after one question, else a person at a promised time. Never invented."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from handlers.dialog.turn import take_turn
from handlers.effects import OpenTicket, Record, Say, SetTimer, ToSpeaker
from handlers.facts import FaqMatches
from storage.model import Faq, TicketType
from tests.unit.handlers.factory import ESTATE, facts, meaning, ticket, window
from tests.unit.handlers.wording import Chat, body, keys, of, opened, to_groups, to_resident

DAY = date(2026, 11, 22)
POOL = Faq(1, "main", "游泳池几点开放", (), "每天9:00–21:00开放。")
CARD = Faq(2, "main", "健身房怎么办卡", (), "请到客服中心前台办理。")
SAMPLE = Faq(3, "main", "小区有多少户", (), "合计2688户。", scope="示例")


def ask(text: str, *found: tuple[Faq, float], category: str = "facility", **given: Any) -> tuple[Chat, list[Any]]:
    slots = given.pop("slots", {})
    chat = Chat(known={FaqMatches(text, DAY): found}, **given)
    return chat, chat.say(text, meaning(text, intent="inquiry", category=category, **slots))


def test_a_sure_answer_is_given_at_once() -> None:
    chat, effects = ask("泳池几点开", (POOL, 0.9), (CARD, 0.3))
    assert "9:00–21:00" in to_resident(effects)
    assert "还有别的事" in to_resident(effects)
    assert not of(OpenTicket, effects)
    assert chat.asked is None


def test_sample_data_say_that_they_are_samples() -> None:
    _, effects = ask("小区多少户", (SAMPLE, 0.9))
    assert "示例" in to_resident(effects)
    assert "示例" not in to_resident(ask("泳池几点开", (POOL, 0.9))[1])


def test_a_certain_answer_is_given_whatever_else_is_near() -> None:
    assert "9:00" in to_resident(ask("泳池几点开", (POOL, 0.97), (CARD, 0.95))[1])


def test_a_doubtful_answer_is_never_given_as_if_it_were_sure() -> None:
    chat, effects = ask("泳池几点开", (POOL, 0.55))
    assert chat.asked == "which_question.which"
    assert "9:00" not in to_resident(effects)


def test_two_near_answers_are_one_question() -> None:
    chat, effects = ask("泳池健身房", (POOL, 0.6), (CARD, 0.58))
    assert chat.asked == "which_question.which"
    assert not of(OpenTicket, effects)
    assert "前台办理" in to_resident(chat.say("2"))


@pytest.mark.parametrize("no", ["都不是", "不是", "都不是，请同事答复"])
def test_neither_goes_to_a_person(no: str) -> None:
    chat, _ = ask("泳池健身房", (POOL, 0.5), (CARD, 0.4))
    effects = chat.say(no)
    assert opened(effects).type is TicketType.INQUIRY
    assert opened(effects).summary == "泳池健身房"


def test_the_neither_button_works_too() -> None:
    chat, _ = ask("泳池健身房", (POOL, 0.5))
    assert of(OpenTicket, chat.tap("none", "都不是，请同事答复"))


def test_an_answer_that_expired_meanwhile_is_not_given() -> None:
    chat, _ = ask("泳池健身房", (POOL, 0.5), (CARD, 0.4))
    effects = chat.say("1", known={FaqMatches("泳池健身房", DAY): ()})
    assert of(OpenTicket, effects)


def test_an_unknown_question_is_promised_in_desk_hours() -> None:
    _, effects = ask("楼顶能装太阳能吗")
    assert "今天12:00前" in to_resident(effects)
    assert opened(effects).extra["promised"] == "2026-11-22T12:00:00+08:00"
    assert opened(effects).finish_due == datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    assert list(to_groups(effects)) == ["service"]


@pytest.mark.parametrize(
    ("at", "promised"),
    [
        (datetime(2026, 11, 22, 8, 30, tzinfo=UTC), "明天上午10:00"),
        (datetime(2026, 11, 22, 15, 0, tzinfo=UTC), "明天上午10:00"),
        (datetime(2026, 11, 21, 20, 0, tzinfo=UTC), "今天上午10:00"),
    ],
)
def test_outside_desk_hours_the_next_morning_is_promised(at: datetime, promised: str) -> None:
    chat = Chat(now=at)
    effects = chat.say("楼顶能装太阳能吗", meaning("楼顶能装太阳能吗", intent="inquiry", category="rules"))
    (say,) = [s for s in of(Say, effects) if isinstance(s.to, ToSpeaker)]
    assert promised in body(say, effects, at)


def test_a_question_in_the_night_wakes_nobody() -> None:
    night = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    effects = Chat(now=night).say("楼顶能装太阳能吗", meaning("楼顶能装太阳能吗", intent="inquiry", category="rules"))
    opening = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert all(timer.due_at >= opening for timer in of(SetTimer, effects) if timer.kind.startswith("respond_breach"))


def test_an_unanswered_question_is_kept_for_the_knowledge_base() -> None:
    _, effects = ask("楼顶能装太阳能吗")
    assert [record.data for record in of(Record, effects) if record.kind == "faq_gap"] == [
        {"question": "楼顶能装太阳能吗"}
    ]


def test_the_same_question_again_opens_no_second_ticket() -> None:
    before = ticket(5, type=TicketType.INQUIRY, summary="楼顶能装太阳能吗", number="Q261122-005", finish_due=None)
    _, effects = ask("楼顶能装太阳能吗", tickets=(before,))
    assert keys(effects) == ["inquiry.asked_before"]


def test_the_group_reads_the_question_without_phone_room_and_name() -> None:
    _, effects = ask("我叫周晓岚，住3栋2单元501，电话13900001111，楼顶能装太阳能吗")
    told = to_groups(effects)["service"]
    assert "太阳能" in told
    for secret in ("13900001111", "501", "周晓岚"):
        assert secret not in told


def phones(text: str, **numbers: str) -> list[Any]:
    asked = facts(text, meaning=meaning(text, intent="inquiry", category="contact"))
    estate = replace(ESTATE, phones={"service": "0512-55550000", "fire": "119", "police": "110"} | numbers)
    return list(take_turn(replace(asked, estate=estate)).effects)


def test_emergency_numbers_come_from_the_estate() -> None:
    said = to_resident(phones("火警电话多少"))
    assert "119" in said
    assert "110" not in said
    assert "0512-55550000" in to_resident(phones("物业电话是多少"))


def test_without_a_purpose_all_numbers_are_told() -> None:
    said = to_resident(phones("应急电话号码有哪些"))
    assert all(number in said for number in ("119", "110", "0512-55550000"))


def test_a_number_the_estate_does_not_have_is_promised_not_invented() -> None:
    assert of(OpenTicket, phones("社区居委会电话多少"))
    assert "0512-66660000" in to_resident(phones("社区居委会电话多少", community="0512-66660000"))


@pytest.mark.parametrize(
    ("text", "category", "kind"),
    [
        ("明天有个朋友来访，登记一下", "visitor", "visitor"),
        ("周六搬家要放行条", "move", "move"),
        ("我要补办门禁卡", "door_access", "card"),
        ("换了手机号，改一下登记电话", "contact", "record"),
        ("想租个车位", "parking", "parking"),
        ("帮我把房子租出去", "housing_rent", "lease"),
        ("我捡到一串钥匙", "lost_found", "lost"),
    ],
)
def test_desk_business_is_registered(text: str, category: str, kind: str) -> None:
    chat, effects = ask(text, category=category)
    kinds = [frame.answers["kind"] for frame in chat.conversation.frames]
    kinds += [ticket.extra["kind"] for ticket in of(OpenTicket, effects)]
    assert kinds == [kind]


def test_a_question_about_desk_business_is_answered_not_registered() -> None:
    moving = Faq(4, "main", "搬家要什么", (), "请先申请物品放行。")
    chat, effects = ask("搬家需要办什么手续", (moving, 0.8), category="move")
    assert "物品放行" in to_resident(effects)
    assert chat.asked is None


def test_a_prospect_hears_hours_and_papers_then_books() -> None:
    chat, effects = ask("我想看房", category="house_sale", person=None)
    assert "08:00–17:30" in to_resident(effects)
    assert chat.asked == "service.visit"
    assert keys(chat.say("晚上十点", meaning("晚上十点", intent="other", confidence=0.2, time=window(22, 22)))) == [
        "service.bad.visit.closed"
    ]


def test_an_official_is_handed_to_a_person() -> None:
    _, effects = ask("我是街道办的，找你们主任谈消防检查", category="government", person=None)
    assert "service" in to_groups(effects)
    assert not of(OpenTicket, effects)


def test_a_menu_tap_asks_what_about() -> None:
    effects = Chat().say("", kind="event", data={"event": "menu", "key": "inquiry"})
    assert keys(effects) == ["inquiry.what"]
