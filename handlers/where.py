"""Nothing but where: an address or a spot alone tells no fault and raises no alarm. Rules: S-REPAIR-01, S-REC-08."""

import re
from dataclasses import replace

from handlers.dialog.codec import room_of
from handlers.facts import Facts
from handlers.rules import places
from nlp.meaning import Act, Meaning, Slots

#: A reading that says nothing: whatever the message belongs to decides.
_NOTHING = 0.2
#: Digits and signs; the numbers of the rescue services are words of their own.
_NUMBERS = re.compile(r"(?!\D*(?:110|119|120|122)\D*$)[\d\s\-—#.,，。、+()（）:：]*\d[\d\s\-—#.,，。、+()（）:：]*")


def says_only_where(meaning: Meaning | None) -> bool:
    """Whether a message names a place or an address and nothing else: 在二楼楼道, 3栋, 3栋2单元501."""
    if meaning is None or (meaning.slots.room is None and meaning.slots.place is None):
        return False
    trapped = "电梯" in meaning.text and meaning.first.intent == "emergency"
    return not trapped and places.only_where(meaning.text, meaning.slots.place)


def where_alone(facts: Facts) -> Facts:
    """Such a message belongs to the picture sent before it, else to whatever is talked of; by itself it is unclear.

    So is a message of digits alone: a phone or a room number raises no alarm.
    """
    meaning = facts.meaning
    if meaning is not None and facts.inbound.kind == "message" and _NUMBERS.fullmatch(meaning.text):
        return _unclear(facts, meaning)
    if meaning is None or facts.inbound.kind != "message" or not says_only_where(meaning):
        return facts
    if facts.conversation.said.get("kind") == "photo":
        act = Act("repair", "other", facts.rules.reception.certain, meaning.text, meaning.slots)
        return replace(facts, meaning=replace(meaning, acts=(act,), urgency="normal", closed=False))
    return _unclear(facts, meaning)


def _unclear(facts: Facts, meaning: Meaning) -> Facts:
    act = Act("greeting", "chat", _NOTHING, meaning.text, meaning.slots)
    return replace(facts, meaning=replace(meaning, acts=(act,), urgency="normal", closed=False, choices=()))


def with_where(facts: Facts) -> Facts:
    """The words after a bare address are about that address, unless they name another."""
    said, meaning = facts.conversation.said, facts.meaning
    if said.get("kind") != "where" or meaning is None or meaning.slots.room is not None:
        return facts
    room, place = room_of(said.get("room")), said.get("place")

    def located(slots: Slots) -> Slots:
        return replace(slots, room=slots.room or room, place=slots.place or place)

    acts = tuple(replace(act, slots=located(act.slots)) for act in meaning.acts)
    return replace(facts, meaning=replace(meaning, acts=acts, slots=located(meaning.slots)))
