"""Telephone numbers: mobiles with blanks, bars and +86, landlines, spelled digits (幺三八)."""

import re

from nlp.slots.numeral import DIGITS, spell
from nlp.slots.span import Found

_MOBILE = re.compile(r"(?<![\dA-Za-z])(?:\+?86[-\s]?)?(1[3-9]\d(?:[-\s.]?\d){8})(?!\d)")
_LANDLINE = re.compile(r"(?<![\d-])(0\d{2,3})[-\s)]{0,2}([2-9]\d{6,7})(?!\d)")
_LOCAL = re.compile(r"(?:座机|电话|固话|号码)(?:是|号码|:|,|，|\s){0,4}([2-9]\d{6,7})(?!\d)")
_HOTLINE = re.compile(r"(?<!\d)([48]00[-\s]?\d{3,4}[-\s]?\d{3,4})(?!\d)")
_SPELLED = re.compile(rf"[幺一][{DIGITS}、,，\s]{{10,30}}")
_DIGIT = re.compile(r"\D+")


def find_phones(text: str) -> list[Found[str]]:
    """Every telephone number of `text` as digits, in order."""
    found = (
        _found(text, _MOBILE, 1)
        + _landlines(text)
        + _found(text, _LOCAL, 1)
        + _found(text, _HOTLINE, 1)
        + _spelled(text)
    )
    kept: list[Found[str]] = []
    for phone in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or phone.start >= kept[-1].end:
            kept.append(phone)
    return kept


def _found(text: str, pattern: re.Pattern[str], group: int) -> list[Found[str]]:
    return [Found(m.start(), m.end(), _DIGIT.sub("", m.group(group))) for m in pattern.finditer(text)]


def _landlines(text: str) -> list[Found[str]]:
    return [Found(m.start(), m.end(), m.group(1) + m.group(2)) for m in _LANDLINE.finditer(text)]


def _spelled(text: str) -> list[Found[str]]:
    found = []
    for match in _SPELLED.finditer(text):
        digits = _DIGIT.sub("", spell(match.group()))
        if len(digits) == 11 and digits[0] == "1" and digits[1] in "3456789":
            found.append(Found(match.start(), match.end(), digits))
    return found
