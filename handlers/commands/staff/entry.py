"""What came by phone, at the desk, by letter, on patrol … enters the same ledger.

Rules: S-REC-02, S-REC-05, S-REC-15, S-REC-17, S-REC-22, S-REPAIR-18, S-COMP-12, domain.md 3.1 (`channel`).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handlers import letters, ticketing
from handlers.commands.staff.find import Speaker
from handlers.commands.staff.grammar import Command
from handlers.commands.staff.speech import until
from handlers.dialog.form import Step
from handlers.effects import OpenTicket, Phrase, Record, Say, ToLane
from handlers.facts import Facts, HomesLike, LaneOfPerson, ResidentsOf
from handlers.rules import dispatch, triage
from handlers.rules.desk import promised_by
from handlers.rules.order import is_fault
from handlers.ticketing import clocks
from nlp.meaning import Act, Room
from nlp.slots.phone import find_phones
from nlp.slots.room import find_rooms
from storage.model import Home, Person, TicketType

#: How it came: the words staff write, and the key kept as `channel`.
CHANNELS: dict[str, str] = {
    "来电": "phone", "电话": "phone", "来访": "visit", "来函": "letter", "邮件": "mail", "意见箱": "box",
    "联系箱": "box", "巡视": "patrol", "巡查": "patrol", "上级检查": "inspection", "监督电话": "hotline",
    "上级转来": "superior",
}  # fmt: skip
#: Found by ourselves: nobody waits for a push, and the finding is public.
_OWN = ("patrol", "inspection")
_TYPES = {
    "repair": TicketType.REPAIR, "emergency": TicketType.REPAIR, "complaint": TicketType.COMPLAINT,
    "payment": TicketType.PAYMENT, "suggestion": TicketType.SUGGESTION, "praise": TicketType.PRAISE,
}  # fmt: skip
_NAME = re.compile(r"([\u4e00-\u9fff]{1,3}?)(?:女士|先生|小姐|阿姨|大爷|大妈|老师|师傅|业主)")
_SETTLED = re.compile(r"(?:已|当场|现场)(?:经)?(?:当场|现场)?(?:解决|答复|解释|办好|办理完|说明)(?:了|完)?[。！!]?$")
_BLAME = re.compile(r"投诉|态度|不满|差评|没人管|扰民|乱收费")
_EDGES = " ,，:：。.;；"
LEAST = 4


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry, read: how it came, whose home, who, what."""

    channel: str
    content: str
    home: Home | None
    room: Room | None
    name: str | None
    phone: str | None


def enter(facts: Facts, speaker: Speaker, command: Command) -> list[Step]:
    """来访 3-2-501 周女士 楼上漏水: the same ticket that a message would have opened, with its channel (S-REC-22).

    What was settled on the spot is written down without a ticket. The resident hears the number in chat, when bound.
    """
    word = next(word for word in sorted(CHANNELS, key=len, reverse=True) if command.rest.startswith(word))
    if CHANNELS[word] not in _OWN and speaker.staff.role not in dispatch.DESK:
        who = Phrase("staff.who.desk")
        return [Say("staff.refused.who", {"who": who, "move": Phrase("entry.move")})]
    entry = _read(facts, CHANNELS[word], command.rest[len(word) :].strip(_EDGES))
    if len(entry.content) < LEAST and not (entry.channel == "letter" and facts.inbound.media):
        return [Say("entry.content", {"word": word})]
    if entry.channel not in _OWN and _SETTLED.search(entry.content):
        return [_line(speaker, entry, settled=True), Say("entry.settled")]
    return _file(facts, speaker, entry)


def _read(facts: Facts, channel: str, said: str) -> _Entry:
    rooms = find_rooms(said)
    homes = facts.ask(HomesLike(rooms[0].value)) if rooms and rooms[0].value.room else ()
    content = f"{said[: rooms[0].start]}{said[rooms[0].end :]}" if rooms and homes else said
    phones, named = find_phones(content), _NAME.search(content)
    for phone in reversed(phones):  # kept as the contact, not in words that a group reads
        content = f"{content[: phone.start]} {content[phone.end :]}"
    return _Entry(
        channel,
        re.sub(r"\s{2,}", " ", content).strip(_EDGES),
        homes[0] if len(homes) == 1 else None,
        rooms[0].value if rooms else None,
        named.group(1) if named else None,
        phones[0].value if phones else None,
    )


def _file(facts: Facts, speaker: Speaker, entry: _Entry) -> list[Step]:
    act = facts.meaning.first if facts.meaning else None
    person = _caller(facts, entry)
    lane = facts.ask(LaneOfPerson(person.id)) if person else None
    wish = _wish(facts, speaker, entry, act, lane)
    found: list[Step] = (
        letters.filed(facts, wish, person) if entry.channel == "letter" else [*ticketing.file(facts, wish)]
    )
    found.append(_line(speaker, entry, settled=False))
    if entry.channel == "superior" and wish.type is TicketType.COMPLAINT:
        due = facts.now + timedelta(days=facts.rules.sla.track_days)
        found.append(clocks.rule("SLA-20", due, lane or "estate", wish.ref, needs="tracked"))
    if lane:
        found.append(Say("ticket.said.filed", {}, ToLane(lane), "push", wish.ref))
    return [*found, Say("entry.done", {"told": Phrase("entry.told") if lane else None}, ticket=wish.ref)]


def _wish(facts: Facts, speaker: Speaker, entry: _Entry, act: Act | None, lane: str | None) -> OpenTicket:
    own, type_ = entry.channel in _OWN, _type(facts, entry, act)
    category = act.category if act and act.category else "other"
    room = entry.room or Room()
    group = triage.group_of(facts.rules.triage, TicketType.REPAIR, category) if own else None
    answer = _answer_by(facts) if type_ is TicketType.INQUIRY and entry.channel != "letter" else None
    named = until(facts) if own else None
    extra = {"channel": entry.channel, "registered_by": speaker.staff.id, "caller": entry.name}
    return OpenTicket(
        "entry",
        type_,
        category,
        entry.content or str(facts.inbound.text),
        urgency=triage.default_urgency(facts.rules.triage, category, entry.content)
        if type_ is TicketType.REPAIR
        else "normal",
        home=None if own else entry.home,
        building=room.building,
        unit=room.unit,
        place=act.slots.place if act else None,
        public_area=own,
        contact_phone=entry.phone,
        group=group,
        finish_due=named or answer,
        on_behalf_of=lane,
        media=tuple(facts.inbound.media),
        extra=extra | ({"promised": answer.isoformat()} if answer else {}),
    )


def _type(facts: Facts, entry: _Entry, act: Act | None) -> TicketType:
    """What a message in these words would have been; a letter by its own rule, the box holds suggestions.

    The desk's note is no resident's sentence: an unsure reading gives way to a plain fault without blame (C-58).
    """
    if entry.channel == "letter":
        return letters.type_of(act)
    if entry.channel in _OWN:
        return TicketType.REPAIR
    fallback = TicketType.SUGGESTION if entry.channel == "box" else TicketType.INQUIRY
    known = act is not None and act.intent in (*_TYPES, "inquiry")
    unsure = not known or act is None or act.confidence < facts.rules.reception.sure
    if unsure and not _BLAME.search(entry.content):
        return TicketType.REPAIR if is_fault(facts.rules.order, entry.content) else fallback
    return _TYPES.get(act.intent, fallback) if act else fallback


def _answer_by(facts: Facts) -> datetime:
    return promised_by(facts.local, facts.rules.desk.answer_h, facts.rules.desk).astimezone(UTC)


def _caller(facts: Facts, entry: _Entry) -> Person | None:
    """Who of the home it was: by name, else by phone, else the only one there; nobody when a stranger came."""
    if entry.home is None or entry.channel in _OWN:
        return None
    people = [person for person, _ in facts.ask(ResidentsOf(entry.home.id, facts.today))]
    if entry.phone:
        return next((person for person in people if person.phone == entry.phone), None)
    if entry.name:
        fits = [person for person in people if person.name.startswith(entry.name)]
        return fits[0] if len(fits) == 1 else None
    return people[0] if len(people) == 1 else None


def _line(speaker: Speaker, entry: _Entry, *, settled: bool) -> Record:
    """One line of the ledger: who came how, whom he met, what became of it (来访登记表, domain.md appendix A)."""
    data = {
        "channel": entry.channel,
        "by": speaker.staff.id,
        "room": entry.home.label if entry.home else None,
        "name": entry.name,
        "outcome": "settled" if settled else "ticket",
        "words": entry.content[:500],
    }
    kind = "visit" if entry.channel == "visit" else "entry"
    return Record(
        kind, f"staff:{speaker.staff.id}" if settled else "ticket:{ticket}", data, None if settled else "entry"
    )
