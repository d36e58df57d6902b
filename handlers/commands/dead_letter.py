"""Work that failed five times: people are told instead of silence (INV-9)."""

from collections.abc import Mapping
from typing import Any

from handlers.dialog.form import Step
from handlers.effects import AddTask, Phrase, Say, ToGroup
from handlers.facts import Facts
from storage.model import Role

EVENTS = ("dead_letter",)


def told(event: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - the listeners' shape
    """A timer or a told event that nobody could handle: managers and the console hear of it."""
    params = {"kind": str(data["kind"]), "row": int(data["row"])}
    return [
        Say("dead_letter.alert", params, to=ToGroup("manager"), kind="alert"),
        AddTask(
            "dead_letter", str(data["row"]), Phrase("dead_letter.task", params), Role.CS_MANAGER.value, data=dict(data)
        ),
    ]
