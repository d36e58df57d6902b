"""Complaint levels. Rules: domain.md 4.1, SLA-10..15, C-15, C-16, S-COMP-02..04, S-COMP-21, S-COMP-24."""

from dataclasses import dataclass

#: Lowest first; in doubt the higher one is taken (C-16).
LEVELS = ("minor", "important", "major")


@dataclass(frozen=True, slots=True)
class ComplaintRules:
    """Words that suggest a level [cfg]; staff may raise it, only manager and director may lower it.

    Attributes:
        major_words: danger, public damage, many people, authorities or press.
        important_words: failures of management or service.
        important_categories: categories that are never minor.
    """

    major_words: tuple[str, ...] = (
        "受伤", "触电", "起火", "着火", "坠落", "砸伤", "砸到", "偷盗", "被盗", "被偷", "失窃", "入室", "群体", "集体",
        "联名", "媒体", "记者", "曝光", "12345", "市长热线", "律师", "法院", "停水一周", "停电一周", "人命",
        "晕倒", "住院", "骨折",
    )  # fmt: skip
    important_words: tuple[str, ...] = (
        "态度", "没人处理", "没人管", "没人理", "不处理", "不管", "拖延", "拖着", "一直拖", "推诿", "推来推去",
        "踢皮球", "收错", "乱收", "多收", "不作为", "弄坏", "骂人", "骂我", "辱骂", "冷漠", "敷衍", "不理", "失职",
        "几次了", "好几次", "多次", "反复", "三天两头",
    )  # fmt: skip
    important_categories: tuple[str, ...] = ("staff_attitude", "privacy", "fire_passage", "falling_object")


def level(rules: ComplaintRules, text: str, category: str, *, accused: bool = False, reopened: int = 0) -> str:
    """The level to begin with: by words and category, important when a person is accused, one up per reopening."""
    if any(word in text for word in rules.major_words):
        return "major"
    serious = accused or category in rules.important_categories or any(w in text for w in rules.important_words)
    found = "important" if serious else "minor"
    for _ in range(reopened):
        found = raised(found)
    return found


def raised(current: str | None) -> str:
    """One level up, at most major (S-COMP-21)."""
    at = LEVELS.index(current) if current in LEVELS else 0
    return LEVELS[min(at + 1, len(LEVELS) - 1)]


def lower(new: str, old: str | None) -> bool:
    """Whether `new` is a lower level than `old`."""
    return old in LEVELS and LEVELS.index(new) < LEVELS.index(old)
