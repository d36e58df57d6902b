"""Urgency of a message from its wishes, and signs of mood that stand above what was learned."""

import re
from collections.abc import Mapping, Sequence

from nlp.meaning import Intent, Sentiment, Urgency

#: From here on the learned urgency of a fault counts (found on held-out examples).
_URGENT = 0.48
_URGENT_BLAMED = 0.5
_PRESSING = re.compile(r"急|赶紧|马上|立刻|立即|快点|火速|尽快来|等不了|要命")
_VENTED = re.compile(
    r"(?:到底|究竟)[^,，。]{0,4}(?:管不管|有没有人|修不修|来不来|干不干)|干什么吃的|吃干饭|凭什么|岂有此理|忍无可忍"
)
_FAULTY: frozenset[Intent] = frozenset({"repair", "complaint", "progress", "payment"})
_ORDER: tuple[Sentiment, ...] = ("angry", "negative", "positive")


#: 满意 and the like said with a no: certain, whatever the words of thanks around them; 没有不满意 says it twice.
_DISPLEASED = re.compile(
    r"(?<!没)(?<!没有)(?<!没什么)(?<!没啥)(?<!无)(?<!能)(?<!说)(?:不(?:是|算|太|怎么|大|够|能说)?(?:很|太|特别|大)?满意|谈不上满意|满意不了)"
    r"|没法满意|失望|差评"
)


def displeased(text: str) -> bool:
    """Whether a normalised text says that something did not please; it is no praise then (S-CB-01)."""
    return _DISPLEASED.search(text) is not None


#: Nothing but being pleased, with thanks or without.
_PLEASED = re.compile(
    r"我?们?(?:都|还|挺|很|非常|十分|特别|比较|蛮|总体|基本|还算)*满意(?:的|啦|呀|哦)?[,，。!！~ ]*"
    r"(?:(?:多?谢谢?|感谢|辛苦)(?:你们|您|师傅|了|啦|啊)*)?[,，。!！~ ]*"
)


def pleased(text: str) -> bool:
    """Whether a normalised text says that something pleased and nothing else; it is no complaint then (S-CB-01)."""
    return _PLEASED.fullmatch(text) is not None


def urgency(intents: Sequence[Intent], urgent: float, text: str, *, closed: bool) -> Urgency:
    """The urgency table of conventions.md: danger now, then faults that cannot wait, else normal.

    Args:
        intents: of the wishes.
        urgent: learned probability that a message without danger is urgent.
        text: normalised; "urgent" said about a fault counts.
        closed: nothing is left to do.
    """
    if closed:
        return "normal"
    if "emergency" in intents:
        return "emergency"
    if "repair" in intents and (urgent >= _URGENT or _PRESSING.search(text)):
        return "urgent"
    return "urgent" if urgent >= _URGENT_BLAMED and _FAULTY & set(intents) else "normal"


def sentiment(learned: Mapping[Sentiment, float], moods: Sequence[str], text: str = "") -> Sentiment:
    """The learned mood, moved by stickers and emoji and by open venting in the (normalised) text."""
    weighed = dict(learned)
    if _VENTED.search(text):
        weighed["angry"] = weighed.get("angry", 0.0) + 1.0
    for mood in _ORDER:
        weighed[mood] = weighed.get(mood, 0.0) + 0.5 * moods.count(mood)
    return max(weighed, key=lambda name: weighed[name])
