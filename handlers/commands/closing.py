"""The end of a matter or a talk: solved, withdrawn, thanks, a bare yes. Rules: S-REC-11, S-REPAIR-13, S-EMERG-01."""

import re

from handlers.dialog.form import Start, Step
from handlers.dialog.words import is_cancel, is_hurry, is_no, is_nothing_else, is_thanks, is_yes
from handlers.effects import ChangeTicket, Say, ToGroup, ToStaff
from handlers.facts import Facts
from handlers.tracking import serve, signed_off
from nlp.meaning import Act
from storage.model import WORKING, Ticket, TicketStatus, TicketType

#: Not an intent of nlp: the turn asks here when a message is closed, a bare courtesy, or only "quick".
INTENTS = ("closed",)

_SOLVED = re.compile(
    r"好了|好使|能用|出来了|得救|解决|修好|不漏|不堵|来电|来水|恢复|通了|亮了|不吵|找到|没事了|正常了|不用(修|来|处理|管)|不需要(修|来)|自己(修|弄|搞|找人|请人|解决)"
)
_DANGER_OVER = "all_clear"


def answer(act: Act, facts: Facts) -> list[Step] | None:
    """Close what the words close; None when they praise somebody's work, which is a wish of its own."""
    text = facts.inbound.text
    closed = facts.meaning is not None and facts.meaning.closed
    if act.intent == "praise" and closed and not _is_courtesy(text):
        return None
    danger = _open_tickets(facts, TicketType.EMERGENCY)
    if closed and danger and _SOLVED.search(text):
        return _all_clear(danger[0])
    done = [ticket for ticket in facts.tickets if ticket.status is TicketStatus.DONE]
    if done and (is_yes(text) or is_thanks(text) or (closed and _SOLVED.search(text))):
        return signed_off(done[0], facts)
    if is_cancel(text) or (closed and _SOLVED.search(text)):
        return _withdraw(act, facts)
    if closed:
        return [Say("common.you_are_welcome")]
    working = [ticket for ticket in facts.tickets if ticket.status in WORKING]
    if is_hurry(text) and working:
        return serve("urge", working[0], text, facts)
    return [Say("common.at_service" if is_yes(text) and not is_no(text) else _last_word(text))]


def _is_courtesy(text: str) -> bool:
    return is_yes(text) or is_no(text) or is_nothing_else(text) or is_thanks(text)


def _last_word(text: str) -> str:
    return "common.goodbye" if is_nothing_else(text) or is_no(text) else "common.at_service"


def _open_tickets(facts: Facts, *types: TicketType) -> list[Ticket]:
    return [ticket for ticket in facts.tickets if ticket.type in types and ticket.status in WORKING]


def _withdraw(act: Act, facts: Facts) -> list[Step]:
    """Ask about the ticket that is meant: of the same category, else the newest; none: a kind word."""
    open_ = _open_tickets(facts, TicketType.REPAIR, TicketType.COMPLAINT, TicketType.SERVICE)
    meant = [ticket for ticket in open_ if ticket.category == act.category] or open_
    if not meant:
        return [Say("common.you_are_welcome")]
    return [Start("withdraw", {"ticket": meant[0].id})]


def _all_clear(ticket: Ticket) -> list[Step]:
    """People are safe: relief for the resident, the news for everybody who was alarmed (S-EMERG-01)."""
    heard: list[Step] = [
        ChangeTicket(ticket.id, _DANGER_OVER, version=ticket.version),
        Say("emergency.all_clear", ticket=ticket.id),
        Say(
            "emergency.all_clear_note", to=ToGroup(ticket.group or "order"), kind="alert", ticket=ticket.id, urgent=True
        ),
    ]
    if ticket.assignee_id is None:
        return heard
    note = Say("emergency.all_clear_note", to=ToStaff(ticket.assignee_id), kind="alert", ticket=ticket.id, urgent=True)
    return [*heard, note]
