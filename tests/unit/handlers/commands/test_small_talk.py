"""Greeting, praise, other: short, kind, and never a dead end."""

from datetime import date
from typing import Any

import pytest

from handlers.effects import OpenTicket, Say, ToStaff
from handlers.facts import FaqMatches
from storage.model import Faq, TicketStatus, TicketType
from tests.unit.handlers.factory import meaning, ticket
from tests.unit.handlers.wording import Chat, keys, of, opened, to_groups, to_resident, to_staff


def says(text: str, intent: str, category: str = "chat", **given: Any) -> list[Any]:
    return Chat(**given).say(text, meaning(text, intent=intent, category=category))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("拜拜", "greeting.bye"),
        ("辛苦啦", "greeting.thanks"),
        ("你是机器人吗", "greeting.who"),
        ("今天好烦", "greeting.comfort"),
    ],
)
def test_small_talk_is_met_with_one_line(text: str, key: str) -> None:
    assert keys(says(text, "greeting")) == [key]


def test_a_greeting_names_the_estate_and_greets_once() -> None:
    said = to_resident(says("你好", "greeting", person=None))
    assert said.count("您好") == 1
    assert "青禾园" in said


def test_a_known_resident_is_welcomed_back() -> None:
    assert keys(says("你好", "greeting")) == ["greeting.again"]


def test_praise_is_registered_and_told_to_the_colleague() -> None:
    done = ticket(12, status=TicketStatus.DONE, assignee_id=3)
    effects = says("修得又快又好，师傅真负责", "praise", "thanks", tickets=(done,))
    assert opened(effects).type is TicketType.PRAISE
    assert list(to_staff(effects)) == [3]
    assert "T261122-099" in to_resident(effects)
    assert "service" in to_groups(effects)


def test_praise_names_the_colleague_by_full_name() -> None:
    effects = says("修理工师傅态度特别好，必须点赞", "praise", "thanks")
    assert [say.to for say in of(Say, effects) if isinstance(say.to, ToStaff)] == [ToStaff(3)]


def test_praise_for_nobody_in_particular_is_for_all() -> None:
    effects = says("你们小区服务真不错", "praise", "thanks")
    assert to_staff(effects) == {}
    assert "相关的同事" in to_resident(effects)


def test_a_menu_tap_on_praise_asks_for_whom() -> None:
    effects = Chat().say("", kind="event", data={"event": "menu", "key": "praise"})
    assert keys(effects) == ["praise.what"]
    assert not of(OpenTicket, effects)


def test_other_matters_are_declined_kindly() -> None:
    effects = says("股票什么时候涨", "other", "finance")
    assert keys(effects) == ["common.other"]
    assert not of(OpenTicket, effects)


def test_a_known_answer_helps_whatever_the_question_was_taken_for() -> None:
    faq = Faq(1, "main", "附近哪里有药店", (), "东门外50米。")
    known = {FaqMatches("附近哪有药店", date(2026, 11, 22)): ((faq, 0.9),)}
    assert "东门外" in to_resident(says("附近哪有药店", "other", "medical", known=known))


def test_who_looks_for_somebody_is_helped_to_find_him() -> None:
    effects = says("我找一下你们王主任", "other", "other")
    assert "service" in to_groups(effects)
    assert "稍候" in to_resident(effects)
