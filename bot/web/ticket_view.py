"""Tickets as the staff page shows them: titles in Chinese, personal data masked for whoever may not know it."""

from datetime import datetime
from typing import Any

from bot.assembly import Parts
from bot.web.access import may_see_person
from handlers.effects import Phrase
from handlers.rules.access import masked
from storage.model import WORKING, Staff, Ticket, TicketEvent
from storage.unit_of_work import UnitOfWork


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
    block = ticket.home.block if ticket.home else f"{ticket.building}栋" if ticket.building else ""
    return " ".join(part for part in (block, ticket.place) if part)


def brief(parts: Parts, ticket: Ticket, now: datetime, reader: Staff) -> dict[str, Any]:
    """One line of the list; phones and rooms in the words are masked for whoever may not know them."""
    return {
        "number": ticket.number,
        "status": ticket.status.value,
        "status_title": title(parts, "status", ticket.status.value),
        "urgency": ticket.urgency,
        "urgency_title": title(parts, "urgency", ticket.urgency),
        "category_title": title(parts, "category", ticket.category),
        "where": where(ticket),
        "summary": _words(ticket, reader),
        "late": is_late(ticket, now),
        "created_at": ticket.created_at,
    }


def full(parts: Parts, uow: UnitOfWork, ticket: Ticket, reader: Staff) -> dict[str, Any]:
    """The whole ticket with its history."""
    names = {staff.id: staff.name for staff in uow.staff.all()}
    person = uow.people.get(ticket.person_id) if ticket.person_id else None
    open_ = may_see_person(reader, ticket)
    rows: list[tuple[str, Any]] = [
        ("status", title(parts, "status", ticket.status.value)),
        ("category", title(parts, "category", ticket.category)),
        ("level", title(parts, "level", ticket.level) if ticket.level else None),
        ("where", where(ticket)),
        ("room", _room(ticket, shown=open_)),
        ("person", _name(person.name, shown=open_) if person else None),
        ("phone", _phone(ticket.contact_phone or (person.phone if person else None), shown=open_)),
        ("summary", _words(ticket, reader)),
        ("wanted", _moment(parts, ticket.wanted_start)),
        ("assignee", names.get(ticket.assignee_id or 0)),
        ("respond_due", _moment(parts, ticket.respond_due)),
        ("finish_due", _moment(parts, ticket.finish_due)),
        ("reopened", str(ticket.reopened) if ticket.reopened else None),
        ("contacts", str(ticket.contacts) if ticket.contacts > 1 else None),
    ]
    return {
        "title": title(parts, "type", ticket.type.value),
        "facts": [(title(parts, "field", name), value) for name, value in rows if value],
        "history": [{"at": event.at, "text": _line(parts, event, names)} for event in uow.tickets.history(ticket.id)],
    }


def _words(ticket: Ticket, reader: Staff) -> str:
    return ticket.summary if may_see_person(reader, ticket) else masked(ticket.summary)


def _room(ticket: Ticket, *, shown: bool) -> str | None:
    if ticket.home is None:
        return None
    return ticket.home.label if shown else f"{ticket.home.block}{ticket.home.room[:1]}**"


def _name(name: str, *, shown: bool) -> str:
    return name if shown else f"{name[:1]}**"


def _phone(phone: str | None, *, shown: bool) -> str | None:
    if phone is None or shown:
        return phone
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****"


def _moment(parts: Parts, at: datetime | None) -> str | None:
    return at.astimezone(parts.setting.estate.zone).strftime("%m-%d %H:%M") if at else None


def _line(parts: Parts, event: TicketEvent, names: dict[int, str]) -> str:
    kind, _, rest = event.actor.partition(":")
    actor = names.get(int(rest), rest) if kind == "staff" and rest.isdigit() else title(parts, "actor", kind)
    words = [actor, title(parts, "move", event.move)]
    if event.reason:
        words.append(f"（{event.reason}）")
    return " ".join(words)
