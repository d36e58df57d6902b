"""Fitting texts to what platforms carry: limits in bytes of UTF-8, buttons as lines, nothing that acts (pure)."""

import re
import unicodedata
from collections.abc import Sequence

#: Text messages of 公众号, WeCom, 微信客服 and the WeCom robot, bytes.
TEXT_BYTES = 2_048
#: A push becomes at most this many messages; the rest is behind a link (reliability.md 7).
MOST_PARTS = 3
CONTINUES = "…"

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"(?:回复|选)?\s*([1-9])\s*[.、。号]?")
_URL = re.compile(r"https?://[!-~]+")
_STOPS = "\n。！？；，、 "
_NEUTRAL = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "@": "＠"})
_JOINERS = frozenset("\u200d\ufe0f\ufe0e\u20e3")


def clean(text: str) -> str:
    """Without the characters that XML 1.0 forbids; tab and line breaks stay."""
    return _FORBIDDEN.sub("", text)


def neutral(text: str) -> str:
    """Mark-up and mention characters as their full-width look-alikes, so that no text of a resident acts (INV-24)."""
    return text.translate(_NEUTRAL)


def with_buttons(body: str, buttons: Sequence[tuple[str, str]]) -> str:
    """The body with its buttons as numbered lines, for messages that carry none; the person answers with the number."""
    lines = [f"{number}. {label}" for number, (_, label) in enumerate(buttons, start=1)]
    return "\n".join([body, *lines]) if lines else body


def pressed(text: str, buttons: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The button that a typed answer means: its number as `with_buttons` shows it, or its label; else None."""
    said = unicodedata.normalize("NFKC", text).strip()
    for button in buttons:
        if said == unicodedata.normalize("NFKC", button[1]).strip():
            return button
    number = _NUMBER.fullmatch(said)
    return buttons[int(number[1]) - 1] if number and int(number[1]) <= len(buttons) else None


def parts(text: str, limit: int = TEXT_BYTES, *, most: int = MOST_PARTS, link: str = "") -> list[str]:
    """Cut a text into at most `most` parts of at most `limit` bytes each.

    Cuts fall after a line or a stop where one is in the last third, never inside a character, a joined emoji or an
    address. What does not fit ends in `…` and the link where the whole can be read.
    """
    found: list[str] = []
    rest = text.strip()
    while rest and len(found) < most - 1 and _size(rest) > limit:
        end = _cut(rest, limit)
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if _size(rest) > limit:
        tail = CONTINUES + (f"\n{link}" if link else "")
        rest = rest[: _cut(rest, limit - _size(tail))].rstrip() + tail
    return [*found, rest] if rest else found


def _size(text: str) -> int:
    return len(text.encode())


def _cut(text: str, limit: int) -> int:
    """Where to end a part: the most characters that fit, moved back to a better place if one is near."""
    fits = len(text.encode()[:limit].decode(errors="ignore"))
    best = _whole(text, fits)
    for stop in _STOPS:
        at = text.rfind(stop, best * 2 // 3, best)
        if at >= 0:
            return at + 1 if _whole(text, at + 1) == at + 1 else best
    return best


def _whole(text: str, end: int) -> int:
    """`end`, moved back out of an address or a character of several code points; unmoved where that leaves nothing."""
    moved = end
    for address in _URL.finditer(text):
        if address.start() < moved < address.end():
            moved = address.start()
    while 0 < moved < len(text) and _joined(text, moved):
        moved -= 1
    return moved or end


def _joined(text: str, at: int) -> bool:
    """Whether the code point at `at` belongs to the one before it."""
    return (
        text[at] in _JOINERS or text[at - 1] == "\u200d" or unicodedata.combining(text[at]) > 0 or _modifier(text[at])
    )


def _modifier(character: str) -> bool:
    """A skin tone of an emoji."""
    return "\U0001f3fb" <= character <= "\U0001f3ff"
