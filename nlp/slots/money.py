"""Sums of money -> integer fen."""

import re
from itertools import islice

from nlp.slots.numeral import SPOKEN, value
from nlp.slots.span import MOST, Found

_DIGITS = re.compile(
    r"(?<![\d.])(?P<sign>[¥￥])?(?P<whole>\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.(?P<part>\d{1,2}))?\s?(?P<myriad>万|千|百)?\s?"
    r"(?P<unit>元|块钱?|圆|RMB|rmb|毛钱?|角|分钱)?(?P<tail>[\d一二三四五六七八九半](?=毛|角|$|[^\d一二三四五六七八九十百]))?(?:毛|角)?"
)
_SPOKEN = re.compile(
    rf"(?P<sum>[{SPOKEN}]{{0,12}}[一二两三四五六七八九十百千万](?:多)?)(?:块钱?|元|圆)(?P<tail>[一二三四五六七八九](?=毛|角|$|\W))?(?:毛|角)?"
)
_BARE = re.compile(
    r"(?:交了?|缴了?|花了?|收了?我?们?|收费|要|欠了?|扣了?|付了?|退了?|给了?|涨到|算成|出了?)"
    r"(?P<sum>[一两二三四五六七八九][百千万](?:零?[一二三四五六七八九](?:[百十][一二三四五六七八九]?)?)?|\d{2,6}(?!\d))(?![\d个户天次年月块元人斤度吨号万平方米点分小倍%.单栋-])"
)


def find_amounts(text: str) -> list[Found[int]]:
    """Every sum of `text` in fen, in order; a number without a sign of money is none."""
    written = (one for match in _DIGITS.finditer(text) if (one := _written(match)) is not None)
    found = list(islice(written, MOST))
    for pattern in (_SPOKEN, _BARE):
        for match in pattern.finditer(text):
            spoken = _spoken(match)
            if spoken is None or len(found) == MOST:
                continue
            if all(spoken.end <= one.start or spoken.start >= one.end for one in found):
                found.append(spoken)
    return sorted(found, key=lambda one: one.start)


def _written(match: re.Match[str]) -> Found[int] | None:
    unit, sign = match.group("unit"), match.group("sign")
    if not unit and not sign:
        return None
    whole = int(match.group("whole").replace(",", "").replace("，", ""))
    fen = whole * 100 + int((match.group("part") or "0").ljust(2, "0"))
    fen *= {"万": 10000, "千": 1000, "百": 100, None: 1}[match.group("myriad")]
    end = match.end()
    if unit and unit[0] in "毛角":
        fen //= 10
    elif unit == "分钱":
        fen //= 100
    tail = match.group("tail")
    if tail and unit == "块":
        fen += 50 if tail == "半" else (value(tail) or 0) * 10
    elif tail:
        end = match.start("tail")
    return Found(match.start(), end, fen)


def _spoken(match: re.Match[str]) -> Found[int] | None:
    amount = value(match.group("sum").rstrip("多"))
    if amount is None:
        return None
    tail = match.groupdict().get("tail")
    jiao = (value(tail) or 0) if tail else 0
    return Found(match.start("sum"), match.end(), amount * 100 + jiao * 10)
