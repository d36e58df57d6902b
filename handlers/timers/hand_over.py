"""Nobody has taken a chat in time: the desk's lead is told, the resident is not left alone. Rules: SLA-81, AL-10."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.desk import lead_of_desk, leads_of_desk
from handlers.dialog.form import Step
from handlers.effects import Button, Phrase, Say, SetTimer, ToGroup, ToStaff
from handlers.facts import Facts
from handlers.rules.desk import is_open, next_opening

KINDS = ("hand_over_wait",)

#: Rounds after which the matter stays with the console task alone.
_ROUNDS = 3


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - one signature
    """Tell the next lead, once per round; the resident hears it in the first round only (S-REC-06)."""
    if facts.conversation.held_by is not None:
        return []
    round_ = int(data.get("round", 1))
    steps = _alarm(facts, round_, data)
    if round_ == 1:
        steps.append(_apology(facts))
    if round_ < min(_ROUNDS, leads_of_desk(facts)):
        due = facts.now + timedelta(seconds=facts.rules.desk.duty_take_over_s)
        steps.append(SetTimer("hand_over_wait", subject, due, data={**data, "round": round_ + 1}))
    return steps


def _alarm(facts: Facts, round_: int, data: Mapping[str, Any]) -> list[Step]:
    params = {"reason": Phrase(f"human.reason.{data.get('reason', 'asked')}"), "round": round_}
    take = (Button(f"takeover:{facts.speaker.lane}", Phrase("human.button.take")),)
    lead = lead_of_desk(facts, round_ - 1)
    to = ToStaff(lead.id) if lead is not None else ToGroup("manager")
    return [Say("human.late", params, to, kind="alert", buttons=take)]


def _apology(facts: Facts) -> Say:
    if is_open(facts.local, facts.rules.desk):
        return Say("human.sorry_wait.open", kind="push")
    return Say("human.sorry_wait.duty", {"morning": next_opening(facts.local, facts.rules.desk)}, kind="push")
