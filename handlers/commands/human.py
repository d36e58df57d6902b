"""转人工: a person takes over, holds the chat and gives it back. Rules: S-REC-18, S-REC-19, SLA-81, SC-D102."""

from collections.abc import Mapping
from typing import Any, cast, get_args

from handlers.commands import binding
from handlers.desk import Reason, hand_over
from handlers.dialog.form import Hold, Step
from handlers.effects import CancelTimer, CloseTask, Record, Say
from handlers.facts import Facts, TimerOf
from nlp.meaning import Act

INTENTS = ("human",)
EVENTS = ("need_person", "hold", "released")

__all__ = ["EVENTS", "INTENTS", "answer", "hand_over", "told"]


def answer(act: Act, facts: Facts) -> list[Step] | None:
    """Bring a person; an angry resident meets calm words first (S-REC-19)."""
    own_data = binding.take(act.text, facts)
    if own_data is not None:
        return own_data
    if facts.meaning is not None and facts.meaning.sentiment == "angry":
        return hand_over(facts, "upset")
    return hand_over(facts, "person" if act.slots.person else "asked")


def told(event: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """`need_person` (reason), `hold` (staff_id, name: somebody took the chat), `released` (back to the bot)."""
    if event == "need_person":
        reason = data.get("reason")
        return hand_over(facts, cast(Reason, reason) if reason in get_args(Reason) else "misunderstood")
    if event == "hold":
        return _taken(data, facts)
    return [Hold(None), Record("handover", facts.speaker.lane, {"released": True}), Say("human.released")]


def _taken(data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """The waiting ends: its timer and task go, the resident hears who is there."""
    lane = facts.speaker.lane
    timer = facts.ask(TimerOf("hand_over_wait", lane))
    task = timer.data.get("task") if timer is not None else None
    closing: list[Step] = [CloseTask("hand_over", task)] if isinstance(task, str) else []
    return [
        Hold(int(data["staff_id"])),
        CancelTimer(lane, "hand_over_wait"),
        *closing,
        Record("handover", lane, {"staff": int(data["staff_id"])}),
        Say("human.taken", {"name": data.get("name")}),
    ]
