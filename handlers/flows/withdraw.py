"""撤单: the resident no longer needs what was reported. Rules: domain.md 3.2 (CANCELLED), design.md 10."""

from handlers.dialog.form import Answers, Form, Slot, Step
from handlers.effects import Say
from handlers.facts import Facts, TicketById
from handlers.readers import yes_no
from handlers.rules.ticket import Ok, allowed
from handlers.ticketing import cancelled


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """Cancel after his yes, unless the work has begun."""
    ticket = facts.ask(TicketById(answers["ticket"]))
    if ticket is None:
        return []
    if not answers["sure"]:
        return [Say("withdraw.kept", ticket=ticket.id)]
    if not isinstance(allowed(ticket, "cancel", "resident"), Ok):
        return [Say("withdraw.too_late", ticket=ticket.id)]
    done: list[Step] = [*cancelled(facts, ticket, None, by_resident=True)]
    return [*done, Say("withdraw.done", ticket=ticket.id)]


FORM = Form(
    name="withdraw",
    version=1,
    finish=finish,
    slots=(Slot("sure", yes_no(yes=("取消", "撤", "不用"), no=("先不", "不取消", "别取消"))),),
)
