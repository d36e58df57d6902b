"""Complaint levels (domain.md 4.1, C-16, S-COMP-21)."""

import pytest

from handlers.rules.complaint import ComplaintRules, level, lower, raised

RULES = ComplaintRules()


@pytest.mark.parametrize(
    ("text", "category", "found"),
    [
        ("电梯把老人夹受伤了", "lift", "major"),
        ("我要打12345", "noise", "major"),
        ("保安态度差", "staff_attitude", "important"),
        ("一直拖着没人处理", "lift", "important"),
        ("楼道垃圾没扫", "hygiene", "minor"),
        ("昨天有人抛物", "falling_object", "important"),
        ("楼上吵死了", "noise", "minor"),
    ],
)
def test_level_by_words_and_category(text: str, category: str, found: str) -> None:
    assert level(RULES, text, category) == found


def test_a_named_colleague_makes_it_important() -> None:
    assert level(RULES, "他没说清楚", "other", accused=True) == "important"


def test_each_reopening_raises_one_level() -> None:
    assert level(RULES, "垃圾没扫", "hygiene", reopened=1) == "important"
    assert level(RULES, "垃圾没扫", "hygiene", reopened=5) == "major"


@pytest.mark.parametrize(("now", "next_"), [(None, "important"), ("minor", "important"), ("major", "major")])
def test_raised_stops_at_the_top(now: str | None, next_: str) -> None:
    assert raised(now) == next_


@pytest.mark.parametrize(
    ("new", "old", "is_lower"), [("minor", "major", True), ("major", "minor", False), ("minor", None, False)]
)
def test_lowering_is_recognised(new: str, old: str | None, *, is_lower: bool) -> None:
    assert lower(new, old) is is_lower
