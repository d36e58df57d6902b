"""What a staff group may see of a ticket and what its assignee sees. Rules: design.md 8, AL-01..AL-06, INV-29."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from handlers.effects import Button, OpenTicket, Phrase
from handlers.facts import Facts, PersonOfLane
from handlers.rules.anger import calm
from handlers.rules.masking import masked
from nlp.meaning import TimeWindow
from storage.model import Home, Person, Ticket, TicketType

#: A digit -> the ways to say it.
_DIGITS = {
    "0": "[零〇洞]", "1": "[一幺]", "2": "[二两]", "3": "三", "4": "四", "5": "五", "6": "六", "7": "[七拐]",
    "8": "八", "9": "[九勾]",
}  # fmt: skip
#: Two spoken digits in a row: there may be a spoken room number.
_SPOKEN = re.compile(r"[零〇洞一幺二两三四五六七拐八九勾]{2}")
_NO_PRICE = {"item": None, "unit": None, "amount_fen": None}
#: Kinds of order that a card names.
_ORDERS = ("paid", "free", "defect", "offlist")


@dataclass(frozen=True, slots=True)
class Matter:
    """What cards, limits and routing need of a ticket, before and after it is stored."""

    type: TicketType
    category: str
    urgency: str
    summary: str
    level: str | None = None
    home: Home | None = None
    building: str | None = None
    unit: str | None = None
    place: str | None = None
    public_area: bool = False
    wanted: TimeWindow | None = None
    phone: str | None = None
    group: str | None = None
    assignee_id: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def urgent(self) -> bool:
        """Whether alarms ignore quiet hours: urgent, or people in danger."""
        return self.urgency in ("urgent", "emergency") or self.type is TicketType.EMERGENCY


def of_open(effect: OpenTicket) -> Matter:
    """The matter of a ticket about to be opened."""
    e = effect
    return Matter(
        e.type, e.category, e.urgency, e.summary, e.level, e.home, e.building, e.unit, e.place, e.public_area,
        e.wanted, e.contact_phone, e.group, e.assignee_id, e.extra,
    )  # fmt: skip


def of_ticket(ticket: Ticket) -> Matter:
    """The matter of a stored ticket."""
    t = ticket
    wanted = TimeWindow(t.wanted_start, t.wanted_end) if t.wanted_start or t.wanted_end else None
    return Matter(
        t.type, t.category, t.urgency, t.summary, t.level, t.home, t.building, t.unit, t.place, t.public_area,
        wanted, t.contact_phone, t.group, t.assignee_id, t.extra,
    )  # fmt: skip


def assigned_to(ticket: Ticket, staff_id: int) -> Matter:
    """The matter of a ticket as it will be once it is this member's."""
    return replace(of_ticket(ticket), assignee_id=staff_id)


def with_level(ticket: Ticket, level: str) -> Matter:
    """The matter of a complaint as another level."""
    return replace(of_ticket(ticket), level=level)


def in_group(matter: Matter, group: str) -> Matter:
    """The matter as another department's."""
    return replace(matter, group=group)


def public(matter: Matter, person: Person | None) -> dict[str, Any]:
    """What a group's text needs beside the ticket: the words without name, phone and room (design.md 8)."""
    if matter.group == "finance":
        return {"what": Phrase("ticket.what.private")}  # such words speak of debts (domain.md F.6)
    return {"what": words_for_group(matter.summary, matter, person)}


def words_for_group(words: str, matter: Matter, person: Person | None) -> str:
    """A resident's words without his name, phone and room (design.md 8), and without his anger (8.16)."""
    words = calm(words) or words
    for secret in filter(None, (person.name if person else None, matter.phone, person.phone if person else None)):
        words = words.replace(secret, "**")
    if matter.home and not matter.public_area:
        words = without_room(words, matter.home.room)
    elif matter.extra.get("said_room"):
        words = without_room(words, str(matter.extra["said_room"]))
    return masked(words)


def without_room(words: str, room: str) -> str:
    """Words without a room number, written (1202) or spoken (幺二零二)."""
    if room in words:
        words = re.sub(rf"(?<!\d){re.escape(room)}(?!\d)[室房号户]?", "**", words)
    if _SPOKEN.search(words):  # a pattern for every room would have to be compiled for every ticket
        words = re.sub(rf"{_spoken(room)}[室房号户]?", "**", words)
    return words


def _spoken(room: str) -> str:
    """A pattern of a room number as it is spoken: 幺二零二 for 1202."""
    return "".join(_DIGITS.get(digit, re.escape(digit)) for digit in room)


def private(matter: Matter, person: Person | None) -> dict[str, Any]:
    """What the full card needs beside the ticket: name and phone, as far as anybody knows them."""
    name, phone = (person.name, person.phone) if person else (None, None)
    return {
        "contact": " ".join(filter(None, (name, matter.phone or phone))) or None,
        "where": None if matter.home else Phrase("ticket.card.where", {"said": matter.extra.get("said_room")}),
        "order": _order(matter.extra),
    }


def _order(extra: Mapping[str, Any]) -> tuple[Phrase, ...] | None:
    """Which order form it is and what the repairman must look at (S-REPAIR-02, S-REPAIR-11), what it is linked to."""
    kind = extra.get("order_type")
    found = [Phrase(f"ticket.order.{kind}", extra.get("price") or _NO_PRICE)] if kind in _ORDERS else []
    if extra.get("own_material") and not extra.get("material"):
        found.append(Phrase("ticket.order.own_material"))
    if extra.get("linked"):
        found.append(Phrase("ticket.order.linked", {"number": extra["linked"]}))
    return tuple(found) or None


def media(matter: Matter) -> tuple[Mapping[str, Any], ...]:
    """The pictures that came with the report."""
    return tuple(matter.extra.get("media", ()))


def reporter(facts: Facts, ticket: Ticket) -> Person | None:
    """Who reported a ticket, when the roster knows."""
    if not ticket.reporter_lane or not ticket.reporter_lane.startswith("person:"):
        return None
    return facts.ask(PersonOfLane(ticket.reporter_lane))


def buttons(*moves: str) -> tuple[Button, ...]:
    """Buttons for moves; `{ticket}` in a key stands for the id of the message's ticket."""
    return tuple(Button(f"{move}:{{ticket}}", Phrase(f"ticket.button.{move}")) for move in moves)


def alert_key(matter: Matter) -> str:
    """Which alert of 8.13 a new ticket gets."""
    if matter.type is TicketType.EMERGENCY or matter.urgency == "emergency":
        return "ticket.alert.emergency"
    if matter.type is TicketType.REPAIR:
        return "ticket.alert.urgent" if matter.urgency == "urgent" else "ticket.alert.repair"
    if matter.type is TicketType.COMPLAINT:
        return f"ticket.alert.{matter.level or 'minor'}"
    return f"ticket.alert.{matter.type.value}"


def holder_moves(matter: Matter) -> tuple[str, ...]:
    """The buttons of who has the job."""
    visits = matter.type in (TicketType.REPAIR, TicketType.EMERGENCY, TicketType.SERVICE)
    return ("arrive", "finish", "return") if visits else ("contact", "return")


def alert_moves(matter: Matter) -> tuple[str, ...]:
    """The buttons under a new ticket's alert."""
    if matter.type is TicketType.COMPLAINT:
        return ("receive",)
    if matter.type is TicketType.PRAISE:
        return ()
    return ("accept", "arrive") if matter.urgent else ("accept",)
