"""All slots of a text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from nlp.lexicon import Hit, Lexicon, lexicon
from nlp.meaning import Room, Slots, TimeWindow
from nlp.slots.money import find_amounts
from nlp.slots.numeral import SPOKEN
from nlp.slots.person import find_persons
from nlp.slots.phone import find_phones
from nlp.slots.room import find_rooms, own_room
from nlp.slots.span import Found, blank
from nlp.slots.ticket import find_tickets
from nlp.slots.time import find_times

_NEARER = ("楼上", "楼下", "隔壁", "门口", "一楼大厅", "对门")
_BARE_OBJECTS = frozenset({"门", "电", "树", "床", "猫", "狗", "草", "锁", "窗", "灯", "墙", "蛇"})

#: What stands before the new time of an appointment.
_MOVED = re.compile(r"(?:改|换|挪|推|推迟|提前|延|调)(?:约|期)?(?:到|成|为|至|在)?$")

#: Without any of these there is no phone, ticket or sum.
_NUMBER = re.compile(rf"[\d{SPOKEN}]")

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Spotted:
    """Everything found in a text, with places, so that parts of it can be given their own."""

    rooms: tuple[Found[Room], ...]
    phones: tuple[Found[str], ...]
    tickets: tuple[Found[str], ...]
    amounts: tuple[Found[int], ...]
    persons: tuple[Found[str], ...]
    times: tuple[Found[TimeWindow], ...]
    places: tuple[Found[str], ...]
    objects: tuple[Found[str], ...]
    fees: tuple[Found[str], ...]


def spot(text: str, now: datetime) -> Spotted:
    """Find every slot value of a normalised text; `now` is aware and gives the zone of times."""
    phones: list[Found[str]] = []
    tickets: list[Found[str]] = []
    amounts: list[Found[int]] = []
    if _NUMBER.search(text):
        phones, tickets = find_phones(text), find_tickets(text)
        amounts = find_amounts(blank(text, [*_spans(phones), *_spans(tickets)]))
    taken = [*_spans(phones), *_spans(tickets), *_spans(amounts)]
    rooms = find_rooms(text, taken)
    times = find_times(blank(text, [*taken, *_spans(rooms)]), now)
    hits = lexicon().all(text)
    return Spotted(
        rooms=tuple(rooms),
        phones=tuple(phones),
        tickets=tuple(tickets),
        amounts=tuple(amounts),
        persons=tuple(find_persons(text)),
        times=tuple(times),
        places=_words(hits, "place"),
        objects=_words(hits, "object"),
        fees=_words(hits, "fee"),
    )


def _spans(found: Sequence[Found[V]]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in found]


def _words(hits: list[tuple[Hit, frozenset[str]]], name: str) -> tuple[Found[str], ...]:
    return tuple(Found(*hit) for hit in Lexicon.longest(hits, name))


def slots_of(text: str, found: Spotted, start: int, end: int, *, with_fee: bool) -> Slots:
    """The slots said between `start` and `end`; `with_fee` only where the wish concerns a charge."""
    rooms = [one for one in found.rooms if start <= one.start < end]
    return Slots(
        room=own_room(text, rooms),
        place=_place(found, start, end),
        object=_object(found, start, end),
        phone=_first(found.phones, start, end),
        time=_time(text, found.times, start, end),
        fee=_first(found.fees, start, end) if with_fee else None,
        amount_fen=_first(found.amounts, start, end),
        ticket=_first(found.tickets, start, end),
        person=_first(found.persons, start, end),
    )


def _first(values: tuple[Found[V], ...], start: int, end: int) -> V | None:
    return next((one.value for one in values if start <= one.start < end), None)


def _time(text: str, times: tuple[Found[TimeWindow], ...], start: int, end: int) -> TimeWindow | None:
    """The first time said, or the one an appointment is moved to."""
    inside = [one for one in times if start <= one.start < end]
    moved = (one.value for one in inside if _MOVED.search(text[max(0, one.start - 4) : one.start]))
    return next(moved, inside[0].value if inside else None)


def _place(found: Spotted, start: int, end: int) -> str | None:
    """The first place that says where; 楼上 and the like only when nothing nearer is said."""
    places = [one.value for one in found.places if start <= one.start < end]
    return next((place for place in places if place not in _NEARER), places[0] if places else None)


def _object(found: Spotted, start: int, end: int) -> str | None:
    """The first thing said; a single character only when no longer name follows."""
    things = [one.value for one in found.objects if start <= one.start < end]
    return next((thing for thing in things if thing not in _BARE_OBJECTS), things[0] if things else None)
