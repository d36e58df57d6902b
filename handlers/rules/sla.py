"""Respond and finish limits. Rules: SLA-10..29, SLA-82, SLA-86, C-25, C-51, domain.md 3.5, 4.1, 10."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.rules.dated import FIRST_DAY, current
from storage.model import TicketType


@dataclass(frozen=True, slots=True)
class Accept:
    """Minutes until somebody has taken a job; each further step of the alarm waits as long (SLA-28, SLA-16)."""

    since: date = FIRST_DAY
    source: str = "SLA-28"
    minutes: int = 15
    urgent_minutes: int = 5
    emergency_minutes: int = 3


@dataclass(frozen=True, slots=True)
class Arrive:
    """Minutes from the report until somebody is on site, for urgent jobs (SLA-29)."""

    since: date = FIRST_DAY
    source: str = "SLA-29"
    urgent_minutes: int = 40


@dataclass(frozen=True, slots=True)
class Finish:
    """Hours until a job without an appointment is done, and at least left for the work after arrival."""

    since: date = FIRST_DAY
    source: str = "SLA-29"
    hours: int = 24
    work_hours: int = 4


@dataclass(frozen=True, slots=True)
class Level:
    """Limits of one complaint level: receipt by a person (minutes), answer (hours), solution (days)."""

    since: date
    source: str
    receive_minutes: int
    answer_hours: float
    finish_days: int


@dataclass(frozen=True, slots=True)
class Other:
    """Hours for inquiries and favours without a promised time, days for suggestions (SLA-82, SLA-86)."""

    since: date = FIRST_DAY
    source: str = "SLA-82"
    finish_hours: int = 48
    suggestion_days: int = 7


@dataclass(frozen=True, slots=True)
class SlaRules:
    """Values of this topic, dated (style.md 6).

    Attributes:
        warn_share: the warning goes out when this share of the time is left (domain.md 10, alert 1).
        resident_lead_min: the resident hears a new word this long before the promised time runs out (SLA-23).
        analysis_days, explain_days, authority_days: validity and municipal limits (SLA-18, SLA-19, SLA-22).
        track_days: by then a complaint that came from above has its result (SLA-20).
        sign_off_remind_hours, sign_off_person_hours: reminder and call for the sign-off (SLA-85).
        low_score: at or below it a person must be in touch (SLA-94: 24 h); we promise `contact_min` minutes.
    """

    accept: tuple[Accept, ...] = (Accept(),)
    arrive: tuple[Arrive, ...] = (Arrive(),)
    finish: tuple[Finish, ...] = (Finish(),)
    major: tuple[Level, ...] = (Level(FIRST_DAY, "SLA-11", 15, 48, 10),)
    important: tuple[Level, ...] = (Level(FIRST_DAY, "SLA-13", 60, 1, 3),)
    minor: tuple[Level, ...] = (Level(FIRST_DAY, "SLA-15", 60, 24, 2),)
    other: tuple[Other, ...] = (Other(),)
    warn_share: float = 0.2
    resident_lead_min: int = 10
    analysis_days: int = 1
    explain_days: int = 2
    authority_days: int = 3
    track_days: int = 2
    sign_off_remind_hours: int = 24
    sign_off_person_hours: int = 48
    low_score: int = 2
    contact_min: int = 60


@dataclass(frozen=True, slots=True)
class Matter:
    """What decides the limits of a ticket. `wanted` is the resident's time (start, end), aware; None when open."""

    type: TicketType
    urgency: str
    level: str | None = None
    wanted: tuple[datetime | None, datetime | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Limits:
    """Latest times, aware, in the zone of the start; None where the rulebook sets none.

    Attributes:
        respond: taken by a person (repair and the like), or answered (complaint).
        finish: on site first for urgent jobs, done for all others.
        receive: a complaint's receipt by a person, where that is not the same as `respond`.
    """

    respond: datetime | None
    finish: datetime | None
    receive: datetime | None = None


def step_min(rules: SlaRules, urgency: str, day: date) -> int:
    """Minutes until a job is taken, and between two steps of its alarm (SLA-28, SLA-16)."""
    entry = current(rules.accept, day)
    return {"emergency": entry.emergency_minutes, "urgent": entry.urgent_minutes}.get(urgency, entry.minutes)


def limits(rules: SlaRules, matter: Matter, start: datetime, day: date) -> Limits:
    """Due times of a matter registered at `start` (aware) on the estate's date `day` (SLA-10..29, SLA-82, SLA-86)."""
    if matter.type is TicketType.COMPLAINT:
        return _complaint(rules, matter, start, day)
    if matter.type is TicketType.PRAISE:
        return Limits(None, None)
    respond = start + timedelta(minutes=step_min(rules, matter.urgency, day))
    if matter.urgency in ("urgent", "emergency") or matter.type is TicketType.EMERGENCY:
        return Limits(respond, start + timedelta(minutes=current(rules.arrive, day).urgent_minutes))
    if matter.type is TicketType.SUGGESTION:
        return Limits(respond, start + timedelta(days=current(rules.other, day).suggestion_days))
    wish = _wish(matter, after=respond)
    if wish:
        return Limits(respond, wish)
    repair = matter.type is TicketType.REPAIR
    hours = current(rules.finish, day).hours if repair else current(rules.other, day).finish_hours
    return Limits(respond, start + timedelta(hours=hours))


def _complaint(rules: SlaRules, matter: Matter, start: datetime, day: date) -> Limits:
    level = matter.level or "minor"
    entry = current({"major": rules.major, "important": rules.important}.get(level, rules.minor), day)
    receive = start + timedelta(minutes=entry.receive_minutes)
    respond = start + timedelta(hours=entry.answer_hours)
    wish = _wish(matter, after=start) if level == "minor" else None  # C-15
    finish = wish or start + timedelta(days=entry.finish_days)
    respond = min(respond, finish)
    return Limits(respond, finish, receive if receive < respond else None)


def _wish(matter: Matter, after: datetime) -> datetime | None:
    """The resident's time as a limit: the end of the window, else its start; a time gone by is none (SLA-25)."""
    begin, end = matter.wanted
    wish = end or begin
    return wish.astimezone(after.tzinfo) if wish and wish > after else None


def after_arrival(rules: SlaRules, finish_due: datetime | None, now: datetime, day: date) -> datetime:
    """The finish limit once somebody is on site: the old one, or the least time the work needs."""
    least = now + timedelta(hours=current(rules.finish, day).work_hours)
    return max(finish_due, least) if finish_due else least


def warn_at(rules: SlaRules, start: datetime, due: datetime) -> datetime:
    """When the warning before a breach goes out: with `warn_share` of the time left (domain.md 10)."""
    return due - (due - start) * rules.warn_share


def resumed(due: datetime | None, stopped_at: datetime, now: datetime) -> datetime | None:
    """A limit after its clock stood still from `stopped_at` until `now` (C-51)."""
    return due + (now - stopped_at) if due else None
