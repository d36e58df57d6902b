"""Unclear words after a bill or with a ticket open; clear ones are never bent."""

from datetime import date
from typing import Any

import pytest

from handlers.context import in_context
from handlers.facts import BillsOf
from nlp.meaning import Reading
from storage.message import Conversation
from storage.model import Bill, BillStatus
from tests.unit.handlers.factory import facts, meaning, ticket, vague
from tests.unit.handlers.wording import Chat, keys

AFTER_BILL = Conversation(said={"kind": "topic", "intent": "payment"})
BILL = Bill(1, "main", "WY001", 1, "物业费", "2026年10月", 32000, 0, date(2026, 11, 10), BillStatus.DUE)


def intent(text: str, read: Any = None, **given: Any) -> str:
    found = in_context(facts(text, meaning=read or vague(text), **given)).meaning
    assert found is not None
    return found.first.intent


@pytest.mark.parametrize("text", ["怎么这么多", "交过了", "下周发工资再交", "明细", "能上门收吗"])
def test_after_a_bill_short_words_are_about_it(text: str) -> None:
    assert intent(text, conversation=AFTER_BILL) == "payment"
    assert intent(text) == "other"


def test_a_near_second_reading_is_enough() -> None:
    near = meaning(
        "下周发工资再交",
        intent="other",
        confidence=0.5,
        choices=(Reading("other", "labor", 0.5), Reading("payment", "arrears", 0.2)),
    )
    assert intent("下周发工资再交", near) == "payment"


@pytest.mark.parametrize("sure", ["repair", "complaint", "inquiry", "progress"])
def test_a_clear_reading_is_left_as_it_is(sure: str) -> None:
    assert intent("怎么这么多水", meaning("怎么这么多水", intent=sure), conversation=AFTER_BILL) == sure


def test_other_words_after_a_bill_stay_unclear() -> None:
    assert intent("今天天气不错", conversation=AFTER_BILL) == "other"


def test_danger_is_never_bent() -> None:
    read = meaning("怎么这么多烟", intent="other", confidence=0.3, urgency="emergency")
    assert intent("怎么这么多烟", read, conversation=AFTER_BILL) == "other"


def test_with_a_ticket_open_another_time_is_progress() -> None:
    assert intent("改到明天下午", tickets=(ticket(),)) == "progress"
    assert intent("改到明天下午") == "other"


def test_fixed_words_need_no_context() -> None:
    assert intent("改期") == "progress"
    assert intent("退订", meaning("退订", intent="payment", confidence=0.9)) == "other"


def test_a_question_after_the_bill_card_is_a_dispute() -> None:
    chat = Chat(known={BillsOf(1): (BILL,)})
    chat.say("查账单", meaning("查账单", intent="payment", category="fee"))
    assert keys(chat.say("怎么这么多")) == ["payment.disputed"]


def test_the_topic_holds_for_one_message_only() -> None:
    chat = Chat(known={BillsOf(1): (BILL,)})
    chat.say("查账单", meaning("查账单", intent="payment", category="fee"))
    chat.say("你好", meaning("你好", intent="greeting", category="greeting"))
    assert keys(chat.say("怎么这么多")) != ["payment.disputed"]


def test_opting_out_keeps_bills_and_safety() -> None:
    assert keys(Chat().say("退订")) == ["unbind.opted_out"]
