"""The open list of each group morning and evening, a daily word on urgent matters. Rules: J-03, J-05, SLA-88."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from handlers import ticketing
from handlers.dialog.form import Step
from handlers.effects import AddTask, Phrase, SetTimer, ToGroup
from handlers.facts import Facts, TicketsOfGroup
from handlers.rules import Rules
from handlers.rules.calendar import year_to_announce
from handlers.rules.triage import GROUPS
from handlers.ticketing import cards, digest
from storage.model import WORKING, Role, Ticket

KINDS = ("shift_digest",)
RECURRING = KINDS


def first(kind: str, now: datetime, zone: tzinfo, rules: Rules) -> datetime:  # noqa: ARG001 - one signature
    """The next list strictly after `now` (aware), in UTC as `now` is."""
    local = now.astimezone(zone)
    days = (local.date(), local.date() + timedelta(days=1))
    times = (datetime.combine(day, at, zone) for day in days for at in sorted(rules.dispatch.digest_at))
    return next(moment for moment in times if moment > local).astimezone(now.tzinfo)


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Each group's open tickets; in the evening residents of urgent ones from earlier days hear how it stands."""
    found: list[Step] = [SetTimer(kind, subject, first(kind, facts.now, facts.estate.zone, facts.rules), data=data)]
    found += _calendar(facts)
    evening = facts.local.time() >= max(facts.rules.dispatch.digest_at)
    for group in GROUPS:
        tickets = [t for t in facts.ask(TicketsOfGroup(group)) if t.status in WORKING]
        if tickets:
            found.append(replace(digest.of_group(facts, tickets), to=ToGroup(group), kind="alert"))
        if evening:
            found += [say for ticket in tickets if _waits(facts, ticket) for say in _word(facts, ticket)]
    return found


def _calendar(facts: Facts) -> list[Step]:
    """The coming year has no official calendar: people are told sixty days ahead, once (INV-17)."""
    year = year_to_announce(facts.rules.calendar, facts.today)
    title = Phrase("ticket.task.calendar", {"year": str(year)})
    return [AddTask("calendar", f"calendar:{year}", title, Role.CS_MANAGER.value)] if year else []


def _waits(facts: Facts, ticket: Ticket) -> bool:
    """An urgent matter of an earlier day."""
    created = ticket.created_at
    old = created is not None and created.astimezone(facts.estate.zone).date() < facts.today
    return old and cards.of_ticket(ticket).urgent


def _word(facts: Facts, ticket: Ticket) -> list[Step]:
    due = ticket.finish_due if ticket.finish_due and ticket.finish_due > facts.now else None
    return [*ticketing.residents_hear(facts, ticket, "ticket.said.progress", {"due": due})]
