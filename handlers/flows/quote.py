"""报价: the resident agrees to the price before the work begins. Rules: S-REPAIR-10, SC-D27, domain.md F.8."""

from collections.abc import Mapping
from typing import Any

from handlers import ticketing
from handlers.dialog.form import Answers, Form, Got, Read, Slot, Start, Step
from handlers.effects import Button, Phrase, Say, ToGroup, ToStaff
from handlers.facts import Facts, TicketById
from handlers.readers import spoken, yes_no
from handlers.rules.ticket import Ok, allowed
from storage.model import Ticket

EVENTS = ("quote",)
_AGREED = ("同意", "可以", "行吧", "没问题", "修吧", "开始吧", "做吧")
_DECLINED = ("不同意", "太贵", "贵了", "不修", "不做", "算了", "不可以", "考虑")


def told(event: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - one signature
    """A price was named on site: ask before anything is done."""
    known = {name: data.get(name) for name in ("amount_fen", "items", "name")}
    return [Start("quote", {"ticket": int(data["ticket"]), **known})]


def consent(facts: Facts, answers: Answers) -> Read:
    """Yes or no, with the words, which are kept as the resident's consent."""
    read = yes_no(_AGREED, _DECLINED)(facts, answers)
    return Got({"yes": read.value, "words": spoken(facts)}) if isinstance(read, Got) else read


def price(answers: Answers, _: Facts) -> Mapping[str, Any]:
    """What the question says: who found what, and the sum."""
    return {name: answers.get(name) for name in ("amount_fen", "items", "name")}


def buttons(answers: Answers, _: Facts) -> tuple[Button, ...]:
    """Two buttons that name their ticket."""
    id_ = answers["ticket"]
    return (Button(f"yes:{id_}", Phrase("quote.button.yes")), Button(f"no:{id_}", Phrase("quote.button.no")))


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """Record the consent with time and words and let the repairman begin, or let the desk speak with the resident."""
    ticket = facts.ask(TicketById(answers["ticket"]))
    if ticket is None or not isinstance(allowed(ticket, "quote", "system"), Ok):
        return [Say("quote.late")]
    said = answers["consent"]
    quote = {**(ticket.extra.get("quote") or {}), "agreed": said["yes"], "words": said["words"]}
    quote["answered_at"] = facts.now.isoformat()
    answered = "yes" if said["yes"] else "no"
    return [
        ticketing.change(facts, ticket, "quote", extra={"quote": quote}, reason=said["words"][:200]),
        *_told(ticket, agreed=said["yes"]),
        Say(f"quote.answer.{answered}", ticket=ticket.id),
    ]


def _told(ticket: Ticket, *, agreed: bool) -> list[Step]:
    key = "staff.agreed" if agreed else "staff.declined"
    found: list[Step] = [Say(key, {}, ToStaff(ticket.assignee_id), "alert", ticket.id)] if ticket.assignee_id else []
    return found if agreed else [*found, Say(key, {}, ToGroup("service"), "alert", ticket.id)]


FORM = Form(
    name="quote",
    version=1,
    patient=True,
    finish=finish,
    slots=(Slot("consent", consent, buttons=buttons, params=price),),
)
