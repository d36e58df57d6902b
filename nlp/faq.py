"""Which answers of the knowledge base fit a question: BM25 on words with synonyms, and overlap of characters."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from nlp.lexicon import lexicon
from nlp.normalise import normalise
from nlp.resources import DATA, table
from nlp.segment import segmenter

_SATURATION, _LENGTH_PENALTY = 1.2, 0.4
#: A filler word counts this much of a telling one.
_FILLER = 0.12
_WORDS_SHARE = 0.7
#: A thing asked about that the entry does not name makes it this much less likely.
_OTHER_THING = 0.68
_THINGS = frozenset({"place", "object", "fee"})
#: The likeness at which a match is as good as a guess, and how fast it becomes sure.
_MIDDLE, _STEEP = 0.43, 11.0


@dataclass(frozen=True, slots=True)
class _Wording:
    """One way to ask an entry's question."""

    entry: int
    words: Counter[str]
    pairs: frozenset[str]
    things: frozenset[str]
    length: float


class Ranker:
    """Ranks entries of the knowledge base. Build it anew when the entries change."""

    def __init__(self, entries: Iterable[tuple[int, str, Sequence[str]]]) -> None:
        """Take (id, question, other wordings) of each entry."""
        self._wordings = [
            _wording(entry, text)
            for entry, question, variants in entries
            for text in (question, *variants)
            if text.strip()
        ]
        self._count = len({one.entry for one in self._wordings})
        holders: dict[str, set[int]] = defaultdict(set)
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(self._wordings):
            for word in one.words:
                holders[word].add(one.entry)
                self._places[word].append(place)
        self._holders = {word: len(entries) for word, entries in holders.items()}
        self._mean = sum(one.length for one in self._wordings) / max(1, len(self._wordings))

    def rank(self, text: str, limit: int = 3) -> list[tuple[int, float]]:
        """Entries with scores in 0..1, best first; well below 0.5 means another subject."""
        asked = _wording(0, text)
        places = {place for word in asked.words if word not in _fillers() for place in self._places.get(word, ())}
        best: dict[int, float] = {}
        for place in places:
            wording = self._wordings[place]
            score = self._likeness(asked, wording)
            best[wording.entry] = max(score, best.get(wording.entry, 0.0))
        ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))[:limit]
        return [(entry, 1 / (1 + math.exp(-_STEEP * (score - _MIDDLE)))) for entry, score in ranked]

    def _likeness(self, asked: _Wording, wording: _Wording) -> float:
        """Shared weight over the weight of both, in 0..1."""
        shared = self._bm25(asked, wording)
        own = math.sqrt(self._bm25(asked, asked) * self._bm25(wording, wording))
        words = min(1.0, shared / own) if own else 0.0
        union = len(asked.pairs) + len(wording.pairs)
        pairs = 2 * len(asked.pairs & wording.pairs) / union if union else 0.0
        missing = asked.things - wording.words.keys()
        return (_WORDS_SHARE * words + (1 - _WORDS_SHARE) * pairs) * (_OTHER_THING if missing else 1.0)

    def _bm25(self, asked: _Wording, wording: _Wording) -> float:
        total = 0.0
        norm = _SATURATION * (1 - _LENGTH_PENALTY + _LENGTH_PENALTY * wording.length / (self._mean or 1.0))
        for word in asked.words:
            count = wording.words.get(word, 0)
            if count:
                total += self._weight(word) * count * (_SATURATION + 1) / (count + norm)
        return total

    def _weight(self, word: str) -> float:
        holders = self._holders.get(word, 0)
        rarity = math.log(1 + (self._count - holders + 0.5) / (holders + 0.5)) + 0.5
        return rarity * (_FILLER if word in _fillers() else 1.0)


def _wording(entry: int, text: str) -> _Wording:
    plain = _same_names(normalise(text).text)
    words = Counter(segmenter().words(plain))
    squeezed = "".join(word for word in words if word not in _fillers())
    pairs = frozenset(squeezed[place : place + 2] for place in range(len(squeezed) - 1))
    length = sum(_FILLER if word in _fillers() else 1.0 for word in words)
    things = frozenset(hit.word for hit, classes in lexicon().all(plain) if classes & _THINGS and hit.word in words)
    return _Wording(entry, words, pairs, things - _fillers(), length)


@cache
def _fillers() -> frozenset[str]:
    return frozenset((DATA / "stopwords.txt").read_text(encoding="utf-8").split())


@cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, str]]:
    names = {other: name for name, others in table("synonyms.yaml").items() for other in others.split()}
    names |= {name: name for name in table("synonyms.yaml")}
    ordered = sorted(names, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))), names


def _same_names(text: str) -> str:
    """The text with every known way to say a thing replaced by one name, set apart by blanks."""
    pattern, names = _synonyms()
    return pattern.sub(lambda match: f" {names[match.group()]} ", text)
