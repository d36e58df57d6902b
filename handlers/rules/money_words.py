"""What words about money ask for: 明细, 算错, 交过了, 下周再交, 上门收, 发票. Rules: S-FEE-01, S-FEE-08, S-FEE-16."""

import re
from typing import Literal

#: What a resident may want of the own account.
Kind = Literal["statement", "detail", "dispute", "claim_paid", "later", "door", "invoice"]

_INVOICE = re.compile(r"发票|收据|票据|收费单|开票|开.{0,3}(?:个|张)?.{0,2}(?:凭证|证明)")
_TROUBLE = re.compile(
    r"退(?:款|费|钱|还|押金|我)|押金|保证金|维修[基资]金|(?:支付|付款|缴费|充值|扣款)(?:失败|不了|不成功|异常)|"
    r"[付交缴充]不(?:了|上|进去)|[扣交付缴收]了?[两2二三多](?:次|遍|笔|回)|重复[扣交缴付]|充[了值].{0,10}[没不还]"
)
_PAID = re.compile(
    r"(?:已经?|都|早|刚|昨天|前天|上周|上个?月|明明|不是).{0,8}[交缴付转][过了完清好掉]|[交缴付转][过完清]了|"
    r"[交缴付]了.{0,10}[还又怎没]"
)
_LATER = re.compile(
    r"(?:再|才能?|后)来?[交缴付]|缓[缓几交一]|宽限|手头|周转|没钱|发[了完]?(?:工资|薪)|"
    r"[晚迟拖过][几两些点一][天周阵些]?.{0,3}[交缴付]|延[期后迟][交缴付]?"
)
_DOOR = re.compile(r"^(?!.*(?:师傅|维修|修理)).*(?:上门.{0,4}[收交缴]|[来到]我?家.{0,3}收)")
_DISPUTE = re.compile(
    r"(?:为什么|为啥|怎么|咋).{0,8}(?:这么|那么|又|突然)[多高贵涨收]|(?:怎么|为什么|为啥|咋)[多涨]|算错|不对|有误|"
    r"有(?:疑问|问题|异议|出入|争议)|[多错乱重]收|收[错多重]|对不上|不认[可同]|哪来的|凭什么"
)
_DETAIL = re.compile(r"明细|清单|详单|详细|怎么算(?:的|出来)|构成")
_WAYS = re.compile(
    r"(?:怎么|怎样|如何|哪里|哪儿|在哪|去哪|什么方式|能不能|能否|可不可以|可以|支持|能)[^，。]{0,8}"
    r"(?:交|缴|付|刷卡|微信|支付宝|转账|现金|扫码)|[缴交付][费款]?(?:方式|渠道|地点|途径|账号|帐号)|二维码|对公"
)
_QUESTION = re.compile(
    r"标准|单价|一平|每平|依据|滞纳金|违约金|合理|优惠|打折|减免|空置|不住|什么时候|几号|截止|到期|包括|包含|起收|"
    r"多久[交缴]|哪天|何时|从.{0,4}(?:开始|起)|谁来?(?:交|缴|付|出|承担)"
)
_OWN = re.compile(r"欠|账单|[该应][交缴]|还要交|要交多少|[交缴]到|查|我们?家|我要[交缴付]|[交缴付]一下|来[交缴]")
_ASKS = re.compile(r"吗|呢|怎么|如何|什么|多少|多久|几|能不能|可以|[?？]")

#: First hit wins: a receipt for what was paid is no claim, and a promised day is no question.
_KINDS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_INVOICE, "invoice"),
    (_DOOR, "door"),
    (_PAID, "claim_paid"),
    (_LATER, "later"),
    (_DISPUTE, "dispute"),
    (_DETAIL, "detail"),
)


def kind_of(text: str) -> Kind | None:
    """Which act on the own account the words ask for; None for the plain bill card or a general question."""
    return next((kind for pattern, kind in _KINDS if pattern.search(text)), None)


def is_trouble(text: str) -> bool:
    """Refunds, deposits, failed or doubled payments: finance looks, whoever asks."""
    return bool(_TROUBLE.search(text))


def asks_ways(text: str) -> bool:
    """How and where to pay, and nothing beyond it."""
    return bool(_WAYS.search(text)) and not _QUESTION.search(text)


def is_general(text: str) -> bool:
    """A question about fees that needs no account."""
    return not _OWN.search(text) and bool(_WAYS.search(text) or _QUESTION.search(text))


def is_question(text: str) -> bool:
    """Whether the words ask something."""
    return bool(_ASKS.search(text))
