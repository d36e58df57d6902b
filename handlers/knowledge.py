"""The knowledge base as flows use it: a sure answer, two near ones, or none. Rules: S-INQ-01, S-INQ-02, INV-25."""

import re
from dataclasses import dataclass

from handlers.desk import Promise, promise
from handlers.dialog.form import Step
from handlers.effects import Phrase, Record, Say
from handlers.facts import Facts, FaqMatches
from storage.model import ENDED, Faq, TicketType

#: What is asked of a thing; an entry that says nothing of it answers another question, however alike the words are.
_ASKED_OF = tuple(
    re.compile(words)
    for words in (
        r"涨|调价|提价|上调", r"降价|下调|调低", r"退[钱款费还给]|退吗|能退|可以退", r"减免|优惠|打折|减半|免[交费收]",
        r"违约金|滞纳金|罚款?", r"空置|没住|没入住|不住|闲置", r"为什么|为啥|凭什么",
        r"投诉|举报", r"取消|作废|注销",
        r"过户|转让|卖[了掉房]", r"丢[了失]|遗失|补办|坏了", r"钱|收费|价格|费用|贵不贵|标准",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What the knowledge base says: `sure` an answer, else up to three `near` questions worth asking about."""

    sure: Faq | None = None
    near: tuple[Faq, ...] = ()


def look_up(text: str, facts: Facts) -> Found:
    """Search the answers valid today; a close second makes the best one unsure."""
    rules = facts.rules.desk
    found = facts.ask(FaqMatches(text, facts.today)) if text.strip() else ()
    matches = [(faq, score) for faq, score in found if _same_question(text, faq)]
    if not matches:
        return Found()
    best, score = matches[0]
    others = [value for faq, value in matches[1:] if faq.answer != best.answer]
    ahead = score - max(others, default=0.0) >= rules.faq_gap
    if score >= rules.faq_certain or (score >= rules.faq_sure and ahead):
        return Found(sure=best)
    least = max(rules.faq_near, score - rules.faq_spread)
    return Found(near=tuple(faq for faq, value in matches if value >= least))


def _same_question(text: str, faq: Faq) -> bool:
    """Whether an entry speaks of what is asked: when the fee rose is not when it begins (INV-25)."""
    said = " ".join((faq.question, *faq.variants, faq.answer))
    return all(words.search(said) for words in _ASKED_OF if words.search(text))


def sure_answer(text: str, facts: Facts) -> str | None:
    """The answer the knowledge base is sure of."""
    found = look_up(text, facts).sure
    return found.answer if found else None


def from_sample(faq: Faq) -> bool:
    """Whether an entry belongs to the sample estate and says so in its scope (domain.md F.14)."""
    return bool(faq.scope) and any(word in str(faq.scope) for word in ("示例", "样例", "sample"))


def answered(faq: Faq) -> list[Step]:
    """The answer, with a hint where it is sample data (domain.md F.14)."""
    return [Say("inquiry.answer", {"answer": faq.answer, "hint": _hint(faq)})]


def _hint(faq: Faq) -> Phrase | None:
    return Phrase("inquiry.sample") if from_sample(faq) else None


def unknown(category: str, text: str, facts: Facts) -> list[Step]:
    """Nobody wrote the answer down yet: a person answers at a promised time, and the question is kept (S-INQ-02)."""
    asked = _asked_before(text, facts)
    if asked is not None:
        return [Say("inquiry.asked_before", ticket=asked)]
    hours = facts.rules.desk.answer_h
    owed = Promise(TicketType.INQUIRY, category or "other", text, "inquiry.promised", hours)
    return [Record("faq_gap", category or "other", {"question": text}), *promise(facts, owed)]


def _asked_before(text: str, facts: Facts) -> int | None:
    """The open ticket of the very same question (domain.md F.5)."""
    same = (
        t for t in facts.tickets if t.type is TicketType.INQUIRY and t.status not in ENDED and t.summary == text.strip()
    )
    return next((t.id for t in same), None)
