"""Pictures without words: they belong to the form in progress, to the ticket just filed, or to words still to come."""

from dataclasses import replace
from datetime import timedelta

from handlers.dialog.engine import heard_more, is_patient, read_answer
from handlers.dialog.memory import Talk
from handlers.effects import ChangeTicket, Phrase, Say, ToStaff
from handlers.facts import Facts
from storage.model import ENDED, Ticket

#: Pictures join a ticket that was touched this recently.
RECENT_MIN = 60


def alone(talk: Talk, facts: Facts) -> Talk | None:
    """A picture (or video) that came without words (S-REPAIR-01: photo before words, photo after filing)."""
    if facts.inbound.kind != "message" or not facts.inbound.media or facts.inbound.text.strip():
        return None
    if all(item.get("kind") == "voice" for item in facts.inbound.media):
        return talk.do(Say("common.voice_unclear"))
    if talk.top is not None and not is_patient(talk.top) and talk.conversation.said.get("kind") != "kept":
        heard = read_answer(talk, facts) or heard_more(talk, facts)
        if heard is not None:
            return replace(heard, before=Phrase("common.photo_kept")) if heard.top else heard
    ticket = _fitting(facts)
    if ticket is not None:
        return _attach(talk, facts, ticket)
    said = {"kind": "photo", "media": [dict(item) for item in facts.inbound.media]}
    return talk.do(Say("common.photo_what")).remember(said=said)


def _fitting(facts: Facts) -> Ticket | None:
    """The ticket of the last hour, else the only open one."""
    alive = [ticket for ticket in facts.tickets if ticket.status not in ENDED]
    since = facts.now - timedelta(minutes=RECENT_MIN)
    recent = [ticket for ticket in alive if ticket.created_at and ticket.created_at >= since]
    if recent:
        return max(recent, key=lambda ticket: (ticket.created_at, ticket.id))
    return alive[0] if len(alive) == 1 else None


def _attach(talk: Talk, facts: Facts, ticket: Ticket) -> Talk:
    limit = facts.rules.reception.pictures
    before = list(ticket.extra.get("media", ()))
    together = [*before, *map(dict, facts.inbound.media)]
    key = "common.photo_added" if len(together) <= limit else "common.photo_limit"
    talk = talk.do(
        ChangeTicket(ticket.id, "photo", extra={"media": together[:limit]}, version=ticket.version),
        Say(key, {"limit": limit}, ticket=ticket.id),
    )
    if ticket.assignee_id is None:
        return talk
    note = Say("common.photo_for_staff", to=ToStaff(ticket.assignee_id), kind="push", ticket=ticket.id)
    return talk.do(replace(note, media=facts.inbound.media))
