"""JSON-safe forms of what a conversation remembers: homes, windows, wishes. Each survives `json.dumps` and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from nlp.meaning import Act, Room, Slots, TimeWindow
from storage.model import Home, Json


def home_json(home: Home) -> dict[str, Any]:
    """A home without its notes."""
    return {
        "id": home.id,
        "community": home.community_id,
        "area": home.area,
        "building": home.building,
        "unit": home.unit,
        "room": home.room,
    }


def home_of(value: Mapping[str, Any] | None) -> Home | None:
    """The home that `home_json` wrote; None for anything without an id."""
    if not value or "id" not in value:
        return None
    return Home(value["id"], value["community"], value["area"], value["building"], value["unit"], value["room"])


def room_json(room: Room) -> dict[str, str | None]:
    """An address as said."""
    return asdict(room)


def room_of(value: Mapping[str, Any] | None) -> Room | None:
    """The address that `room_json` wrote."""
    return Room(**value) if value else None


def window_json(window: TimeWindow) -> dict[str, str | None]:
    """A window as ISO strings with their offsets."""
    return {
        "start": window.start.isoformat() if window.start else None,
        "end": window.end.isoformat() if window.end else None,
    }


def window_of(value: Mapping[str, Any] | None) -> TimeWindow | None:
    """The window that `window_json` wrote; None when no side is given (as soon as possible)."""
    if not value or not (value.get("start") or value.get("end")):
        return None
    start, end = value.get("start"), value.get("end")
    return TimeWindow(
        datetime.fromisoformat(start) if start else None,
        datetime.fromisoformat(end) if end else None,
    )


def act_json(act: Act) -> Json:
    """A wish that waits for its turn."""
    slots = asdict(act.slots)
    slots["time"] = window_json(act.slots.time) if act.slots.time else None
    return {
        "intent": act.intent,
        "category": act.category,
        "confidence": act.confidence,
        "text": act.text,
        "slots": slots,
    }


def act_of(value: Mapping[str, Any]) -> Act:
    """The wish that `act_json` wrote."""
    slots = dict(value["slots"])
    slots["room"] = room_of(slots["room"])
    slots["time"] = window_of(slots["time"])
    return Act(value["intent"], value["category"], value["confidence"], value["text"], Slots(**slots))
