"""Steering words are whole short messages."""

import pytest

from handlers.dialog.keys import wish_named, wish_of
from handlers.dialog.words import (
    has_more,
    is_cancel,
    is_correction,
    is_detail,
    is_hurry,
    is_no,
    is_nothing_else,
    is_unknown,
    is_yes,
    ordinal,
)


@pytest.mark.parametrize("text", ["确认", "好的！", "是的，谢谢", "可以", "嗯嗯", "OK", "没问题", "好的呀"])
def test_yes_is_heard_alone_or_before_thanks(text: str) -> None:
    assert is_yes(text)


@pytest.mark.parametrize("text", ["好的我明天下午三点在家等师傅", "可以的话帮我修一下灯", "是水管漏水"])
def test_yes_inside_a_sentence_is_none(text: str) -> None:
    assert not is_yes(text)


@pytest.mark.parametrize("text", ["不用", "不对", "没有。", "不需要了", "不用了，谢谢"])
def test_no_is_heard_alone_or_before_thanks(text: str) -> None:
    assert is_no(text)


@pytest.mark.parametrize("text", ["算了", "取消吧", "不报了", "不用修了，谢谢"])
def test_cancel_is_the_whole_message(text: str) -> None:
    assert is_cancel(text)


@pytest.mark.parametrize("text", ["怎么取消预约啊", "算了一下费用不对", "取消了的订单怎么退款"])
def test_cancel_inside_a_sentence_is_none(text: str) -> None:
    assert not is_cancel(text)


@pytest.mark.parametrize("text", ["没有了", "没事了，谢谢", "没有了谢谢", "就这些"])
def test_nothing_else_ends_the_talk(text: str) -> None:
    assert is_nothing_else(text)


@pytest.mark.parametrize(("text", "more"), [("有", True), ("还有", True), ("好的", False), ("没有", False)])
def test_only_a_clear_yes_has_more(text: str, more: bool) -> None:
    assert has_more(text) is more


@pytest.mark.parametrize(
    "text", ["不对，是5-1-102", "不是1201是1202", "改成后天上午", "说错了，电话尾号8888", "更正一下", "应该是3栋"]
)
def test_corrections_are_recognised(text: str) -> None:
    assert is_correction(text)


@pytest.mark.parametrize("text", ["不是报过了吗", "明天下午三点", "水管漏水不是很严重"])
def test_other_sentences_are_no_corrections(text: str) -> None:
    assert not is_correction(text)


@pytest.mark.parametrize(
    ("text", "heard"), [("不知道", True), ("记不清了", True), ("我不知道为什么你们一直不来处理这件事", False)]
)
def test_not_knowing_is_a_short_answer(text: str, heard: bool) -> None:
    assert is_unknown(text) is heard


@pytest.mark.parametrize(
    ("text", "heard"), [("是卫生间的马桶后面", True), ("在二楼", True), ("是不是要收费吗", False), ("水管漏水", False)]
)
def test_a_short_addition_is_a_detail(text: str, heard: bool) -> None:
    assert is_detail(text) is heard


@pytest.mark.parametrize(
    ("text", "number"), [("1", 1), ("第二个", 2), ("③", 3), ("选4", 4), ("12", None), ("一共三次", None), ("0", None)]
)
def test_ordinals_are_read_alone(text: str, number: int | None) -> None:
    assert ordinal(text) == number


@pytest.mark.parametrize(
    ("text", "heard"), [("尽快", True), ("快点吧", True), ("请尽快来", True), ("快点修好楼道灯", False)]
)
def test_hurry_is_the_whole_message(text: str, heard: bool) -> None:
    assert is_hurry(text) is heard


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我要报修", "repair"),
        ("转人工", "human"),
        ("查进度", "progress"),
        ("投诉", "complaint"),
        ("我要投诉保安态度差", None),
    ],
)
def test_a_bare_wish_is_named(text: str, intent: str | None) -> None:
    assert wish_named(text) == intent


@pytest.mark.parametrize(
    ("key", "intent"), [("menu:repair", "repair"), ("wish:human", "human"), ("缴费", "payment"), ("x", None)]
)
def test_keys_stand_for_wishes(key: str, intent: str | None) -> None:
    assert wish_of(key) == intent
