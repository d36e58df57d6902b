"""What people type -> plain simplified text, with a map back to the original characters."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

from nlp.resources import table

#: Beyond this many characters a message is not analysed (understand.py).
LIMIT = 2000

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_KEPT_WIDE = "，！？；"
_FOLD = {code: half for code, half in _WIDE.items() if chr(code) not in _KEPT_WIDE} | {
    0x3000: " ",
    0xA0: " ",
    0x2013: "-",
    0x2014: "-",
    0x2212: "-",
    0x2010: "-",
    0x2011: "-",
}
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\ufffd]"
)
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\u3297\u3299\U0001f000-\U0001faff\U000e0020-\U000e007f]")
_STICKER = re.compile(r"\[[A-Za-z\u4e00-\u9fff]{1,6}\]|/::[^\s\u4e00-\u9fff]{1,3}|/:[^\s\u4e00-\u9fff:]{2,8}")
_RUN = re.compile(r"([^\d\sA-Za-z零〇幺一二三四五六七八九])\1{3,}")
_BLANKS = re.compile(r"\s{2,}")


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised text.

    Attributes:
        origins: for each character of `text` its index in the original.
        moods: hints of stickers and emoji that were taken out ("angry", "negative", "positive").
    """

    text: str
    origins: tuple[int, ...]
    moods: tuple[str, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the original that characters `start` to `end` came from."""
        if start >= end:
            return (0, 0)
        return self.origins[start], self.origins[end - 1] + 1


@dataclass(slots=True)
class _Draft:
    text: str
    origins: list[int]

    def replace(self, pattern: re.Pattern[str], substitute: Callable[[re.Match[str]], str]) -> None:
        """Replace every match, keeping for each new character the place it stands for."""
        if not pattern.search(self.text):
            return
        parts: list[str] = []
        origins: list[int] = []
        last = 0
        for match in pattern.finditer(self.text):
            word = substitute(match)
            parts += [self.text[last : match.start()], word]
            origins += self.origins[last : match.start()]
            room = match.end() - match.start() - 1
            origins += [self.origins[match.start() + min(place, room)] for place in range(len(word))]
            last = match.end()
        self.text = "".join([*parts, self.text[last:]])
        self.origins = origins + self.origins[last:]


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@cache
def _homophones() -> tuple[re.Pattern[str], dict[str, str]]:
    words = {wrong: right for right, wrongs in table("homophones.yaml").items() for wrong in wrongs.split()}
    ordered = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))), words


@cache
def _stickers() -> dict[str, tuple[str, str]]:
    """Sticker name, code or emoji -> (word it stands for, mood hint); either may be empty."""
    signs: dict[str, tuple[str, str]] = {}
    for meaning, names in table("stickers.yaml").items():
        word, _, mood = meaning.partition("/")
        signs.update((name, (word, mood)) for name in names.split())
    return signs


def _simplify(draft: _Draft) -> None:
    plain = _simplifier().convert(draft.text)
    if len(plain) != len(draft.text):
        plain = "".join(_one(character) for character in draft.text)
    draft.text = plain


def _one(character: str) -> str:
    plain = str(_simplifier().convert(character))
    return plain if len(plain) == 1 else character


def _signs(draft: _Draft) -> Iterator[str]:
    """Take stickers and emoji out; words they stand for go in, their moods are yielded."""
    known = _stickers()
    moods: list[str] = []

    def substitute(match: re.Match[str]) -> str:
        sign = match.group()
        word, mood = known.get(sign) or known.get(sign.strip("[]")) or ("", "")
        if sign.startswith("[") and sign.strip("[]") not in known:
            return sign
        if mood:
            moods.append(mood)
        return word

    draft.replace(_STICKER, substitute)
    draft.replace(_EMOJI, substitute)
    yield from moods


def normalise(text: str) -> Normal:
    """Fold widths, scripts, stickers and known misspellings of the first `LIMIT` characters."""
    text = text[:LIMIT].encode("utf-8", "ignore").decode("utf-8").translate(_FOLD)
    draft = _Draft(text, list(range(len(text))))
    draft.replace(_INVISIBLE, lambda _: "")
    moods = tuple(_signs(draft))
    _simplify(draft)
    pattern, words = _homophones()
    draft.replace(pattern, lambda match: words[match.group()])
    draft.replace(_RUN, lambda match: match.group(1) * 3)
    draft.replace(_BLANKS, lambda match: "\n" if "\n" in match.group() else " ")
    return Normal(draft.text, tuple(draft.origins), moods)
