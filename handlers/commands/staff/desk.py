"""What the desk writes down: 补单, 回访 by phone, 合并. Rules: S-REPAIR-08, S-CB-01, C-29, domain.md 5.2."""

import re
from typing import Any

from handlers import ticketing
from handlers.commands.staff.find import Speaker, sees
from handlers.commands.staff.grammar import Command
from handlers.commands.staff.work import refusal
from handlers.dialog.form import Step
from handlers.effects import ChangeTicket, OpenTicket, Record, Say, Subscribe, ToLane
from handlers.facts import Facts, HomesLike, LaneOfPerson, ResidentsOf, TicketsByNumber
from handlers.rules import dispatch
from handlers.ticketing import clocks
from nlp.slots.room import find_rooms
from storage.model import ENDED, Home, Ticket, TicketStatus, TicketType

_NOT = re.compile(r"不满意|没解决|未解决|没修好|还有问题|不行|还漏|差")
_NOBODY = re.compile(r"没接|未接|无人接|打不通|没人|不在|拒访|关机|停机")
_SCORE = re.compile(r"(?<!\d)([1-5])\s*分?(?!\d)")


def retro(facts: Facts, speaker: Speaker, command: Command) -> list[Step]:
    """补单 3-2-501 换水龙头: work a resident asked for on the spot, or a report by phone (S-REPAIR-08).

    Who mends things is on site already: the ticket is his and arrived. The desk's goes the way of any report.
    """
    rooms = find_rooms(command.rest)
    homes = facts.ask(HomesLike(rooms[0].value)) if rooms else ()
    content = command.rest[rooms[0].end :].strip(" ,，:：") if rooms else ""
    if len(homes) != 1:
        return [Say("staff.retro.room")]
    if len(content) < 2:
        return [Say("staff.retro.content")]
    wish = _wish(facts, speaker, homes[0], content)
    found: list[Step] = [*ticketing.file(facts, wish)]
    if wish.on_behalf_of:
        found.append(Say("ticket.said.filed", {}, ToLane(wish.on_behalf_of), "push", wish.ref))
    return [*found, Say("staff.retro.done", ticket=wish.ref)]


def _wish(facts: Facts, speaker: Speaker, home: Home, content: str) -> OpenTicket:
    act = facts.meaning.first if facts.meaning else None
    category = act.category if act and act.intent in ("repair", "emergency") else "other"
    here = speaker.staff.role in dispatch.GROUP_ROLES["repair"]
    return OpenTicket(
        "retro",
        TicketType.REPAIR,
        category,
        content,
        home=home,
        assignee_id=speaker.staff.id if here else None,
        status=TicketStatus.ARRIVED if here else TicketStatus.NEW,
        on_behalf_of=_lane_of(facts, home),
        media=tuple(facts.inbound.media),
        extra={"retroactive": here, "registered_by": speaker.staff.id},
    )


def _lane_of(facts: Facts, home: Home) -> str | None:
    """The first bound resident of a home, who hears of what was written down for him."""
    lanes = (facts.ask(LaneOfPerson(person.id)) for person, _ in facts.ask(ResidentsOf(home.id, facts.today)))
    return next((lane for lane in lanes if lane), None)


def callback(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """回访 003 满意: a callback made by phone or at the door, written on the record (domain.md 5.2)."""
    if refused := refusal(facts, speaker, ticket, "close", called_back=True):
        return refused
    said = command.rest
    verdict = judged(facts, said)
    value = verdict["score"]
    if not verdict["reached"]:
        record = {"reached": False, "method": "phone", "by": speaker.staff.id, "words": said, "number": ticket.number}
        return [
            Record("callback", clocks.subject(ticket), record, ticket.id),
            Say("staff.callback.tried", ticket=ticket.id),
        ]
    if not verdict["solved"]:
        found: list[Step] = [*ticketing.reopened(facts, ticket, said, source="callback", score=value)]
        return [*found, Say("staff.callback.reopened", ticket=ticket.id)]
    result = {"method": "phone", "by": speaker.staff.id, "words": said, "score": value, "solved": True, "reached": True}
    return [*ticketing.closed(facts, ticket, result), Say("staff.callback.closed", ticket=ticket.id)]


def judged(facts: Facts, said: str) -> dict[str, Any]:
    """What a colleague writes of a phone call: reached, solved, score."""
    score = _SCORE.search(said)
    value = int(score.group(1)) if score else None
    poor = bool(_NOT.search(said)) or (value is not None and value <= facts.rules.sla.low_score)
    return {"reached": not _NOBODY.search(said), "solved": not poor, "score": value}


def merge(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """合并 003 到 001: one matter, one record; the reporter follows the other one and hears its number (C-29)."""
    if refused := refusal(facts, speaker, ticket, "merge"):
        return refused
    number = re.search(r"[A-Za-z]?\d{3,6}(?:-?\d{3,4})?", command.rest)
    found = facts.ask(TicketsByNumber(number.group())) if number else ()
    others = [t for t in found if t.id != ticket.id and t.status not in ENDED and sees(speaker, t)]
    if len(others) != 1:
        return [Say("staff.merge.which", ticket=ticket.id)]
    master = others[0]
    merged: ChangeTicket = ticketing.change(facts, ticket, "merge", columns={"merged_into": master.id})
    steps: list[Step] = [merged, *clocks.drop_all(ticket)]
    if clocks.is_resident(ticket.reporter_lane):
        steps.append(Subscribe(master.id, ticket.reporter_lane))
    steps += ticketing.residents_hear(facts, ticket, "ticket.said.merged", {"number": master.number})
    return [*steps, Say("staff.merged", {"number": master.number}, ticket=ticket.id)]
