"""What staff may not write to residents. Rules: domain.md 8.15, 8.16."""

import re
from collections.abc import Mapping

#: Problem key (text `staff.tone.<key>`) -> expressions that show it.
_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "curt": (r"^[嗯恩哦噢]+[。！!，,~]*$", r"^(不知道|没空|等着|自己看|随便)[。！!]*$"),
    "blame": (r"是你(们)?的错", r"你自己", r"谁让你", r"怪(你|谁)", r"你(不会|没)看", r"你怎么不", r"跟你说(过|了)"),
    "rude": (r"傻|蠢|神经病|有病吧|滚|闭嘴|烦死|他妈|妈的|白痴|无理取闹|胡搅蛮缠|少废话|爱(\w)不\1",),
    "shift": (
        r"不归(我|我们)管", r"不(关|干)(我|我们)的?事", r"不是(我|我们)的事", r"找别人", r"别找我",
        r"我不清楚[。！!]*$", r"没办法[。！!]*$",
    ),
    "company": (r"公司(不行|就这样|太差)", r"别指望", r"物业就这样"),
    "denial": (r"没有这回事", r"不可能(的|吧)?[。！!，,]", r"你(搞|弄)错了"),
    "vague": (r"可能吧", r"看情况", r"(再说|到时候再说)[吧。！!]*$", r"差不多吧"),
    "threat": (r"起诉", r"(断|停)(水|电|气|暖)(处理|伺候|给你)", r"不交就(断|停)", r"后果自负", r"走着瞧"),
    "money": (r"赔(你|您|偿)|给(你|您)赔",),
    "privacy": (r"(?<!\d)1[3-9]\d{9}(?!\d)", r"(?<!\d)\d{17}[\dXx](?!\d)"),
    "plain_you": (r"(?<![其自])你(?!好)",),
}  # fmt: skip
#: These hold a sentence back; the others are advice.
_HOLD = frozenset({"curt", "blame", "rude", "shift", "company", "denial", "threat", "money", "privacy"})


def check(text: str) -> list[str]:
    """The problems of a sentence meant for a resident, worst first; empty when it is fit to be sent (8.15)."""
    said = text.strip()
    return [key for key, patterns in _PATTERNS.items() if any(re.search(p, said) for p in patterns)]


def holds_back(problems: list[str]) -> bool:
    """Whether a sentence with these problems must not go out as it is (8.15)."""
    return any(problem in _HOLD for problem in problems)


def polite(text: str) -> str:
    """The sentence with 您 for 你, the one correction that needs nobody's judgement (8.16)."""
    return re.sub(r"(?<![其自])你们?(?!好)", "您", text)
