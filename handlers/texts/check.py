"""Who reads a text, and what is wrong with its words. Rules: domain.md 8.15, 8.16."""

from collections.abc import Iterable

from handlers.effects import Phrase
from handlers.facts import Estate
from handlers.rules import wording
from handlers.texts import Mistake, Texts

#: First words of keys that only colleagues read.
_STAFF_TOPICS = frozenset({
    "staff", "shift", "box", "label", "action", "serve", "task", "channel", "disk", "dead_letter", "entry",
    "paid_forms", "check",
})  # fmt: skip
#: Words inside a key that say the same.
_STAFF_PARTS = frozenset({"alert", "task", "reason", "note", "button", "late", "duty", "remind_staff", "released"})
_COMPLAINT = ("complaint.", "sign_off.", "callback.", "ticket.said.")


def for_residents(texts: Texts, key: str) -> bool:
    """Whether residents read a text: it carries out an SC- script, or is a part of one (no AL- card, no label)."""
    script = texts.script(key) or ""
    if script.startswith("AL-") or texts.wording(key).startswith("【") or key.startswith("service.viewing.released"):
        return False
    parts = key.split(".")
    if script:
        return not {"alert", "note"} & set(parts)
    return parts[0] not in _STAFF_TOPICS and not _STAFF_PARTS & set(parts)


def mistakes(texts: Texts, estate: Estate, keys: Iterable[str] | None = None) -> list[Mistake]:
    """Every fault of the residents' texts: file, key and the reason in words; in the order of the keys."""
    found: list[Mistake] = []
    for key in sorted(texts.keys() if keys is None else keys):
        if not for_residents(texts, key):
            continue
        complaint = key.startswith(_COMPLAINT)
        faults = wording.faults(texts.wording(key), script=texts.script(key), complaint=complaint)
        found += [Mistake(texts.source(key), key, _reason(texts, fault, estate)) for fault in faults]
    return found


def _reason(texts: Texts, fault: str, estate: Estate) -> str:
    key = f"check.{fault}" if texts.known(f"check.{fault}") else f"staff.tone.{fault}"
    return texts.reason(Phrase(key), estate)
