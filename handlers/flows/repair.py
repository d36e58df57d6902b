"""报修: what is broken, where, when to visit; ends in a ticket. Rules: S-REPAIR-01, S-REPAIR-07, C-18."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers.desk import hand_over
from handlers.dialog.codec import home_json, home_of, window_of
from handlers.dialog.form import Answers, Form, Got, Read, Reader, Slot, Start, Step
from handlers.effects import Button, OpenTicket, Phrase, Say
from handlers.facts import Facts
from handlers.flows.parts import again, grievance, mass, order
from handlers.flows.parts.spot import block_of, spot_heard, spot_read
from handlers.flows.parts.story import brief, is_told, story_heard, story_read
from handlers.readers import (
    choice,
    home,
    home_key,
    missing,
    named,
    phone,
    pictures,
    pictures_sent,
    room_named,
    spoken,
    when,
    when_named,
    yes_no,
)
from handlers.rules import places
from handlers.rules.anger import blames
from handlers.rules.triage import default_urgency
from handlers.ticketing import file
from nlp.meaning import Act, Slots, TimeWindow
from storage.model import TicketType

NAME = "repair"
EVENTS = ("merged",)
_AREAS = {
    "home": ("家里", "室内", "屋里", "我家", "自己家", "户内"),
    "public": ("公共区域", "公共", "楼道", "外面", "公区"),
}
#: Words around a fault; what is left of "我想报修一下" without them tells nothing.
_EMPTY = (
    "我|要|想|需要|请|您好|你好|麻烦|报修|报个修|维修|修理|修|一下|下|东西|坏了|坏|有|家里|家|师傅|帮忙|帮|给|找|来|人|"
    "问题|的|了|个|叫|安排"
)


def told(event: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - one signature
    """A neighbour's report made this one part of a building's matter."""
    return mass.told(data, facts)


def begin(act: Act, facts: Facts) -> Answers:
    """What the first words say: the fault, how urgent, inside or outside, the speaker's only home."""
    text, slots = act.text or (facts.meaning.text if facts.meaning else ""), act.slots
    known: dict[str, Any] = {"sure": act.confidence >= facts.rules.reception.certain}
    if blames(facts.inbound.text):
        known["blames"] = True
    if (is_told(text, _EMPTY) and not places.only_where(text, slots.place)) or _names_thing(slots.object, text):
        known |= {"problem": [text], **_about(act, text, facts)}
    else:
        known |= _told_where(text, slots)
    if len(facts.speaker.homes) == 1 and slots.room is None:
        known["home"] = home_json(facts.speaker.homes[0].home)
    return {**_told_before(act, facts), **known}


def _told_where(text: str, slots: Slots) -> dict[str, Any]:
    """Where it is, told before what it is."""
    place = {"place": slots.place} if slots.place else {}
    return {**place, "area": "public"} if places.is_public("", slots.place, text) else place


def _names_thing(thing: str | None, text: str) -> bool:
    """A thing tells something, unless it is but a part of where: the 门 of 单元门口."""
    return thing is not None and thing not in _EMPTY and not places.only_where(text, places.place_in(text))


def _about(act: Act, text: str, facts: Facts) -> dict[str, Any]:
    """What kind of fault the words tell of: category, urgency, thing, place, inside or outside."""
    urgency: str = facts.meaning.urgency if facts.meaning else "normal"
    if urgency == "normal":
        urgency = default_urgency(facts.rules.triage, act.category, text)
    found = {
        "category": act.category or "other",
        "urgency": urgency,
        "object": act.slots.object,
        **({"place": act.slots.place} if act.slots.place else {}),
    }
    public = places.is_public(act.category, act.slots.place, text)
    return found if public is None else {**found, "area": "public" if public else "home"}


def told_of(name: str) -> Reader:
    """Hear one of these from the answer that told the fault at last ("我要报修" told nothing)."""

    def hear(facts: Facts, answers: Answers) -> Read:
        if facts.meaning is None or "problem" not in answers or name in answers:
            return None
        act = facts.meaning.first
        kind = str(answers.get("category") or act.category)
        about = _about(replace(act, category=kind), spoken(facts), facts)
        return Got(about[name]) if name in about else None

    return hear


def _told_before(act: Act, facts: Facts) -> dict[str, Any]:
    """Whoever is not bound and reported from a home lately is not asked for room and phone again."""
    own = [t for t in facts.tickets if t.reporter_lane == facts.speaker.lane and t.home and not t.public_area]
    last = max(own, key=lambda ticket: ticket.id, default=None)
    if facts.speaker.homes or last is None or last.home is None or act.slots.room is not None:
        return {}
    phone_told = {"phone": last.contact_phone} if last.contact_phone and act.slots.phone is None else {}
    return {"home": home_json(last.home), **phone_told}


def indoors(answers: Answers, _: Facts) -> bool:
    """The fault is inside a home."""
    return bool(answers.get("area") == "home")


def outdoors(answers: Answers, _: Facts) -> bool:
    """The fault is in a public area."""
    return bool(answers.get("area") == "public")


def unreachable(_: Answers, facts: Facts) -> bool:
    """No phone is known of the speaker."""
    return facts.speaker.person is None or not facts.speaker.person.phone


def visits(answers: Answers, facts: Facts) -> bool:
    """Somebody must be let in at a time that suits; urgent jobs go at once (S-REPAIR-05, S-REPAIR-07)."""
    return indoors(answers, facts) and answers.get("urgency", "normal") == "normal"


def unsure(answers: Answers, _: Facts) -> bool:
    """Not confident enough to file without a "yes" (design.md 11, Filing)."""
    return not answers.get("sure")


def located(answers: Answers, facts: Facts) -> bool:
    """Where to go is known."""
    return "spot" in answers if outdoors(answers, facts) else "home" in answers


def ready(answers: Answers, facts: Facts) -> bool:
    """Urgent: what and where are enough, the rest is for the repairman (S-REPAIR-07)."""
    reachable = "phone" in answers or not unreachable(answers, facts)
    return (
        answers.get("urgency", "normal") != "normal" and "problem" in answers and located(answers, facts) and reachable
    )


def silent(answers: Answers, facts: Facts) -> bool:
    """Enough for a repairman to begin with: nothing said is lost."""
    return "problem" in answers and "area" in answers and located(answers, facts)


def home_buttons(_: Answers, facts: Facts) -> tuple[Button, ...]:
    """The speaker's homes, when there are several."""
    held = facts.speaker.homes
    return tuple(Button(home_key(r.home), r.home.label) for r in held) if len(held) > 1 else ()


def matter(answers: Answers, _: Facts) -> Mapping[str, Any]:
    """What is repaired, for the questions about it."""
    what = Phrase(f"label.category.{_category(answers)}") if _category(answers) else None
    return {"what": what, "missing": missing(answers)}


def photo_hint(answers: Answers, _: Facts) -> Mapping[str, Any]:
    """Pictures help, unless they came already."""
    return {"hint": None if answers.get("photos") else Phrase("repair.photo_hint")}


def _category(answers: Answers) -> str | None:
    category = answers.get("category")
    return category if category in _SAYABLE else None


_ABOUT = ("category", "urgency", "object", "place")
_SAYABLE = frozenset(
    {"water_leak", "drain", "lift", "lighting", "door_access", "water_supply", "electricity", "door_window", "lock"}
)


def card(answers: Answers, _: Facts) -> Mapping[str, Any]:
    """The one summary before filing (SC-D04, C-18)."""
    return {
        "where": _where(answers),
        "content": brief(answers["problem"], visits=True),
        "visit": _visit(answers),
        "phone": answers.get("phone"),
    }


def _where(answers: Answers) -> str:
    spot, held = answers.get("spot"), home_of(answers.get("home"))
    if answers.get("area") == "public" and spot:
        return f"{block_of(spot)}{spot['place']}"
    place = answers.get("place") or ""
    return f"{held.label}{place}" if held else place


def _visit(answers: Answers) -> TimeWindow | Phrase | None:
    said = answers.get("visit")
    if not said:
        return None
    return window_of(said) or Phrase("repair.asap")


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """Open the ticket and read it back, or drop it when the resident said no (S-REPAIR-01, SC-D20)."""
    if answers.get("confirm") is False:
        return [Say("repair.discarded")]
    joined = again.neighbours(answers, facts)
    if joined is not None:
        return joined
    opened = order.with_order(_ticket(answers, facts), facts)
    together = mass.joined(opened, facts)
    if together is not None:
        return together
    params = {"where": _where(answers), "content": opened.summary, "visit": _visit(answers)}
    if order.is_off_list(opened):
        return [*file(facts, opened), *order.ask_supervisor(opened, facts), order.off_list_said(opened, facts, params)]
    params["charge"] = order.charge(opened, facts)
    filed: list[Step] = [*file(facts, opened), Say(_receipt(answers, facts), params, ticket=opened.ref)]
    return [*filed, *_also_complaint(answers, facts)]


def _also_complaint(answers: Answers, facts: Facts) -> list[Step]:
    """Blame without the word 投诉: the fault is a repair, whether it is a complaint too is asked (appendix C)."""
    wishes = facts.meaning.acts if facts.meaning else ()
    complained = any(act.intent == "complaint" for act in wishes) or grievance.complained_lately(facts)
    if not answers.get("blames") or complained or facts.conversation.waiting:
        return []
    told = {"story": answers["problem"], **({"home": answers["home"]} if answers.get("home") else {})}
    return [Start("also_complaint", told)]


def _urgency(answers: Answers, facts: Facts) -> str:
    """Whoever names a later time is not visited before it: the appointment counts (S-REPAIR-05)."""
    visit = window_of(answers.get("visit"))
    soonest = facts.now + timedelta(hours=1)
    later = visit is not None and visit.start is not None and visit.start > soonest
    return "normal" if later and indoors(answers, facts) else str(answers.get("urgency") or "normal")


def _ticket(answers: Answers, facts: Facts) -> OpenTicket:
    public = answers.get("area") == "public"
    spot = answers.get("spot") or {}
    held = None if public else home_of(answers.get("home"))
    return OpenTicket(
        "t1",
        TicketType.REPAIR,
        str(answers.get("category") or "other"),
        brief(answers["problem"], visits=True),
        urgency=_urgency(answers, facts),
        home=held,
        building=spot.get("building") if public else held.building if held else None,
        unit=spot.get("unit") if public else held.unit if held else None,
        place=spot.get("place") if public else answers.get("place"),
        public_area=public,
        object=answers.get("object"),
        wanted=None if public else window_of(answers.get("visit")),
        contact_phone=answers.get("phone"),
        media=tuple(answers.get("photos", ())),
        extra={
            "words": "；".join(answers["problem"]),
            **({"asap": True} if (answers.get("visit") or {}).get("asap") else {}),
        },
    )


def _receipt(answers: Answers, facts: Facts) -> str:
    leaking = answers.get("category") in ("water_leak", "flood") and indoors(answers, facts)
    if _urgency(answers, facts) != "normal":
        return "repair.opened.urgent_water" if leaking else "repair.opened.urgent"
    if answers.get("silent"):
        return "repair.opened.silent"
    if outdoors(answers, facts):
        return "repair.opened.public"
    if window_of(answers.get("visit")) is None:
        return "repair.opened.soon"
    return (
        "repair.opened.visit_water"
        if leaking and answers.get("urgency", "normal") != "normal"
        else "repair.opened.visit"
    )


def instead(act: Act, facts: Facts) -> list[Step] | None:
    """A matter in hand goes on as the old ticket; too many open ones bring a person (S-REC-09, S-REPAIR-16)."""
    held = again.in_hand(act, facts)
    if held is not None:
        return held
    told = again.of_complaint(act, facts)
    if told is not None:
        return told
    return hand_over(facts, "limit") if again.too_many(facts) else None


def area(facts: Facts, answers: Answers) -> Read:
    """Read inside or outside; a place or an address answers it as well."""
    read = choice(_AREAS)(facts, answers)
    if read is not None:
        return read
    slots = facts.meaning.slots if facts.meaning else None
    said = places.is_public("", slots.place if slots else None, facts.inbound.text)
    placed = slots is not None and (slots.place is not None or slots.room is not None)
    return Got("public" if said else "home") if placed or said else None


FORM = Form(
    name=NAME,
    version=1,
    starts_on=("repair",),
    begin=begin,
    ready=ready,
    silent=silent,
    instead=instead,
    correct=again.put_right,
    finish=finish,
    slots=(
        *(Slot(name, told_of(name), hear=told_of(name), optional=True) for name in _ABOUT),
        Slot("problem", story_read("problem"), hear=story_heard("problem", NAME), params=photo_hint, open=True),
        Slot("area", area, hear=told_of("area")),
        Slot("home", home(), hear=room_named(), when=indoors, buttons=home_buttons, params=matter, shared=True),
        Slot("spot", spot_read, hear=spot_heard, when=outdoors, params=matter),
        Slot("phone", phone(), hear=named("phone"), when=unreachable, shared=True),
        Slot("visit", when(), hear=when_named(), when=visits, params=matter, shared=True),
        Slot("photos", pictures(), hear=pictures_sent(), optional=True),
        Slot("confirm", yes_no(yes=("确认", "没错")), when=unsure, params=card),
    ),
)
