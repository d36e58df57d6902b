"""A value found in the text, with its place."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")

#: Values of one kind that are looked for in a message: more are a flood that nobody reads.
MOST = 20


@dataclass(frozen=True, slots=True)
class Found(Generic[V]):
    """`value` stands at `start` to `end` (half-open) of the normalised text."""

    start: int
    end: int
    value: V


def blank(text: str, spans: Collection[tuple[int, int]]) -> str:
    """`text` with the characters of `spans` replaced by a bar, so that later patterns do not see them."""
    for start, end in spans:
        text = f"{text[:start]}{'|' * (end - start)}{text[end:]}"
    return text


def follows(text: str, end: int, pattern: re.Pattern[str]) -> bool:
    """Whether `pattern` matches right at `end`."""
    return pattern.match(text, end) is not None
