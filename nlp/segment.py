"""Words of a text: the likeliest cut by jieba's word counts and our own dictionary, loaded once, without cache files.

jieba's own cutter takes twice as long as everything else that is done with a message; its counts are what matters.
"""

import math
import re
from functools import cache, lru_cache
from importlib.util import find_spec
from operator import itemgetter
from pathlib import Path

from nlp.resources import DATA, word_lists

#: So often that a word of the trade is never cut in two.
_OWN_COUNT = 20000
_LONGEST = 6
#: Common words of jieba's dictionary: seen a hundred times or more there.
_COMMON = re.compile(rf"^(\S{{1,{_LONGEST}}}) (\d{{3,}}) ", re.MULTILINE)
#: Cuts that are kept, and the longest run kept: a message is read whole and in pieces, so its runs come up twice.
_KEPT_CUTS, _KEPT_RUN = 512, 40
_RUN = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z0-9]+")


class Segmenter:
    """Cuts text into words. Holds the dictionary in memory (about 10 MB)."""

    def __init__(self) -> None:
        counts = {word: int(count) for word, count in _COMMON.findall(_dictionary())}
        counts.update(dict.fromkeys(_own_words(), _OWN_COUNT))
        total = math.log(sum(counts.values()))
        # Common words first: those of a message lie close together in memory then, which makes looking them up quicker.
        ranked = sorted(counts.items(), key=itemgetter(1), reverse=True)
        self._costs = {word: total - math.log(count) for word, count in ranked}
        self._unknown = total
        self._longest: dict[str, int] = {}
        for word in self._costs:
            if len(word) > 1:
                self._longest[word[:2]] = max(len(word), self._longest.get(word[:2], 0))
        self._kept = lru_cache(maxsize=_KEPT_CUTS)(self._cut)

    def words(self, text: str) -> list[str]:
        """The words of `text` in order; blanks and punctuation are left out."""
        words: list[str] = []
        for run in _RUN.findall(text):
            if run.isascii():
                words.append(run)
            else:
                words += self._kept(run) if len(run) <= _KEPT_RUN else self._cut(run)
        return words

    def _cut(self, run: str) -> tuple[str, ...]:
        """The cut of a run of Chinese characters with the least cost, found from left to right."""
        cost_of, longest_of, unknown = self._costs.get, self._longest.get, self._unknown
        size = len(run)
        best = [0.0] + [math.inf] * size
        back = [0] * (size + 1)
        for start in range(size):
            here = best[start]
            total = here + cost_of(run[start], unknown)
            if total < best[start + 1]:
                best[start + 1], back[start + 1] = total, start
            longest = longest_of(run[start : start + 2])
            if longest is None:
                continue
            for end in range(start + 2, min(size, start + longest) + 1):
                cost = cost_of(run[start:end])
                if cost is not None and here + cost < best[end]:
                    best[end], back[end] = here + cost, start
        words = []
        while size:
            words.append(run[back[size] : size])
            size = back[size]
        return tuple(words[::-1])


def _dictionary() -> str:
    """The text of jieba's word counts. jieba itself is not imported: it takes longer than reading them."""
    found = find_spec("jieba")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("jieba", name="jieba")
    return Path(found.origin).with_name("dict.txt").read_text(encoding="utf-8")


def _own_words() -> list[str]:
    words = (DATA / "dict.txt").read_text(encoding="utf-8").split()
    for name in ("place", "object", "fee"):
        words += [word for word in word_lists("lexicon.yaml")[name] if len(word) > 1]
    return sorted({word for word in words if len(word) <= _LONGEST})


@cache
def segmenter() -> Segmenter:
    """The one segmenter of this process."""
    return Segmenter()
