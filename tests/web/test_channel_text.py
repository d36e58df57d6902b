"""Cutting and neutralising texts (reliability.md 7, INV-24)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.text import clean, neutral, parts, pressed, with_buttons


def size(text: str) -> int:
    return len(text.encode())


def test_a_short_text_stays_whole() -> None:
    assert parts("灯已修好。") == ["灯已修好。"]
    assert parts("  \n ") == []


@given(st.text(min_size=1), st.integers(min_value=24, max_value=200))
def test_no_part_is_too_long_and_nothing_is_lost_below_the_limit(text: str, limit: int) -> None:
    cut = parts(clean(text), limit)
    assert len(cut) <= 3
    assert all(0 < size(part) <= limit for part in cut)
    if size(clean(text)) <= limit:
        assert "".join(cut) == clean(text).strip()


def test_cuts_after_a_sentence() -> None:
    assert parts("第一句。第二句。第三句", 28) == ["第一句。第二句。", "第三句"]


def test_never_cuts_an_address_or_a_joined_emoji() -> None:
    address = "https://wy.example.com/t/R261122-003"
    assert parts("详情请看这里哦 " + address, 50)[1] == address
    family = "👨‍👩‍👧"
    assert parts("一家" + family * 4, size(family) + 12)[0].endswith(family)


def test_the_rest_is_behind_a_link() -> None:
    cut = parts("通知内容" * 400, 600, link="https://wy.example.com/m/1")
    assert len(cut) == 3
    assert cut[-1].endswith("…\nhttps://wy.example.com/m/1")
    assert size(cut[-1]) <= 600


@pytest.mark.parametrize("hostile", ["<@all>", "[点我](https://evil.example)", '<at user_id="all">', "@所有人"])
def test_nothing_acts(hostile: str) -> None:
    assert not set(neutral(hostile)) & set("<>[]@")


def test_buttons_are_numbered() -> None:
    assert with_buttons("好吗？", (("y", "好"), ("n", "不用"))) == "好吗？\n1. 好\n2. 不用"
    assert with_buttons("好的。", ()) == "好的。"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("1", "y"),
        ("２", "n"),
        ("2.", "n"),
        ("回复1", "y"),
        (" 不用 ", "n"),
        ("3", None),
        ("12", None),
        ("好了吗", None),
        ("", None),
    ],
)
def test_a_typed_number_or_label_is_its_button(said: str, key: str | None) -> None:
    button = pressed(said, (("y", "好"), ("n", "不用")))
    assert (button and button[0]) == key


def test_characters_that_xml_forbids_are_dropped() -> None:
    assert clean("a\x00b\x0bc\ud800d\ufffee\tf\ng") == "abcde\tf\ng"
