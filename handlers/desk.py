"""The front desk in every flow: a person takes over, an answer is promised. Rules: S-REC-03, SLA-24, SLA-81."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from handlers.dialog.form import Step
from handlers.effects import AddTask, Button, OpenTicket, Phrase, Record, Say, SetTimer, ToGroup, ToStaff
from handlers.facts import Facts, TimerOf
from handlers.rules import dispatch
from handlers.rules.anger import calm
from handlers.rules.desk import is_open, next_opening, promised_by, take_over_due
from handlers.rules.masking import masked
from handlers.ticketing import file
from handlers.ticketing.people import roster
from storage.model import Home, Role, Staff, TicketType

#: Why a person is needed; each has the texts `human.lead.<reason>` (resident) and `human.reason.<reason>` (staff).
Reason = Literal["asked", "misunderstood", "form", "upset", "binding", "official", "person", "limit", "failed"]

#: Who stands in when a department has no head (design.md 10), in order.
LEADS = (Role.CS_LEAD, Role.CS_MANAGER, Role.DIRECTOR)


def hand_over(facts: Facts, reason: Reason) -> list[Step]:
    """A person takes this chat: staff are told with what is known, the resident hears who and when (SC-D102, AL-20).

    Asked again while somebody is on the way, staff are not alarmed twice. Outside desk hours the duty is told.
    """
    lane = facts.speaker.lane
    if facts.ask(TimerOf("hand_over_wait", lane)) is not None:
        return [Say("human.still_waiting")]
    due = take_over_due(facts.now, facts.local, facts.rules.desk)
    why = Phrase(f"human.reason.{reason}")
    subject = f"{lane}@{facts.now.isoformat()}"
    data = {"lane": lane, "reason": reason, "words": facts.inbound.text[:500]}
    return [
        _resident_hears(facts, reason),
        *_staff_hear(facts, why, due),
        AddTask("hand_over", subject, Phrase("human.task", {"reason": why}), Role.FRONT_DESK.value, due, data=data),
        Record("handover", lane, {"reason": reason}),
        SetTimer("hand_over_wait", lane, due, data={"reason": reason, "round": 1, "task": subject}),
    ]


def _resident_hears(facts: Facts, reason: Reason) -> Say:
    lead = Phrase(f"human.lead.{reason}")
    rules = facts.rules.desk
    if is_open(facts.local, rules):
        return Say("human.handed.open", {"lead": lead})
    return Say("human.handed.duty", {"lead": lead, "morning": next_opening(facts.local, rules)})


def _staff_hear(facts: Facts, why: Phrase, due: datetime) -> list[Step]:
    """The group always; outside desk hours also whoever is on duty, in private."""
    params = {"reason": why, "words": masked(calm(facts.inbound.text)) or None, "due": due}
    take = Button(f"takeover:{facts.speaker.lane}", Phrase("human.button.take"))
    group: list[Step] = [Say("human.alert", params, ToGroup("service"), kind="alert", buttons=(take,))]
    if is_open(facts.local, facts.rules.desk):
        return group
    duty = dispatch.duty(facts.rules.dispatch, roster(facts), facts.local)
    return group + [Say("human.alert", params, ToStaff(s.id), kind="alert", buttons=(take,), urgent=True) for s in duty]


def leads_of_desk(facts: Facts) -> int:
    """How many there are to be told one after the other."""
    return len(dispatch.of_role(roster(facts), *LEADS))


def lead_of_desk(facts: Facts, level: int = 0) -> Staff | None:
    """Who is told when the desk is late: its lead, then the manager, then the director (domain.md 10.2).

    `level` counts from 0; a post nobody holds passes the matter on to the next one.
    """
    chain = dispatch.of_role(roster(facts), *LEADS)
    return chain[min(level, len(chain) - 1)] if chain else None


@dataclass(frozen=True, slots=True)
class Promise:
    """An answer that a person owes.

    Attributes:
        type, category: of the ticket that carries the question.
        words: the question in the resident's words.
        key: text for the resident; gets `promised` (aware datetime) and the ticket.
        hours: desk hours until the answer.
        group: the staff group that answers; None: that of the type.
        params: what the resident's text needs besides.
    """

    type: TicketType
    category: str
    words: str
    key: str
    hours: float
    group: str | None = None
    home: Home | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


def promise(facts: Facts, owed: Promise) -> list[Step]:
    """File an open question with the time by which a person answers it, and tell the resident (SC-D06, SLA-24).

    The ticket's own timers warn the desk, and tell the resident a new time before the old one has passed (SLA-23).
    """
    until = promised_by(facts.local, owed.hours, facts.rules.desk)
    extra = {**owed.extra, "promised": until.isoformat()}
    ticket = OpenTicket(
        "promise",
        owed.type,
        owed.category,
        owed.words,
        home=owed.home,
        group=owed.group,
        respond_due=taken_by(facts),
        finish_due=until.astimezone(UTC),
        media=facts.inbound.media,
        extra=extra,
    )
    return [*file(facts, ticket), Say(owed.key, {**owed.params, "promised": until}, ticket="promise")]


def taken_by(facts: Facts) -> datetime | None:
    """By when a matter that came outside desk hours must be taken; None inside them: the usual minutes (SLA-28)."""
    rules = facts.rules.desk
    if is_open(facts.local, rules):
        return None
    opening = next_opening(facts.local, rules) + timedelta(minutes=rules.morning_min)
    return opening.astimezone(UTC)
