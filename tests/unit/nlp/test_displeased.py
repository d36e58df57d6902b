"""Displeasure is never read as praise: the praised man would be told so (S-CB-01)."""

from datetime import datetime

import pytest

from nlp.mood import displeased, pleased
from nlp.understand import Understander, load

NOW = datetime.fromisoformat("2026-11-24T10:00:00+08:00")


@pytest.fixture(scope="module")
def understander() -> Understander:
    return load()


@pytest.mark.parametrize(
    "said",
    ["不满意", "很不满意你们的服务", "对这次维修不满意", "我不是很满意", "谈不上满意", "真让人失望", "这回给差评"],
)
def test_displeasure_is_no_praise(understander: Understander, said: str) -> None:
    assert displeased(said)
    assert [act.intent for act in understander.understand(said, NOW).acts if act.intent == "praise"] == []


@pytest.mark.parametrize("said", ["满意", "都满意", "很满意", "挺满意的", "满意，谢谢", "满意，辛苦师傅了！"])
def test_a_bare_pleasure_is_no_complaint(understander: Understander, said: str) -> None:
    assert understander.understand(said, NOW).first.intent == "praise"


@pytest.mark.parametrize("said", ["你们满意了", "满意了吧", "满意才怪", "满意什么", "不满意", "怎么会满意"])
def test_bitter_words_are_no_pleasure(said: str) -> None:
    assert not pleased(said)


@pytest.mark.parametrize("said", ["没有不满意的地方", "没什么不满意", "满意", "非常满意，谢谢师傅", "不错，很满意"])
def test_a_double_no_is_pleased(said: str) -> None:
    assert not displeased(said)
