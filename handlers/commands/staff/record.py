"""Records on a ticket: 接收 已联系 升级 有效 措施 结果 报价 材料 试漏 延期 核准. Rules: domain.md 3.3, 4.2, 8.19."""

import re
from datetime import datetime, timedelta
from typing import Any

from handlers import ticketing
from handlers.commands.staff.find import Speaker
from handlers.commands.staff.grammar import Command
from handlers.commands.staff.speech import fit, left_out, until, where_said
from handlers.commands.staff.work import refusal
from handlers.dialog.form import Step
from handlers.effects import Phrase, Say, Tell, ToStaff
from handlers.facts import Facts
from handlers.rules import complaint, dispatch, sla
from handlers.rules.access import surname
from handlers.ticketing import cards, clocks, people
from storage.model import Role, Staff, Ticket, TicketStatus, TicketType

_SUM = re.compile(r"(?:¥|￥)?\s*(\d{1,6}(?:\.\d{1,2})?)\s*(?:元|块钱?)?")
#: 改到明天上午 names a new time and no reason; 今天过不去，改明天九点 names the one that every visit has.
_MOVED = re.compile(r"改(?:到|约|成|在)|改(?=[今明后周下\d])")
_MOVES = re.compile(r"[\s，,]*(?:改|换|约|推|延)(?:到|约|成|在|期|个?时间)?[\s，,]*$")
_BUSY = re.compile(
    r"(?:我|师傅|这边|临时|今天|有点?|实在|都)*(?:过不[去来]|去不了|来不了|赶不过去|赶不上|来不及|没空|排不开|走不开|忙不过来)[了啊]?"
)
_LEVELS = {"重大": "major", "重要": "important", "轻微": "minor"}
_LOWERING = frozenset({Role.CS_MANAGER, Role.DIRECTOR, Role.COMPANY_LEADER})


def _stamp(facts: Facts, staff: Staff, **more: Any) -> dict[str, Any]:
    return {"by": staff.id, "at": facts.now.isoformat(), **more}


def receive(facts: Facts, speaker: Speaker, ticket: Ticket, _: Command) -> list[Step]:
    """接收: a head signs for it; a complaint without a handler is his, the status stays (design.md 11)."""
    if refused := refusal(facts, speaker, ticket, "receive"):
        return refused
    me = speaker.staff
    mine = ticket.type is not TicketType.REPAIR and ticket.assignee_id is None
    columns = {"assignee_id": me.id} if mine else {}
    extra = {"received": _stamp(facts, me)}
    found: list[Step] = [ticketing.change(facts, ticket, "receive", columns=columns, extra=extra)]
    answered = ticket.level == "important" or ticket.type is not TicketType.COMPLAINT
    found += clocks.drop(ticket, clocks.RESPOND if answered else ("receive_breach",))
    if mine:
        matter = cards.assigned_to(ticket, me.id)
        found.append(people.card(matter, cards.reporter(facts, ticket), me.id, ticket.id, "ticket.head.received"))
        found += ticketing.residents_hear(facts, ticket, "ticket.said.receive", {"name": people.called(me)})
    return found + where_said(speaker, ticket, "staff.received", {"name": me.name})


def contact(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """已联系: the first contact, which is also the answer of a major complaint (SLA-11, S-COMP-09)."""
    if refused := refusal(facts, speaker, ticket, "contact"):
        return refused
    extra = {"contacted": _stamp(facts, speaker.staff, words=command.rest)}
    found: list[Step] = [ticketing.change(facts, ticket, "contact", extra=extra, reason=command.rest or None)]
    found += clocks.drop(ticket, (*clocks.RESPOND, "rule_due_contacted"))
    return found + where_said(speaker, ticket, "staff.contacted", {})


def report_up(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """呈报: what is beyond the manager's authority goes to the company's leader; the limit stays (S-REC-05, C-33)."""
    if refused := refusal(facts, speaker, ticket, "report_up"):
        return refused
    above = [
        s for s in dispatch.of_role(people.roster(facts), Role.COMPANY_LEADER, Role.DIRECTOR) if s != speaker.staff
    ]
    above = [s for s in above if not people.is_accused(ticket, s)]
    if not above:
        return [Say("staff.who_unknown", {"fitting": None}, ticket=ticket.id)]
    record = _stamp(facts, speaker.staff, to=above[0].id, reason=command.rest)
    said = {"name": speaker.staff.name, "reason": command.rest or None}
    return [
        ticketing.change(facts, ticket, "report_up", extra={"reported_up": record}, reason=command.rest or None),
        Say("letter.above", said, ToStaff(above[0].id), "alert", ticket.id, media=cards.media(cards.of_ticket(ticket))),
        Say("staff.reported_up", {"name": above[0].name}, ticket=ticket.id),
    ]


def level_up(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """升级: anyone of the desk may raise a complaint; its limits count from the first registration (domain.md 4.1)."""
    return _level(facts, speaker, ticket, _named_level(command.rest) or complaint.raised(ticket.level))


def level_down(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """降级: only manager and director (domain.md 1.3)."""
    return _level(facts, speaker, ticket, _named_level(command.rest) or "minor")


def _level(facts: Facts, speaker: Speaker, ticket: Ticket, level: str) -> list[Step]:
    if refused := refusal(facts, speaker, ticket, "level"):
        return refused
    if complaint.lower(level, ticket.level) and speaker.staff.role not in _LOWERING:
        who = Phrase("staff.who.manager")
        return [Say("staff.refused.who", {"who": who, "move": Phrase("staff.move.level_down")}, ticket=ticket.id)]
    begun = ticket.created_at or facts.now
    limits = sla.limits(facts.rules.sla, sla.Matter(ticket.type, ticket.urgency, level), begun, facts.today)
    columns = {"level": level, "respond_due": limits.respond, "finish_due": limits.finish}
    found: list[Step] = [ticketing.change(facts, ticket, "level", columns=columns)]
    if limits.respond and limits.respond > facts.now and not ticket.extra.get("contacted"):
        found += clocks.renew_respond(facts, ticket, limits.respond)
    if limits.finish and limits.finish > facts.now:
        found += clocks.renew_finish(facts, ticket, limits.finish)
    matter = cards.with_level(ticket, level)
    without = people.accused(matter, people.roster(facts))
    person = cards.reporter(facts, ticket)
    told = [i for i in people.complaint_people(facts, matter, without) if i != speaker.staff.id]
    found += [people.card(matter, person, staff_id, ticket.id) for staff_id in told]
    return [*found, Say("staff.levelled", {"level": Phrase(f"staff.level.{level}")}, ticket=ticket.id)]


def _named_level(said: str) -> str | None:
    return next((level for word, level in _LEVELS.items() if word in said), None)


def verdict(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """有效 / 无效: valid asks for cause and measures in a day, invalid for an explanation in two.

    Rules: S-COMP-10, S-COMP-11, SLA-18, SLA-19.
    """
    if refused := refusal(facts, speaker, ticket, "verdict"):
        return refused
    if ticket.level == "major" and speaker.staff.role not in (Role.DIRECTOR, Role.COMPANY_LEADER):
        who = Phrase("staff.who.director")
        return [Say("staff.refused.who", {"who": who, "move": Phrase("staff.move.verdict")}, ticket=ticket.id)]
    valid = command.name == "verdict_yes"
    if not valid and not command.rest:
        return [Say("staff.ask.reason", {"word": Phrase("staff.move.invalid")}, ticket=ticket.id)]
    if unfit := fit(command.rest) if not valid else None:
        return unfit
    record = _stamp(facts, speaker.staff, value="valid" if valid else "invalid", reason=command.rest)
    found: list[Step] = [
        ticketing.change(facts, ticket, "verdict", extra={"verdict": record}, reason=command.rest or None)
    ]
    rules, lane = facts.rules.sla, clocks.lane_of(ticket)
    if valid:
        due = facts.now + timedelta(days=rules.analysis_days)
        found.append(clocks.rule("SLA-18", due, lane, ticket.id, needs="measure"))
    else:
        due = facts.now + timedelta(days=rules.explain_days)
        found.append(clocks.rule("SLA-19", due, lane, ticket.id, needs="result"))
        found += ticketing.residents_hear(facts, ticket, "ticket.said.invalid", {"reason": command.rest})
    return found + where_said(speaker, ticket, f"staff.verdict.{record['value']}", {"due": due})


def result(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """结果: the outcome is told the moment it is known, and ends the work (SLA-17, S-COMP-09)."""
    if refused := refusal(facts, speaker, ticket, "finish"):
        return refused
    if unfit := fit(command.rest):
        return unfit
    photos = [dict(one) for one in facts.inbound.media]
    columns: dict[str, Any] = {} if ticket.assignee_id else {"assignee_id": speaker.staff.id}
    if ticket.status is TicketStatus.SUSPENDED:
        columns |= {"suspended_from": None, "suspended_at": None, "suspend_until": None}
    extra = {"result": _stamp(facts, speaker.staff, text=command.rest, media=photos)}
    found: list[Step] = []
    found += ticketing.finished(facts, ticket, "finish", columns=columns, extra=extra, reason=command.rest[:200])
    return found + where_said(speaker, ticket, "staff.result", {})


def quote(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """报价: the price is told before the work and needs the resident's yes (S-REPAIR-10, appendix F rule 8)."""
    if refused := refusal(facts, speaker, ticket, "quote"):
        return refused
    said = _SUM.search(command.rest)
    if not said:
        return [Say("staff.ask.sum", ticket=ticket.id)]
    fen = round(float(said.group(1)) * 100)
    items = (command.rest[: said.start()] + command.rest[said.end() :]).strip(" ,，") or ticket.extra.get("items")
    record = _stamp(facts, speaker.staff, amount_fen=fen, items=items, agreed=None)
    found: list[Step] = [ticketing.change(facts, ticket, "quote", extra={"quote": record})]
    if clocks.is_resident(ticket.reporter_lane):
        data = {"ticket": ticket.id, "amount_fen": fen, "items": items, "name": surname(speaker.staff.name)}
        found.append(Tell(str(ticket.reporter_lane), "quote", data, ticket.id))
    return found + where_said(speaker, ticket, "staff.quoted", {"amount_fen": fen})


def items(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """项目: what is really done on site (S-REPAIR-10)."""
    if refused := refusal(facts, speaker, ticket, "items"):
        return refused
    return [
        ticketing.change(facts, ticket, "items", extra={"items": command.rest}, reason=command.rest[:200]),
        Say("staff.noted", ticket=ticket.id),
    ]


def material(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """材料合格 / 不合格: the resident's own material was checked (S-REPAIR-11)."""
    if refused := refusal(facts, speaker, ticket, "material"):
        return refused
    good = command.name == "material_good"
    record = _stamp(facts, speaker.staff, ok=good, words=command.rest)
    found: list[Step] = [ticketing.change(facts, ticket, "material", extra={"material": record})]
    found += ticketing.residents_hear(facts, ticket, f"ticket.said.material.{'good' if good else 'bad'}", {})
    return [*found, Say("staff.noted", ticket=ticket.id)]


def leak_start(facts: Facts, speaker: Speaker, ticket: Ticket, _: Command) -> list[Step]:
    """试漏开始: recorded, the resident watches too."""
    if refused := refusal(facts, speaker, ticket, "leak_start"):
        return refused
    extra = {"leak_start": facts.now.isoformat()}
    found: list[Step] = [ticketing.change(facts, ticket, "leak_start", extra=extra)]
    found += ticketing.residents_hear(facts, ticket, "ticket.said.leak_start", {})
    return [*found, Say("staff.leak_start", ticket=ticket.id)]


def leak_end(facts: Facts, speaker: Speaker, ticket: Ticket, _: Command) -> list[Step]:
    """试漏结束: the three days of the callback begin here (SLA-31)."""
    if refused := refusal(facts, speaker, ticket, "leak_end"):
        return refused
    extra = {"leak_end": facts.now.isoformat(), "leak_result": "tight"}
    found: list[Step] = [ticketing.change(facts, ticket, "leak_end", extra=extra)]
    if ticket.status in (TicketStatus.DONE, TicketStatus.CONFIRMED) and not ticket.extra.get("callback_asked"):
        found += clocks.drop(ticket, ("callback", "callback_call"))
        found += clocks.schedule_callback(facts, ticket, facts.now)
    found += ticketing.residents_hear(facts, ticket, "ticket.said.leak_end", {})
    return [*found, Say("staff.leak_end", ticket=ticket.id)]


def leak_bad(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """试漏还漏: the work is not done; a finished job comes back (S-REPAIR-16)."""
    if refused := refusal(facts, speaker, ticket, "leak_end"):
        return refused
    if ticket.status in (TicketStatus.DONE, TicketStatus.CONFIRMED):
        words = command.rest or facts.inbound.text
        found: list[Step] = []
        found += ticketing.reopened(facts, ticket, words, source="leak_test")
        return [*found, Say("staff.leak_bad", ticket=ticket.id)]
    extra = {"leak_start": None, "leak_result": "leaks"}
    return [ticketing.change(facts, ticket, "leak_end", extra=extra), Say("staff.leak_bad", ticket=ticket.id)]


def delay(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """延期: reason and new time, told before the old one passes (S-REPAIR-15, SLA-23)."""
    if refused := refusal(facts, speaker, ticket, "delay"):
        return refused
    reason, moment = _MOVES.sub("", left_out(command.rest)).strip(" ,，。"), until(facts)
    moved = _MOVED.search(facts.inbound.text) is not None
    if not moment or not (reason or moved):
        return [Say("staff.ask.delay", ticket=ticket.id)]
    if unfit := fit(reason) if reason else None:
        return unfit
    return _delayed(facts, speaker, ticket, reason, moment)


def _delayed(facts: Facts, speaker: Speaker, ticket: Ticket, reason: str, moment: datetime) -> list[Step]:
    record = _stamp(facts, speaker.staff, reason=reason, until=moment.isoformat())
    window = facts.meaning.slots.time if facts.meaning else None
    columns: dict[str, Any] = {"finish_due": moment}
    if ticket.wanted_start or ticket.wanted_end:
        columns |= {"wanted_start": window.start if window else None, "wanted_end": window.end if window else moment}
    found: list[Step] = [
        ticketing.change(facts, ticket, "delay", columns=columns, extra={"delay": record}, reason=reason or None)
    ]
    found += clocks.renew_finish(facts, ticket, moment, on_site=ticket.arrived_at is not None)
    told = Phrase("ticket.said.delay.busy") if not reason or _BUSY.fullmatch(reason) else reason
    found += ticketing.residents_hear(facts, ticket, "ticket.said.delay", {"reason": told, "until": moment})
    return found + where_said(speaker, ticket, "staff.delayed", {"until": moment})


def offlist(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """核准 / 不核准: the supervisor's word on work outside the list; the resident is answered (SLA-83)."""
    if refused := refusal(facts, speaker, ticket, "offlist"):
        return refused
    good = command.name == "offlist_yes"
    if not good and not command.rest:
        return [Say("staff.ask.reason", {"word": Phrase("staff.move.offlist")}, ticket=ticket.id)]
    if unfit := fit(command.rest) if command.rest else None:
        return unfit
    record = _stamp(facts, speaker.staff, ok=good, reason=command.rest)
    found: list[Step] = [ticketing.change(facts, ticket, "offlist", extra={"offlist": record})]
    found += clocks.drop(ticket, ("rule_due_offlist",))
    key = f"ticket.said.offlist.{'yes' if good else 'no'}"
    found += ticketing.residents_hear(facts, ticket, key, {"reason": command.rest or None})
    if good or refusal(facts, speaker, ticket, "cancel"):
        return [*found, Say("staff.noted", ticket=ticket.id)]
    ended = ticketing.change(facts, ticket, "cancel", extra={"offlist": record}, reason=command.rest)
    return [ended, *clocks.drop_all(ticket), *found[1:], Say("staff.offlist.declined", ticket=ticket.id)]


def acknowledge(facts: Facts, speaker: Speaker, ticket: Ticket, _: Command) -> list[Step]:
    """收到: the alarm stops climbing, the limit goes on (domain.md 10.2)."""
    if refused := refusal(facts, speaker, ticket, "acknowledge"):
        return refused
    extra = {"acknowledged": _stamp(facts, speaker.staff)}
    found: list[Step] = [ticketing.change(facts, ticket, "acknowledge", extra=extra)]
    return [*found, *clocks.drop(ticket, ("finish_breach",)), Say("staff.acknowledged", ticket=ticket.id)]
