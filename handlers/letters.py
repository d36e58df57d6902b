"""来函: a letter is in hand in ten minutes, answered in writing in a day. Rules: S-REC-05, S-COMP-19, SLA-03, -04."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from handlers import ticketing
from handlers.dialog.form import Step
from handlers.effects import OpenTicket, Record, Say, SetTimer, ToStaff
from handlers.facts import Facts
from handlers.rules import dispatch
from handlers.ticketing import cards, clocks
from handlers.ticketing.people import roster
from nlp.meaning import Act
from storage.model import Person, Role, Staff, TicketType

#: Words that only a letter has; the shortest letter.
_FORMAL = re.compile(
    r"致函|来函|函告|此致|特此(?:函告|反映|申请|说明|告知)|(?:书面|来函|函件)(?:答复|回复|回函)|收函|望予?(?:答复|回函)"
)
_ADDRESSED = re.compile(
    r"^\s*(?:致|尊敬的|敬启者)[^，。,\n]{0,20}(?:公司|物业|管理处|服务中心|主任|经理|领导)?[^，。,\n]{0,6}[:：，,\n]"
)
_SHORTEST = 24
_HANDED = re.compile(
    r"(?:^|这是|附上|转交|请收下?)(?:我|我们)?(?:写)?的?(?:一封|投诉|感谢|建议|正式)?(?:信件?|来函|函件|书面材料|联名信)"
)
#: What a letter is when it says so itself; every other letter is a complaint (design.md 10).
_OTHERWISE = {"inquiry": TicketType.INQUIRY, "suggestion": TicketType.SUGGESTION, "praise": TicketType.PRAISE}


def is_letter(text: str, *, picture: bool = False) -> bool:
    """Whether words are a letter: formal and long enough, or the line that goes with a picture of one."""
    if picture and _HANDED.search(text):
        return True
    return len(text) >= _SHORTEST and bool(
        _FORMAL.search(text) or (_ADDRESSED.search(text) and len(text) >= 2 * _SHORTEST)
    )


def type_of(act: Act | None) -> TicketType:
    """The kind of ticket that carries a letter."""
    return _OTHERWISE.get(act.intent if act else "", TicketType.COMPLAINT)


def filed(facts: Facts, wish: OpenTicket, sender: Person | None) -> list[Step]:
    """File a letter: the usual alerts, at once a card with the scan for the manager, and both of its limits."""
    manager = reader(facts)
    slip = {"received_at": facts.now.isoformat(), "handed_to": manager.id if manager else None}
    opened = replace(wish, extra={**wish.extra, "letter": slip})
    steps: list[Step] = [*ticketing.file(facts, opened)]
    matter = cards.of_open(next(step for step in steps if isinstance(step, OpenTicket)))
    if manager is not None:
        shown = cards.private(matter, sender)
        media, moves = cards.media(matter), cards.buttons("receive")
        steps.append(
            Say("letter.alert", shown, ToStaff(manager.id), "alert", wish.ref, moves, urgent=True, media=media)
        )
    lane = wish.on_behalf_of or facts.speaker.lane
    lane = lane if clocks.is_resident(lane) else "estate"
    passed, answered = letter_limits(facts)
    return [
        *steps,
        Record("letter", "ticket:{ticket}", {"type": wish.type.value, "handed_to": slip["handed_to"]}, wish.ref),
        SetTimer("letter_pass", "ticket:{ticket}", passed, lane, wish.ref),
        SetTimer("letter_answer", "ticket:{ticket}", answered, lane, wish.ref),
    ]


def letter_limits(facts: Facts) -> tuple[datetime, datetime]:
    """Until when the manager has it in hand, and until when the sender has an answer; aware UTC (SLA-03, SLA-04)."""
    rules = facts.rules.desk
    return facts.now + timedelta(minutes=rules.letter_pass_min), facts.now + timedelta(hours=rules.letter_answer_h)


def reader(facts: Facts) -> Staff | None:
    """Who answers letters: the cs_manager, else the director (C-33)."""
    found = dispatch.of_role(roster(facts), Role.CS_MANAGER, Role.DIRECTOR)
    return found[0] if found else None
