"""A letter nobody took or answered: the manager again, and the director. Rules: S-REC-05, SLA-03, SLA-04, AL-07."""

from collections.abc import Mapping
from typing import Any

from handlers.dialog.form import Step
from handlers.effects import Say, ToStaff
from handlers.facts import Facts, TicketById
from handlers.rules import dispatch
from handlers.ticketing import cards
from handlers.ticketing.people import roster
from storage.model import ENDED, Role, TicketStatus

KINDS = ("letter_pass", "letter_answer")
_ANSWERED = frozenset({TicketStatus.DONE, TicketStatus.CONFIRMED})


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - one signature
    """Tell manager and director what was not done; nothing when it was."""
    ticket = facts.ask(TicketById(int(subject.partition(":")[2])))
    if ticket is None or ticket.status in ENDED | _ANSWERED or ticket.extra.get("contacted"):
        return []
    if kind == "letter_pass" and (ticket.extra.get("received") or ticket.assignee_id):
        return []
    told = dispatch.of_role(roster(facts), Role.CS_MANAGER, Role.DIRECTOR)
    key, moves = ("letter.late.pass", ("receive",)) if kind == "letter_pass" else ("letter.late.answer", ())
    return [Say(key, {}, ToStaff(s.id), "alert", ticket.id, cards.buttons(*moves), urgent=True) for s in told]
