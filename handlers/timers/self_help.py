"""Half an hour after the steps: did it help? Rules: S-REC-23."""

from collections.abc import Mapping
from typing import Any

from handlers.dialog.form import Start, Step
from handlers.facts import Facts
from storage.model import WORKING

KINDS = ("self_help_ask",)


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - one signature
    """Ask once; not while a person holds the chat or a job about it is under way."""
    if facts.conversation.held_by is not None or any(t.status in WORKING for t in facts.tickets):
        return []
    return [Start("self_help_result", {"topic": data["topic"], "text": data["text"]})]
