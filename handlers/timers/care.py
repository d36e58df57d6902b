"""Some days after a complaint: the butler is reminded of the person, who hears our thanks. Rules: S-COMP-23, J-14."""

from collections.abc import Mapping
from typing import Any

from handlers import ticketing
from handlers.dialog.form import Step
from handlers.effects import AddTask, Phrase, Record, Say, ToStaff
from handlers.facts import Facts, Recorded, TicketById
from handlers.rules.pushes import OPT_OUT
from handlers.ticketing import people
from storage.model import Role, Staff, Ticket, TicketStatus

KINDS = ("care",)


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - one signature
    """Nothing when the complaint came back meanwhile; no message to whoever wants none."""
    ticket = facts.ask(TicketById(int(subject.partition(":")[2])))
    if ticket is None or ticket.status is not TicketStatus.CLOSED:
        return []
    found: list[Step] = [AddTask("care", subject, Phrase("callback.care.task"), Role.BUTLER.value, ticket=ticket.id)]
    butler = _butler(facts, ticket)
    if butler is not None:
        found.append(Say("callback.care.remind", {}, ToStaff(butler.id), "alert", ticket.id))
    refused = facts.ask(Recorded(OPT_OUT, facts.speaker.lane))
    if not refused or not refused[-1].get("out", True):
        found += ticketing.residents_hear(facts, ticket, "callback.care.thanks", {})
        found.append(Record("care", subject, {"number": ticket.number, "told": True}, ticket.id))
    return found


def _butler(facts: Facts, ticket: Ticket) -> Staff | None:
    """The butler of the building, never the one who was complained of (S-COMP-24)."""
    building = ticket.home.building if ticket.home else ticket.building
    staff = [s for s in people.roster(facts) if s.role is Role.BUTLER and not people.is_accused(ticket, s)]
    return next((s for s in staff if building in s.buildings), None)
