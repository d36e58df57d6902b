"""有偿 / 无偿 / 质量整改, 复检, 加急, 审核: what staff settle about an order and its charge.

Rules: S-REPAIR-02, S-REPAIR-12, S-REPAIR-17, S-TRI-02, C-08, C-52, domain.md 1.3, 3.3.
"""

import re
from dataclasses import replace
from typing import Any

from handlers import ticketing
from handlers.commands.staff.find import Speaker
from handlers.commands.staff.grammar import Command
from handlers.commands.staff.speech import fit, until
from handlers.commands.staff.work import refusal
from handlers.dialog.form import Step
from handlers.effects import AddTask, CloseTask, Phrase, Say, ToGroup, ToStaff
from handlers.facts import Facts
from handlers.rules import dispatch, sla
from handlers.ticketing import cards, clocks, people
from storage.model import Role, Ticket, TicketStatus

_KINDS = {"无偿": "free", "保修": "free", "有偿": "paid", "质量整改": "defect", "整改": "defect"}
_SUM = re.compile(r"(?:¥|￥)?\s*(\d{1,6}(?:\.\d{1,2})?)\s*(?:元|块钱?)?")


def order_type(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """无偿 003 / 有偿 003 / 质量整改 003 开发商: the form by content and warranty; the resident hears it (SC-D21)."""
    if refused := refusal(facts, speaker, ticket, "order"):
        return refused
    word = next(word for word in _KINDS if command.rest.startswith(word))
    kind, more = _KINDS[word], command.rest[len(word) :].strip(" ,，:：")
    extra: dict[str, Any] = {"order_type": kind}
    if kind == "defect":
        extra["defect"] = {"developer": more or None, "by": speaker.staff.id, "at": facts.now.isoformat()}
    found: list[Step] = [ticketing.change(facts, ticket, "order", extra=extra, reason=command.rest)]
    price = ticket.extra.get("price") or {"item": None, "unit": None, "amount_fen": None}
    found += ticketing.residents_hear(facts, ticket, f"ticket.said.order.{kind}", price)
    return [*found, Say("staff.order", {"kind": Phrase(f"staff.order.{kind}")}, ticket=ticket.id)]


def recheck(facts: Facts, speaker: Speaker, ticket: Ticket, _: Command) -> list[Step]:
    """复检合格 003 明天下午三点: our own check passed; the owner is asked for the joint one (S-REPAIR-17, SC-D108)."""
    if refused := refusal(facts, speaker, ticket, "recheck"):
        return refused
    moment = until(facts)
    if moment is None:
        return [Say("staff.ask.recheck", ticket=ticket.id)]
    window = facts.meaning.slots.time if facts.meaning else None
    record = {"by": speaker.staff.id, "at": facts.now.isoformat(), "ok": True}
    start, end = (window.start, window.end) if window else (None, moment)
    columns: dict[str, Any] = {"wanted_start": start, "wanted_end": end, "finish_due": moment, "arrived_at": None}
    columns |= {"status": TicketStatus.ACCEPTED} if ticket.status is TicketStatus.ARRIVED else {}
    found: list[Step] = [ticketing.change(facts, ticket, "recheck", columns=columns, extra={"recheck": record})]
    found += clocks.renew_finish(facts, replace(ticket, wanted_start=start, wanted_end=end), moment)
    found += ticketing.residents_hear(facts, ticket, "ticket.said.recheck", {"time": window or moment})
    return [*found, Say("staff.recheck", {"time": window or moment}, ticket=ticket.id)]


def urgency(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """加急 003 / 改一般 003: staff put the reading right; limits count from the report (S-TRI-02)."""
    if refused := refusal(facts, speaker, ticket, "urgency"):
        return refused
    level = "urgent" if command.name == "urgent" else "normal"
    if level == ticket.urgency:
        return [Say("staff.refused.already", ticket=ticket.id)]
    window = (ticket.wanted_start, ticket.wanted_end) if level == "normal" else (None, None)
    matter = sla.Matter(ticket.type, level, ticket.level, window)
    limits = sla.limits(facts.rules.sla, matter, facts.now, facts.today)
    columns = {"urgency": level, "respond_due": limits.respond, "finish_due": limits.finish}
    found: list[Step] = [ticketing.change(facts, ticket, "urgency", columns=columns, reason=command.rest or None)]
    if limits.respond and not ticket.accepted_at:
        found += clocks.drop(ticket, clocks.RESPOND) + clocks.renew_respond(facts, ticket, limits.respond)
    if limits.finish:
        found += clocks.renew_finish(facts, ticket, limits.finish, on_site=ticket.arrived_at is not None)
    shown = cards.public(cards.of_ticket(ticket), cards.reporter(facts, ticket))
    if level == "urgent" and ticket.group and not ticket.extra.get("accused_ids"):
        moves = cards.buttons("accept", "arrive")
        found.append(Say("ticket.alert.raised", shown, ToGroup(ticket.group), "alert", ticket.id, moves, urgent=True))
        duty = dispatch.duty(facts.rules.dispatch, people.roster(facts), facts.local)
        found += [people.card(cards.of_ticket(ticket), cards.reporter(facts, ticket), s.id, ticket.id) for s in duty]
        found += ticketing.residents_hear(facts, ticket, "ticket.said.raised", {"due": limits.finish})
    return [*found, Say(f"staff.urgency.{level}", ticket=ticket.id)]


def audit(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """审核 003 通过 / 审核 003 100 原因: deviations are put right downwards; then it is finance's (S-REPAIR-12)."""
    if refused := refusal(facts, speaker, ticket, "audit"):
        return refused
    quote = ticket.extra.get("quote") or {}
    agreed = int(quote.get("amount_fen") or 0) if quote.get("agreed") else 0
    if not agreed:
        return [Say("staff.audit.none", ticket=ticket.id)]
    said = _SUM.search(command.rest)
    amount = round(float(said.group(1)) * 100) if said else agreed
    if amount > agreed:
        return [Say("staff.audit.above", {"amount_fen": agreed}, ticket=ticket.id)]
    reason = (command.rest[: said.start()] + command.rest[said.end() :] if said else command.rest).strip(" ,，")
    if reason and (unfit := fit(reason)):
        return unfit
    charge = {"amount_fen": amount, "quoted_fen": agreed, "by": speaker.staff.id, "at": facts.now.isoformat()}
    items = quote.get("items") or ticket.extra.get("items")
    shown = {
        "amount_fen": amount,
        "items": items,
        "corrected": Phrase("ticket.said.corrected") if amount < agreed else None,
    }
    subject = clocks.subject(ticket)
    finance = dispatch.of_role(people.roster(facts), Role.FINANCE)
    return [
        ticketing.change(facts, ticket, "audit", extra={"charge": charge | {"reason": reason or None}}),
        CloseTask("charge_audit", subject),
        AddTask("paid_bill", subject, Phrase("staff.bill.task"), Role.FINANCE.value, ticket=ticket.id),
        *(Say("staff.bill.card", shown, ToStaff(s.id), "alert", ticket.id) for s in finance),
        *ticketing.residents_hear(facts, ticket, "ticket.said.charge", shown),
        Say("staff.audit.done", {"amount_fen": amount}, ticket=ticket.id),
    ]
