"""A resident was put off for a minute: who holds the chat is reminded.

Rules: SLA-02, S-REC-06, S-REC-10.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers.dialog.form import Step
from handlers.effects import Say, SetTimer, ToStaff
from handlers.facts import Facts

KINDS = ("chat_pause",)
_ROUNDS = 2


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Nothing once the chat was given back or taken by somebody else."""
    staff_id, round_ = int(data["staff"]), int(data.get("round", 1))
    if facts.conversation.held_by != staff_id:
        return []
    tells = data.get("kind") == "look_up" and round_ == 1
    waited = facts.now - datetime.fromisoformat(str(data["since"]))
    minutes = max(1, round(waited.total_seconds() / 60))
    found: list[Step] = [Say("staff.held.not_found", kind="push")] if tells else []
    key = "staff.hold.waiting_told" if tells else "staff.hold.waiting"
    found.append(Say(key, {"minutes": minutes}, ToStaff(staff_id), "alert"))
    if round_ < _ROUNDS:
        due = facts.now + timedelta(seconds=facts.rules.desk.pause_again_s)
        found.append(SetTimer(kind, subject, due, data={**data, "round": round_ + 1}))
    return found
