"""Whether a time that was said is meant for a visit or a deadline, or tells of the past, a habit or an outage."""

import re
from dataclasses import dataclass

_STOP = re.compile(r"[。!！?？\n;；]")
_WANTED = re.compile(
    r"来|上门|在家|家里有|有人|有空|有时间|方便|可以|能|约|修|弄|处理|解决|安排|行|好吗|到家|回家|去|搬|拿|取|办|交|换|送|安装|装一下|都在|电话|联系|回复?我|"
    r"派|疏通|检查|看看|看一下|吧|等|之前|必须|务必|最好|休息|空|ok|OK|入住|到货|截止|恢复|给我|开门|人在|过户|收房|请|麻烦"
)
_TOLD = re.compile(
    r"开始|突然|发现|坏了|漏了|停了|还在|才|来过|修过|报过|打过|问过|说过|报的|交的|修的|就[没坏漏停不]|以来|至今|到现在|起就|又|被|"
    r"还没|也没|一直|了[,，。!！?？]|了$|的时候|那天|没[有]?[水电气网]|报修了|出现|听到|看到|闻到|施工|装修|吵|太吵|放音乐|跳舞|噪|扰民|打麻将|不睡"
)
_OUTAGE = re.compile(
    r"^.{0,4}(?:停水|停电|停气|停暖|断水|断电|下雨|降温|刮风|供暖|放假|开放|营业|上班[吗?？到]|开会|开业|关门|几点|有活动)"
)
_HABIT = re.compile(r"(?:每|每个|每到|每逢|一到|逢|天天|经常|总是|老是|平时|有时候?|常年|几乎|都是|动不动)(?:的|在)?$")
_HABIT_DAY = re.compile(r"(?:每天|每周|每个|天天|每晚|每日|每逢)[^,，。]{0,6}$")
_SINCE = re.compile(r"(?:从|自从?|打)$")
_SINCE_AFTER = re.compile(r"^(?:开始|起|以来|就|到现在|至今|的时候|那会)")
_NO = re.compile(
    r"^[我们家里也都可能]{0,4}(?:不在|没人|没空|不行|不方便|没时间|要上班|得上班|来不及|不来|别来|不要来|有事)"
)
_NOISE = re.compile(r"(?:施工|装修|吵|闹|唱|跳|敲|打牌|放)[^来修]{0,6}$")
_REFUSED = re.compile(r"(?:不要|不是|别|除了|不能|不想|避开)(?:在)?$")
_ASKED = re.compile(r"^(?:几点|多久|停|会停|是不是|有没有(?!人|师傅|空)|吗)")


@dataclass(frozen=True, slots=True)
class Setting:
    """A time expression in its text: where it stands, and whether it names a day and an hour."""

    text: str
    start: int
    end: int
    has_day: bool
    has_clock: bool

    @property
    def before(self) -> str:
        """Its sentence up to it."""
        return _STOP.split(self.text[max(0, self.start - 20) : self.start])[-1]

    @property
    def after(self) -> str:
        """Its sentence from it on."""
        return _STOP.split(self.text[self.end : self.end + 24])[0]


def availability(setting: Setting, today: bool) -> bool:
    """True when the time is one to come at, to be done by, or to be there at.

    Args:
        setting: the expression with its surroundings.
        today: it lies on this very day or names none, so that it may tell of what happened already.
    """
    before, after = setting.before, setting.after
    if _HABIT.search(before) or _HABIT_DAY.search(before) or _REFUSED.search(before) or _NO.match(after):
        return False
    if _SINCE_AFTER.match(after) or _OUTAGE.match(after) or _ASKED.match(after):
        return False
    clause = re.split(r"[,，]", after)[0]
    lead = re.split(r"[,，]", before)[-1]
    if _SINCE.search(before) and not _WANTED.search(clause):
        return False
    if _NOISE.search(lead):
        return False
    if not lead.strip() and not clause.strip(" 的吧呢可") and len(setting.text) - (setting.end - setting.start) <= 40:
        return not _TOLD.search(after) or bool(_WANTED.search(after))
    if not today:
        return not (_TOLD.search(clause) and not _WANTED.search(clause))
    return bool(_WANTED.search(clause) or _WANTED.search(lead)) and not _TOLD.search(clause)
