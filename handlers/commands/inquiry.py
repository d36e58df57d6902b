"""咨询: the knowledge base, the desk's services, else a person at a promised time. Rules: S-INQ-01..03, S-FEE-21."""

import re

from handlers.commands import binding, payment, reception
from handlers.dialog.form import Start, Step
from handlers.dialog.keys import wish_named
from handlers.effects import Phrase, Say
from handlers.facts import Facts
from handlers.knowledge import Found, answered, look_up, unknown
from handlers.rules.money_words import kind_of
from handlers.rules.order import price_of
from nlp.meaning import Act

INTENTS = ("inquiry",)

#: Asked like a question, but an act on the own account (S-FEE-08, S-FEE-02).
_FINANCE = ("door", "invoice")
#: Purposes of `estate.phones` and the words that ask for them; the first line is the desk's own number.
_PHONES: tuple[tuple[str, str], ...] = (
    ("fire", r"火警|消防|119"),
    ("police", r"报警|警察|派出所|公安|110"),
    ("ambulance", r"急救|救护|120"),
    ("gas", r"燃气|煤气|天然气"),
    ("power", r"供电|电力|电网"),
    ("water", r"自来水|供水|水务"),
    ("street", r"街道"),
    ("community", r"社区|居委"),
    ("duty", r"值班"),
    ("service", r"物业|客服|前台|管理处|服务中心|你们"),
)
_ASKS_PHONE = re.compile(
    r"(?:电话|号码|热线|联系方式).{0,6}(?:多少|是什么|几|有|吗|呢|给|发|告诉)|打(?:哪|什么|多少)|"
    r"(?:求|要|给|发|查|问|知道|告诉).{0,10}(?:电话|号码|热线|联系方式)|^.{0,8}(?:电话|号码|热线|联系方式)[?？]?$"
)
_ASKS_PRICE = re.compile(r"多少钱|什么价|价格|价钱|怎么收费|收费标准|收多少|要收费|要钱吗|贵不贵|几块钱")
#: A question about how a service works; without one the words ask for the service itself.
_ASKS = re.compile(
    r"吗|呢|怎么|怎样|咋|如何|什么|啥|多少|哪|几|谁|是否|能不能|可不可以|可以.{0,12}[?？]|有没有|为什么|[?？]$"
)


def answer(act: Act, facts: Facts) -> list[Step] | None:
    """Answer at once where the answer is known; never invent one (INV-25)."""
    text = act.text or facts.inbound.text
    if not act.text and facts.inbound.kind != "message":
        return [Say("inquiry.what")]
    if wish_named(text) == "inquiry":
        return [Say("inquiry.what")]
    special = binding.take(text, facts) or reception.take(text, facts) or _phones(text, facts) or _price(text, facts)
    if special is not None:
        return special
    if kind_of(text) in _FINANCE:
        return payment.answer(act, facts)
    if reception.is_service(act, text) and not _ASKS.search(text):
        known = look_up(text, facts).sure
        told = answered(known) if known is not None else []
        return [*told, Start("service", reception.begin(act, text, facts))]
    return _from_knowledge(look_up(text, facts), act, text, facts)


def _from_knowledge(found: Found, act: Act, text: str, facts: Facts) -> list[Step]:
    if found.sure is not None:
        return answered(found.sure)
    if found.near:
        ids = [faq.id for faq in found.near]
        questions = [faq.question for faq in found.near]
        return [Start("which_question", {"ids": ids, "questions": questions, "text": text, "category": act.category})]
    return unknown(act.category, text, facts)


def _price(text: str, facts: Facts) -> list[Step] | None:
    """A line of the published list; what is on no list goes on to the knowledge base and to a person (S-FEE-21)."""
    line = price_of(facts.rules.order, text, facts.today) if _ASKS_PRICE.search(text) else None
    if line is None:
        return None
    sample = Phrase("repair.charge.sample") if facts.rules.order.sample else None
    params = {"item": line.item, "unit": line.unit, "amount_fen": line.amount_fen, "sample": sample}
    return [Say("inquiry.price", params)]


def _phones(text: str, facts: Facts) -> list[Step] | None:
    """Numbers that the estate keeps; danger now is an emergency and never comes here (S-INQ-03)."""
    if not _ASKS_PHONE.search(text):
        return None
    known = facts.estate.phones
    wanted = [purpose for purpose, words in _PHONES if re.search(words, text) and known.get(purpose)]
    shown = wanted or (
        [] if any(re.search(words, text) for _, words in _PHONES) else [p for p, _ in _PHONES if p in known]
    )
    if not shown:
        return None
    lines = tuple(Phrase("inquiry.phone", {"who": Phrase(f"inquiry.who.{p}"), "number": known[p]}) for p in shown)
    return [Say("inquiry.phones", {"lines": lines})]
