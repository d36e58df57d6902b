"""突发地点: the one question after an alarm that did not say where; the answer reaches everybody on the way."""

import re

from handlers.dialog.codec import home_of
from handlers.dialog.form import Answers, Bad, Form, Got, Read, Slot, Step
from handlers.effects import ChangeTicket, Say, ToGroup, ToStaff
from handlers.facts import AllStaff, Facts
from handlers.readers import free_text, room
from handlers.rules import dispatch
from storage.model import WORKING, Ticket

_MAX_CHARS = 60


def where(facts: Facts, answers: Answers) -> Read:
    """Read any words, a shared location or an address as the place."""
    label = (facts.inbound.data.get("location") or {}).get("label")
    found = room()(facts, answers)
    said = facts.meaning.slots.room if facts.meaning else None
    words = free_text(min_chars=1, yields=("emergency", "progress", "human"))(facts, answers)
    text = label or (words.value if isinstance(words, Got) else None)
    if text is None:
        return words if isinstance(words, Bad) else None
    home = found.value if isinstance(found, Got) else None
    return Got(
        {
            "text": _place(text, facts),
            "home": home,
            "building": said.building if said else None,
            "unit": said.unit if said else None,
        }
    )


def _place(text: str, facts: Facts) -> str:
    """The spot without building and unit, which have fields of their own."""
    said = facts.meaning.slots if facts.meaning else None
    if said and said.place:
        return said.place
    bare = re.sub(r"^.{0,4}?[0-9一二三四五六七八九十]+(栋|号楼|幢|座)([0-9一二三四五六七八九十]+单元)?", "", text)
    block = said is not None and said.room is not None and said.room.building is not None
    return (bare if block else bare or text)[:_MAX_CHARS]


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """The alarm gets its place; group, duty and assignee are told at once (SLA-16)."""
    ticket = _alarm(facts, str(answers.get("kind")))
    if ticket is None:
        return []
    said = answers["where"]
    home = home_of(said["home"])
    changes = {
        "place": said["text"] or ticket.place,
        "home": home or ticket.home,
        "building": home.building if home else said["building"] or ticket.building,
        "unit": home.unit if home else said["unit"] or ticket.unit,
    }
    staff = facts.ask(AllStaff())
    people = [ticket.assignee_id, *(s.id for s in dispatch.duty(facts.rules.dispatch, staff, facts.local))]
    group = Say("emergency.located", {}, ToGroup(ticket.group or "order"), "alert", ticket.id, urgent=True)
    told = [
        Say("emergency.located", {}, ToStaff(id_), "alert", ticket.id, urgent=True)
        for id_ in dict.fromkeys(filter(None, people))
    ]
    change = ChangeTicket(ticket.id, "locate", changes, version=ticket.version)
    return [change, group, *told, Say("emergency.on_the_way", ticket=ticket.id)]


def _alarm(facts: Facts, kind: str) -> Ticket | None:
    """The newest open alarm of this resident."""
    found = [t for t in facts.tickets if t.status in WORKING and t.extra.get("danger") == kind]
    return max(found, key=lambda ticket: ticket.id, default=None)


FORM = Form(
    name="whereabouts",
    version=1,
    finish=finish,
    slots=(Slot("where", where),),
)
