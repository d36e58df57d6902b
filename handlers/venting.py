"""Anger beside a matter: it is answered with an apology, and the matter is read without it. Rules: S-COMP-07, 8.16."""

import re
from dataclasses import replace

from handlers.dialog.engine import is_patient
from handlers.facts import Facts
from handlers.rules.anger import calm, is_outburst
from handlers.rules.fault import names_fault
from nlp.meaning import Act, Meaning
from storage.model import WORKING, TicketType

#: A complaint is wished in so many words; else a fault told in anger is a repair first (domain.md appendix C).
_WISH = re.compile(r"投诉|举报|差评|曝光|态度")
#: Complaints that blame us and name no nuisance of their own.
_BLAME = ("property_management", "staff_attitude", "other", "")
_JOBS = (TicketType.REPAIR, TicketType.EMERGENCY, TicketType.SERVICE, TicketType.COMPLAINT)


def without_anger(facts: Facts) -> Facts:
    """The facts with an outburst taken out of the words and kept as the mood; others are left as they are."""
    meaning = facts.meaning
    if meaning is None or facts.inbound.kind != "message" or not is_outburst(meaning.text):
        return facts
    rest = calm(meaning.text)
    acts = (_told(meaning, rest),) if len(meaning.acts) == 1 else _several(meaning)
    if not rest:
        acts = _nothing_told(meaning, facts)
        rest = acts[0].text
    return replace(facts, meaning=replace(meaning, text=rest, acts=acts, sentiment="angry"))


def _several(meaning: Meaning) -> tuple[Act, ...]:
    """The wishes in which something is left; a fault beside mere anger is no complaint as well."""
    told = tuple(replace(act, text=calm(act.text)) for act in meaning.acts if calm(act.text))
    return told or meaning.acts[:1]


def _told(meaning: Meaning, rest: str) -> Act:
    """One wish without its anger: a fault that was read as blame is the repair it asks for."""
    act = replace(meaning.first, text=rest)
    blamed = act.intent == "complaint" and act.category in _BLAME
    unclear = act.intent in ("inquiry", "other", "greeting", "progress", "human")
    repair = next((reading for reading in meaning.choices if reading.intent == "repair"), None)
    if repair is None or not (blamed or unclear) or not names_fault(rest) or _WISH.search(meaning.text):
        return act
    return replace(act, intent="repair", category=repair.category, confidence=max(act.confidence, repair.confidence))


def _nothing_told(meaning: Meaning, facts: Facts) -> tuple[Act, ...]:
    """Only anger: inside a form the question stays; with a matter in hand it is chased; else somebody complains."""
    if any(not is_patient(frame) for frame in facts.conversation.frames):
        return (Act("greeting", "chat", 1.0, ""),)
    waits = any(ticket.type in _JOBS and ticket.status in WORKING for ticket in facts.tickets)
    category = "other" if waits else "property_management"
    return (Act("progress" if waits else "complaint", category, 1.0, meaning.text, meaning.slots),)
