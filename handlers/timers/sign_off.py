"""The resident has not signed off: one reminder, then a person calls. Rules: SLA-85, S-REPAIR-13."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.dialog.form import Start, Step
from handlers.effects import AddTask, Phrase, Say, SetTimer
from handlers.facts import Facts, TicketById
from handlers.rules.quiet import next_allowed
from handlers.timers.callback import busy, waits_for
from storage.model import Role, TicketStatus

KINDS = ("sign_off_remind", "sign_off_person")


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Remind after a day, let a person ask after two; nothing once the answer is there."""
    ticket = facts.ask(TicketById(int(subject.partition(":")[2])))
    if ticket is None or ticket.status is not TicketStatus.DONE:
        return []
    if kind == "sign_off_person":
        title = Phrase("ticket.late.sign_off")
        return [AddTask("sign_off_call", subject, title, Role.FRONT_DESK.value, ticket=ticket.id)]
    if ticket.extra.get("callback_asked"):
        return []  # the callback asks for the sign-off as well (domain.md 3.2)
    if busy(facts):
        later = facts.now + timedelta(minutes=facts.rules.callback.defer_min)
        return [SetTimer(kind, subject, next_allowed(facts.rules.quiet, later, facts.estate.zone), data=data)]
    if waits_for(facts, "sign_off", ticket.id):
        return [Say("ticket.said.sign_off_remind", kind="push", ticket=ticket.id)]
    return [Start("sign_off", {"ticket": ticket.id})]
