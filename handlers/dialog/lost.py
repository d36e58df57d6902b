"""Pictures that could not be had: the sender is told kindly, what he said besides is heard (reliability.md 7)."""

from dataclasses import replace

from handlers.dialog.memory import Turn
from handlers.effects import Say
from handlers.facts import Facts

_TEXTS = {"too_large": "common.too_large", "unsupported": "common.unsupported"}


def only_lost(facts: Facts) -> Turn | None:
    """Nothing was sent but a file that is lost: say so; a pending question stays."""
    note = _note(facts)
    if note is None or facts.inbound.media or facts.inbound.text.strip():
        return None
    touched = replace(facts.conversation, touched_at=facts.now, address=facts.speaker.address)
    return Turn(touched if facts.speaker.staff is None else facts.conversation, (note,))


def with_note(turn: Turn, facts: Facts) -> Turn:
    """The turn with a word about the file that is lost, once, when the burst is over."""
    note = _note(facts)
    return turn if note is None or turn.heard == "gather" else replace(turn, effects=(*turn.effects, note))


def _note(facts: Facts) -> Say | None:
    lost = facts.inbound.data.get("lost")
    if not lost or facts.inbound.kind != "message" or facts.inbound.group is not None:
        return None
    return Say(_TEXTS.get(str(lost), "common.media_lost"))
