"""Whether a message is heard alone, or as the start of a burst that is let finish (C-46, design.md 11, Bursts)."""

from dataclasses import replace
from datetime import timedelta

from handlers.dialog.engine import asked_slot, is_patient
from handlers.dialog.memory import Talk, Turn
from handlers.dialog.words import is_cancel, is_correction, is_no, is_nothing_else, is_yes
from handlers.effects import Say
from handlers.facts import Facts
from nlp.meaning import Meaning

#: Whoever wrote this recently knows that somebody listens.
LATELY_MIN = 2
#: Wishes that a person writes down; others are answered at once.
WRITTEN_DOWN = ("repair", "complaint", "suggestion")


def pauses(facts: Facts) -> bool:
    """More may follow: words (or a picture) that begin a matter, or an answer in free words. Emergencies never wait."""
    if facts.rules.reception.gather_s <= 0 or facts.inbound.kind != "message" or facts.inbound.data.get("gathered"):
        return False
    if facts.inbound.data.get("unsupported") or facts.conversation.held_by is not None:
        return False
    if facts.meaning is None:
        return any(item.get("kind") != "voice" for item in facts.inbound.media) and not _asked(facts)
    if _is_urgent(facts) or facts.meaning.closed or _steers(facts.inbound.text):
        return False
    if _answers_push(facts):
        return False
    if _asked(facts):
        return _is_open_question(facts) and not _is_sure(facts, "human")
    return _begins(facts, facts.meaning)


def acknowledge(talk: Talk, facts: Facts) -> Talk:
    """The short first reply of a new matter; none while a question is open, and not again in the same breath.

    A complaint hears the apology with it, whenever it comes; `said["ack"]` tells the form so.
    """
    touched = facts.conversation.touched_at
    lately = touched is not None and facts.now - touched < timedelta(minutes=LATELY_MIN)
    acts = facts.meaning.acts if facts.meaning else ()
    angry = facts.meaning is not None and facts.meaning.sentiment == "angry"
    blamed = angry or any(act.intent == "complaint" for act in acts)
    kind = "complaint" if blamed else "matter" if acts else "picture"
    if _asked(facts) or (lately and kind != "complaint"):
        return talk
    return talk.do(Say(f"common.ack.{kind}")).remember(said={**talk.conversation.said, "ack": kind})


def gathering(talk: Talk) -> Turn:
    """The turn that only listens."""
    return Turn(talk.conversation, talk.effects, "gather")


def _asked(facts: Facts) -> bool:
    frames = facts.conversation.frames
    live = bool(frames) and not is_patient(frames[-1]) and facts.conversation.said.get("kind") != "kept"
    return live or facts.conversation.said.get("kind") in ("unsure", "offer", "photo", "correcting")


def _answers_push(facts: Facts) -> bool:
    """A pushed question (sign-off, callback) that this message answers."""
    frame = facts.conversation.frames[-1] if facts.conversation.frames else None
    pending = asked_slot(frame) if frame and is_patient(frame) else None
    return frame is not None and pending is not None and pending[1].read(facts, frame.answers) is not None


def _is_open_question(facts: Facts) -> bool:
    frames = facts.conversation.frames
    pending = asked_slot(frames[-1]) if frames else None
    return pending is not None and pending[1].open


def _is_urgent(facts: Facts) -> bool:
    meaning = facts.meaning
    return meaning is not None and (
        meaning.urgency == "emergency" or any(act.intent == "emergency" for act in meaning.acts)
    )


def _is_sure(facts: Facts, intent: str) -> bool:
    act = facts.meaning.first if facts.meaning else None
    return act is not None and act.intent == intent and act.confidence >= facts.rules.reception.sure


def _steers(text: str) -> bool:
    return any(test(text) for test in (is_cancel, is_correction, is_yes, is_no, is_nothing_else))


def _begins(facts: Facts, meaning: Meaning) -> bool:
    """A matter to write down, or words that are not clear yet; not a greeting, and no question that has its answer."""
    if any(act.intent in WRITTEN_DOWN for act in meaning.acts):
        return True
    return meaning.first.confidence < facts.rules.reception.sure and meaning.first.intent != "greeting"


def with_photos(facts: Facts) -> Facts:
    """A picture that was sent before the words belongs to them."""
    said = facts.conversation.said
    if said.get("kind") != "photo":
        return facts
    media = (*said.get("media", ()), *facts.inbound.media)
    return replace(facts, inbound=replace(facts.inbound, media=media))
