"""A silent resident: asked gently, told goodbye, a complete request filed, a half one kept. Rules: SLA-80, S-REC-11."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers import registry
from handlers.dialog.form import Finish, Form, Rest, Step
from handlers.dialog.memory import silent_min
from handlers.effects import Say, SetTimer
from handlers.facts import Facts
from storage.message import Frame

KINDS = ("idle_ask", "idle_close", "form_expire", "silent_file")


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - one signature
    """Do what silence asks for; nothing when the resident spoke meanwhile or a person holds the chat."""
    if facts.conversation.held_by is not None:
        return []
    steps = {"idle_ask": _asked, "idle_close": _closed, "silent_file": _filed, "form_expire": _expired}
    return steps[kind](facts)


def _asked(facts: Facts) -> list[Step]:
    if silent_min(facts) < facts.rules.reception.idle_ask_min:
        return []
    live = _live(facts)
    if live is None and not facts.conversation.said:
        return []
    key = "common.still_there" if live else "common.still_there_else"
    return [Say(key, kind="push")]


def _closed(facts: Facts) -> list[Step]:
    """File what is complete enough, keep what is half-filled, say goodbye (design.md 10)."""
    if silent_min(facts) < facts.rules.reception.idle_close_min:
        return []
    live = _live(facts)
    if live is None:
        return [Say("common.closed", kind="push"), Rest(keep=True)] if facts.conversation.said else []
    frame, form = live
    if form.silent and form.silent(frame.answers, facts):
        return [Finish({"silent": True}), Rest(keep=True)]
    days = facts.rules.reception.form_keep_days
    expire = SetTimer("form_expire", facts.speaker.lane, facts.now + timedelta(days=days))
    return [Say("common.closed_kept", {"days": days}, kind="push"), expire, Rest(keep=True)]


def _filed(facts: Facts) -> list[Step]:
    """A complete request that waits for its "yes" is filed, and he is told (design.md 11, Filing)."""
    if silent_min(facts) < facts.rules.reception.silent_file_min:
        return []
    live = _live(facts)
    if live is None or live[1].silent is None or not live[1].silent(live[0].answers, facts):
        return []
    return [Finish({"silent": True})]


def _expired(facts: Facts) -> list[Step]:
    """What was kept for a week goes, without a word."""
    days = facts.rules.reception.form_keep_days
    return [Rest(keep=False)] if silent_min(facts) >= days * 24 * 60 else []


def _live(facts: Facts) -> tuple[Frame, Form] | None:
    """The form that waits for the resident; pushed questions do not press."""
    frames = facts.conversation.frames
    form = registry.forms().get(frames[-1].form) if frames else None
    if form is None or form.patient or facts.conversation.said.get("kind") == "kept":
        return None
    return frames[-1], form
