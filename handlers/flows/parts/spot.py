"""The spot of a public fault: building and unit where it has one, and the place."""

import re
from collections.abc import Mapping
from typing import Any

from handlers.dialog.form import Answers, Bad, Got, Read
from handlers.facts import Facts
from handlers.readers import free_text, spoken
from handlers.rules import places

_FLOOR = re.compile(r"(?<![\d号])(?:[负B]?\d{1,2}|[一二三四五六七八九十]{1,3})(?:楼|层)")
_MAX_CHARS = 60


def spot_read(facts: Facts, answers: Answers) -> Read:
    """Read any words as the place; an address in them gives the building."""
    heard = spot_heard(facts, answers)
    if heard is not None:
        return heard
    words = free_text(min_chars=2)(facts, answers)
    if words is None or isinstance(words, Bad):
        return words
    building, unit = _block(facts)
    place = (facts.meaning.slots.place if facts.meaning else None) or words.value[:_MAX_CHARS]
    return Got({"building": building, "unit": unit, "place": answers.get("place") or place})


def spot_heard(facts: Facts, answers: Answers) -> Read:
    """Hear a public place; one that every building has needs a building, said or the speaker's only one."""
    text = spoken(facts)
    said = facts.meaning.slots.place if facts.meaning else None
    place = said or answers.get("place") or places.place_in(text)
    public = answers.get("area") == "public" or places.is_public(str(answers.get("category")), said, text)
    if not place or not public:
        return None
    building, unit = _block(facts)
    if building is None and places.of_building(place):
        homes = {(r.home.building, r.home.unit) for r in facts.speaker.homes}
        if len(homes) != 1:
            return None
        building, unit = next(iter(homes))
    return Got({"building": building, "unit": unit, "place": with_floor(_beside(place, unit), text)})


def _beside(place: str, unit: str | None) -> str:
    """The place as it is said after its unit: 2单元 and 单元楼道 are 2单元楼道."""
    return place.removeprefix("单元") if unit and len(place) > len("单元门") else place


def with_floor(place: str, text: str) -> str:
    """3楼楼道: the floor is part of the spot."""
    floor = _FLOOR.search(text)
    return place if floor is None or floor.group() in place else f"{floor.group()}{place}"


def _block(facts: Facts) -> tuple[str | None, str | None]:
    room = facts.meaning.slots.room if facts.meaning else None
    return (room.building, room.unit) if room else (None, None)


def block_of(spot: Mapping[str, Any]) -> str:
    """Building and unit of a spot, empty for a place that belongs to the whole estate."""
    building = f"{spot['building']}栋" if spot.get("building") else ""
    return building + (f"{spot['unit']}单元" if spot.get("unit") and building else "")
