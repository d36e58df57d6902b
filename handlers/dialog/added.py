"""Unclear words beside a matter: more about what was just written down, or an address alone. Rules: S-TRI-04."""

import re
from datetime import timedelta

from handlers.dialog.codec import room_json
from handlers.dialog.correct import names_time
from handlers.dialog.engine import run
from handlers.dialog.memory import Talk
from handlers.effects import Say
from handlers.facts import Facts, HistoryOf
from handlers.tracking import serve
from handlers.where import says_only_where
from storage.model import WORKING

#: Minutes after a filing in which unclear words are an addition to it, and the fewest characters that tell something.
JUST_MIN = 5
LEAST_CHARS = 6


def just_filed(talk: Talk, facts: Facts) -> Talk | None:
    """Words that name nothing of their own, right after a matter was written down, are more about it (S-TRI-04)."""
    since = facts.now - timedelta(minutes=JUST_MIN)
    own = [t for t in facts.tickets if t.reporter_lane == facts.speaker.lane and t.status in WORKING]
    lately = [t for t in own if t.created_at is not None and t.created_at >= since]
    told = facts.inbound.kind == "message" and _tells(facts)
    if not told or not lately or facts.conversation.misunderstood or talk.top is not None:
        return None
    newest = max(lately, key=lambda ticket: ticket.id)
    return run(talk, facts, serve("add", newest, facts.inbound.text.strip(), facts))


def joined(talk: Talk, facts: Facts) -> Talk | None:
    """A time and nothing else, right after he joined a matter that somebody else reported, belongs to that matter."""
    if facts.inbound.kind != "message" or talk.top is not None or not names_time(facts):
        return None
    since = facts.now - timedelta(minutes=JUST_MIN)
    others = [t for t in facts.tickets if t.reporter_lane != facts.speaker.lane and t.status in WORKING]
    lately = [t for t in others if any(e.move == "again" and e.at >= since for e in facts.ask(HistoryOf(t.id)))]
    if not lately:
        return None
    newest = max(lately, key=lambda ticket: ticket.id)
    return run(talk.remember(misunderstood=0), facts, serve("add", newest, facts.inbound.text.strip(), facts))


def where_only(talk: Talk, facts: Facts) -> Talk | None:
    """An address and nothing else: what is the matter there is asked, the address holds for the answer."""
    meaning = facts.meaning
    if facts.inbound.kind != "message" or meaning is None or not says_only_where(meaning):
        return None
    room = room_json(meaning.slots.room) if meaning.slots.room else None
    return talk.do(Say("common.where_what")).remember(
        said={"kind": "where", "room": room, "place": meaning.slots.place}, misunderstood=0
    )


def _tells(facts: Facts) -> bool:
    """An address, or words enough to say something."""
    slots = facts.meaning.slots if facts.meaning else None
    placed = slots is not None and (slots.room is not None or slots.place is not None)
    return placed or len(re.sub(r"[\W_]+", "", facts.inbound.text)) >= LEAST_CHARS
