"""The papers of a job that was done first are missing in the evening. Rules: S-REPAIR-07, S-REPAIR-08, SLA-84."""

from collections.abc import Mapping
from typing import Any

from handlers.dialog.form import Step
from handlers.effects import Say, ToStaff
from handlers.facts import Facts, TicketById
from handlers.rules import dispatch
from handlers.ticketing.people import roster
from storage.model import Role

KINDS = ("paperwork",)


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - one signature
    """Who did it and the supervisor; nothing once it is written."""
    ticket = facts.ask(TicketById(int(subject.partition(":")[2])))
    if ticket is None or ticket.extra.get("items") or (ticket.extra.get("result") or {}).get("text"):
        return []
    heads = dispatch.of_role(roster(facts), Role.REPAIR_SUPERVISOR, Role.CS_MANAGER)[:1]
    told = dict.fromkeys([ticket.assignee_id, *(s.id for s in heads)])
    return [Say("staff.paperwork.late", {}, ToStaff(i), "alert", ticket.id) for i in told if i]
