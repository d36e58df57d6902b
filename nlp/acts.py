"""A message -> its wishes: where one ends and the next begins, which parts are mere courtesy, and their order."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nlp.meaning import Intent
from nlp.model import Scores

_BREAK = re.compile(
    r"[。!！?？;；\n]+|[,，]+|(?<=\S)\s+(?=\S)|(?<=[^,，。\s])(?=顺便|顺带|另外(?!的)|还有(?:就是|个|一|我)|再问|对了)"
)
_LIST = re.compile(r"(?:^|(?<=[\s,，。;；:\n]))(?:[1-9①②③④][.、)．]|[一二三四][、.]|第[一二三四][,，:]|其[一二三])")
_LINK = re.compile(r"^(?:顺便|顺带|另外|还有|再问|再一个|对了|此外|同时|以及|还想|也想|再就是|再者|其次|第二|然后)")
_COURTESY = re.compile(
    r"^(?:[您你]们?好呀?|在吗|在不在|请问一?下?|打扰一?下?了?|不好意思|麻烦您?了?|辛苦您?们?了?|谢谢您?们?了?啊?|多谢|感谢|谢了|"
    r"早上好|上午好|下午好|晚上好|哈喽|嗨|喂|师傅|管家|物业|客服|各位|大家好|拜托了?|求求了?|好的|收到|ok|OK|嗯+|哎|唉|那个|[啊呀哦呢吧哈~ ])+$"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the text (half-open) with its reading."""

    start: int
    end: int
    text: str
    scores: Scores

    @property
    def confidence(self) -> float:
        """Of its best intent."""
        return self.scores.intents[self.scores.best]


def pieces(text: str) -> list[tuple[int, int]]:
    """Spans between breaks, with courtesy left out; at most twelve."""
    cuts = [0]
    for match in [*_BREAK.finditer(text), *_LIST.finditer(text)]:
        cuts += [match.start(), match.end()]
    cuts = sorted({*cuts, len(text)})
    spans = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        said = text[start:end].strip(" ,，。!！?？;；\n")
        if said and not _COURTESY.match(said) and not _LIST.fullmatch(text[start:end].strip()):
            spans.append((start, end))
    return spans[:12]


def links(said: str) -> bool:
    """Whether a stretch opens with a word that announces another wish."""
    return _LINK.match(said) is not None


def courtesy(text: str) -> bool:
    """Whether nothing but courtesy was said."""
    return _COURTESY.match(text.strip(" ,，。!！?？;；\n")) is not None


Judge = Callable[[Part, Part], bool]


def split(text: str, read: Callable[[str], Scores], apart: Judge) -> list[Part]:
    """The wishes of `text` in the order said: neighbouring pieces stay together unless `apart` says otherwise."""
    spans = pieces(text)
    if len(spans) < 2:
        return []
    wishes: list[Part] = []
    for start, end in spans:
        piece = Part(start, end, text[start:end].strip(), read(text[start:end]))
        if wishes and not apart(wishes[-1], piece):
            whole = text[wishes[-1].start : end].strip()
            wishes[-1] = Part(wishes[-1].start, end, whole, read(whole))
        else:
            wishes.append(piece)
    return wishes


_RANK: dict[Intent, int] = {"emergency": 0, "praise": 3, "greeting": 4}


def ordered(intents: Sequence[Intent]) -> list[int]:
    """Positions of the wishes in the order of answering: danger first, thanks last, a fault before the blame for it."""
    ranks = []
    for place, intent in enumerate(intents):
        rank = _RANK.get(intent, 2)
        if intent == "repair" and place > 0 and intents[place - 1] == "complaint":
            rank = 1
        ranks.append((rank, place))
    return [place for _, place in sorted(ranks)]
