"""预约上门收费: whom to ask for, when; ends in a ticket for finance. Rules: S-FEE-08, SLA-42, SC-D74."""

from handlers.dialog.codec import window_of
from handlers.dialog.form import Answers, Form, Slot, Step
from handlers.effects import OpenTicket, Say
from handlers.facts import Facts
from handlers.readers import free_text, when, when_named, yes_no
from handlers.ticketing import file
from storage.model import Home, TicketType


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
        Slot("contact", free_text(min_chars=1, yields=("human",))),
        Slot("confirm", yes_no(), params=_card),
    ),
    finish=finish,
)
