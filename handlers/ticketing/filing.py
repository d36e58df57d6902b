"""A wish becomes a ticket: department, limits, alerts, timers. Rules: S-TRI-03, S-CB-06, SLA-10..29, AL-01..AL-06."""

from dataclasses import replace
from datetime import datetime, timedelta

from handlers.effects import Effect, OpenTicket
from handlers.facts import Facts, PersonOfLane
from handlers.rules import complaint, sla, triage
from handlers.rules.anger import calm
from handlers.ticketing import clocks, people
from handlers.ticketing.cards import of_open
from storage.model import Person, TicketStatus, TicketType

#: Minutes after a callback in which a matter that needed a question or two still came up in it (S-CB-06).
_CALLBACK_MIN = 60


def file(facts: Facts, wish: OpenTicket) -> list[Effect]:
    """Everything that opening a ticket means: the ticket with group, level and limits, alerts for staff, its timers.

    Group, level, limits and assignee that the caller set are kept. The first effect is the OpenTicket; what the
    resident hears is the caller's. Numbers R or E are the caller's choice.
    """
    wish = _routed(facts, wish)
    limits = _limits(facts, wish)
    opened = replace(
        wish,
        summary=calm(wish.summary) or wish.summary,
        respond_due=wish.respond_due or limits.respond,
        finish_due=wish.finish_due or limits.finish,
    )
    matter = of_open(opened)
    lane = _lane(facts, opened)
    due = sla.Limits(opened.respond_due, opened.finish_due, limits.receive)
    if opened.status in (TicketStatus.DONE, TicketStatus.MERGED):
        return [opened]
    if opened.status is TicketStatus.NEW or not opened.assignee_id:
        alerts: list[Effect] = people.new_alerts(facts, matter, opened.ref, _person(facts, opened))
        return [opened, *alerts, *clocks.begin(facts, matter, due, opened.ref, lane)]
    card = people.card(matter, _person(facts, opened), opened.assignee_id, opened.ref, _head(opened))
    taken = opened.status is not TicketStatus.ASSIGNED
    return [opened, card, *clocks.begin(facts, matter, due, opened.ref, lane, taken=taken)]


def _head(opened: OpenTicket) -> str:
    return "ticket.head.arrived" if opened.status is TicketStatus.ARRIVED else "ticket.head.assigned"


def _routed(facts: Facts, wish: OpenTicket) -> OpenTicket:
    """With department, level and the list of accused, who neither handle nor see it (S-COMP-24)."""
    rules = facts.rules
    said = " ".join(filter(None, (wish.summary, str(wish.extra.get("accused") or ""))))
    heard_in = _called_back(facts)
    extra = {**({"linked": heard_in} if heard_in else {}), **wish.extra}
    group, level = wish.group, wish.level
    if wish.type is TicketType.COMPLAINT:
        accused = people.accused(of_open(wish), people.roster(facts))
        group = group or people.department_of(facts, accused)
        extra["accused_ids"] = sorted(accused)
        level = level or complaint.level(rules.complaint, said, wish.category, accused=bool(accused))
    group = group or triage.group_of(rules.triage, wish.type, wish.category, said)
    if wish.media:
        extra["media"] = [dict(one) for one in wish.media]
    return replace(wish, group=group, level=level, extra=extra)


def _called_back(facts: Facts) -> str | None:
    """The number of the ticket whose callback this resident has just answered in chat (S-CB-06)."""
    since = facts.now - timedelta(minutes=_CALLBACK_MIN)
    for ticket in facts.tickets:
        said = ticket.extra.get("callback") or ticket.extra.get("rework") or {}
        asked_in_chat = said.get("method") == "chat" or said.get("source") == "callback"
        if asked_in_chat and datetime.fromisoformat(said["at"]) >= since:
            return ticket.number
    return None


def _limits(facts: Facts, wish: OpenTicket) -> sla.Limits:
    window = wish.wanted
    wanted = (window.start, window.end) if window else (None, None)
    matter = sla.Matter(wish.type, wish.urgency, wish.level, wanted)
    return sla.limits(facts.rules.sla, matter, facts.now, facts.today)


def _lane(facts: Facts, wish: OpenTicket) -> str:
    lane = wish.on_behalf_of or facts.speaker.lane
    return lane if clocks.is_resident(lane) else "estate"


def _person(facts: Facts, wish: OpenTicket) -> Person | None:
    lane = wish.on_behalf_of
    if lane and lane != facts.speaker.lane:
        return facts.ask(PersonOfLane(lane)) if lane.startswith("person:") else None
    return facts.speaker.person
