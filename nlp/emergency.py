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
    signs: re.Pattern[str]
    guard: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    raw = table("emergency.yaml")
    danger = "|".join(raw["danger"].split())
    signs = "|".join((danger, *raw["signs"].split()))
    guard = "|".join(raw[name] for name in ("past", "unreal", "over"))
    return _Patterns(re.compile(danger), re.compile(signs), re.compile(guard))


def danger_taken_back(text: str) -> bool:
    """Whether something in a normalised text moves danger into the past, a habit or a supposition, or clears it."""
    return _patterns().guard.search(text) is not None


def danger_now(text: str, *, signs: bool = False) -> bool:
    """Whether some sentence of a normalised text names a danger and nothing in it denies or moves it away.

    Args:
        text: normalised.
        signs: mere signs of danger count too (for messages that were read as such anyway).
    """
    patterns = _patterns()
    wanted = patterns.signs if signs else patterns.danger
    for sentence in _SENTENCE.split(text):
        if patterns.guard.search(sentence):
            continue
        for match in wanted.finditer(sentence):
            if not _NEGATED.search(sentence[max(0, match.start() - 3) : match.start()]):
                return True
    return False


def emergency_words(text: str) -> bool:
    """The quick look at a raw message as it is stored (INV-37): raises its priority, files nothing by itself."""
    return danger_now(normalise(text).text)
