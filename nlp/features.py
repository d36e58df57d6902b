"""What the model sees of a text: characters, words, classes of words and their company, turns of phrase, topics."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.lexicon import lexicon, topics
from nlp.resources import table
from nlp.segment import segmenter

#: Codes that stand for names of towns and districts in letters (A市, B3区).
_PLACE_CODE = re.compile(r"(?:[A-Z]\d{0,2}[市区县镇])+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_ENDS = " \n\t。!！?？~,，."
_LONGEST = 4
_LENGTHS = 8
_LAST_LENGTH = 6
#: Weights of the blocks beside the characters, found by measurement.
WORD_WEIGHT, CLASS_WEIGHT, TURN_WEIGHT = 0.5, 0.15, 0.25

Names = list[str]
#: Column numbers and values.
Row = tuple[NDArray[np.intp], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Feature names of a text, each once: n-grams of characters, words and pairs of them, classes, turns of phrase."""

    characters: Names
    words: Names
    classes: Names
    turns: Names


def shape(text: str) -> str:
    """The text with numbers as 0 and coded town names as one sign, on one line."""
    return _NUMBER.sub("0", _PLACE_CODE.sub("Ⓛ", text)).replace("\n", " ").strip()


def blocks(text: str) -> Blocks:
    """The features of a normalised text."""
    text = shape(text)
    return Blocks(_characters(text), _words(text), _classes(text), _turns(text))


def _characters(text: str) -> Names:
    grams = list(text)
    for size in range(2, _LONGEST + 1):
        grams += [text[place : place + size] for place in range(len(text) - size + 1)]
    return list(dict.fromkeys(grams))


def _words(text: str) -> Names:
    words = segmenter().words(text)
    grams = [f"w:{word}" for word in words]
    grams += [f"w:{one}_{two}" for one, two in pairwise(words)]
    return list(dict.fromkeys(grams))


def _classes(text: str) -> Names:
    present = frozenset[str]().union(*(classes for _, classes in lexicon().all(text)))
    return _company(present) + _outline(text)


@lru_cache(maxsize=1024)
def _company(classes: frozenset[str]) -> Names:
    """Names of the classes present and of every two of them."""
    present = sorted(classes - {"place"})
    return [f"c:{name}" for name in present] + [f"p:{one}+{two}" for one, two in combinations(present, 2)]


def _outline(text: str) -> Names:
    """Length, first and last characters, and how it ends."""
    outline = [f"n:{min(_LAST_LENGTH, len(text) // _LENGTHS)}", f"b:{text[:2]}", f"e:{text.rstrip(_ENDS)[-2:]}"]
    if text.endswith(("?", "？")):
        outline.append("q")
    if "Ⓛ" in text[:4]:
        outline.append("o:letter")
    return outline


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    turns = table("patterns.yaml").items()
    return tuple((f"r:{name}", re.compile("|".join(raw.strip().split("\n")))) for name, raw in turns)


def _turns(text: str) -> Names:
    """Turns of phrase, and the topics whose words occur."""
    spoken = frozenset[str]().union(*(names for _, names in topics().all(text)))
    return [name for name, pattern in _patterns() if pattern.search(text)] + [f"t:{name}" for name in sorted(spoken)]


def weigh(index: Mapping[str, int], idf: Sequence[float], text_blocks: Blocks) -> Row:
    """Column numbers and values of the known features of a text."""
    places = [
        [place for name in names if (place := index.get(name)) is not None]
        for names in (text_blocks.characters, text_blocks.words, text_blocks.classes, text_blocks.turns)
    ]
    return _row(idf, *places)


def row(index: Mapping[str, int], idf: Sequence[float], text: str) -> Row:
    """The same as `weigh(index, idf, blocks(text))` without making up the names that are not known anyway."""
    text = shape(text)
    known = index.get
    others = (
        [place for name in names if (place := known(name)) is not None] for names in (_classes(text), _turns(text))
    )
    return _row(idf, _known_characters(known, text), _known_words(known, text), *others)


def _known_characters(known: Callable[[str], int | None], text: str) -> list[int]:
    """Longer n-grams are looked for only where a shorter one is known: it is in every text that has the longer one."""
    places: list[int] = []
    starts: Sequence[int] = range(len(text))
    for size in range(1, _LONGEST + 1):
        last = len(text) - size
        found = [
            (start, place)
            for start in starts
            if start <= last and (place := known(text[start : start + size])) is not None
        ]
        starts = [start for start, _ in found]
        places += [place for _, place in found]
    return list(dict.fromkeys(places))


def _known_words(known: Callable[[str], int | None], text: str) -> list[int]:
    """Pairs are looked for only where both words are known."""
    words = segmenter().words(text)
    places = [known(f"w:{word}") for word in words]
    pairs = [
        known(f"w:{words[at - 1]}_{words[at]}")
        for at in range(1, len(words))
        if places[at] is not None and places[at - 1] is not None
    ]
    return [place for place in dict.fromkeys(places + pairs) if place is not None]


def _row(idf: Sequence[float], characters: list[int], words: list[int], classes: list[int], turns: list[int]) -> Row:
    """Characters and words of unit length each, times their weight; classes and turns count the same each."""
    values: list[float] = []
    for places, weight in ((characters, 1.0), (words, WORD_WEIGHT)):
        rare = [idf[place] for place in places]
        length = weight / math.sqrt(sum([value * value for value in rare]) or 1.0)
        values += [value * length for value in rare]
    values += [CLASS_WEIGHT] * len(classes)
    values += [TURN_WEIGHT] * len(turns)
    return np.array(characters + words + classes + turns, dtype=np.intp), np.array(values, dtype=np.float32)
