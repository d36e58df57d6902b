"""Personal data out of free words, before they leave the estate or are kept as examples (INV-25, INV-29).

Numbers become zeros and names 某, so that a sentence keeps its shape and length and still teaches what it meant.
What people read is hidden by `handlers.rules.masking` instead: that cuts and blots out, and rather a word too many.
"""

import re
from datetime import datetime

from nlp.slots.reading import spot

_DIGIT = re.compile(r"[\d一二三四五六七八九十百零〇两幺]")
#: Phones, cards, account numbers; also parts of them.
_LONG_NUMBER = re.compile(r"\d(?:[\d -]{3,}\d)")
_NAMED = re.compile(r"(?:(?<=我叫)|(?<=姓名[:：])|(?<=名字是)|(?<=本人))[\u4e00-\u9fff]{2,3}|(?<=我姓)[\u4e00-\u9fff]")
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z]·?[0-9A-Z]{5,6}(?![0-9A-Z])")
#: Characters of a person that stay: the title (师傅, 先生).
_TITLE = 2


def hidden(text: str, now: datetime) -> str:
    """Normalised words without phones, rooms, plates and names; of the same length. `now` is aware."""
    found = spot(text, now)
    characters = list(text)
    spans = [(room.start, room.end) for room in found.rooms] + [(phone.start, phone.end) for phone in found.phones]
    for start, end in spans:
        characters[start:end] = _DIGIT.sub("0", text[start:end])
    for one in found.persons:
        characters[one.start : one.end] = _nameless(text[one.start : one.end])
    shown = "".join(characters)
    shown = _NAMED.sub(lambda name: "某" * len(name.group()), shown)
    return _LONG_NUMBER.sub(_zeros, _PLATE.sub(_zeros, shown))


def _zeros(number: re.Match[str]) -> str:
    return re.sub(r"[0-9A-Z]", "0", number.group())


def _nameless(person: str) -> str:
    """王师傅 becomes 某师傅, 小王 becomes 小某."""
    if len(person) <= _TITLE:
        return person[0] + "某" if person[0] in "老小" else "某" + person[1:]
    return "某" * (len(person) - _TITLE) + person[-_TITLE:]
