"""Month and week of the callbacks: five per cent phoned by somebody else, the director reads what was answered.

Rules: S-CB-02, S-CB-09, SLA-34, SLA-95, J-02, J-10, domain.md 5.4.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.dialog.form import Step
from handlers.effects import AddTask, Phrase, Record, Say, SetTimer, ToGroup, ToStaff
from handlers.facts import Facts, Recorded, RecordedBetween, TicketById
from handlers.rules import Rules, callback, dispatch
from handlers.ticketing.moves import month_of
from handlers.ticketing.people import roster
from storage.model import Role

KINDS = ("callback_sample", "callback_sample_check", "callback_review")
RECURRING = ("callback_sample", "callback_review")
_AT, _CHECK_AT = time(9, 30), time(17)
#: What the director sees of a week at most; the rest is counted.
LINES = 20


def first(kind: str, now: datetime, zone: ZoneInfo, rules: Rules) -> datetime:  # noqa: ARG001 - one signature
    """Half past nine on the first of the coming month, or on the coming Monday; in UTC as `now` is."""
    today = now.astimezone(zone).date()
    if kind == "callback_sample":
        day = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    else:
        day = today + timedelta(days=7 - today.weekday())
    return datetime.combine(day, _AT, zone).astimezone(now.tzinfo)


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Draw and list; on the fifth tell what was not phoned; each Monday give the director the week's callbacks."""
    if kind == "callback_sample_check":
        return _check(str(data["month"]), [int(id_) for id_ in data["tickets"]], facts)
    again = SetTimer(kind, subject, first(kind, facts.now, facts.estate.zone, facts.rules))
    return [again, *(_draw(facts) if kind == "callback_sample" else _review(facts))]


def _draw(facts: Facts) -> list[Step]:
    month = f"{facts.today.replace(day=1) - timedelta(days=1):%Y-%m}"
    lines = facts.ask(Recorded("order_finished", month_of(month)))
    orders = {int(line["ticket"]): line.get("by") for line in lines}
    seed = f"{facts.estate.id}:{facts.now.isoformat()}"
    size = callback.sample_size(facts.rules.callback, len(orders), facts.estate.households)
    drawn = callback.sampled(orders, size, seed)
    if not drawn:
        return []
    due = datetime.combine(facts.today.replace(day=facts.rules.callback.sample_until_day), _CHECK_AT, facts.estate.zone)
    due = due.astimezone(facts.now.tzinfo)
    record = {"seed": seed, "population": len(orders), "tickets": list(drawn)}
    title, role = Phrase("callback.sample.task"), Role.CS_ASSISTANT.value
    tasks = [AddTask("callback_sample", f"ticket:{id_}", title, role, due, id_) for id_ in drawn]
    shown = {"month": month, "count": len(drawn), "all": len(orders), "due": due, "lines": _lines(facts, drawn)}
    check = SetTimer("callback_sample_check", month_of(month), due, data={"month": month, "tickets": list(drawn)})
    listed = Say("callback.sample.list", shown, ToGroup("service"), "alert")
    return [Record("callback_sample", month_of(month), record), *tasks, listed, check]


def _check(month: str, ids: list[int], facts: Facts) -> list[Step]:
    """What was drawn and is not phoned by the fifth is the director's matter (SLA-34)."""
    left = tuple(id_ for id_ in ids if not facts.ask(Recorded("callback_spot", f"ticket:{id_}")))
    shown = {"month": month, "count": len(left), "lines": _lines(facts, left)}
    told = dispatch.of_role(roster(facts), Role.DIRECTOR)[:1] if left else ()
    return [Say("callback.sample.late", shown, ToStaff(s.id), "alert") for s in told]


def _lines(facts: Facts, ids: tuple[int, ...]) -> tuple[Phrase, ...]:
    found = (facts.ask(TicketById(id_)) for id_ in ids)
    return tuple(Phrase("callback.sample.line", {"ticket": ticket}) for ticket in found if ticket is not None)


def _review(facts: Facts) -> list[Step]:
    """The week's callbacks, those that went badly first; the director writes an opinion (S-CB-09)."""
    made = facts.ask(RecordedBetween("callback", facts.now - timedelta(days=7), facts.now))
    if not made:
        return []
    ordered = sorted(made, key=lambda line: bool(line.get("solved")))
    shown = {
        "count": len(made),
        "poor": sum(line.get("solved") is False for line in made),
        "missed": sum(line.get("reached") is False for line in made),
        "lines": tuple(_answer(line) for line in ordered[:LINES]),
    }
    week = f"week:{facts.today.isoformat()}"
    task = AddTask("callback_review", week, Phrase("callback.review.task"), Role.DIRECTOR.value)
    told = dispatch.of_role(roster(facts), Role.DIRECTOR)[:1]
    return [task, *(Say("callback.review.list", shown, ToStaff(s.id), "alert") for s in told)]


def _answer(line: Mapping[str, Any]) -> Phrase:
    result = "missed" if line.get("reached") is False else "good" if line.get("solved") else "poor"
    said = {"number": line.get("number"), "words": str(line.get("words") or "")[:60] or None}
    return Phrase("callback.review.line", {**said, "result": Phrase(f"callback.review.{result}")})
