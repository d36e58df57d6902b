"""What staff type -> a command. Deterministic; tolerant of how people write (design.md 8, domain.md 8.19)."""

import re
from dataclasses import dataclass

from handlers.commands.staff.sentences import LINES, PEOPLE, Line


@dataclass(frozen=True, slots=True)
class Command:
    """One staff sentence, read.

    Attributes:
        name: the move or act.
        number: full ticket number or its tail; None when not said.
        rest: what was said besides: reason, name, amount, words.
        plain: unmistakable; deserves an answer even when no ticket fits.
    """

    name: str
    number: str | None = None
    rest: str = ""
    plain: bool = True


#: Full-width digits, letters and signs that numbers are written with; commas and colons stay as they are.
_FOLD = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))} | {
    0x3000: " ", 0xFF0D: "-", 0xFF03: "#", 0xFF20: "@", 0x2014: "-", 0xA0: " "
}  # fmt: skip
_FULL = re.compile(r"([RCQPSTVE])\s?(\d{6})\s?-?\s?(\d{3,4})(?!\d)", re.IGNORECASE)
_LEADING = re.compile(r"^(?:#|工单号?|单号|编号)?\s*(\d{3})(?:号单?|单)?(?![\d元块:.\-室栋年月日点分户个人次件台层])")
_AFTER_WORD = re.compile(r"^([^\d\s#，,:]{1,6})[\s#]*(\d{3})(?:号单?|单)?(?![\d元块:.\-室栋年月日点分户个人次件台层])")
_TRAILING = re.compile(r"(?:(?<=\s)|#|单|(?<=[\u4e00-\u9fff]))(\d{3})号?$")
_EDGES = " \t\r\n，,。.！!~～、;；:：?？"
_REPLY = re.compile(
    rf"^(?P<head>.{{0,24}}?)(?:回复|答复|回|告诉|转告|跟|和)(?:一下)?(?:给)?{PEOPLE}(?P<colon>\s*[:：,，]\s*|\s+|说[:：,，\s]*)(?P<rest>.+)$",
    re.DOTALL,
)
_REPLY_NUMBER = re.compile(r"^(?P<head>.{1,24}?)\s*(?:回复|答复)\s*[:：]\s*(?P<rest>.+)$", re.DOTALL)

#: How something came that is written down for somebody else; followed by what it is about (a letter by its scan).
_ENTRY = re.compile(
    r"^(?:(?:来电|电话|来访|来函|邮件|意见箱|联系箱|巡视|巡查|上级检查|监督电话|上级转来)[\s:：,，]+.{2,}|来函$)",
    re.DOTALL,
)
#: The word alone, in private: what came is asked for.
_ENTRY_WORD = re.compile(r"^(?:来电|来访|邮件|意见箱|巡视|巡查|上级检查)(?:登记)?$")
_PRICE = re.compile(r"^(?:报价|报个价|收费|费用)\s*[:：]?(?P<rest>\s*(?:¥|￥)?\s*\d.*)$")
#: Numbers that may be a sum: not 龙头1个, 水管3米.
_SUMS = re.compile(r"\d+(?:\.\d+)?(?![\d.])(?!\s*[个只米根套把支次盏台寸分组平件处])")
_NAMED_AFTER = re.compile(r"#?([RCQPSTVErcqpstve]\d{6}-?\d{3,4}|\d{3})(?:号单?)?\s*[:：,，]\s*")


def clean(text: str) -> str:
    """The sentence with plain digits, letters and blanks, without the mention of the bot at its start."""
    return re.sub(r"^@\S+\s+", "", text.translate(_FOLD).strip())


def number_in(text: str) -> tuple[str | None, str]:
    """The ticket number and the sentence without it; a tail counts at the start, after the first word or at the end."""
    full = _FULL.search(text)
    if full:
        number = f"{full.group(1).upper()}{full.group(2)}-{full.group(3)}"
        return number, _joined(text[: full.start()], text[full.end() :])
    if match := _LEADING.match(text):
        return match.group(1), _joined("", text[match.end() :])
    if match := _AFTER_WORD.match(text):
        return match.group(2), _joined(match.group(1), text[match.end() :])
    if match := _TRAILING.search(text):
        return match.group(1), _joined(text[: match.start()], "")
    return None, text.strip(_EDGES)


def read(text: str, *, private: bool, photo: bool = False) -> Command | None:
    """The command in a sentence, or None. `photo` says that a picture came with it."""
    said = clean(text)
    if not said:
        return None
    if reply := _reply(said):
        return reply
    if said.startswith(("补单", "补登", "补录")):
        return Command("retro", rest=re.sub(r"^补(?:录?单|登记?|录)", "", said).strip(_EDGES))
    if _ENTRY.match(said) or (private and _ENTRY_WORD.match(said)):
        return Command("entry", rest=said)
    if price := _price(said):
        return price
    number, bare = number_in(said)
    if number and not bare:
        return Command("status", number)
    for line in LINES:
        match = line.pattern.match(bare)
        if match and _weighty(line, number, private=private, photo=photo):
            rest = (match.groupdict().get("rest") or "").strip(_EDGES)
            return Command(line.name, number, rest, plain=line.weight == "plain")
    return Command("quote", number) if number and re.match(r"^(?:报价|报个价)$", bare) else None


def _weighty(line: Line, number: str | None, *, private: bool, photo: bool) -> bool:
    if number or line.weight == "plain":
        return True
    return line.weight == "own" and (private or photo)


def _reply(said: str) -> Command | None:
    """`003 回复业主：…`: words meant for the resident, whatever stands in them."""
    match = _REPLY.match(said) or _REPLY_NUMBER.match(said)
    if not match:
        return None
    head = match.group("head").strip(_EDGES)
    number, left = number_in(head) if head else (None, "")
    if left or (match.re is _REPLY_NUMBER and number is None):
        return None
    rest = match.group("rest").strip()
    if number is None and (named := _NAMED_AFTER.match(rest)):
        return Command("reply", number_in(named.group(1))[0], rest[named.end() :].strip())
    return Command("reply", number, rest)


def _price(said: str) -> Command | None:
    """`报价 120 换角阀` has a sum and no ticket: a single number is money, unless it is a tail like 003."""
    match = _PRICE.match(said)
    numbers = _SUMS.findall(said)
    if not match or len(numbers) != 1 or (len(numbers[0]) == 3 and numbers[0].startswith("0")):
        return None
    return Command("quote", None, match.group("rest").strip(_EDGES))


def _joined(left: str, right: str) -> str:
    return f"{left.strip(_EDGES)} {right.strip(_EDGES)}".strip(_EDGES)
