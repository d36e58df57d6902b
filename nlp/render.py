"""Meaning -> the JSON object of `guanjia understand` (design.md 5). All slot keys are always there."""

from typing import Any

from nlp.meaning import Act, Meaning, Room, Slots, TimeWindow


def as_json(meaning: Meaning) -> dict[str, Any]:
    """The fields of design.md 5, without `id`."""
    first = meaning.first
    return {
        "intent": first.intent,
        "category": first.category,
        "confidence": round(first.confidence, 4),
        "intents": [_act(act) for act in meaning.acts],
        "urgency": meaning.urgency,
        "sentiment": meaning.sentiment,
        "closed": meaning.closed,
        "slots": _slots(meaning.slots),
    }


def _act(act: Act) -> dict[str, Any]:
    return {
        "intent": act.intent,
        "category": act.category,
        "confidence": round(act.confidence, 4),
        "text": act.text,
        "slots": _slots(act.slots),
    }


def _slots(slots: Slots) -> dict[str, Any]:
    return {
        "room": _room(slots.room),
        "place": slots.place,
        "object": slots.object,
        "phone": slots.phone,
        "time": _time(slots.time),
        "fee": slots.fee,
        "amount": None if slots.amount_fen is None else slots.amount_fen / 100,
        "ticket": slots.ticket,
        "person": slots.person,
    }


def _room(room: Room | None) -> dict[str, str | None] | None:
    if room is None:
        return None
    return {"area": room.area, "building": room.building, "unit": room.unit, "room": room.room}


def _time(window: TimeWindow | None) -> dict[str, str | None] | None:
    if window is None:
        return None
    return {
        "start": window.start.isoformat() if window.start else None,
        "end": window.end.isoformat() if window.end else None,
    }
