"""Reusable answer readers. Every value they give is JSON-safe.

The reasons of `Bad` that a form must have texts for: `room` and `home` unknown, several; `phone` format; `when` past;
`number` range; `free_text` short.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from handlers.dialog.codec import home_json, room_json, room_of, window_json
from handlers.dialog.form import Answers, Bad, Got, Read, Reader
from handlers.dialog.words import bare, is_hello, is_no, is_unknown, is_yes, ordinal
from handlers.effects import Phrase
from handlers.facts import Facts, HomesLike
from nlp.meaning import Room, TimeWindow
from storage.model import Home

#: Free text yields to these wishes when they are certain (style.md 5, Interrupting).
SIDE_WISHES = ("inquiry", "payment", "progress", "human")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_NO_PHONE = re.compile(r"没有?(?:电话|手机|号码)|不(?:方便|想|愿意)(?:留|给|说|提供)")
_LANDLINE = re.compile(r"(?<!\d)(?:0\d{2,3}-?)?[2-9]\d{6,7}(?!\d)")
_BARE_ROOM = re.compile(
    r"^(?:就|是|我家|我是|住|哦|噢|啊|不对|不是|[说写]?错了?|应该|[\s，,。])*(\d{3,4})(?:室|号|房)?$"
)
_UNIT_ONLY = re.compile(r"^(?:是|在)?(\d{1,2}|[一二三四五六东西南北甲乙])(?:单元|门)$")
_ASAP = re.compile(
    r"尽快|越快越好|随时|现在|马上|立刻|立即|赶紧|赶快|都可以|都行|都有空|都在家|什么时候都|任何时候|看你们|你们定|你们安排|快点|抓紧|今天就"
)
_ASAP_SAID = re.compile(
    r"尽快|越快越好|随时|赶紧|赶快|抓紧|快来|快点来|马上来|立刻来|什么时候都|任何时候|看你们|你们定|你们安排"
)
#: Somebody is there this very moment: no appointment, but as soon as possible.
_NOW = re.compile(r"(?:现在|这会儿?|目前|眼下|此刻).{0,4}(?:在家|有人|方便|可以|能来|来|过来|上门)")
_UNTIL = re.compile(r"(?:现在|这会儿?|目前|此刻)(?:开始)?(?:到|至|一直到)")
#: 我在家, as the answer to when: somebody is there.
_AT_HOME = re.compile(r"(?:我们?|家里|这会儿?|一直|都|就|现在)*(?:在家|有人|在|方便|有空)(?:的|呢|啊|了|里)*$")
_SPELLED = str.maketrans("幺一二三四五六七八九零〇", "112345678900")
_SPELLED_OUT = re.compile(r"[幺一二三四五六七八九零〇]")
_HANS = {hans: value for value, hans in enumerate("零一二三四五六七八九十")} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what is stored, what it is called, and other full names of it."""

    value: Any
    label: str
    names: tuple[str, ...] = ()


#: Labels; or value -> its names, the label first; or a function of facts and answers.
Options = Sequence[str] | Mapping[str, Sequence[str]] | Callable[[Facts, Answers], Sequence[Option]]


def spoken(facts: Facts) -> str:
    """The words of the message, normalised where there is a reading."""
    return (facts.meaning.text if facts.meaning else facts.inbound.text).strip()


def tapped(facts: Facts) -> str | None:
    """The key of the tapped button, without the matter it belongs to (`yes:12` is `yes`)."""
    key = facts.inbound.data.get("key") if facts.inbound.kind == "tap" else None
    return str(key).partition(":")[0] if key else None


def _options(source: Options, facts: Facts, answers: Answers) -> tuple[Option, ...]:
    if callable(source):
        return tuple(source(facts, answers))
    if isinstance(source, Mapping):
        return tuple(Option(value, names[0], tuple(names[1:])) for value, names in source.items())
    return tuple(Option(label, label) for label in source)


def choice(source: Options) -> Reader:
    """Read one of the options: a tap, its name, its number, or a sentence that names just one of them."""

    def read(facts: Facts, answers: Answers) -> Read:
        options = _options(source, facts, answers)
        key, word = tapped(facts), bare(spoken(facts))
        for option in options:
            if key == str(option.value) or word in {bare(name) for name in (option.label, *option.names)}:
                return Got(option.value)
        number = ordinal(spoken(facts))
        if number is not None and number <= len(options):
            return Got(options[number - 1].value)
        return _mentioned(options, spoken(facts))

    return read


def mention(source: Options) -> Reader:
    """Hear an option by a full name inside any sentence; two named are none heard."""

    def hear(facts: Facts, answers: Answers) -> Read:
        return _mentioned(_options(source, facts, answers), spoken(facts))

    return hear


def _mentioned(options: Sequence[Option], text: str) -> Got | None:
    named = [o for o in options if any(len(name) > 1 and name in text for name in (o.label, *o.names))]
    return Got(named[0].value) if len(named) == 1 else None


def named(slot: str) -> Reader:
    """Read or hear an entity of `Slots` by its name, as a JSON-safe value."""

    def read(facts: Facts, _: Answers) -> Read:
        value = getattr(facts.meaning.slots, slot) if facts.meaning else None
        if value is None:
            return None
        if isinstance(value, TimeWindow):
            return Got(window_json(value))
        return Got(room_json(value)) if isinstance(value, Room) else Got(value)

    return read


def free_text(min_chars: int = 2, yields: Sequence[str] = SIDE_WISHES, unknown: str | None = None) -> Reader:
    """Read the message as it stands; yields only to a certain wish of `yields`.

    Args:
        min_chars: fewer characters are `Bad("short")`.
        yields: intents that go first.
        unknown: what "不知道" is stored as; without it, such an answer is taken as words.
    """

    def read(facts: Facts, _: Answers) -> Read:
        text = spoken(facts)
        if not text or is_hello(text):
            return None
        if unknown is not None and is_unknown(text):
            return Got(unknown)
        act = facts.meaning.first if facts.meaning else None
        if act and act.intent in yields and act.confidence >= facts.rules.reception.certain:
            return None
        if act and act.intent == "progress" and facts.meaning and facts.meaning.closed:
            return None
        return Got(text) if len(bare(text)) >= min_chars else Bad("short")

    return read


def pictures(slot: str = "photos") -> Reader:
    """Read pictures and videos, or that there are none; further ones join those that `slot` holds."""
    hear = pictures_sent(slot)

    def read(facts: Facts, answers: Answers) -> Read:
        none = not facts.inbound.media and is_no(spoken(facts))
        return Got(list(answers.get(slot, ()))) if none else hear(facts, answers)

    return read


def pictures_sent(slot: str = "photos") -> Reader:
    """Hear pictures and videos; further ones join those that `slot` holds, up to `reception.pictures`."""

    def hear(facts: Facts, answers: Answers) -> Read:
        if not facts.inbound.media:
            return None
        together = [*answers.get(slot, ()), *map(dict, facts.inbound.media)]
        return Got(together[: facts.rules.reception.pictures])

    return hear


def yes_no(yes: Sequence[str] = (), no: Sequence[str] = ()) -> Reader:
    """Read a yes or a no: a tap (`yes`, `no`), the usual words, and those given (anywhere in a short answer)."""

    def read(facts: Facts, _: Answers) -> Read:
        key, text = tapped(facts), spoken(facts)
        if key in ("yes", "no"):
            return Got(key == "yes")
        if any(word in text for word in no) or is_no(text):
            return Got(False)
        if any(word in text for word in yes) or is_yes(text):
            return Got(True)
        return None

    return read


def homes(facts: Facts, _: Answers) -> tuple[Option, ...]:
    """The speaker's homes as options."""
    return tuple(Option(home_json(r.home), r.home.label) for r in facts.speaker.homes)


def many_homes(_: Answers, facts: Facts) -> bool:
    """The speaker has several homes."""
    return len(facts.speaker.homes) > 1


def room(slot: str = "home") -> Reader:
    """Read an address and find it in the house table; parts said before are remembered.

    `Bad("unknown")` when no home fits, `Bad("several")` when more than one does.
    """

    def read(facts: Facts, answers: Answers) -> Read:
        said = _room_said(facts)
        if said is None:
            return None
        together = _joined(room_of(answers.get(f"{slot}_said")), said)
        own = [r.home for r in facts.speaker.homes if fits(r.home, together)]
        found = own if len(own) == 1 else facts.ask(HomesLike(together))
        if len(found) == 1:
            return Got(home_json(found[0]))
        if not found:
            return Bad("unknown", {f"{slot}_said": _block_that_is(together, facts)})
        return Bad("several", {f"{slot}_said": room_json(together)})

    return read


def room_named(slot: str = "home") -> Reader:
    """Hear an address in any sentence, only when the reading found one and just one home fits it."""
    read_room = room(slot)

    def hear(facts: Facts, _: Answers) -> Read:
        if facts.meaning is None or facts.meaning.slots.room is None:
            return None
        read = read_room(facts, {})
        return read if isinstance(read, Got) else None

    return hear


def home() -> Reader:
    """Read which home is meant: one of the speaker's by tap, number or name, else any address of the house table."""
    read_choice, read_room = choice(homes), room()

    def read(facts: Facts, answers: Answers) -> Read:
        key = facts.inbound.data.get("key") if facts.inbound.kind == "tap" else None
        for residency in facts.speaker.homes:
            if key == home_key(residency.home):
                return Got(home_json(residency.home))
        chosen = read_choice(facts, answers) if many_homes(answers, facts) else None
        return chosen or read_room(facts, answers)

    return read


def home_key(home: Home) -> str:
    """The button key of a home."""
    return f"home:{home.id}"


def fits(home: Home, said: Room) -> bool:
    """Every part that was said is that of the home."""
    pairs = ((said.area, home.area), (said.building, home.building), (said.unit, home.unit), (said.room, home.room))
    return said != Room() and all(part is None or part == there for part, there in pairs)


def _room_said(facts: Facts) -> Room | None:
    """The address of the reading; as an answer also a bare 501 or 2单元."""
    if facts.meaning and facts.meaning.slots.room:
        return facts.meaning.slots.room
    text = bare(spoken(facts))
    if number := _BARE_ROOM.match(text):
        return Room(room=number.group(1))
    if unit := _UNIT_ONLY.match(text):
        return Room(unit=str(_HANS.get(unit.group(1), unit.group(1))))
    return None


def _block_that_is(said: Room, facts: Facts) -> dict[str, str | None] | None:
    """Building and unit of a room that is not, if they are: only the number need be said again."""
    block = replace(said, room=None)
    if said.room is None or said.building is None or not facts.ask(HomesLike(block)):
        return None
    return room_json(block)


def missing(answers: Answers, slot: str = "home") -> Phrase:
    """The parts of an address that are still to be said, for the text that asks for them."""
    said = room_of(answers.get(f"{slot}_said")) or Room()
    if said.building is None:
        return Phrase("room.missing.building_unit" if said.room else "room.missing.all")
    if said.room is None:
        return Phrase("room.missing.room" if said.unit else "room.missing.unit_room")
    return Phrase("room.missing.room" if said.unit else "room.missing.unit")


def _joined(before: Room | None, now: Room) -> Room:
    if before is None:
        return now
    said = {name: value for name in Room.__slots__ if (value := getattr(now, name)) is not None}
    return replace(before, **said)


def phone() -> Reader:
    """Read a mobile or a landline number, digits only; `Bad("format")` for digits that are neither."""

    def read(facts: Facts, _: Answers) -> Read:
        heard = facts.meaning.slots.phone if facts.meaning else None
        digits = heard or _number_in(facts.inbound.text)
        if digits:
            return Got(digits.replace("-", ""))
        if _NO_PHONE.search(spoken(facts)):
            return Got(None)
        return Bad("format") if len(re.sub(r"\D", "", spoken(facts))) >= 5 else None

    return read


def _number_in(text: str) -> str | None:
    text = text.translate(_SPELLED) if len(_SPELLED_OUT.findall(text)) >= 7 else text
    compact = re.sub(r"(?<=\d)[\s-](?=\d)", "", text)
    found = _MOBILE.search(compact) or _LANDLINE.search(text)
    return found.group() if found else None


def when() -> Reader:
    """Read a time to come as a window, or `{"asap": True}` for 尽快, 随时; `Bad("past")` for one gone by."""

    def read(facts: Facts, _: Answers) -> Read:
        window = _from_now(facts.meaning.slots.time if facts.meaning else None, facts)
        if window is not None and _begins_now(window, facts):
            return Got({"asap": True})
        if window is not None:
            return Bad("past") if _is_past(window, facts) else Got(window_json(window))
        asap = _ASAP.search(spoken(facts)) or _AT_HOME.match(bare(spoken(facts)))
        return Got({"asap": True}) if asap else None

    return read


def when_named() -> Reader:
    """Hear a time to come, or 尽快, in any sentence; "现在漏得厉害" says nothing about a visit."""
    read_when = when()

    def hear(facts: Facts, answers: Answers) -> Read:
        read = read_when(facts, answers)
        said = spoken(facts)
        if not isinstance(read, Got) or ("asap" in read.value and not (_ASAP_SAID.search(said) or _NOW.search(said))):
            return None
        return read

    return hear


def _from_now(window: TimeWindow | None, facts: Facts) -> TimeWindow | None:
    """现在到晚上八点: from now until then."""
    if window is None or window.end is not None or window.start is None or not _UNTIL.search(spoken(facts)):
        return window
    return TimeWindow(facts.local, window.start) if window.start > facts.now else window


def _begins_now(window: TimeWindow, facts: Facts) -> bool:
    """现在在家: nobody can promise to be there before this very minute (SLA-25)."""
    soon = facts.now + timedelta(minutes=5)
    return window.end is None and window.start is not None and facts.now - timedelta(minutes=5) <= window.start <= soon


def _is_past(window: TimeWindow, facts: Facts) -> bool:
    """Over already; a window that began is still good for half an hour when its end was left open."""
    last = window.end or (window.start + timedelta(minutes=30) if window.start else None)
    return last is not None and last < facts.now


def number(low: int, high: int) -> Reader:
    """Read a whole number from `low` to `high`, in digits or characters; `Bad("range")` outside."""

    def read(facts: Facts, _: Answers) -> Read:
        text = bare(tapped(facts) or spoken(facts))
        found = re.fullmatch(r"(?:打|给|我给)?(\d{1,4}|[零一二两三四五六七八九十])(?:分|个|人|件|次|星|颗星)?", text)
        if not found:
            return None
        digits = found.group(1)
        value = int(digits) if digits.isdecimal() else _HANS[digits]
        return Got(value) if low <= value <= high else Bad("range")

    return read
