"""What a complaint leads to: 责任, 措施, 检查, 市政. Rules: S-COMP-05, -10, -13, -15, SLA-21, SLA-22."""

from datetime import timedelta
from typing import Any

from handlers import ticketing
from handlers.commands.staff.find import DEPARTMENTS, Speaker
from handlers.commands.staff.grammar import Command
from handlers.commands.staff.speech import due_left_out, fit, until, where_said
from handlers.commands.staff.work import refusal
from handlers.dialog.form import Step
from handlers.effects import CloseTask, Say
from handlers.facts import Facts
from handlers.rules import dispatch
from handlers.ticketing import cards, clocks, people
from handlers.ticketing.moves import contact_by
from storage.model import Staff, Ticket, TicketStatus

#: The task of looking at a corrective action on its day.
VERIFY = "verify_measure"
#: Whose matter it is -> the words for it, the joint one first.
_WHOSE = (
    ("several", ("多方", "各方", "多个部门", "多部门")),
    ("ours", ("物业", "我们", "我方", "公司")),
    ("residents", ("住户", "业主", "邻居", "邻里", "对方")),
)
_SETTLED = (TicketStatus.DONE, TicketStatus.CONFIRMED, TicketStatus.CLOSED)


def _stamp(facts: Facts, staff: Staff, **more: Any) -> dict[str, Any]:
    return {"by": staff.id, "at": facts.now.isoformat(), **more}


def measure(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """措施 … 日期: the corrective action; on its day somebody looks whether it works (S-COMP-10, SLA-21)."""
    if refused := refusal(facts, speaker, ticket, "measure"):
        return refused
    text, due = due_left_out(command.rest) or command.rest, until(facts)
    if unfit := fit(text):
        return unfit
    record = _stamp(facts, speaker.staff, text=text, due=due.isoformat() if due else None)
    found: list[Step] = [
        ticketing.change(facts, ticket, "measure", extra={"measure": record, "verified": None}, reason=text[:200])
    ]
    found += clocks.drop(ticket, ("rule_due_measure",))
    if due:
        found.append(clocks.rule("SLA-21", due, clocks.lane_of(ticket), ticket.id, needs="verified"))
    found += ticketing.residents_hear(facts, ticket, "ticket.said.measure", {"text": text, "due": due})
    return found + where_said(speaker, ticket, "staff.measured", {"due": due})


def verified(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """检查通过: the corrective action was looked at on its day, also when the complaint is closed (S-COMP-13)."""
    if refused := refusal(facts, speaker, ticket, "verify"):
        return refused
    record = _stamp(facts, speaker.staff, words=command.rest, passed=True)
    found: list[Step] = [ticketing.change(facts, ticket, "verify", extra={"verified": record})]
    found += clocks.drop(ticket, ("rule_due_verified",))
    return [*found, CloseTask(VERIFY, clocks.subject(ticket)), Say("staff.verified", ticket=ticket.id)]


def failed(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """检查不通过: a measure that does not hold brings the complaint back; a new one is due in a day (S-COMP-13)."""
    if refused := refusal(facts, speaker, ticket, "verify"):
        return refused
    old = ticket.extra.get("measure")
    record = _stamp(facts, speaker.staff, words=command.rest, passed=False, measure=old)
    due = facts.now + timedelta(days=facts.rules.sla.analysis_days)
    cleared = {"verify_failed": record, "measure": None, "verified": None}
    found: list[Step] = [ticketing.change(facts, ticket, "verify", extra=cleared, reason=command.rest[:200] or None)]
    found.append(CloseTask(VERIFY, clocks.subject(ticket)))
    if ticket.status in _SETTLED:
        found += ticketing.reopened(facts, ticket, command.rest or str((old or {}).get("text", "")), source="verify")
        told = {"until": contact_by(facts)}
        found += ticketing.residents_hear(facts, ticket, "ticket.said.measure_failed", told)
    found += clocks.drop(ticket, ("rule_due_verified",))
    found.append(clocks.rule("SLA-18", due, clocks.lane_of(ticket), ticket.id, needs="measure"))
    return [*found, Say("staff.verified.bad", {"due": due}, ticket=ticket.id)]


def liability(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """责任 物业 / 住户 / 多方 维修 秩序: who has to act, known after the facts (S-COMP-05, C-20).

    Where it is ours we apologise and listen, between neighbours we stay neutral, with several departments their heads
    get the same card and go there together.
    """
    if refused := refusal(facts, speaker, ticket, "verdict"):
        return refused
    whose = next((key for key, words in _WHOSE if any(word in command.rest for word in words)), None)
    if whose is None:
        return [Say("staff.ask.liability", ticket=ticket.id)]
    heads = _heads(facts, ticket, command.rest) if whose == "several" else []
    record = _stamp(facts, speaker.staff, whose=whose, words=command.rest, heads=[s.id for s in heads])
    found: list[Step] = [
        ticketing.change(facts, ticket, "verdict", extra={"liability": record}, reason=command.rest[:200])
    ]
    matter, person = cards.of_ticket(ticket), cards.reporter(facts, ticket)
    found += [people.card(matter, person, s.id, ticket.id, "ticket.head.joint") for s in heads]
    found += ticketing.residents_hear(facts, ticket, f"ticket.said.liability.{whose}", {})
    names = "、".join(s.name for s in heads) or None
    return [*found, Say("staff.liability", {"names": names}, ticket=ticket.id)]


def _heads(facts: Facts, ticket: Ticket, said: str) -> list[Staff]:
    """The heads of the departments that are named, and of the one that has it; never the accused (S-COMP-24)."""
    without = frozenset(ticket.extra.get("accused_ids", ()))
    named = [group for group, words in DEPARTMENTS.items() if any(word in said for word in words)]
    roster, rules = people.roster(facts), facts.rules.dispatch
    groups = dict.fromkeys([*named, ticket.group or "manager"])
    found = [dispatch.head_of(rules, group, roster, without) for group in groups]
    return list({head.id: head for head in found if head is not None}.values())


def municipal(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """市政 自来水公司 原因: explained within three days, then the clock waits for the authority (S-COMP-15, SLA-22).

    The explanation is the contact when the resident can be written to; else somebody still has to phone.
    """
    if refused := refusal(facts, speaker, ticket, "suspend"):
        return refused
    said = due_left_out(command.rest) or command.rest
    if unfit := fit(said):
        return unfit
    authority, _, words = said.replace("，", " ").replace(",", " ").partition(" ")
    until_day = until(facts) or facts.now + timedelta(days=facts.rules.sla.authority_days)
    record = _stamp(facts, speaker.staff, authority=authority, words=words.strip())
    extra: dict[str, Any] = {"municipal": record, "suspended": said, **clocks.paused(facts, ticket)}
    reachable = clocks.is_resident(ticket.reporter_lane)
    if reachable:
        extra["contacted"] = record
    columns = {"suspend_until": until_day}
    found: list[Step] = [ticketing.change(facts, ticket, "suspend", columns=columns, extra=extra, reason=said[:200])]
    found += clocks.suspended(facts, ticket, until_day)
    if not reachable and not ticket.extra.get("contacted"):
        begun = ticket.created_at or facts.now
        due = max(begun + timedelta(days=facts.rules.sla.authority_days), facts.now)
        found.append(clocks.rule("SLA-22", due, clocks.lane_of(ticket), ticket.id, needs="contacted"))
    told = {"authority": authority, "reason": words.strip() or None, "until": until_day}
    found += ticketing.residents_hear(facts, ticket, "ticket.said.municipal", told)
    return found + where_said(speaker, ticket, "staff.municipal", {"authority": authority, "until": until_day})
