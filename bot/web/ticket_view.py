"""Tickets as the staff page shows them: titles in Chinese, personal data masked for whoever may not know it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.assembly import Parts
from bot.web.access import is_unmasked, may_see_person
from bot.web.media import pictures
from handlers.effects import Phrase
from handlers.rules.access import surname
from handlers.rules.masking import masked
from handlers.ticketing.cards import without_room
from storage.model import WORKING, Person, Staff, Ticket, TicketEvent, named_building
from storage.unit_of_work import UnitOfWork

_LONGEST = 600


def title(parts: Parts, kind: str, label: str) -> str:
    """The Chinese title of a status, urgency, category, role …: text key `label.<kind>.<label>`, else the label."""
    key = f"label.{kind}.{label}"
    if not parts.texts.known(key):
        return label
    return parts.texts.render(Phrase(key), estate=parts.setting.estate, now=parts.clock.now()).body


def is_late(ticket: Ticket, now: datetime) -> bool:
    """Whether a limit has passed while the work is not done."""
    if ticket.status not in WORKING or ticket.suspended_at is not None:
        return False
    waiting = ticket.accepted_at is None and ticket.respond_due is not None and ticket.respond_due < now
    return waiting or (ticket.finish_due is not None and ticket.finish_due < now)


def where(ticket: Ticket) -> str:
    """Building, unit and place: what groups and lists may show."""
    unit = f"{ticket.unit}单元" if ticket.unit else ""
    block = ticket.home.block if ticket.home else f"{named_building(ticket.building)}{unit}" if ticket.building else ""
    return " ".join(part for part in (block, ticket.place) if part)


def brief(parts: Parts, ticket: Ticket, now: datetime, names: dict[int, str], person: Person | None) -> dict[str, Any]:
    """One line of the list, with masked words: lists are looked at over shoulders."""
    return {
        "number": ticket.number,
        "status": ticket.status.value,
        "status_title": title(parts, "state", ticket.status.value),
        "urgency": ticket.urgency,
        "urgency_title": title(parts, "urgency", ticket.urgency),
        "category_title": title(parts, "category", ticket.category),
        "where": where(ticket),
        "summary": veiled(ticket.summary, ticket, person)[:80],
        "assignee": names.get(ticket.assignee_id or 0),
        "late": is_late(ticket, now),
        "photos": len(photos_of(ticket)),
        "created_at": ticket.created_at,
    }


def veiled(words: str, ticket: Ticket, person: Person | None) -> str:
    """Free words without the resident's name, phone and room (reliability.md 6)."""
    known = (person.name, person.phone) if person else ()
    for secret in filter(None, (*known, ticket.contact_phone)):
        words = words.replace(secret, "**")
    if ticket.home is not None and not ticket.public_area:
        words = without_room(words, ticket.home.room)
    return masked(words, _LONGEST)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a ticket: `open` shows the person, `may_open` says that he may unmask it."""

    staff: Staff
    open: bool
    may_open: bool


def reader_of(uow: UnitOfWork, staff: Staff, ticket: Ticket, now: datetime) -> Reader:
    """What this member of staff may see of a ticket now."""
    shown = is_unmasked(uow, staff, ticket, now)
    return Reader(staff, shown, not shown and may_see_person(staff, ticket))


def full(parts: Parts, uow: UnitOfWork, ticket: Ticket, reader: Reader) -> dict[str, Any]:
    """The whole ticket with its history."""
    names = {staff.id: staff.name for staff in uow.staff.all()}
    seen = reader.open or ticket.public_area
    person = uow.people.get(ticket.person_id) if ticket.person_id else None
    history = uow.tickets.history(ticket.id)

    def veil(words: str) -> str:
        return words if reader.open else veiled(words, ticket, person)

    return {
        "number": ticket.number,
        "type": ticket.type.value,
        "title": title(parts, "type", ticket.type.value),
        "status": ticket.status.value,
        "status_title": title(parts, "state", ticket.status.value),
        "urgency": ticket.urgency,
        "urgency_title": title(parts, "urgency", ticket.urgency),
        "late": is_late(ticket, parts.clock.now()),
        "facts": _facts(parts, ticket, person, reader, names),
        "masked": not reader.open,
        "may_unmask": reader.may_open,
        "pictures": pictures(photos_of(ticket), f"/media/ticket/{ticket.number}") if seen else [],
        "hidden_pictures": 0 if seen else len(photos_of(ticket)),
        "history": [{"at": event.at, "text": _line(parts, event, names, veil)} for event in history],
    }


def photos_of(ticket: Ticket) -> tuple[dict[str, Any], ...]:
    """The pictures of the report and of the finished work."""
    result = ticket.extra.get("result") or {}
    return (*ticket.extra.get("media", ()), *result.get("media", ()))


def _facts(
    parts: Parts, ticket: Ticket, person: Person | None, reader: Reader, names: dict[int, str]
) -> list[tuple[str, str]]:
    phone = ticket.contact_phone or (person.phone if person else None)
    rows = (
        ("category", title(parts, "category", ticket.category)),
        ("level", title(parts, "level", ticket.level) if ticket.level else None),
        ("where", where(ticket)),
        ("room", _room(ticket, shown=reader.open)),
        ("person", (person.name if reader.open else mask_name(person.name)) if person else None),
        ("phone", phone if phone is None or reader.open else mask_phone(phone)),
        ("summary", ticket.summary if reader.open else veiled(ticket.summary, ticket, person)),
        ("wanted", _moment(parts, ticket.wanted_start)),
        ("assignee", names.get(ticket.assignee_id or 0)),
        ("created", _moment(parts, ticket.created_at)),
        ("respond_due", _moment(parts, ticket.respond_due) if ticket.accepted_at is None else None),
        ("finish_due", _moment(parts, ticket.finish_due)),
        ("suspend_until", _moment(parts, ticket.suspend_until)),
        ("reopened", str(ticket.reopened) if ticket.reopened else None),
        ("contacts", str(ticket.contacts) if ticket.contacts > 1 else None),
    )
    return [(title(parts, "field", name), value) for name, value in rows if value]


def _room(ticket: Ticket, *, shown: bool) -> str | None:
    if ticket.home is None:
        return None
    return ticket.home.label if shown else f"{ticket.home.block}{ticket.home.room[:1]}**"


def mask_name(name: str) -> str:
    """张** (reliability.md 6)."""
    return f"{surname(name)}**"


def mask_phone(phone: str) -> str:
    """138****0001; what is no mobile number is hidden wholly."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else "****"


def _moment(parts: Parts, at: datetime | None) -> str | None:
    """In the estate's zone, e.g. 11月24日 14:05."""
    if at is None:
        return None
    local = at.astimezone(parts.setting.estate.zone)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _line(parts: Parts, event: TicketEvent, names: dict[int, str], veil: Callable[[str], str]) -> str:
    kind, _, rest = event.actor.partition(":")
    actor = names.get(int(rest), rest) if kind == "staff" and rest.isdigit() else title(parts, "actor", kind)
    words = f"{actor} {title(parts, 'move', event.move)}"
    if event.reason:
        words += f"（{veil(event.reason)}）"
    return words
