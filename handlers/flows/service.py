"""Desk business (访客, 放行, 看房, 参观, 便民 …): what, when, which home. Rules: S-GOODS-01, S-REC-13, -14."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.desk import taken_by
from handlers.dialog.codec import home_of, window_of
from handlers.dialog.form import Answers, Bad, Form, Got, Read, Slot, Step
from handlers.effects import Button, Effect, OpenTicket, Phrase, Say, SetTimer, ToGroup, ToStaff
from handlers.facts import Facts
from handlers.readers import free_text, home, home_key, missing, phone, room_named, when
from handlers.rules import dispatch
from handlers.ticketing import file
from handlers.ticketing.people import roster
from nlp.meaning import TimeWindow
from storage.model import TicketType

#: Kinds whose first words leave out what the desk must know; each has the question `service.detail.<kind>`.
DETAILED = ("visitor", "move", "errand", "record", "card", "lost", "parking", "decoration", "activity", "tour")
#: Kinds that happen at a time.
TIMED = ("visitor", "move", "errand", "viewing", "tour")
#: Kinds that belong to a home.
HOUSED = ("visitor", "move", "card", "record", "parking", "lease", "decoration", "errand")
#: Kinds in which nobody of the staff comes to the home: the time is that of the visit, not an appointment.
AT_GATE = ("visitor", "move", "viewing")
#: First words of at least so many characters tell the matter themselves.
_TELLS = 14
#: 在电梯里捡到钱包 says what and where.
_TELLS_FOUND = 8


def _needs_detail(answers: Answers, _: Facts) -> bool:
    least = _TELLS_FOUND if answers["kind"] == "lost" else _TELLS
    told = len(str(answers["text"])) >= least and answers["kind"] != "tour"
    return answers["kind"] in DETAILED and not told


_read_when = when()


def _read_visit(facts: Facts, answers: Answers) -> Read:
    """A time to come; a viewing only inside its hours (SLA-60, SLA-61)."""
    read = _read_when(facts, answers)
    window = window_of(read.value) if isinstance(read, Got) else None
    if answers.get("kind") != "viewing" or window is None or window.start is None:
        return read
    rules = facts.rules.desk
    clock = window.start.astimezone(facts.estate.zone).time()
    return read if rules.viewing_opens <= clock <= rules.viewing_until else Bad("closed")


def _hear_visit(facts: Facts, answers: Answers) -> Read:
    read = _read_visit(facts, answers)
    return read if isinstance(read, Got) else None


def _timed(answers: Answers, _: Facts) -> bool:
    return answers["kind"] in TIMED


def _housed(answers: Answers, _: Facts) -> bool:
    return answers["kind"] in HOUSED


def _stranger(_: Answers, facts: Facts) -> bool:
    return facts.speaker.person is None


def _home_buttons(_: Answers, facts: Facts) -> tuple[Button, ...]:
    return tuple(Button(home_key(r.home), r.home.label) for r in facts.speaker.homes)


def _question(answers: Answers, _: Facts) -> Mapping[str, Any]:
    return {"question": Phrase(f"service.detail.{answers['kind']}")}


def _missing(answers: Answers, _: Facts) -> Mapping[str, Any]:
    return {"missing": missing(answers)}


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """File it for the desk and read back what was noted (SC-D86, SC-D85, SC-D93)."""
    summary = "，".join(filter(None, (str(answers["text"]), answers.get("detail"))))
    window, at_gate = window_of(answers.get("visit")), answers["kind"] in AT_GATE
    ticket = OpenTicket(
        "service",
        TicketType.SERVICE,
        str(answers.get("category") or "service"),
        summary,
        home=home_of(answers.get("home")),
        contact_phone=answers.get("phone"),
        wanted=None if at_gate or answers["kind"] == "tour" else window,
        group="manager" if answers["kind"] == "tour" else None,
        respond_due=taken_by(facts),
        finish_due=_ready_by(window, facts) if at_gate else None,
        media=facts.inbound.media,
        extra={"kind": answers["kind"], "visit": answers.get("visit")},
    )
    alerts = [_for_gate(effect, window) if at_gate else effect for effect in file(facts, ticket)]
    alerts += _viewing(window, facts) if answers["kind"] == "viewing" else []
    return [*alerts, Say(f"service.opened.{_opened(answers)}", {"time": window}, ticket="service")]


def _viewing(window: TimeWindow | None, facts: Facts) -> list[Effect]:
    """Both sides are reminded an hour before; after closing the duty waits, until nine (SLA-60, SLA-61)."""
    start = window.start if window else None
    if start is None:
        return []
    local, rules = start.astimezone(facts.estate.zone), facts.rules.desk
    remind = start.astimezone(UTC) - timedelta(hours=1)
    latest = datetime.combine(local.date(), rules.viewing_until, facts.estate.zone).astimezone(UTC)
    found: list[Effect] = [SetTimer("viewing_release", "ticket:{ticket}", latest, ticket="service")]
    if remind > facts.now:
        data = {"start": start.isoformat()}
        found.append(SetTimer("viewing_remind", "ticket:{ticket}", remind, ticket="service", data=data))
    if local.time() >= rules.viewing_closes:
        waiting = dispatch.duty(facts.rules.dispatch, roster(facts), local)
        found += [Say("service.viewing.duty", {"time": window}, ToStaff(s.id), "alert", "service") for s in waiting]
    return found


def _for_gate(effect: Effect, window: TimeWindow | None) -> Effect:
    """The group's card shows when the visit is (AL-16)."""
    if not isinstance(effect, Say) or not isinstance(effect.to, ToGroup):
        return effect
    return replace(effect, key="service.alert.gate", params={**effect.params, "time": window})


def _ready_by(window: TimeWindow | None, facts: Facts) -> datetime | None:
    """What the gate needs is ready when the visit begins; for one that begins now the usual limit holds."""
    start = window.start if window else None
    return start.astimezone(UTC) if start and start > facts.now + timedelta(hours=1) else None


def _opened(answers: Answers) -> str:
    kind = str(answers["kind"])
    return kind if kind in ("visitor", "move", "viewing", "tour") else "other"


FORM = Form(
    name="service",
    version=1,
    slots=(
        Slot("detail", free_text(), when=_needs_detail, params=_question, open=True),
        Slot("visit", _read_visit, hear=_hear_visit, when=_timed),
        Slot("home", home(), hear=room_named(), when=_housed, buttons=_home_buttons, params=_missing, shared=True),
        Slot("phone", phone(), hear=phone(), when=_stranger, shared=True),
    ),
    finish=finish,
)
