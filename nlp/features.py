"""What the model sees of a text: characters, words, classes of words with their company and order, turns of phrase."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.lexicon import lexicon
from nlp.resources import table
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
#: Weights of the blocks beside the characters, found by measurement.
WORD_WEIGHT, CLASS_WEIGHT, TURN_WEIGHT = 0.5, 0.15, 0.25

Names = list[str]


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
    hits = lexicon().all(text)
    present = sorted({name for _, classes in hits for name in classes if name != "place"})
    names = [f"c:{name}" for name in present]
    names += [f"p:{one}+{two}" for place, one in enumerate(present) for two in present[place + 1 :]]
    order: Names = []
    end = 0
    for hit, classes in hits:
        if hit.start >= end:
            telling = classes - _UNORDERED
            if telling:
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


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    turns = table("patterns.yaml").items()
    return tuple((f"r:{name}", re.compile("|".join(raw.strip().split("\n")))) for name, raw in turns)


def _turns(text: str) -> Names:
    return [name for name, pattern in _patterns() if pattern.search(text)]


def weigh(
    index: dict[str, int], idf: Sequence[float], text_blocks: Blocks
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Column numbers and values of the known features: characters and words of unit length each, times the weight."""
    columns: list[int] = []
    values: list[float] = []
    known = index.get
    for names, weight in ((text_blocks.characters, 1.0), (text_blocks.words, WORD_WEIGHT)):
        places = [place for name in names if (place := known(name)) is not None]
        rare = [idf[place] for place in places]
        length = weight / math.sqrt(sum(value * value for value in rare) or 1.0)
        columns += places
        values += [value * length for value in rare]
    for names, weight in ((text_blocks.classes, CLASS_WEIGHT), (text_blocks.turns, TURN_WEIGHT)):
        places = [place for name in names if (place := known(name)) is not None]
        columns += places
        values += [weight] * len(places)
    return np.array(columns, dtype=np.intp), np.array(values, dtype=np.float32)
