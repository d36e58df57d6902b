"""Texts that are no messages: a calm reading that is not sure of itself, and none that keeps the bot busy for ever."""

import random
from datetime import datetime

import pytest

from nlp.acts import core, courtesy
from nlp.normalise import LIMIT
from nlp.slots.span import MOST
from nlp.understand import Understander, load

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
#: Below this the bot asks instead of acting.
UNSURE = 0.5


@pytest.fixture(scope="module")
def reader() -> Understander:
    return load()


def noise(seed: int, count: int) -> str:
    """Random bytes as they come out of a wrong decoding."""
    return random.Random(seed).randbytes(count).decode("utf-8", errors="replace")


MIXED = "".join(random.Random(4).choices("水电abcñдरก漢字。，😀 \n12", k=10_000))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t",
        "😀",
        "👍👍👍😡😡",
        "[微笑][捂脸]",
        "\u200b\ufeff",
        "\ud83d",
        "a" * 10_000,
        "今天" * 5_000,
        "1" * 10_000,
        "电话" * 5_000,
        "水" + "\n" * 9_999,
        MIXED,
        noise(1, 600),
        noise(2, 10_000),
    ],
    ids=lambda text: repr(text[:6]),
)
def test_what_is_no_message_is_read_without_certainty(reader: Understander, text: str) -> None:
    meaning = reader.understand(text, NOW)
    assert len(meaning.text) <= LIMIT
    assert meaning.acts
    assert meaning.first.intent != "emergency"
    assert meaning.first.confidence < UNSURE
    assert all(choice.confidence < UNSURE for choice in meaning.choices)


def test_a_long_letter_is_read_but_not_trusted(reader: Understander) -> None:
    letter = "".join(f"第{number}次反映：{number}号楼的电梯又停了，物业没有人来修。" for number in range(1, 500))
    meaning = reader.understand(letter, NOW)
    assert meaning.first.confidence < UNSURE


def test_danger_shouted_over_and_over_is_still_danger(reader: Understander) -> None:
    meaning = reader.understand("着火了！快来人！" * 20, NOW)
    assert meaning.first.intent == "emergency"
    assert meaning.first.confidence >= UNSURE


@pytest.mark.parametrize(
    "text",
    ["嗯嗯嗯啊" * 12 + "水", "您好呀" * 30 + "水", "周末" * 30 + "漏水", "都行" * 30 + "漏水", "在家" * 30 + "漏水"],
)
def test_words_that_can_be_cut_in_many_ways_come_to_an_end(reader: Understander, text: str) -> None:
    """Each of these once took longer than anybody would wait."""
    assert reader.understand(text, NOW).acts


@pytest.mark.parametrize("unit", ["3栋2单元501，", "春节后", "国庆前第二天", "三块", "下周一到周五", "3点到", "一二三"])
def test_a_flood_of_values_is_cut_short(reader: Understander, unit: str) -> None:
    meaning = reader.understand(unit * 400, NOW)
    assert len(meaning.rooms) <= MOST


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("谢谢您好的", True),
        ("辛苦您了", True),
        ("谢谢您您好", True),
        ("谢谢您好", True),
        ("您好呀", True),
        ("谢谢您啊", True),
        ("麻烦您了 请问一下", True),
        ("嗯嗯好的收到", True),
        ("谢谢水管", False),
    ],
)
def test_courtesy_is_told_from_what_follows_it(text: str, only: bool) -> None:
    assert courtesy(text) is only


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("我住501号码13800000000", True),
        ("手机号码13800000000", True),
        ("联系手机号13800000000", True),
        ("这周末都行", True),
        ("周末漏水", False),
    ],
)
def test_details_are_told_from_what_is_said_with_them(text: str, only: bool) -> None:
    assert core(f"灯坏了，{text}") == ("灯坏了" if only else f"灯坏了，{text}")
