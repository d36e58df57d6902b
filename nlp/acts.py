"""A message -> its wishes: where one ends and the next begins, which parts are mere courtesy, and their order."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from nlp.meaning import Intent
from nlp.model import Scores

_BREAK = re.compile(
    r"[。!！?？;；\n]+|[,，]+|(?<=\S)\s+(?=\S)|(?<=[^,，。\s])(?=顺便|顺带|另外(?!的)|还有(?:就是|个|一|我)|再问|对了)"
)
_LIST = re.compile(r"(?:^|(?<=[\s,，。;；:\n]))(?:[1-9①②③④][.、)．]|[一二三四][、.]|第[一二三四][,，:]|其[一二三])")
_LINK = re.compile(r"^(?:顺便|顺带|另外|还有|再问|再一个|对了|此外|同时|以及|还想|也想|再就是|再者|其次|第二|然后)")
#: Possessive, as `_DETAIL` is: what was matched once is not tried in other cuts, or 嗯嗯啊嗯嗯啊 would take hours.
_COURTESY = re.compile(
    r"^(?:[您你]们?好|在吗|在不在|请问一?下?|打扰一?下?了?|不好意思|麻烦(?:您(?!们?好(?!的)))?了?|"
    r"辛苦(?:您(?!们?好(?!的)))?们?了?|谢谢(?:您(?!们?好(?!的)))?们?了?|多谢|感谢|谢了|早上好|上午好|下午好|晚上好|"
    r"哈喽|嗨|喂|师傅|管家|物业|客服|各位|大家好|拜托了?|求求了?|好的|收到|ok|OK|嗯|哎|唉|那个|[啊呀哦呢吧哈~ ])++$"
)
_ASKS = re.compile(r"吗|多少|怎么|什么|几[点号天个时]|呢|哪|谁|有没有|能不能|是不是|可不可以|如何|行不|[?？]")
_HABIT = re.compile(r"三天两头|隔三差五|天天|经常|老是|总是|动不动|没完没了")
_OTHERS = re.compile(r".{0,6}[也还再又顺]")
_EDGES = " ,，。!！?？;；\n"
#: A stretch that only says when, where or how to be reached: it belongs to its neighbour and is no wish of its own.
_DETAIL = re.compile(
    r"^(?:我们?|俺|家里|家|的|是|住在?|在|都|一直|就|也|大概|左右|请|麻烦|师傅|您|你们?|可以|能|方便|有人|有空|在家|没人|都行|行|随时|尽快|"
    r"来|过来|上门|修|看|弄|处理|一下|看看|吧|哈|啊|哦|了|今天|今晚|明天|明早|明晚|后天|大后天|上午|下午|晚上|中午|早上|傍晚|白天|全天|"
    r"(?:这|本|下)?(?:周|星期|礼拜)[一二三四五六日天末]|[\d一二两三四五六七八九十]+(?:点半?|[:：]\d\d|分)|下班|以后|之后|以前|之前|前|后|到|至|"
    r"[幺一1][零〇幺一二三四五六七八九]{10}|0\d{2,3}-?\d{7,8}|[打拨约等]|带你们看|带路|(?:给你们)?开门|"
    r"[-~—－–]|(?:联系)?(?:电话|手机(?:号(?!码))?|号码|联系方式)|[:：]|\d+(?:栋|幢|号楼|座|单元|室|房|号(?!码)|户|#|-)|1\d{10}|[A-Za-z]区|\d{3,4}(?!\d)|\s)++$"
)
#: Venting about the wait and being sent on from desk to desk: said beside a matter it is part of that matter.
_ASIDE = re.compile(
    r"^(?:你们|物业|房东|开发商|公司|热力|电信|前台|保安|他们|人家|的人|到底|究竟|还|管不管事?|管不管得了|(?:有没有|没有?)人管?|管一管|说|又|就|都|"
    r"[让叫]我?(?:来|去|直接)?找(?:你们|物业|管家)|能不能|[啊呀吗啦了呢吧嘛,，])+$"
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


@lru_cache(maxsize=16)
def pieces(text: str) -> tuple[tuple[int, int], ...]:
    """Spans between breaks, with courtesy left out; at most twelve."""
    cuts = [0]
    for match in [*_BREAK.finditer(text), *_LIST.finditer(text)]:
        cuts += [match.start(), match.end()]
    cuts = sorted({*cuts, len(text)})
    spans = []
    for start, end in pairwise(cuts):
        said = text[start:end].strip(_EDGES)
        if said and not _COURTESY.match(said) and not _LIST.fullmatch(text[start:end].strip()):
            spans.append((start, end))
    return tuple(spans[:12])


def links(said: str) -> bool:
    """Whether a stretch opens with a word that announces another wish."""
    return _LINK.match(said) is not None


def courtesy(text: str) -> bool:
    """Whether nothing but courtesy was said."""
    return _COURTESY.match(text.strip(_EDGES)) is not None


Judge = Callable[[Part, Part], bool]

#: What speaks for and against a new wish without a linking word: logistic weights, found on held-out examples.
_START, _SURE_BEFORE, _SURE_AFTER, _SURE_WHOLE = -3.87, 2.1, 1.6, -1.0
_ALIKE, _IDLE_AFTER, _IDLE_BEFORE, _SHORT, _LONG, _ALSO = -1.28, -2.06, -1.71, -1.15, 2.64, 1.17
_ASKED_BEFORE, _ASKED_AFTER, _ASKED_BOTH = 1.1, 0.47, 1.91
_LINKED_SURE, _FEW, _MANY = 0.4, 5, 20
#: How sure a fault and a danger in one burst must be to be two matters.
_BURST_SURE = 0.5


def apart(before: Part, after: Part, whole: float) -> bool:
    """Whether the second part is a wish of its own; `whole` is the confidence of the undivided reading."""
    if after.scores.best in ("greeting", "other"):
        return False
    if links(after.text):
        return after.confidence >= _LINKED_SURE
    if after.confidence < _LINKED_SURE:
        return False
    one, two = before.scores.intents, after.scores.intents
    asked = (_ASKS.search(before.text) is not None, _ASKS.search(after.text) is not None)
    weight = _START + _SURE_BEFORE * before.confidence + _SURE_AFTER * after.confidence + _SURE_WHOLE * whole
    weight += _ALIKE * sum(one[name] * two[name] for name in one)
    weight += _IDLE_AFTER * (two["greeting"] + two["other"]) + _IDLE_BEFORE * (one["greeting"] + one["other"])
    weight += {(True, False): _ASKED_BEFORE, (False, True): _ASKED_AFTER, (True, True): _ASKED_BOTH}.get(asked, 0.0)
    weight += _SHORT * (len(after.text) < _FEW) + _LONG * min(len(after.text), _MANY) / _MANY
    return weight + _ALSO * (_OTHERS.match(after.text) is not None) >= 0


def grounds(before: Part, after: Part) -> bool:
    """Whether a fault that keeps coming back is told as the reason of the complaint after it."""
    return (before.scores.best, after.scores.best) == ("repair", "complaint") and _HABIT.search(before.text) is not None


def split(text: str, read: Callable[[str], Scores], apart: Judge) -> list[Part]:
    """The wishes of `text` in the order said: neighbouring pieces stay together unless `apart` says otherwise.

    A piece that only gives details joins its neighbour unread; a joined piece is read again only where there are
    several wishes in the end, since reading is what costs.
    """
    spans = _joined(text, pieces(text))
    if len(spans) < 2:
        return []
    listed = _listed(text)
    wishes: list[Part] = []
    grown: set[int] = set()
    for start, end in spans:
        piece = Part(start, end, text[start:end].strip(), read(text[start:end]))
        own = bool(wishes) and (_own(wishes[-1], piece, listed) or _beside_danger(wishes[-1], piece, text))
        if wishes and not (own or apart(wishes[-1], piece)):
            stronger = max(wishes[-1], piece, key=lambda part: part.confidence)
            wishes[-1] = Part(wishes[-1].start, end, text[wishes[-1].start : end].strip(), stronger.scores)
            grown.add(len(wishes) - 1)
        else:
            wishes.append(piece)
    if len(wishes) < 2:
        return []
    return [replace(part, scores=read(part.text)) if at in grown else part for at, part in enumerate(wishes)]


def _beside(said: str) -> bool:
    return _DETAIL.match(said) is not None or _ASIDE.match(said) is not None


def _listed(text: str) -> frozenset[int]:
    """Where the points of a numbered list begin; a single number is no list."""
    ends = [match.end() for match in _LIST.finditer(text)]
    return frozenset(ends) if len(ends) > 1 else frozenset()


def _own(before: Part, point: Part, listed: frozenset[int]) -> bool:
    """A point of a numbered list that wants something else than the point before it is a wish of its own."""
    wish = point.scores.best not in ("greeting", "other", before.scores.best)
    return point.start in listed and wish and point.confidence >= _LINKED_SURE


def _beside_danger(before: Part, after: Part, text: str) -> bool:
    """漏水 and 着火了, each a message of its own in one burst: neither swallows the other."""
    kinds = {before.scores.best, after.scores.best}
    sure = min(before.confidence, after.confidence) >= _BURST_SURE
    return kinds == {"emergency", "repair"} and sure and "\n" in text[before.start : after.start]


def core(text: str) -> str:
    """The text without courtesy and without pieces that only say when, where or how to be reached, if more was said.

    "下午有人" and a phone number are frequent in calls for help; beside a dripping tap they mean nothing of the kind.
    """
    spans = pieces(text)
    told = [said for start, end in spans if not _beside(said := text[start:end].strip(_EDGES))]
    if not told or sum(map(len, told)) >= len(text.strip(_EDGES)) - len(spans):
        return text
    return "，".join(told)


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans with those that only give details joined to the one before, or to the one after at the beginning."""
    joined: list[tuple[int, int]] = []
    lead: int | None = None
    for start, end in spans:
        if _beside(text[start:end].strip(_EDGES)):
            if joined:
                joined[-1] = (joined[-1][0], end)
            elif lead is None:
                lead = start
            continue
        joined.append((start if lead is None else lead, end))
        lead = None
    return joined


#: Blame that may be for any fault.
_BLAMED = (("complaint", "property_management"), ("complaint", "staff_attitude"))
_RANK: dict[Intent, int] = {"emergency": 0, "praise": 3, "greeting": 4}


def ordered(wishes: Sequence[tuple[Intent, str]]) -> list[int]:
    """Positions of the wishes (intent, category) in the order of answering: danger first, thanks last, else as said.

    A fault comes before the blame for it; blame for something else keeps its place.
    """
    ranks = []
    for place, (intent, category) in enumerate(wishes):
        rank = _RANK.get(intent, 2)
        if intent == "repair" and place > 0 and wishes[place - 1] in (("complaint", category), *_BLAMED):
            rank = 1
        ranks.append((rank, place))
    return [place for _, place in sorted(ranks)]
