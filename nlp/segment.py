"""Words of a text: jieba with our own dictionary, loaded once, without cache files."""

import re
from functools import cache
from importlib.resources import files
from io import BytesIO

import jieba

from nlp.resources import DATA, word_lists

#: Common words of jieba's dictionary: seen a hundred times or more there.
_COMMON = re.compile(r"^(\S+ \d{3,}) ", re.MULTILINE)
#: So often that a word of the trade is never cut in two.
_OWN_COUNT = 20000
_WORD = re.compile(r"\w")


class Segmenter:
    """Cuts text into words. Holds the dictionary in memory (about 15 MB)."""

    def __init__(self) -> None:
        common = (files(jieba) / "dict.txt").read_text(encoding="utf-8")
        lines = _COMMON.findall(common) + [f"{word} {_OWN_COUNT}" for word in _own_words()]
        self._tokenizer = jieba.Tokenizer()
        buffer = BytesIO("\n".join(lines).encode())
        buffer.name = "guanjia"
        self._tokenizer.FREQ, self._tokenizer.total = self._tokenizer.gen_pfdict(buffer)
        self._tokenizer.initialized = True

    def words(self, text: str) -> list[str]:
        """The words of `text` in order; blanks and punctuation are left out."""
        return [word for word in self._tokenizer.cut(text, HMM=False) if _WORD.search(word)]


def _own_words() -> list[str]:
    words = (DATA / "dict.txt").read_text(encoding="utf-8").split()
    for name in ("place", "object", "fee"):
        words += [word for word in word_lists("lexicon.yaml")[name] if len(word) > 1]
    return sorted(set(words))


@cache
def segmenter() -> Segmenter:
    """The one segmenter of this process."""
    return Segmenter()
