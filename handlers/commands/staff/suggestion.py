"""采纳 / 不采纳: the director puts what is feasible into the work plan, the result is told. Rules: S-REC-16, SC-D97."""

from typing import Any

from handlers import ticketing
from handlers.commands.staff.find import Speaker
from handlers.commands.staff.grammar import Command
from handlers.commands.staff.speech import fit, left_out, until
from handlers.commands.staff.work import refusal
from handlers.dialog.form import Step
from handlers.effects import AddTask, Phrase, Say
from handlers.facts import Facts
from handlers.ticketing import clocks
from storage.model import Role, Ticket, TicketStatus


def adopt(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """采纳 003 计划 日期 / 不采纳 003 原因: either way the resident hears it, and its callback is planned (S-CB-04)."""
    if refused := refusal(facts, speaker, ticket, "adopt"):
        return refused
    yes, due = command.name == "adopted_yes", until(facts)
    plan = (left_out(command.rest) if yes else command.rest) or command.rest
    if not plan:
        return [Say("staff.ask.reason", {"word": Phrase("staff.move.adopt")}, ticket=ticket.id)]
    if unfit := fit(plan):
        return unfit
    record = {"adopted": yes, "plan": plan, "due": due.isoformat() if due else None, "by": speaker.staff.id}
    columns: dict[str, Any] = {} if ticket.assignee_id else {"assignee_id": speaker.staff.id}
    if ticket.status is TicketStatus.SUSPENDED:
        columns |= {"suspended_from": None, "suspended_at": None, "suspend_until": None}
    found: list[Step] = [
        ticketing.change(facts, ticket, "adopt", columns=columns, extra={"adopted": record}, reason=plan[:200]),
        *clocks.drop_all(ticket),
        *clocks.schedule_callback(facts, ticket, facts.now),
    ]
    if yes:
        title = Phrase("staff.adopted.plan")
        found.append(AddTask("work_plan", clocks.subject(ticket), title, Role.DIRECTOR.value, due, ticket.id))
    word = "yes" if yes else "no"
    said = {"plan": plan, "due": due if yes else None}
    found += ticketing.residents_hear(facts, ticket, f"ticket.said.adopted.{word}", said)
    return [*found, Say(f"staff.adopted.{word}", {"due": due} if yes else {}, ticket=ticket.id)]
