"""表扬: thanks, on record as a T ticket, and the colleague hears it. Rules: SC-D110, S-REC-16."""

from handlers.dialog.form import Step
from handlers.effects import OpenTicket, Phrase, Say, ToStaff
from handlers.facts import Facts
from handlers.rules.access import surname
from handlers.ticketing import file
from handlers.ticketing.people import roster
from nlp.meaning import Act
from storage.model import Staff, Ticket, TicketStatus, TicketType

INTENTS = ("praise",)

_WORKED = frozenset({TicketStatus.ARRIVED, TicketStatus.DONE, TicketStatus.CONFIRMED, TicketStatus.CLOSED})
_TITLES = ("师傅", "主管", "经理", "队长", "管家", "大姐", "阿姨", "工")


def answer(act: Act, facts: Facts) -> list[Step] | None:
    """Register it for whoever is praised: the one named, else who worked on the resident's last matter."""
    text = act.text or facts.inbound.text
    if not text.strip() or not act.text:
        return [Say("praise.what")]
    meant = _meant(act, text, facts)
    ticket = OpenTicket(
        "praise", TicketType.PRAISE, act.category or "thanks", text, extra={"staff": meant.id if meant else None}
    )
    who = Phrase("praise.colleague", {"surname": surname(meant.name)}) if meant else Phrase("praise.everyone")
    told: list[Step] = [Say("praise.note", {"words": text}, ToStaff(meant.id), "push", "praise")] if meant else []
    return [*file(facts, ticket), *told, Say("praise.thanks", {"who": who}, ticket="praise")]


def _meant(act: Act, text: str, facts: Facts) -> Staff | None:
    """The colleague by full name, else the only one of that surname and title, else the last worker."""
    staff = roster(facts)
    full = [s for s in staff if s.name and s.name in text]
    named = full or [s for s in staff if any(f"{surname(s.name)}{title}" in text for title in _TITLES)]
    if len(named) == 1:
        return named[0]
    if named or act.slots.person:
        return None
    worked = next((t for t in facts.tickets if _was_worked_on(t)), None)
    return next((s for s in staff if worked is not None and s.id == worked.assignee_id), None)


def _was_worked_on(ticket: Ticket) -> bool:
    return ticket.assignee_id is not None and ticket.status in _WORKED
