"""The disk is nearly full: people are told before residents are turned away (INV-32)."""

from collections.abc import Mapping
from typing import Any

from handlers.dialog.form import Step
from handlers.effects import AddTask, Phrase, Say, ToGroup
from handlers.facts import Facts
from storage.model import Role

EVENTS = ("disk_low",)


def told(event: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - the listeners' shape
    """Managers hear it once a day, and somebody has it as a task."""
    return [
        Say("disk.low.alert", to=ToGroup("manager"), kind="alert"),
        AddTask("disk_low", str(data["day"]), Phrase("disk.low.task"), Role.CS_MANAGER.value),
    ]
