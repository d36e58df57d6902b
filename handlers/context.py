"""What unclear words mean here and now: after a bill, with a ticket open. Rules: S-FEE-16, S-TRI-04, domain.md 8.19."""

from dataclasses import replace

from handlers.dialog.words import bare
from handlers.facts import Facts
from handlers.rules.money_words import kind_of
from handlers.rules.ticket_words import wanted
from handlers.tracking import open_tickets
from nlp.meaning import Act, Intent, Meaning

#: Fixed words of domain.md 8.19 that name no wish of `dialog.keys`.
_FIXED: dict[str, Intent] = {
    "改期": "progress", "改时间": "progress", "催单": "progress", "退订": "other", "解绑": "other", "撤回同意": "other",
}  # fmt: skip
_CATEGORY = {"payment": "fee"}
#: Readings that say nothing certain about a short message.
_VAGUE = ("other", "greeting")
#: Longer messages speak for themselves.
_SHORT = 24


def in_context(facts: Facts) -> Facts:
    """The facts with an unclear message read as what it can only mean here; a clear one is left as it is."""
    meaning = facts.meaning
    if meaning is None or facts.inbound.kind != "message" or not _is_unclear(meaning, facts):
        return facts
    intent = _FIXED.get(bare(meaning.text)) or _of_money(meaning, facts) or _of_ticket(meaning, facts)
    if intent is None:
        return facts
    category = meaning.first.category if intent == meaning.first.intent else _CATEGORY.get(intent, "other")
    act = Act(intent, category, facts.rules.reception.certain, meaning.text, meaning.slots)
    return replace(facts, meaning=replace(meaning, acts=(act,)))


def _is_unclear(meaning: Meaning, facts: Facts) -> bool:
    if meaning.urgency == "emergency" or len(meaning.acts) > 1 or len(meaning.text) > _SHORT:
        return False
    first = meaning.first
    return first.confidence < facts.rules.reception.sure or first.intent in _VAGUE or bare(meaning.text) in _FIXED


def _of_money(meaning: Meaning, facts: Facts) -> Intent | None:
    """Words that question, claim or postpone a payment, after a bill; without one only where the reading is near."""
    if kind_of(meaning.text) is None:
        return None
    said = facts.conversation.said
    after_bill = said.get("kind") == "topic" and said.get("intent") == "payment"
    near = meaning.first.confidence < facts.rules.reception.certain and any(
        reading.intent == "payment" for reading in meaning.choices[:2]
    )
    return "payment" if after_bill or near else None


def _of_ticket(meaning: Meaning, facts: Facts) -> Intent | None:
    """Another time, or a hurry, with a ticket open."""
    return "progress" if open_tickets(facts) and wanted(meaning.text) in ("reschedule", "urge") else None
