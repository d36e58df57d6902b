"""核对身份: the room, then the tail of the phone on the roster; binds, or a person checks. Rules: S-REC-07, SC-D103."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from handlers.account import act, tries_today, wish_of
from handlers.dialog.codec import home_of
from handlers.dialog.form import Answers, Bad, Form, Got, Read, Slot, Start, Step
from handlers.dialog.words import is_unknown
from handlers.effects import AddTask, Bind, Phrase, Record, Say, ToGroup, Unbind
from handlers.facts import Facts, LaneOfPerson, ResidentsOf
from handlers.readers import missing, room, room_named, spoken, yes_no
from handlers.rules.access import has_tail, phone_tail, sees_account
from handlers.rules.desk import promised_by
from storage.model import Home, Person, Residency, Role, Tenure

#: Why a person must look; each has the text `bind_home.reason.<why>` for staff. The resident hears the same for all.
Why = Literal["mismatch", "no_phone", "second_owner", "change"]

_SAYS_TAIL = re.compile(r"尾号|后四位|末四位|后4位|末4位|电话|手机|号码")
#: Of several people with this tail the first of these is meant.
_ORDER = (Tenure.OWNER, Tenure.FAMILY, Tenure.TENANT)


def _read_tail(facts: Facts, _: Answers) -> Read:
    text = spoken(facts)
    tail = phone_tail(text)
    if tail is not None:
        return Got(tail)
    if is_unknown(text):
        return Got("unknown")
    return Bad("digits") if re.search(r"\d", text) and facts.inbound.kind == "message" else None


def _hear_tail(facts: Facts, answers: Answers) -> Read:
    """A tail that is named as one; after a mismatch only a new answer counts."""
    text = spoken(facts)
    tail = phone_tail(text) if _SAYS_TAIL.search(text) and not answers.get("again") else None
    return Got(tail) if tail else None


def _room_params(answers: Answers, facts: Facts) -> Mapping[str, Any]:
    return {"notice": _notice(facts), "missing": missing(answers)}


def _notice(facts: Facts) -> Phrase | None:
    """What is kept and why, before the first question of a binding and not again (PIPL art. 17)."""
    asked = any(frame.form == "bind_home" and frame.asked for frame in facts.conversation.frames)
    return None if asked else Phrase("bind_home.notice", {"version": facts.rules.access.notice_version})


def _tail_params(answers: Answers, facts: Facts) -> Mapping[str, Any]:
    """The notice stands here when the room was told unasked."""
    if answers.get("again"):
        return {"lead": Phrase("bind_home.mismatch")}
    return {"lead": _notice(facts)}


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """Compare with the roster, room first; what does not fit plainly is a person's task (design.md 10)."""
    home = home_of(answers["home"])
    if home is None:
        return [Start("bind_home", {key: answers[key] for key in ("wish",) if key in answers})]
    if answers["tail"] == "unknown" or tries_today(facts) >= facts.rules.access.tail_tries:
        return _person_checks("no_phone" if answers["tail"] == "unknown" else "mismatch", home, facts)
    residents = facts.ask(ResidentsOf(home.id, facts.today))
    found = _with_tail(residents, str(answers["tail"]))
    if found is None:
        return _mismatch(answers, home, facts)
    person, residency = found
    known = facts.speaker.person
    if known is not None and known.id != person.id:
        return _person_checks("change", home, facts)
    if known is None and _another_owner(residency, person, residents, facts):
        return _person_checks("second_owner", home, facts)
    return [*_bind(person, residency, facts, new=known is None), *_go_on(answers, person, residency, facts)]


def _with_tail(residents: Iterable[tuple[Person, Residency]], tail: str) -> tuple[Person, Residency] | None:
    fitting = [pair for pair in residents if has_tail(pair[0], tail)]
    return min(fitting, key=lambda pair: _ORDER.index(pair[1].tenure), default=None)


def _another_owner(
    residency: Residency, person: Person, residents: Iterable[tuple[Person, Residency]], facts: Facts
) -> bool:
    """A second owner beside one who is bound already (design.md 10, binding in chat)."""
    owners = [p for p, held in residents if held.tenure is Tenure.OWNER and p.id != person.id]
    bound = any(facts.ask(LaneOfPerson(owner.id)) is not None for owner in owners)
    return residency.tenure is Tenure.OWNER and bound


def _mismatch(answers: Answers, home: Home, facts: Facts) -> list[Step]:
    """One more try; then a person checks. Nothing is said about what the roster holds (INV-26)."""
    failed = Record("bind_failed", facts.speaker.lane, {"day": facts.today.isoformat()})
    if tries_today(facts) + 1 >= facts.rules.access.tail_tries:
        return [failed, *_person_checks("mismatch", home, facts)]
    kept = {key: answers[key] for key in ("home", "wish") if key in answers}
    return [failed, Start("bind_home", {**kept, "again": True})]


def _person_checks(why: Why, home: Home, facts: Facts) -> list[Step]:
    until = promised_by(facts.local, facts.rules.desk.answer_h, facts.rules.desk)
    data = {"lane": facts.speaker.lane, "home": home.id, "why": why}
    title = Phrase("bind_home.task", {"home": home, "why": Phrase(f"bind_home.reason.{why}")})
    return [
        AddTask("bind_check", f"{facts.speaker.lane}:{home.id}", title, Role.FRONT_DESK.value, until, data=data),
        Say("bind_home.alert", {"until": until}, ToGroup("service"), kind="alert"),
        Say("bind_home.person_checks", {"until": until}),
    ]


def _bind(person: Person, residency: Residency, facts: Facts, *, new: bool) -> list[Step]:
    if not new:
        return [Say("bind_home.already", {"home": residency.home})]
    version = facts.rules.access.notice_version
    consent = {"notice": version, "channel": facts.inbound.channel, "at": facts.now.isoformat()}
    return [
        Bind(person.id, residency.home.id, residency.tenure, version),
        Record("consent", f"person:{person.id}", consent),
        Say("bind_home.done", {"home": residency.home}),
    ]


def _go_on(answers: Answers, person: Person, residency: Residency, facts: Facts) -> list[Step]:
    """What was wanted before the question, now for a verified resident."""
    wish = wish_of(answers.get("wish"))
    if wish is None:
        return []
    if not sees_account(residency, facts.rules.access):
        return [Say("payment.owner_only")]
    homes = facts.speaker.homes or (residency,)
    return act(wish, residency.home, replace(facts, speaker=replace(facts.speaker, person=person, homes=homes)))


def forget(answers: Answers, _: Facts) -> list[Step]:
    """Withdrawn consent unbinds at once and stops reminders (PIPL art. 15)."""
    if not answers["sure"]:
        return [Say("unbind.kept")]
    return [Say("unbind.done"), Unbind()]


FORMS = (
    Form(
        name="bind_home",
        version=1,
        slots=(
            Slot("home", room(), hear=room_named(), params=_room_params),
            Slot("tail", _read_tail, hear=_hear_tail, params=_tail_params),
        ),
        finish=finish,
    ),
    Form(name="unbind", version=1, slots=(Slot("sure", yes_no()),), finish=forget),
)
