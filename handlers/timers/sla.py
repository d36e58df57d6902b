"""Limits of tickets: warnings, breaches that climb, an honest word to the resident. Rules: SLA-10..29, AL-10."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers import ticketing
from handlers.dialog.form import Step
from handlers.effects import AddTask, Button, Phrase, Say, SetTimer, ToGroup, ToStaff
from handlers.facts import Facts, StaffById, TicketById
from handlers.rules import dispatch, quiet, sla
from handlers.ticketing import cards, clocks, people
from storage.model import ENDED, Role, Ticket, TicketStatus, TicketType

KINDS = (
    "respond_warn",
    "respond_breach",
    "receive_breach",
    "finish_warn",
    "finish_breach",
    "late_notice",
    *clocks.RULES_DUE,
)
#: After so many words to the resident a person calls him.
WORDS = 2
_DONE = frozenset({TicketStatus.DONE, TicketStatus.CONFIRMED})


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """What a limit asks for now; nothing when the ticket has moved on meanwhile."""
    ticket = ticket_of(subject, facts)
    if ticket is not None and kind == "rule_due_verified":
        return _verify(ticket, facts)
    if ticket is None or ticket.status in ENDED:
        return []
    if kind in clocks.RULES_DUE:
        return _rule(ticket, kind, data, facts)
    if ticket.status in _DONE or ticket.status is TicketStatus.SUSPENDED:
        return []
    return _FIRES[kind](ticket, data, facts)


def ticket_of(subject: str, facts: Facts) -> Ticket | None:
    """The ticket that a timer's subject names."""
    number = subject.partition(":")[2]
    return facts.ask(TicketById(int(number))) if number.isdecimal() else None


def responded(ticket: Ticket) -> bool:
    """Whether somebody has taken it; of a complaint: whether it was answered, an important one received (4.1)."""
    if ticket.type is TicketType.COMPLAINT:
        received = ticket.level == "important" and ticket.extra.get("received")
        return bool(ticket.extra.get("contacted") or received)
    return ticket.status in (TicketStatus.ACCEPTED, TicketStatus.ARRIVED) or bool(ticket.extra.get("received"))


def on_time(ticket: Ticket, data: Mapping[str, Any]) -> bool:
    """Whether what the limit is about has happened: on site, for urgent jobs (SLA-29)."""
    return data.get("stage") == "arrive" and ticket.arrived_at is not None


def _respond_warn(ticket: Ticket, _: Mapping[str, Any], facts: Facts) -> list[Step]:
    if responded(ticket):
        return []
    key = "ticket.late.answer_warn" if ticket.type is TicketType.COMPLAINT else "ticket.late.respond_warn"
    params = _params(facts, ticket, ticket.respond_due)
    return [*_to_holder(facts, ticket, key, params)]


def _respond_breach(ticket: Ticket, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    if responded(ticket):
        return []
    complaint = ticket.type is TicketType.COMPLAINT
    return climb(facts, ticket, "respond_breach", data, "ticket.late.answer" if complaint else "ticket.late.respond")


def _receive_breach(ticket: Ticket, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    if ticket.extra.get("received") or responded(ticket) or ticket.status is TicketStatus.ACCEPTED:
        return []
    return climb(facts, ticket, "receive_breach", data, "ticket.late.receive")


def _finish_warn(ticket: Ticket, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    if on_time(ticket, data):
        return []
    params = _params(facts, ticket, ticket.finish_due)
    return [*_to_holder(facts, ticket, f"ticket.late.{_stage(data)}_warn", params)]


def _finish_breach(ticket: Ticket, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    if on_time(ticket, data):
        return []
    return climb(facts, ticket, "finish_breach", data, f"ticket.late.{_stage(data)}")


def _stage(data: Mapping[str, Any]) -> str:
    return "arrive" if data.get("stage") == "arrive" else "finish"


def climb(facts: Facts, ticket: Ticket, kind: str, data: Mapping[str, Any], key: str) -> list[Step]:
    """One step of an alarm: the group and the next person up, then again after 15, 5 or 3 minutes (domain.md 10.2).

    At night only urgent alarms climb; the others stay with the duty until the morning. An emergency never falls
    silent; the rest ends at the top with a task that stays on the console.
    """
    step = int(data.get("step", 1))
    matter = cards.of_ticket(ticket)
    without = people.accused(matter, people.roster(facts))
    night = dispatch.is_night(facts.rules.dispatch, facts.local) and not matter.urgent
    told = _night_duty(facts) if night else _rung(facts, ticket, kind, step, without)
    found = _alarms(facts, ticket, kind, key, step, told)
    if night:
        morning = dispatch.morning(facts.rules.dispatch, facts.local).astimezone(facts.now.tzinfo)
        return [*found, SetTimer(kind, clocks.subject(ticket), morning, data={**data, "step": step})]
    if _ends(facts, ticket, kind, step, without):
        title = Phrase("ticket.late.task")
        return [*found, AddTask("overdue", clocks.subject(ticket), title, Role.CS_MANAGER.value, ticket=ticket.id)]
    due = facts.now + timedelta(minutes=_pause_min(facts, ticket, step))
    return [*found, SetTimer(kind, clocks.subject(ticket), due, data={**data, "step": step + 1})]


def _rung(facts: Facts, ticket: Ticket, kind: str, step: int, without: frozenset[int]) -> tuple[int, ...]:
    """Who is told in private: next fitting, head, up; for late work or answers who has it and the head first."""
    group, rules = ticket.group or "manager", facts.rules.dispatch
    staff = people.roster(facts)
    if kind == "respond_breach" and ticket.type is not TicketType.COMPLAINT:
        barred = without | ({ticket.assignee_id} if ticket.assignee_id else set())
        fit = people.fitting(facts, cards.of_ticket(ticket), barred)
        following = fit[0].staff.id if fit else None
        ids = list(dispatch.rung(rules, group, staff, step, next_fitting=following, without=without).staff_ids)
        duty = dispatch.duty(rules, staff, facts.local) if ticket.type is TicketType.EMERGENCY else ()
        return tuple(dict.fromkeys(ids + [s.id for s in duty]))
    up = dispatch.rung(rules, group, staff, step + 1, next_fitting=None, without=without).staff_ids
    holder = (ticket.assignee_id,) if step == 1 and ticket.assignee_id else ()
    return tuple(dict.fromkeys([*holder, *up]))


def _alarms(facts: Facts, ticket: Ticket, kind: str, key: str, step: int, told: tuple[int, ...]) -> list[Step]:
    due = ticket.finish_due if kind == "finish_breach" else ticket.respond_due
    params = _params(facts, ticket, due) | {"step": step}
    urgent = cards.of_ticket(ticket).urgent
    buttons = _buttons(ticket, kind)
    found: list[Step] = []
    loud = step == 1 or kind == "respond_breach"
    if ticket.group and loud and not ticket.extra.get("accused_ids"):
        found.append(Say(key, params, ToGroup(ticket.group), "alert", ticket.id, buttons, urgent=urgent))
    return found + [Say(key, params, ToStaff(i), "alert", ticket.id, buttons, urgent=urgent) for i in told]


def _buttons(ticket: Ticket, kind: str) -> tuple[Button, ...]:
    if kind == "receive_breach":
        return cards.buttons("receive")
    if kind == "finish_breach":
        return cards.buttons("acknowledge")
    return cards.buttons(*cards.alert_moves(cards.of_ticket(ticket)))


def _ends(facts: Facts, ticket: Ticket, kind: str, step: int, without: frozenset[int]) -> bool:
    if kind == "respond_breach" and (ticket.type is TicketType.EMERGENCY or ticket.urgency == "emergency"):
        return False
    reached = step if kind == "respond_breach" and ticket.type is not TicketType.COMPLAINT else step + 1
    return reached >= dispatch.top(facts.rules.dispatch, ticket.group or "manager", people.roster(facts), without)


def _pause_min(facts: Facts, ticket: Ticket, step: int) -> int:
    quick = sla.step_min(facts.rules.sla, ticket.urgency, facts.today)
    rules = facts.rules.dispatch
    if step < rules.repeat_rounds:
        return quick
    return max(quick, rules.slow_min) if step < 2 * rules.repeat_rounds else 60


def _night_duty(facts: Facts) -> tuple[int, ...]:
    on_duty = dispatch.of_role(people.roster(facts), Role.DUTY)
    return tuple(s.id for s in on_duty)


def _to_holder(facts: Facts, ticket: Ticket, key: str, params: Mapping[str, Any]) -> list[Say]:
    """Who has it in private, else the group."""
    urgent = cards.of_ticket(ticket).urgent
    if ticket.assignee_id:
        return [Say(key, params, ToStaff(ticket.assignee_id), "alert", ticket.id, urgent=urgent)]
    if ticket.extra.get("accused_ids"):
        head = dispatch.head_of(
            facts.rules.dispatch, ticket.group or "manager", people.roster(facts), ticket.extra["accused_ids"]
        )
        return [Say(key, params, ToStaff(head.id), "alert", ticket.id)] if head else []
    return [Say(key, params, ToGroup(ticket.group or "manager"), "alert", ticket.id, urgent=urgent)]


def _params(facts: Facts, ticket: Ticket, due: datetime | None) -> dict[str, Any]:
    who = facts.ask(StaffById(ticket.assignee_id)) if ticket.assignee_id else None
    shown = cards.public(cards.of_ticket(ticket), cards.reporter(facts, ticket))
    return shown | {"due": due, "name": who.name if who else None}


def _late_notice(ticket: Ticket, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Before the limit the resident hears that we may be late and when we say more; then a person calls (SLA-23)."""
    if on_time(ticket, data) or _heard_since(ticket, data):
        return []
    round_ = int(data.get("round", 1))
    subject, urgent = clocks.subject(ticket), cards.of_ticket(ticket).urgent
    if round_ > WORDS:
        title = Phrase("ticket.late.task")
        return [AddTask("overdue", subject, title, Role.CS_MANAGER.value, ticket=ticket.id)]
    if not urgent and not quiet.allowed(facts.rules.quiet, facts.now, facts.estate.zone):
        later = quiet.next_allowed(facts.rules.quiet, facts.now, facts.estate.zone)
        return [SetTimer("late_notice", subject, later, data=data)]
    word = facts.now + timedelta(minutes=15 * round_ if urgent else 60)
    if not urgent:
        word = quiet.next_allowed(facts.rules.quiet, word, facts.estate.zone)
    key = "ticket.said.late" if round_ == 1 else "ticket.said.late.again"
    found: list[Step] = [*ticketing.residents_hear(facts, ticket, key, {"word": word}, urgent=urgent)]
    found += _promised(facts, ticket, word, round_)
    following = {**data, "round": round_ + 1, "told_at": facts.now.isoformat()}
    return [*found, SetTimer("late_notice", subject, word, data=following)]


def _promised(facts: Facts, ticket: Ticket, word: datetime, round_: int) -> list[Step]:
    """Staff know what was promised: who has it and the head, from the second time the manager."""
    params = _params(facts, ticket, ticket.finish_due) | {"word": word}
    staff, rules = people.roster(facts), facts.rules.dispatch
    without = frozenset(ticket.extra.get("accused_ids", ()))
    head = dispatch.head_of(rules, ticket.group or "manager", staff, without)
    boss = dispatch.of_role(staff, Role.CS_MANAGER) if round_ > 1 else ()
    ids = [ticket.assignee_id, head.id if head else None, *(s.id for s in boss)]
    told = [i for i in dict.fromkeys(filter(None, ids)) if i not in without]
    return [Say("ticket.late.promised", params, ToStaff(i), "alert", ticket.id) for i in told]


def _heard_since(ticket: Ticket, data: Mapping[str, Any]) -> bool:
    """Whether somebody spoke to the resident after our last word."""
    told, contact = data.get("told_at"), ticket.extra.get("contacted") or {}
    return bool(told and contact.get("at") and datetime.fromisoformat(contact["at"]) > datetime.fromisoformat(told))


def _verify(ticket: Ticket, facts: Facts) -> list[Step]:
    """The day of the corrective action: somebody looks whether it holds, closed or not (S-COMP-13, SLA-21)."""
    measure = ticket.extra.get("measure")
    gone = ticket.status in (TicketStatus.CANCELLED, TicketStatus.MERGED)
    if not measure or ticket.extra.get("verified") or gone:
        return []
    staff = [s for s in people.roster(facts) if s.id not in ticket.extra.get("accused_ids", ())]
    told = dispatch.of_role(staff, Role.DIRECTOR)[:1] or dispatch.of_role(staff, Role.CS_MANAGER)[:1]
    ids = dict.fromkeys([*(s.id for s in told), *([ticket.assignee_id] if ticket.assignee_id else [])])
    asked = cards.buttons("verified", "verified_bad")
    says = [Say("ticket.verify.ask", {"text": measure["text"]}, ToStaff(i), "alert", ticket.id, asked) for i in ids]
    title, due = Phrase("ticket.verify.task"), facts.now + timedelta(days=1)
    return [AddTask("verify_measure", clocks.subject(ticket), title, Role.DIRECTOR.value, due, ticket.id), *says]


def _rule(ticket: Ticket, kind: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Another limit of complaints and callbacks has passed without its record (SLA-18..22, SLA-83, SLA-94)."""
    needs = kind.removeprefix("rule_due_")
    if ticket.extra.get(needs):
        return []
    staff = [s for s in people.roster(facts) if s.id not in ticket.extra.get("accused_ids", ())]
    told = dispatch.of_role(staff, Role.CS_MANAGER)[:1] or dispatch.of_role(staff, Role.DIRECTOR)[:1]
    params = {"rule": Phrase(f"ticket.rule.{needs}"), "due": facts.now}
    if needs == "tracked":  # whoever sent it down hears that it is not settled (S-COMP-12)
        told += dispatch.of_role(staff, Role.COMPANY_LEADER, Role.DIRECTOR)[:1]
    ids = dict.fromkeys([s.id for s in told] + ([ticket.assignee_id] if ticket.assignee_id else []))
    key = "ticket.late.low_score" if data.get("rule") == "SLA-94" else "ticket.late.rule"
    return [Say(key, params, ToStaff(i), "alert", ticket.id) for i in ids]


_FIRES: Mapping[str, Callable[[Ticket, Mapping[str, Any], Facts], list[Step]]] = {
    "respond_warn": _respond_warn,
    "respond_breach": _respond_breach,
    "receive_breach": _receive_breach,
    "finish_warn": _finish_warn,
    "finish_breach": _finish_breach,
    "late_notice": _late_notice,
}
