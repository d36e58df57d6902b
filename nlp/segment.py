"""Words of a text: the likeliest cut by jieba's word counts and our own dictionary, loaded once, without cache files.

jieba's own cutter takes twice as long as everything else that is done with a message; its counts are what matters.
"""

import math
import re
from functools import cache
from importlib.resources import files

import jieba

from nlp.resources import DATA, word_lists

#: Common words of jieba's dictionary: seen a hundred times or more there.
_COMMON = re.compile(r"^(\S+) (\d{3,}) ", re.MULTILINE)
#: So often that a word of the trade is never cut in two.
_OWN_COUNT = 20000
_LONGEST = 6
_RUN = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z0-9]+")


class Segmenter:
    """Cuts text into words. Holds the dictionary in memory (about 10 MB)."""

    def __init__(self) -> None:
        text = (files(jieba) / "dict.txt").read_text(encoding="utf-8")
        counts = {word: int(count) for word, count in _COMMON.findall(text) if len(word) <= _LONGEST}
        counts.update(dict.fromkeys(_own_words(), _OWN_COUNT))
        total = math.log(sum(counts.values()))
        self._costs = {word: total - math.log(count) for word, count in counts.items()}
        self._unknown = total

    def words(self, text: str) -> list[str]:
        """The words of `text` in order; blanks and punctuation are left out."""
        words: list[str] = []
        for run in _RUN.findall(text):
            if run.isascii():
                words.append(run)
            else:
                words += self._cut(run)
        return words

    def _cut(self, run: str) -> list[str]:
        """The cut of a run of Chinese characters with the least cost, found from left to right."""
        costs, unknown = self._costs, self._unknown
        size = len(run)
        best = [0.0] + [math.inf] * size
        back = [0] * (size + 1)
        for start in range(size):
            here = best[start]
            for end in range(start + 1, min(size, start + _LONGEST) + 1):
                cost = costs.get(run[start:end])
                if cost is None:
                    if end > start + 1:
                        continue
                    cost = unknown
                if here + cost < best[end]:
                    best[end], back[end] = here + cost, start
        words = []
        while size:
            words.append(run[back[size] : size])
            size = back[size]
        return words[::-1]


def _own_words() -> list[str]:
    words = (DATA / "dict.txt").read_text(encoding="utf-8").split()
    for name in ("place", "object", "fee"):
        words += [word for word in word_lists("lexicon.yaml")[name] if len(word) > 1]
    return sorted({word for word in words if len(word) <= _LONGEST})


@cache
def segmenter() -> Segmenter:
    """The one segmenter of this process."""
    return Segmenter()
