"""缴费: bills, ways to pay, disputes, promised days, receipts. Rules: S-FEE-01, S-FEE-08, S-FEE-16, SC-D70..D74."""

import re

from handlers.account import Kind, Wish, serve, ways
from handlers.desk import Promise, promise
from handlers.dialog.form import Step
from handlers.effects import Say
from handlers.facts import Facts
from handlers.knowledge import sure_answer
from nlp.meaning import Act
from storage.model import TicketType

INTENTS = ("payment",)

_INVOICE = re.compile(r"发票|收据|票据|收费单|开票|开.{0,3}(?:个|张)?.{0,2}(?:凭证|证明)")
_TROUBLE = re.compile(
    r"退(?:款|费|钱|还|押金|我)|押金|保证金|维修(?:基|资)金|(?:支付|付款|缴费|充值|扣款)(?:失败|不了|不成功|异常)|(?:付|交|缴|充)不(?:了|上|进去)|"
    r"(?:扣|交|付|缴|收)了?(?:两|2|二|三|多)(?:次|遍|笔|回)|重复(?:扣|交|缴|付)|充(?:了|值).{0,10}(?:没|不|还)"
)
_PAID = re.compile(
    r"(?:已经?|都|早|刚|昨天|前天|上周|上个?月|明明|不是).{0,8}(?:交|缴|付|转)(?:过|了|完|清|好|掉)|(?:交|缴|付|转)(?:过|完|清)了|(?:交|缴|付)了.{0,10}(?:还|又|怎么|没)"
)
_LATER = re.compile(
    r"(?:再|才能?|后)(?:来)?(?:交|缴|付)|缓(?:缓|几|交|一)|宽限|手头|周转|没钱|发(?:了|完)?(?:工资|薪)|(?:晚|迟|拖|过)(?:几|两|些|点|一)(?:天|周|阵|些)?.{0,3}(?:交|缴|付)|延(?:期|后|迟)(?:交|缴|付)?"
)
_DOOR = re.compile(r"上门.{0,4}(?:收|交|缴|来)|(?:来|到)(?:我)?家.{0,3}收")
_DISPUTE = re.compile(
    r"(?:为什么|为啥|怎么|咋).{0,8}(?:这么|那么|又|突然)(?:多|高|贵|涨|收)|(?:怎么|为什么|为啥|咋)(?:多|涨)|算错|不对|有误|"
    r"有(?:疑问|问题|异议|出入|争议)|[多错乱重]收|收[错多重]|对不上|不认可|不认同|哪来的|凭什么"
)
_DETAIL = re.compile(r"明细|清单|详单|详细|怎么算(?:的|出来)|构成")
_WAYS = re.compile(
    r"(?:怎么|怎样|如何|哪里|哪儿|在哪|去哪|什么方式|能不能|能否|可不可以|可以|支持|能)(?:[^，。]{0,8})(?:交|缴|付|刷卡|微信|支付宝|转账|现金|扫码)|"
    r"(?:缴|交|付)(?:费|款)?(?:方式|渠道|地点|途径|账号|帐号)|二维码|对公"
)
_QUESTION = re.compile(
    r"标准|单价|一平|每平|依据|滞纳金|违约金|合理|优惠|打折|减免|空置|不住|什么时候|几号|截止|到期|包括|包含|起收|多久(?:交|缴)|"
    r"谁(?:来)?(?:交|缴|付|出|承担)"
)
_OWN = re.compile(
    r"欠|账单|该交|应交|应缴|还要交|要交多少|交到|缴到|查|我家|我们家|我要(?:交|缴|付)|(?:交|缴|付)一下|来(?:交|缴)"
)

#: First hit wins: a receipt for what was paid is no claim, and a promised day is no question.
_KINDS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_INVOICE, "invoice"),
    (_DOOR, "door"),
    (_PAID, "claim_paid"),
    (_LATER, "later"),
    (_DISPUTE, "dispute"),
    (_DETAIL, "detail"),
)


def answer(act: Act, facts: Facts) -> list[Step] | None:
    """What concerns the own account is done for the verified household; questions are answered for everybody."""
    text = act.text or facts.inbound.text
    if _TROUBLE.search(text):
        return _money_question(act, text, facts)
    kind = kind_of(text)
    if kind is None and not _OWN.search(text) and (_WAYS.search(text) or _QUESTION.search(text)):
        return _general(act, text, facts)
    return serve(_wish(kind or "statement", act, text, facts), facts)


def kind_of(text: str) -> Kind | None:
    """Which act on the own account the words ask for; None for the plain bill card or a general question."""
    return next((kind for pattern, kind in _KINDS if pattern.search(text)), None)


def _wish(kind: Kind, act: Act, text: str, facts: Facts) -> Wish:
    time = act.slots.time
    named = (time.start or time.end) if time else None
    until = named.astimezone(facts.estate.zone).date().isoformat() if named and kind == "later" else None
    return Wish(kind, text, act.category or "fee", act.slots.fee, until)


def _general(act: Act, text: str, facts: Facts) -> list[Step]:
    """The knowledge base first; how to pay is always known, other questions go to finance (INV-25)."""
    known = sure_answer(text, facts)
    if known is not None:
        return [Say("payment.answer", {"answer": known})]
    if _WAYS.search(text) and not _QUESTION.search(text):
        return [Say("payment.ways", {"ways": ways(facts)})]
    return _money_question(act, text, facts)


def _money_question(act: Act, text: str, facts: Facts) -> list[Step]:
    """Refunds, failed payments, deposits: the knowledge base where it is a question, else finance answers."""
    asks = re.search(r"吗|呢|怎么|如何|什么|多少|多久|几|能不能|可以|[?？]", text)
    known = sure_answer(text, facts) if asks else None
    if known is not None:
        return [Say("payment.answer", {"answer": known})]
    hours = facts.rules.fees.finance_h
    home = facts.speaker.homes[0].home if len(facts.speaker.homes) == 1 else None
    owed = Promise(TicketType.PAYMENT, act.category or "fee", text, "payment.promised", hours, "finance", home)
    return promise(facts, owed)
