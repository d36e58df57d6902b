"""Small things a resident can put right himself when told how. Rules: S-REC-23, SC-V12..V14, SC-D111."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SelfHelpRules:
    """Values of this topic.

    Attributes:
        ask_min: minutes after the steps until the result is asked.
    """

    ask_min: int = 30


@dataclass(frozen=True, slots=True)
class Topic:
    """Words that name it, and the repair category when it does not help; texts `self_help.judge.<name>`, `.steps.`."""

    words: re.Pattern[str]
    category: str


TOPICS: Mapping[str, Topic] = {
    "breaker": Topic(re.compile(r"跳闸|空开|空气开关|漏保|漏电保护|推不上|合不上|电闸"), "electricity"),
    "valve": Topic(re.compile(r"(?:水阀|总阀|水闸|进水阀|水表(?:前)?阀)"), "water_supply"),
    "weak_water": Topic(re.compile(r"(?:水|出水)(?:量)?(?:很|太|有点|变|特别)?小|水压(?:低|小)"), "water_pressure"),
    "radiator": Topic(re.compile(r"(?:暖气|地暖|暖气片).{0,4}(?:不热|放气|排气)"), "heating"),
    "smart_lock": Topic(re.compile(r"(?:电子锁|密码锁|智能锁|指纹锁).{0,8}(?:没电|没反应|低电|换电池)"), "lock"),
}
#: He wants to do it himself; 怎么办 wants us to come.
_HOW = re.compile(
    r"怎么(?:弄|关|开|推|合|复位|恢复|处理|调|放|换|清|解决)|如何|咋(?:弄|关|开|推)|自己(?:能|可以|怎么|先)|教我|(?:总?阀|水闸).{0,4}在哪"
)
_DANGER = re.compile(
    r"冒烟|火花|焦|糊味|烫|触电|电到|麻手|着火|起火|短路|煤气|燃气|天然气|气表|喷|爆|淹|跑水|孩子|老人摔"
)


def topic_of(text: str) -> str | None:
    """The topic on which guidance helps; None when something dangerous is named or nothing is asked."""
    if not _HOW.search(text) or _DANGER.search(text):
        return None
    return next((name for name, topic in TOPICS.items() if topic.words.search(text)), None)
