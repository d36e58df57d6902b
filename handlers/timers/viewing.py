"""A viewing by appointment: both sides reminded, the duty released at nine. Rules: S-REC-13, SLA-60, SLA-61."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.dialog.form import Step
from handlers.effects import Say, ToGroup, ToStaff
from handlers.facts import Facts, TicketById
from handlers.rules import dispatch
from handlers.ticketing.people import residents_hear, roster
from storage.model import WORKING

KINDS = ("viewing_remind", "viewing_release")


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Nothing once the viewing is over or cancelled."""
    ticket = facts.ask(TicketById(int(subject.partition(":")[2])))
    if ticket is None or ticket.status not in WORKING:
        return []
    holder = ToStaff(ticket.assignee_id) if ticket.assignee_id else ToGroup("service")
    if kind == "viewing_remind":
        when = {"start": datetime.fromisoformat(str(data["start"]))}
        staff = Say("service.viewing.remind_staff", when, holder, "alert", ticket.id)
        return [*residents_hear(facts, ticket, "service.viewing.remind", when), staff]
    duty = dispatch.duty(facts.rules.dispatch, roster(facts), facts.local)
    told = dict.fromkeys([ticket.assignee_id, *(s.id for s in duty)])
    return [Say("service.viewing.released", {}, ToStaff(i), "alert", ticket.id) for i in told if i]
