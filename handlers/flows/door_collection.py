"""预约上门收费: whom to ask for, when; ends in a ticket for finance. Rules: S-FEE-08, SLA-42, SC-D74."""

import re

from handlers.dialog.codec import window_of
from handlers.dialog.form import Answers, Form, Got, Read, Slot, Step
from handlers.dialog.words import is_yes
from handlers.effects import OpenTicket, Say
from handlers.facts import Facts
from handlers.readers import free_text, spoken, when, when_named, yes_no
from handlers.ticketing import file
from storage.model import Home, TicketType

_CONTACT = free_text(min_chars=1, yields=("human",))


def contact(facts: Facts, answers: Answers) -> Read:
    """Read whom to ask for; "我" and a bare yes mean the speaker."""
    person = facts.speaker.person
    myself = is_yes(spoken(facts)) or bool(
        re.fullmatch(r"(?:就?是|找|联系)?(?:我|本人|我本人|我自己)(?:吧|就行|就好)?", spoken(facts))
    )
    if person is not None and myself:
        return Got(person.name)
    return _CONTACT(facts, answers)


def _home(answers: Answers, facts: Facts) -> Home | None:
    return next((r.home for r in facts.speaker.homes if r.home.id == answers.get("home")), None)


def _card(answers: Answers, facts: Facts) -> dict[str, object]:
    home = _home(answers, facts)
    return {
        "home": home.label if home else answers.get("label"),
        "contact": answers.get("contact"),
        "visit": window_of(answers.get("visit")),
        "amount_fen": answers.get("amount_fen"),
    }


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """File the appointment, or drop it when the resident says no."""
    if not answers["confirm"]:
        return [Say("door_collection.dropped")]
    ticket = OpenTicket(
        "door",
        TicketType.PAYMENT,
        "fee",
        str(answers["contact"]),
        home=_home(answers, facts),
        group="finance",
        wanted=window_of(answers["visit"]),
        extra={"door": True, "contact": answers["contact"], "amount_fen": answers.get("amount_fen")},
    )
    return [*file(facts, ticket), Say("door_collection.opened", ticket="door")]


FORM = Form(
    name="door_collection",
    version=1,
    slots=(
        Slot("visit", when(), hear=when_named()),
        Slot("contact", contact),
        Slot("confirm", yes_no(), params=_card),
    ),
    finish=finish,
)
