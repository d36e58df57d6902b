"""Displeasure is never read as praise: the praised man would be told so (S-COMP-02, domain.md 4)."""

from datetime import datetime

import pytest

from nlp.mood import displeased
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


@pytest.mark.parametrize("said", ["没有不满意的地方", "没什么不满意", "满意", "非常满意，谢谢师傅", "不错，很满意"])
def test_a_double_no_is_pleased(said: str) -> None:
    assert not displeased(said)
