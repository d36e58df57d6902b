"""What the model sees of a text: characters, words, and classes of words with their company and order."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.lexicon import lexicon
from nlp.segment import segmenter

#: Codes that stand for names of towns and districts in letters (A市, B3区).
_PLACE_CODE = re.compile(r"(?:[A-Z]\d{0,2}[市区县镇])+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_END = re.compile(r"[\s。!！?？~,，.]+$")
_LONGEST = 4
#: Classes too common to order the others by.
_UNORDERED = frozenset({"letter", "request", "negation", "past", "place"})
_LENGTHS = 8
_LAST_LENGTH = 6
#: Weight of the classes beside the characters and of the words, found by measurement.
CLASS_WEIGHT = 0.15
WORD_WEIGHT = 0.5

Names = list[str]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Feature names of a text, by block: n-grams of characters, words and pairs of words, classes."""

    characters: Counter[str]
    words: Counter[str]
    classes: Names


def shape(text: str) -> str:
    """The text with numbers as 0 and coded town names as one sign, on one line."""
    return _NUMBER.sub("0", _PLACE_CODE.sub("Ⓛ", text)).replace("\n", " ").strip()


def blocks(text: str) -> Blocks:
    """The features of a normalised text."""
    text = shape(text)
    return Blocks(_characters(text), _words(text), _classes(text))


def _characters(text: str) -> Counter[str]:
    grams: Counter[str] = Counter()
    for size in range(1, _LONGEST + 1):
        grams.update([text[place : place + size] for place in range(len(text) - size + 1)])
    return grams


def _words(text: str) -> Counter[str]:
    words = segmenter().words(text)
    grams = Counter(f"w:{word}" for word in words)
    grams.update([f"w:{one}_{two}" for one, two in pairwise(words)])
    return grams


def _classes(text: str) -> Names:
    hits = lexicon().all(text)
    present = sorted({name for _, classes in hits for name in classes if name != "place"})
    names = [f"c:{name}" for name in present]
    names += [f"p:{one}+{two}" for place, one in enumerate(present) for two in present[place + 1 :]]
    order: Names = []
    end = 0
    for hit, classes in hits:
        telling = classes - _UNORDERED
        if hit.start >= end and telling:
            order.append(min(telling))
            end = hit.end
    names += [f"s:{one}>{two}" for one, two in pairwise(order)]
    if order:
        names += [f"f:{order[0]}", f"l:{order[-1]}"]
    return list(dict.fromkeys(names + _outline(text)))


def _outline(text: str) -> Names:
    """Length, first and last characters, and how it ends."""
    outline = [f"n:{min(_LAST_LENGTH, len(text) // _LENGTHS)}", f"b:{text[:2]}", f"e:{_END.sub('', text)[-2:]}"]
    if text.endswith(("?", "？")):
        outline.append("q")
    if "Ⓛ" in text[:4]:
        outline.append("o:letter")
    return outline


def weigh(
    index: dict[str, int], idf: Sequence[float], text_blocks: Blocks
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Column numbers and values of the known features: each block of unit length, times its weight."""
    columns: list[int] = []
    values: list[float] = []
    known = index.get
    for counts, weight in ((text_blocks.characters, 1.0), (text_blocks.words, WORD_WEIGHT)):
        begin, squares = len(columns), 0.0
        for name, count in counts.items():
            place = known(name)
            if place is None:
                continue
            value = idf[place] if count == 1 else (1 + math.log(count)) * idf[place]
            columns.append(place)
            values.append(value)
            squares += value * value
        if squares:
            length = weight / math.sqrt(squares)
            values[begin:] = [value * length for value in values[begin:]]
    for name in text_blocks.classes:
        place = known(name)
        if place is not None:
            columns.append(place)
            values.append(CLASS_WEIGHT)
    return np.array(columns, dtype=np.intp), np.array(values, dtype=np.float32)
