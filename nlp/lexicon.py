"""Words with their classes: where they stand in a text, and the longest of them as slots."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from nlp.resources import word_lists


class Hit(NamedTuple):
    """A word of the lexicon at `start` to `end` (half-open)."""

    start: int
    end: int
    word: str


class Lexicon:
    """Finds words of several classes in one pass."""

    def __init__(self, classes: dict[str, Iterable[str]]) -> None:
        self._classes: dict[str, frozenset[str]] = defaultdict(frozenset)
        lengths: dict[str, set[int]] = defaultdict(set)
        for name, words in classes.items():
            for word in words:
                self._classes[word] |= {name}
                lengths[word[0]].add(len(word))
        self._classes = dict(self._classes)
        self._lengths = {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}

    def all(self, text: str) -> list[tuple[Hit, frozenset[str]]]:
        """Every word of every class, overlapping ones too, longest first at each place."""
        found = []
        lengths, classes = self._lengths, self._classes
        for start, first in enumerate(text):
            for length in lengths.get(first, ()):
                word = text[start : start + length]
                if word in classes:
                    found.append((Hit(start, start + length, word), classes[word]))
        return found

    @staticmethod
    def longest(hits: list[tuple[Hit, frozenset[str]]], name: str) -> list[Hit]:
        """Of `hits` those of class `name` that no earlier or longer one covers."""
        kept: list[Hit] = []
        for hit, classes in hits:
            if name in classes and (not kept or hit.start >= kept[-1].end):
                kept.append(hit)
        return kept


@cache
def lexicon() -> Lexicon:
    """The lexicon of `data/lexicon.yaml`."""
    return Lexicon(dict(word_lists("lexicon.yaml")))
