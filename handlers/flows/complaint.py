"""投诉: apology first, listen, leave no gaps, promise by level. Rules: S-COMP-01, S-COMP-02, S-COMP-07, S-COMP-16."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers.desk import hand_over
from handlers.dialog.codec import home_json, home_of, window_json, window_of
from handlers.dialog.form import Answers, Form, Got, Read, Slot, Step, When
from handlers.dialog.words import is_no, is_unknown
from handlers.effects import Button, OpenTicket, Phrase, Say
from handlers.facts import Facts
from handlers.flows.parts import again, grievance
from handlers.flows.parts.link import repair_of
from handlers.flows.parts.story import brief, is_told, only_frame, story_heard, story_read
from handlers.readers import free_text, home, missing, pictures, pictures_sent, room_named, spoken
from handlers.rules import places
from handlers.rules.anger import calm
from handlers.ticketing import file
from nlp.meaning import Act
from storage.model import Ticket, TicketType

NAME = "complaint"
#: What an unknown answer is stored as; the record has no gaps, the resident is asked once (domain.md 4.3).
UNKNOWN = "-"
#: Questions at most: the rest is asked by the colleague who calls first (S-COMP-09).
MAX_QUESTIONS = 3
_EMPTY = r"我|要|想|需要|请|您好|你好|麻烦|投诉|举报|反映|情况|一下|下|你们|物业|个|问题|的|了|太差|差劲|有|件事|事"
_DETAILS = ("happened", "place", "accused", "demand")


def begin(act: Act, facts: Facts) -> Answers:
    """What the first words say already; nothing of it is asked again."""
    text = act.text or (facts.meaning.text if facts.meaning else "")
    angry = facts.meaning is not None and facts.meaning.sentiment == "angry"
    known: dict[str, Any] = {
        "object": act.slots.object,
        "angry": angry,
        "acknowledged": facts.conversation.said.get("ack") == NAME,
        "sure": act.confidence >= facts.rules.reception.certain,
    }
    if is_told(calm(text), _EMPTY):
        told = {"story": [text], "category": act.category or "other"}
        known |= told | grievance.details(text, act.slots)
    if act.slots.time is not None:
        known["wish"] = window_json(act.slots.time)
    if len(facts.speaker.homes) == 1 and act.slots.room is None:
        known["home"] = home_json(facts.speaker.homes[0].home)
    known["given"] = sorted(known.keys() & {"story", "home", *_DETAILS})
    return known


def asks(slot: str) -> When:
    """Whether this detail matters for the category, was not said, and the questions are not used up."""

    def when(answers: Answers, _: Facts) -> bool:
        category = str(answers.get("category"))
        told = answers.keys() - set(answers.get("given", ()))
        asked = [name for name in _DETAILS if name in told and grievance.matters(name, category)]
        if answers.get("angry") and slot != "demand":
            return False
        return len(asked) < MAX_QUESTIONS and grievance.matters(slot, category)

    return when


def lead(answers: Answers, _: Facts) -> Mapping[str, Any]:
    """The apology stands before the first question; an angry resident hears calm words as well (S-COMP-07)."""
    first = not (({"story", "home", *_DETAILS} & answers.keys()) - set(answers.get("given", ())))
    if not first:
        return {"lead": Phrase("complaint.thanks")}
    if answers.get("angry"):
        return {"lead": Phrase("complaint.calm_on" if answers.get("acknowledged") else "complaint.calm")}
    if not answers.get("acknowledged"):
        return {"lead": Phrase("complaint.apology")}
    return {"lead": Phrase("complaint.listening") if "story" in answers else None}


def which_params(answers: Answers, facts: Facts) -> Mapping[str, Any]:
    """The lead, and which part of an address is still missing."""
    return {**lead(answers, facts), "missing": missing(answers)}


def supervisor(answers: Answers, _: Facts) -> tuple[Button, ...]:
    """Whoever is upset may speak with a supervisor at any time (SC-D44)."""
    return (Button("wish:human", Phrase("complaint.button.supervisor")),) if answers.get("angry") else ()


def silent(answers: Answers, _: Facts) -> bool:
    """A complaint is never lost because somebody stopped writing."""
    return "story" in answers


def instead(act: Act, facts: Facts) -> list[Step] | None:
    """The same matter again is one record; anger that goes on brings a supervisor (S-COMP-07, S-COMP-16, C-29)."""
    angry = facts.meaning is not None and facts.meaning.sentiment == "angry"
    told = is_told(act.text, _EMPTY)
    if angry and grievance.complained_lately(facts):
        return hand_over(facts, "upset")
    held = again.in_hand(act, facts, TicketType.COMPLAINT) if told else None
    if held is not None:
        return held
    return hand_over(facts, "limit") if again.too_many(facts) else None


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """Register, route, promise, say how it goes on (S-COMP-20, SC-D42, SC-D43); a colleague gets in touch first."""
    effects = file(facts, _ticket(answers, facts))
    opened = next(effect for effect in effects if isinstance(effect, OpenTicket))
    promise = Phrase(f"complaint.promise.{opened.level or 'minor'}", {"due": opened.finish_due})
    apologise = not answers.get("acknowledged") and not ({"story", *_DETAILS} & answers.keys()) - set(answers["given"])
    key = "complaint.opened.silent" if answers.get("silent") else "complaint.opened"
    params = {
        "lead": Phrase("complaint.apology") if apologise else None,
        "content": opened.summary,
        "promise": promise,
    }
    buttons = supervisor(answers, facts)
    return [*effects, Say(key, params, ticket=opened.ref, buttons=buttons)]


def _ticket(answers: Answers, facts: Facts) -> OpenTicket:
    held = home_of(answers.get("home"))
    place = _known(answers, "place")
    public = bool(places.is_public("", place, place or "")) if place else False
    linked = repair_of(answers, facts)
    extra = {name: answers.get(name) or UNKNOWN for name in _DETAILS}
    return OpenTicket(
        "t1",
        TicketType.COMPLAINT,
        str(answers.get("category") or "other"),
        _summary(answers),
        home=held,
        building=held.building if held else None,
        unit=held.unit if held else None,
        place=place,
        public_area=public,
        object=answers.get("object"),
        wanted=window_of(answers.get("wish")),
        media=tuple(answers.get("photos", ())),
        extra={**extra, **({"linked": linked.number} if linked else {})},
    )


def _summary(answers: Answers) -> str:
    """The whole story: what was told, then each answer; nothing that another part contains."""
    told = (*answers.get("story", ()), *(_known(answers, name) for name in _DETAILS))
    parts = list(dict.fromkeys(part for part in told if part))
    return brief([part for part in parts if not any(part in other for other in parts if other != part)])


def _known(answers: Answers, name: str) -> str | None:
    value = answers.get(name)
    return None if value in (None, UNKNOWN) else str(value)


def correct(ticket: Ticket, facts: Facts) -> list[Step] | None:
    """A filed complaint with what the correction names instead."""
    fixed = again.put_right(ticket, facts)
    if fixed is not None:
        return fixed
    text = facts.meaning.text if facts.meaning else ""
    act = facts.meaning.first if facts.meaning else None
    return again.chased(ticket, replace(act, text=text), facts) if act and len(text) > 10 else None


def words(facts: Facts, answers: Answers) -> Read:
    """Read the answer in free words; "不知道" counts, a bare address or another fault belongs elsewhere."""
    if only_frame(spoken(facts)) or _is_other_fault(facts, answers):
        return None
    return spot_words(facts, answers)


def _is_other_fault(facts: Facts, answers: Answers) -> bool:
    """A certain fault of another kind: "停水了" while he is asked about a noise."""
    act = facts.meaning.first if facts.meaning else None
    if act is None or act.intent != "repair" or act.confidence < facts.rules.reception.certain:
        return False
    same = places.family(act.category) == places.family(str(answers.get("category")))
    return not same and "demand" not in grievance.details(spoken(facts), act.slots)


#: An address is a good answer to "where".
spot_words = free_text(min_chars=1, unknown=UNKNOWN)


def which_home(facts: Facts, answers: Answers) -> Read:
    """Read the home of somebody we do not know; he need not say it."""
    if is_unknown(spoken(facts)) or is_no(spoken(facts)) or re.search(r"不方便|不想说|不说|匿名|保密", spoken(facts)):
        return Got(None)
    return home()(facts, answers)


def kind(facts: Facts, answers: Answers) -> Read:
    """What it is about, from the answer that told it at last ("我要投诉" told nothing)."""
    act = facts.meaning.first if facts.meaning else None
    if act is None or "story" not in answers or answers.get("category"):
        return None
    return Got(act.category or "other") if act.intent in ("complaint", "repair", "emergency") else None


def stranger(_: Answers, facts: Facts) -> bool:
    """Nobody knows where the speaker lives."""
    return not facts.speaker.homes


def _detail(name: str) -> Slot:
    return Slot(
        name,
        spot_words if name == "place" else words,
        hear=grievance.heard(name),
        when=asks(name),
        buttons=supervisor,
        params=lead,
        open=True,
    )


FORM = Form(
    name=NAME,
    version=1,
    starts_on=("complaint",),
    begin=begin,
    silent=silent,
    instead=instead,
    correct=correct,
    finish=finish,
    slots=(
        Slot("category", kind, hear=kind, optional=True),
        Slot(
            "story",
            story_read("story"),
            hear=story_heard("story", NAME),
            buttons=supervisor,
            params=lead,
            open=True,
        ),
        *(_detail(name) for name in _DETAILS),
        Slot(
            "home", which_home, hear=room_named(), when=stranger, buttons=supervisor, params=which_params, shared=True
        ),
        Slot("photos", pictures(), hear=pictures_sent(), optional=True),
    ),
)
