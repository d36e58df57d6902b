"""What was left half-filled in an earlier talk: a short reminder, and go on or drop it. Rules: SC-V10, design.md 10."""

from handlers.dialog.engine import ask, is_patient
from handlers.dialog.memory import Talk
from handlers.dialog.words import is_cancel, is_no, is_yes
from handlers.effects import Phrase, Say
from handlers.facts import Facts
from handlers.rules.anger import calm
from storage.message import Frame

#: The reminder quotes so much of what was told.
_SUBJECT_CHARS = 20
_NAMED = ("repair", "complaint", "suggestion", "service", "bind_home")


def offer(frames: tuple[Frame, ...]) -> Say:
    """A short reminder of what was begun, and the choice to go on or drop it (SC-V10)."""
    frame = next(frame for frame in reversed(frames) if not is_patient(frame))
    told = frame.answers.get("problem") or frame.answers.get("story") or [frame.answers.get("text") or ""]
    subject = calm(str(told[0]))[:_SUBJECT_CHARS] or None
    what = Phrase(f"common.begun.{frame.form if frame.form in _NAMED else 'other'}")
    return Say("common.offer", {"what": what, "subject": subject})


def offered(talk: Talk, facts: Facts) -> Talk | None:
    """The answer to "shall we go on with what was left half-filled?"."""
    if facts.conversation.said.get("kind") != "offer":
        return None
    key, text = facts.inbound.data.get("key"), facts.inbound.text
    if key == "yes" or is_yes(text):
        return ask(talk, facts)
    if key == "no" or is_no(text) or is_cancel(text):
        frames = tuple(frame for frame in talk.conversation.frames if is_patient(frame))
        return talk.remember(frames=frames).do(Say("common.dropped"))
    return None
