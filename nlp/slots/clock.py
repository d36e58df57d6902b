"""Parts of a day and hours on the clock: 上午, 晚上七点半, 3点到5点, 9:30."""

import re
from dataclasses import dataclass
from datetime import time

from nlp.slots.numeral import value

#: The windows of the agreed conventions, by the words that name them.
_PARTS = (
    ("凌晨|半夜|后半夜|深夜", time(0), time(6)),
    ("大清早|清晨|一大早|一早|早上|早晨|清早|上午|早间|午前", time(8), time(12)),
    ("中午|午间|晌午|午休", time(11, 30), time(13, 30)),
    ("下午|午后|后晌", time(13), time(18)),
    ("傍晚|黄昏", time(17), time(19)),
    ("晚上|晚间|夜里|夜间|今夜|晚(?![点饭安会期了辈])", time(18), time(22)),
    ("全天|整天|一整天|一天都|一天到晚|白天", time(8), time(22)),
)
PART_WORDS = "|".join(words for words, _, _ in _PARTS) + "|早(?![就点上已些日期先晚])"
_PART_OF = {word: (start, end) for words, start, end in _PARTS for word in words.split("|")}
_PART_OF |= {"早": _PART_OF["早上"], "晚": _PART_OF["晚上"]}
_NIGHT_WORDS = frozenset(("晚", *_PARTS[5][0].split("|"))) | frozenset(_PARTS[4][0].split("|"))
_AFTERNOON_WORDS = frozenset(_PARTS[3][0].split("|"))

_HOUR = r"(?:[01]?\d|2[0-4]|二十[一二三四]?|十[一二]?|[一二两三四五六七八九])"
_MINUTE = r"(?:[0-5]?\d|[一二三四五]?十[一二三四五六七八九]?|零?[五六七八九]|半|一刻|三刻)"
CLOCK = rf"(?:{_HOUR}(?::|：)[0-5]\d|{_HOUR}(?:点钟?|时(?![候间段常不])|點)(?:{_MINUTE}分?(?![个天号栋楼单米]))?)"
_CLOCK = re.compile(rf"(?P<hour>{_HOUR})(?:(?::|：)(?P<exact>[0-5]\d)|(?:点钟?|时|點)(?:(?P<minute>{_MINUTE})分?)?)")
_QUARTERS = {"半": 30, "一刻": 15, "三刻": 45}


@dataclass(frozen=True, slots=True)
class Hour:
    """A clock reading. `hour` may be ambiguous (7 for 19:00) until a part of the day or the present settles it."""

    hour: int
    minute: int

    def at(self, hour: int) -> time:
        """The same minutes at another hour."""
        return time(hour % 24, self.minute)


def read_hour(text: str) -> Hour | None:
    """The clock reading that `text` is, else None."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hour = value(match.group("hour"))
    said = match.group("exact") or match.group("minute") or "0"
    minute = _QUARTERS.get(said)
    if minute is None:
        minute = value(said)
    return None if hour is None or minute is None or hour > 24 or minute > 59 else Hour(hour, minute)


def window_of(part: str) -> tuple[time, time]:
    """First and last time of a part of the day."""
    return _PART_OF[part]


def settle(hour: Hour, part: str | None) -> time | None:
    """The time meant by `hour` in `part` of the day; None when the part leaves it open (no part, hour up to 12)."""
    if hour.hour > 12 or hour.hour == 0:
        return hour.at(hour.hour)
    if part is None:
        return None
    if part in _AFTERNOON_WORDS or part in _NIGHT_WORDS:
        late = hour.hour == 12 and part in _NIGHT_WORDS
        return hour.at(hour.hour % 12 + (0 if late else 12))
    if part.startswith(("中", "午", "晌")):
        return hour.at(hour.hour if hour.hour > 4 else hour.hour + 12)
    if part in ("白天", "全天", "整天"):
        return hour.at(hour.hour if hour.hour > 6 else hour.hour + 12)
    return hour.at(hour.hour)
