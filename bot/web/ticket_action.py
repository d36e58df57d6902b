"""The buttons of a ticket on the staff page. Each says a plain sentence (design.md 8); nothing is changed here."""

from collections.abc import Sequence
from typing import Any

from bot.assembly import Parts
from handlers.effects import Phrase
from handlers.rules import dispatch
from handlers.rules import ticket as moves
from handlers.ticketing import is_accused
from storage.model import Role, Staff, Ticket, TicketType

#: Button -> the move that must be legal. Texts: `action.<button>` its label, `action.<button>.says` how its sentence
#: begins, `action.<button>.asks` what must be added to it.
_MOVES = {
    "accept": "accept",
    "arrive": "arrive",
    "receive": "receive",
    "contact": "contact",
    "finish": "finish",
    "result": "result",
    "resume": "resume",
    "assign": "assign",
    "transfer": "transfer",
    "reply": "contact",
    "quote": "quote",
    "suspend": "suspend",
    "delay": "delay",
    "return": "return",
    "cancel": "cancel",
}
_NAMES_SOMEBODY = frozenset({"assign", "transfer"})
_COMPLAINTS_ONLY = frozenset({"receive", "contact", "result"})
_VISITS = frozenset({TicketType.REPAIR, TicketType.EMERGENCY, TicketType.SERVICE})
#: They direct; a job is not given to them by a button.
_NOT_SENT = frozenset({Role.COMPANY_LEADER, Role.DIRECTOR, Role.DISPATCHER})


def actions(parts: Parts, ticket: Ticket, staff: Staff, roster: Sequence[Staff]) -> list[dict[str, Any]]:
    """The buttons that this member of staff may press now, the usual next step first."""
    by = dispatch.actor(parts.setting.rules.dispatch, staff, ticket)
    found = []
    for name, move in _MOVES.items():
        if _fits(ticket, name) and isinstance(moves.allowed(ticket, move, by), moves.Ok):
            found.append(
                {
                    "name": name,
                    "label": _text(parts, f"action.{name}"),
                    "says": _text(parts, f"action.{name}.says", number=ticket.number),
                    "asks": _text(parts, f"action.{name}.asks") or None,
                    "people": _people(ticket, roster) if name in _NAMES_SOMEBODY else [],
                }
            )
    return found


def _fits(ticket: Ticket, name: str) -> bool:
    """Which of the legal sentences belong to this kind of ticket."""
    if name in _COMPLAINTS_ONLY:
        stamped = {"receive": "received", "contact": "contacted"}.get(name, "")
        return ticket.type is TicketType.COMPLAINT and not ticket.extra.get(stamped)
    if name in ("arrive", "quote"):
        return ticket.type in _VISITS
    if name == "finish":
        return ticket.type is not TicketType.COMPLAINT
    if name == "accept":
        return ticket.type is not TicketType.PRAISE
    return name != "reply" or ticket.reporter is not None


def _people(ticket: Ticket, roster: Sequence[Staff]) -> list[dict[str, str]]:
    """Whom the job may be given to: the department's people first, never the accused of a complaint."""
    able = [each for each in roster if each.role not in _NOT_SENT and not is_accused(ticket, each)]
    inside = {each.id for each in dispatch.members(ticket.group or "", able)}
    able.sort(key=lambda each: (each.id not in inside, ticket.building not in each.buildings))
    return [{"name": each.name, "post": each.post} for each in able if each.id != ticket.assignee_id]


def _text(parts: Parts, key: str, **params: str) -> str:
    if not parts.texts.known(key):
        return ""
    return parts.texts.render(Phrase(key, params), estate=parts.setting.estate, now=parts.clock.now()).body
