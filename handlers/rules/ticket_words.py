"""What words about an open ticket ask for: 到哪了, 催, 改期, 取消, 补充. Rules: S-TRI-04, S-REC-09."""

import re
from typing import Literal

#: What a resident may want of a ticket.
Want = Literal["status", "urge", "reschedule", "cancel", "add", "call"]

_RESCHEDULE = re.compile(
    r"改期|改(?:个|一下|到|约|成)?.{0,4}(?:时间|天|日|点)|换个?时间|推迟|提前|改约|另约|[往向]后(?:推|延)"
)
_CANCEL = re.compile(r"取消|撤(?:销|单|回)|不用(?:来|修|弄|处理)|别来|不修了|不需要(?:来|修)")
_ADD = re.compile(r"^(?:补充|另外|再说|再补)|补充(?:一下|说明|照片)|忘[了记](?:说|讲)")
_CALL = re.compile(
    r"(?:师傅|维修工?|修理工|上门的人?|那人|他).{0,4}(?:电话|手机|号码|联系方式)|怎么(?:联系|找)(?:到)?(?:师傅|维修)"
)
_URGE = re.compile(
    r"催|快(?:点|些|一点)|怎么(?:还|这么久)|还(?:没|不|要(?:多久|等))|多久了|没人[来管修理]|一直|到底|管不管|还在(?:漏|滴|响|堵|吵|晃|闪)|抓紧|赶紧|"
    r"第[二三四五]次|再次|又来问|几天了"
)
#: Words that ask after a matter in hand: who comes, when, how far it is, whether the water is back.
_AFTER = re.compile(
    r"(?:啥|什么|怎么个|哪个?)情况|咋样|怎么?样了|到哪|(?:几点|几时|啥时候|什么时候|何时|多会儿|多久).{0,3}(?:来|到|修|好|能?有|通|恢复)|"
    r"(?:来|到|好|修好|处理)了(?:没有?|吗)|师傅.{0,3}(?:叫|姓|是谁|电话)|谁来修|还没有?(?:好|修|来人?|动静)|还是没有?(?:$|[水电气暖])"
)
#: Words that speak of a matter that was not mended, or came back.
_BACK = re.compile(
    r"没(?:有)?(?:修|弄|处理|解决|搞|通)?好|没(?:有)?(?:解决|修到位|弄通|用|效果|变)|老样子|还是(?:不行|那样|老|没|坏|漏|堵|不)|"
    r"又(?:坏|漏|堵|不|没|停|跳|响|滴|开始|来)|还(?:在|有点|有些|会|是)?(?:漏|滴|堵|响|渗|不亮|不通|跳)|更(?:严重|糟)|复发|白修"
)
_AT_HOME = re.compile(
    r"(?:我们?|家里|这会儿?|现在|今天|明天|一直|全天|白天|随时|什么时候|任何时候|几点|都|就|也|来|过来|上门)*"
    r"(?:在家|有人|在|方便|有空|可以|都行|行)(?:的|呢|啊|了|里|我|都|就|在家|一直|有人|方便)*"
)
_QUESTION = re.compile(r"怎么|为[什啥]么?|什么时候|啥时候|多久|几[点天时]|吗|[?？]")
#: First hit wins.
_WANTS: tuple[tuple[re.Pattern[str], Want], ...] = (
    (_RESCHEDULE, "reschedule"),
    (_CANCEL, "cancel"),
    (_ADD, "add"),
    (_CALL, "call"),
    (_URGE, "urge"),
)


def asks_after(text: str) -> bool:
    """Whether the words ask what only a matter in hand answers: 师傅几点来, 啥时候来水."""
    return _AFTER.search(text) is not None


def comes_back(text: str) -> bool:
    """Whether the words say that a finished matter is not mended: 好像没修好, 还是老样子 (S-REPAIR-16)."""
    return _BACK.search(text) is not None and _QUESTION.search(text) is None


def says_at_home(text: str) -> bool:
    """Whether the words only say that somebody is in, or that any time suits."""
    return _AT_HOME.fullmatch(re.sub(r"[\s\W_]+", "", text)) is not None


def wanted(text: str) -> Want:
    """What the words want of a ticket; to know where it stands when nothing else."""
    return next((want for pattern, want in _WANTS if pattern.search(text)), "status")
