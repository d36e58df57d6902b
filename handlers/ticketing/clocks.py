"""The timers of a ticket: set at filing, moved and dropped later. Rules: SLA-10..32, SLA-85, C-40, C-51, INV-15."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.effects import CancelTimer, Effect, SetTimer, TicketRef
from handlers.facts import Facts, TimerOf
from handlers.rules import callback, dispatch, quiet, sla, triage
from handlers.ticketing.cards import Matter, of_ticket
from storage.model import Ticket, TicketType

#: A limit this short needs no warning before it (SLA-16).
_SHORT = timedelta(minutes=3)
#: Two pushes this near would ask the same thing twice.
_SAME_TIME = timedelta(hours=12)
#: Somebody comes to the resident: an appointment is the time of arrival (SLA-25).
_VISITS = frozenset({TicketType.REPAIR, TicketType.EMERGENCY, TicketType.SERVICE})
#: Dropped when somebody has taken the matter.
RESPOND = ("respond_warn", "respond_breach", "receive_breach")
FINISH = ("finish_warn", "finish_breach", "late_notice", "appointment", "appointment_soon")
#: Limits of one record each, see `rule`.
RULES_DUE = (
    "rule_due_contacted",
    "rule_due_measure",
    "rule_due_result",
    "rule_due_verified",
    "rule_due_offlist",
    "rule_due_tracked",
)
#: A corrective action is looked at on its day, whatever waits: see `verification`.
_STANDS_STILL = tuple(kind for kind in RULES_DUE if kind != "rule_due_verified")


def subject(ticket: Ticket) -> str:
    """All timers of a ticket have this subject."""
    return f"ticket:{ticket.id}"


def lane_of(ticket: Ticket) -> str:
    """The lane whose matter it is; the estate's for what staff opened."""
    return ticket.reporter_lane if is_resident(ticket.reporter_lane) and ticket.reporter_lane else "estate"


def is_resident(lane: str | None) -> bool:
    """Whether a lane is a resident's."""
    return bool(lane) and str(lane).startswith(("person:", "user:"))


def drop(ticket: Ticket, kinds: Sequence[str]) -> list[Effect]:
    """Drop timers by kind."""
    return [CancelTimer(subject(ticket), kind) for kind in kinds]


def drop_all(ticket: Ticket) -> list[Effect]:
    """Drop every timer of a ticket."""
    return [CancelTimer(subject(ticket))]


def begin(
    facts: Facts, matter: Matter, limits: sla.Limits, ref: str, lane: str, *, taken: bool = False
) -> list[Effect]:
    """The timers of a new ticket; `ref` is its reference in this turn. `taken`: somebody is at it already (补单)."""
    found: list[Effect] = []
    if limits.receive and not taken:
        found.append(_timer("receive_breach", limits.receive, lane, ref, {"step": 1}))
    if limits.respond and not taken:
        found += _pair(facts, "respond", facts.now, limits.respond, lane, ref, {})
    if limits.finish:
        found += finish(facts, matter, facts.now, limits.finish, lane, ref, on_site=taken)
    if matter.type is TicketType.COMPLAINT and matter.category in facts.rules.triage.municipal:
        due = facts.now + timedelta(days=facts.rules.sla.authority_days)
        found.append(rule("SLA-22", due, lane, ref, needs="contacted"))
    return found


def finish(
    facts: Facts, matter: Matter, start: datetime, due: datetime, lane: str, ref: TicketRef, *, on_site: bool = False
) -> list[Effect]:
    """The timers that watch the finish limit: staff warned, resident told before it, breach climbs (SLA-23)."""
    visit = matter.urgent or (matter.wanted is not None and matter.type in _VISITS)
    stage = {"stage": "arrive" if visit and not on_site else "finish"}
    found = _pair(facts, "finish", start, due, lane, ref, stage)
    if is_resident(lane):
        at = max(_before(facts, start, due, urgent=matter.urgent), facts.now)
        if stage["stage"] == "arrive" and matter.wanted and matter.wanted.end is None:
            at = due  # "after two" and "at two" look alike: nobody is late before two
        found.append(_timer("late_notice", at, lane, ref, stage | {"round": 1}))
    wanted = matter.wanted.start if matter.wanted else None
    remind = _in_hours(facts, wanted - timedelta(minutes=60)) if wanted else None
    if remind and remind > facts.now + timedelta(minutes=60) and not on_site:
        found.append(_timer("appointment", remind, lane, ref, {}))
    soon = wanted - timedelta(minutes=15) if wanted else None
    if soon and soon > facts.now + timedelta(minutes=30) and not on_site:
        found.append(_timer("appointment_soon", soon, lane, ref, {}))
    return found


def renew_finish(facts: Facts, ticket: Ticket, due: datetime, *, on_site: bool = False) -> list[Effect]:
    """Watch a new finish limit instead of the old one."""
    matter = of_ticket(ticket)
    return drop(ticket, FINISH) + finish(facts, matter, facts.now, due, lane_of(ticket), ticket.id, on_site=on_site)


def renew_respond(facts: Facts, ticket: Ticket, due: datetime) -> list[Effect]:
    """Watch anew that somebody takes the ticket (returned, reopened, assigned)."""
    return _pair(facts, "respond", facts.now, due, lane_of(ticket), ticket.id, {})


def rule(rule_id: str, due: datetime, lane: str, ref: TicketRef, *, needs: str) -> SetTimer:
    """Watch one of the other limits: at `due` the record `needs` must be on the ticket (C-01)."""
    return _timer(f"rule_due_{needs}", due, lane, ref, {"rule": rule_id, "needs": needs})


def after_finish(facts: Facts, ticket: Ticket) -> list[Effect]:
    """Sign-off reminders and the callback of a ticket finished now (SLA-85, SLA-30..32, SLA-39)."""
    rules, lane = facts.rules.sla, lane_of(ticket)
    found = schedule_callback(facts, ticket, _callback_start(facts, ticket))
    if is_resident(lane):
        remind = quiet.next_allowed(
            facts.rules.quiet, facts.now + timedelta(hours=rules.sign_off_remind_hours), facts.estate.zone
        )
        person = facts.now + timedelta(hours=rules.sign_off_person_hours)
        asked = [timer.due_at for timer in found if isinstance(timer, SetTimer) and timer.kind == "callback"]
        if not any(abs(due - remind) < _SAME_TIME for due in asked):  # the callback asks for the sign-off as well
            found.append(_timer("sign_off_remind", remind, lane, ticket.id, {}))
        found.append(_timer("sign_off_person", person, lane, ticket.id, {}))
    return found


def schedule_callback(facts: Facts, ticket: Ticket, start: datetime) -> list[Effect]:
    """Plan the two pushes of the callback whose clock began at `start` (C-40, C-47)."""
    kind = callback_kind(facts, ticket)
    if kind is None:
        return []
    zone = facts.estate.zone
    plan = callback.plan(facts.rules.callback, facts.rules.quiet, kind, start, facts.now, zone)
    data = {"push": 1, "kind": kind, "second": plan.second.isoformat(), "call": plan.call.isoformat()}
    data["limit"] = plan.limit.isoformat()
    lane = lane_of(ticket)
    if is_resident(lane):
        return [_timer("callback", plan.first, lane, ticket.id, data)]
    return [_timer("callback_call", plan.first, lane, ticket.id, data)]


def callback_kind(facts: Facts, ticket: Ticket) -> str | None:
    """The kind of callback of a ticket (domain.md 5.1)."""
    text = " ".join(filter(None, (ticket.summary, ticket.object)))
    return triage.callback_class(facts.rules.triage, ticket.type, ticket.category, text)


def care(facts: Facts, ticket: Ticket) -> list[Effect]:
    """Some days after a complaint was closed its person is thought of once more (S-COMP-23)."""
    if ticket.type is not TicketType.COMPLAINT or not is_resident(ticket.reporter_lane):
        return []
    at = facts.now + timedelta(days=facts.rules.callback.care_days)
    due = quiet.next_allowed(facts.rules.quiet, at, facts.estate.zone)
    return [_timer("care", due, lane_of(ticket), ticket.id, {})]


def suspended(facts: Facts, ticket: Ticket, until: datetime, *, round_: int = 1) -> list[Effect]:
    """The clock stands still; only the promised day is watched, the same day inside hours (design.md 10)."""
    due = max(_in_hours(facts, until), facts.now + timedelta(minutes=1))
    waits = _timer("suspend_due", due, lane_of(ticket), ticket.id, {"round": round_})
    return [*drop_all(ticket), waits, *verification(facts, ticket)]


def paused(facts: Facts, ticket: Ticket) -> dict[str, Any]:
    """What a ticket that is suspended keeps of its limits, for `resumed`: they stand still like the others (C-51)."""
    found = [facts.ask(TimerOf(kind, subject(ticket))) for kind in _STANDS_STILL]
    return {"paused": [{"kind": t.kind, "due": t.due_at.isoformat(), "data": dict(t.data)} for t in found if t]}


def resumed(facts: Facts, ticket: Ticket) -> list[Effect]:
    """The limits that `paused` kept, moved by the pause."""
    stopped = ticket.suspended_at or facts.now
    found: list[Effect] = []
    for kept in ticket.extra.get("paused") or ():
        due = sla.resumed(datetime.fromisoformat(kept["due"]), stopped, facts.now)
        if due is not None:
            found.append(_timer(kept["kind"], due, lane_of(ticket), ticket.id, kept["data"]))
    return found


def verification(facts: Facts, ticket: Ticket) -> list[Effect]:
    """The day of a corrective action stays watched when the other timers are dropped (S-COMP-13, SLA-21)."""
    due = (ticket.extra.get("measure") or {}).get("due")
    at = datetime.fromisoformat(due) if due else None
    if at is None or at <= facts.now or ticket.extra.get("verified"):
        return []
    return [rule("SLA-21", at, lane_of(ticket), ticket.id, needs="verified")]


def _callback_start(facts: Facts, ticket: Ticket) -> datetime:
    """The end of the leak test where one is recorded, else the finish (SLA-31, C-40)."""
    tested = ticket.extra.get("leak_end")
    if tested and callback_kind(facts, ticket) == "leak":
        return datetime.fromisoformat(str(tested))
    return facts.now


def _pair(
    facts: Facts, what: str, start: datetime, due: datetime, lane: str, ref: TicketRef, data: dict[str, Any]
) -> list[Effect]:
    found: list[Effect] = [_timer(f"{what}_breach", due, lane, ref, data | {"step": 1})]
    if due - start > _SHORT:
        warn = _by_day(facts, max(sla.warn_at(facts.rules.sla, start, due), facts.now), due)
        found.append(_timer(f"{what}_warn", warn, lane, ref, data))
    return found


def _before(facts: Facts, start: datetime, due: datetime, *, urgent: bool) -> datetime:
    """When the resident hears that we may be late: after staff were warned, before the limit, by day (SLA-23, C-47)."""
    lead = timedelta(minutes=facts.rules.sla.resident_lead_min)
    at = due - min(lead, (due - sla.warn_at(facts.rules.sla, start, due)) / 2)
    return at if urgent else _in_hours(facts, at)


def _by_day(facts: Facts, warn: datetime, due: datetime) -> datetime:
    """A warning at night waits for the morning when that still leaves time."""
    local = warn.astimezone(facts.estate.zone)
    morning = dispatch.morning(facts.rules.dispatch, local).astimezone(warn.tzinfo)
    return morning if dispatch.is_night(facts.rules.dispatch, local) and morning < due else warn


def _in_hours(facts: Facts, at: datetime) -> datetime:
    """The moment itself by day, else the last allowed one before it (C-47)."""
    zone, hours = facts.estate.zone, facts.rules.quiet
    return at if quiet.allowed(hours, at, zone) else quiet.latest_before(hours, at, zone)


def _timer(kind: str, due: datetime, lane: str, ref: TicketRef, data: dict[str, Any]) -> SetTimer:
    return SetTimer(kind, "ticket:{ticket}", due, lane=lane, ticket=ref, data=data)
