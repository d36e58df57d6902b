"""A shift nobody took over is reported: the desk is never empty. Rules: S-REC-21, SLA-55, AL-18."""

from collections.abc import Mapping
from typing import Any

from handlers.desk import LEADS
from handlers.dialog.form import Step
from handlers.effects import Say, ToStaff
from handlers.facts import Facts, StaffById
from handlers.rules import dispatch
from handlers.ticketing.people import roster

KINDS = ("shift_wait",)


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - one signature
    """The next one has not come: who leads the desk is told, who waits is asked to stay."""
    following, before = facts.ask(StaffById(int(data["next"]))), facts.ask(StaffById(int(data["from"])))
    if following is None or before is None:
        return []
    names = {"name": following.name, "before": before.name}
    told = [s for s in dispatch.of_role(roster(facts), *LEADS)[:2] if s.id != before.id]
    alarms: list[Step] = [Say("shift.late", names, ToStaff(s.id), "alert", urgent=True) for s in told]
    return [*alarms, Say("shift.stay", names, ToStaff(before.id), "alert")]
