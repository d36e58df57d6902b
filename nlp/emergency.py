"""Words of danger, with the past, the hypothetical and the all-clear taken out (conventions.md, rule 1)."""

import re
from functools import cache
from typing import NamedTuple

from nlp.normalise import normalise
from nlp.resources import table

_SENTENCE = re.compile(r"[。!！?？;；\n]+")
_NEGATED = re.compile(r"(?:没有?|不是|并?未|无|别|防|不要|不许|禁止|消防|以为)$")


class _Patterns(NamedTuple):
    danger: re.Pattern[str]
    guard: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    raw = table("emergency.yaml")
    danger = "|".join(raw["danger"].split())
    return _Patterns(re.compile(danger), re.compile("|".join(raw[name] for name in ("past", "unreal", "over"))))


def danger_words(text: str) -> bool:
    """Whether a normalised text speaks of danger at all, denied or not."""
    return _patterns().danger.search(text) is not None


def danger_now(text: str) -> bool:
    """Whether some sentence of a normalised text names a danger and nothing in it denies or moves it away."""
    patterns = _patterns()
    for sentence in _SENTENCE.split(text):
        if patterns.guard.search(sentence):
            continue
        for match in patterns.danger.finditer(sentence):
            if not _NEGATED.search(sentence[max(0, match.start() - 3) : match.start()]):
                return True
    return False


def emergency_words(text: str) -> bool:
    """The quick look at a raw message as it is stored (INV-37): raises its priority, files nothing by itself."""
    return danger_now(normalise(text).text)
