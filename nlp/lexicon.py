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
                if len(word) > 1:
                    lengths[word[:2]].add(len(word))
        self._classes = dict(self._classes)
        self._lengths = {start: tuple(sorted(sizes, reverse=True)) for start, sizes in lengths.items()}

    def all(self, text: str) -> list[tuple[Hit, frozenset[str]]]:
        """Every word of every class, overlapping ones too, longest first at each place."""
        found = []
        lengths_of, classes_of = self._lengths.get, self._classes.get
        size = len(text)
        for start, first in enumerate(text):
            for length in lengths_of(text[start : start + 2], ()):
                end = start + length
                if end <= size and (classes := classes_of(word := text[start:end])) is not None:
                    found.append((Hit(start, end, word), classes))
            if (classes := classes_of(first)) is not None:
                found.append((Hit(start, start + 1, first), classes))
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


@cache
def topics() -> Lexicon:
    """The words of `data/topics.yaml`, each with the categories it speaks for."""
    return Lexicon(dict(word_lists("topics.yaml")))
