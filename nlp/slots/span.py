"""A value found in the text, with its place."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Found(Generic[V]):
    """`value` stands at `start` to `end` (half-open) of the normalised text."""

    start: int
    end: int
    value: V


def blank(text: str, spans: Collection[tuple[int, int]]) -> str:
    """`text` with the characters of `spans` replaced by a bar, so that later patterns do not see them."""
    if not spans:
        return text
    characters = list(text)
    for start, end in spans:
        characters[start:end] = "|" * (end - start)
    return "".join(characters)


def follows(text: str, end: int, pattern: re.Pattern[str]) -> bool:
    """Whether `pattern` matches right at `end`."""
    return pattern.match(text, end) is not None
