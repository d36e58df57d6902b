"""Who turns to the desk for itself rather than for a repair: letters, officials, people sought, prospects, visitors.

Asked before the reading of a wish is trusted, because such words resemble complaints and questions. Rules: S-REC-02,
S-REC-04, S-REC-05, S-REC-12..14, S-REC-23.
"""

import re

from handlers import letters
from handlers.commands import binding, reception
from handlers.dialog.form import Start, Step
from handlers.effects import OpenTicket, Record, Say
from handlers.facts import Facts, HomesLike
from handlers.history import answered, asks_history
from handlers.rules.self_help import topic_of
from nlp.meaning import Act
from storage.model import Home

#: Not an intent of nlp: the turn asks here before it follows a wish.
INTENTS = ("caller",)
_NAMED = re.compile(r"(?:我|免贵)姓([\u4e00-\u9fff]{1,2})[。，！!~ ]*")
#: Wishes that such words do not overrule: 叫李师傅来修灯 is a repair, 找经理投诉 a complaint.
_STRONGER = frozenset({"repair", "complaint", "emergency", "progress", "payment"})


def answer(act: Act, facts: Facts) -> list[Step] | None:
    """The steps of a letter or of somebody at the desk; None when it is neither."""
    text = facts.inbound.text
    if facts.inbound.kind != "message" or not text.strip():
        return None
    if letters.is_letter(text, picture=bool(facts.inbound.media)):
        return _letter(act, facts)
    known = binding.tells_who(text, facts) or _surname(text, facts)
    if known is not None:
        return known
    sure = _sure(facts)
    if facts.meaning is not None and facts.meaning.sentiment == "angry":
        return None
    if not sure & {"complaint", "praise", "emergency"} and (own := _own_home(text, facts)):
        return own
    return reception.official(text, facts) if sure & _STRONGER else reception.take(text, facts)


def _surname(text: str, facts: Facts) -> list[Step] | None:
    """我姓林: kept with the talk for whoever takes over; nobody is asked for it again (S-REC-07, SC-V36)."""
    said = _NAMED.fullmatch(text.strip())
    if said is None:
        return None
    return [Record("surname", facts.speaker.lane, {"surname": said.group(1)}), Say("reception.surname")]


def _sure(facts: Facts) -> set[str]:
    acts = facts.meaning.acts if facts.meaning else ()
    return {act.intent for act in acts if act.confidence >= facts.rules.reception.sure}


def _own_home(text: str, facts: Facts) -> list[Step] | None:
    """What was repaired in it before, or a small thing that he can put right himself (S-REPAIR-22, S-REC-23)."""
    if asks_history(text):
        return answered(facts)
    topic = topic_of(text)
    return [Start("self_help", {"topic": topic, "text": text})] if topic else None


def _letter(act: Act, facts: Facts) -> list[Step]:
    person, slots = facts.speaker.person, act.slots
    wish = OpenTicket(
        "letter",
        letters.type_of(act),
        act.category or "other",
        facts.inbound.text,
        home=_home(facts),
        place=slots.place,
        contact_phone=slots.phone,
        media=tuple(facts.inbound.media),
        extra={"channel": "letter"},
    )
    answered = letters.letter_limits(facts)[1]
    return [*letters.filed(facts, wish, person), Say("letter.received", {"answered": answered}, ticket="letter")]


def _home(facts: Facts) -> Home | None:
    """The home that the letter names, else the sender's only one."""
    room = facts.meaning.slots.room if facts.meaning else None
    named = facts.ask(HomesLike(room)) if room and room.room else ()
    if len(named) == 1:
        return named[0]
    own = facts.speaker.homes
    return own[0].home if len(own) == 1 else None
