"""The knowledge base as flows use it: a sure answer, two near ones, or none. Rules: S-INQ-01, S-INQ-02, INV-25."""

from dataclasses import dataclass

from handlers.facts import Facts, FaqMatches
from storage.model import Faq


@dataclass(frozen=True, slots=True)
class Found:
    """What the knowledge base says: `sure` an answer, else up to two `near` questions worth asking about."""

    sure: Faq | None = None
    near: tuple[Faq, ...] = ()


def look_up(text: str, facts: Facts) -> Found:
    """Search the answers valid today; a close second makes the best one unsure."""
    rules = facts.rules.desk
    matches = facts.ask(FaqMatches(text, facts.today)) if text.strip() else ()
    if not matches:
        return Found()
    best, score = matches[0]
    second = matches[1][1] if len(matches) > 1 else 0.0
    other = len(matches) > 1 and matches[1][0].answer != best.answer
    if score >= rules.faq_sure and not (other and score - second < rules.faq_gap):
        return Found(sure=best)
    return Found(near=tuple(faq for faq, value in matches[:2] if value >= rules.faq_near))


def sure_answer(text: str, facts: Facts) -> str | None:
    """The answer the knowledge base is sure of."""
    found = look_up(text, facts).sure
    return found.answer if found else None
