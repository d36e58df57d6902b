"""指引操作: first judgement, may we guide you, the steps, and after half an hour the result. Rules: S-REC-23."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.dialog.codec import home_json
from handlers.dialog.form import Answers, Form, Slot, Start, Step
from handlers.effects import CancelTimer, Phrase, Record, Say, SetTimer
from handlers.facts import Facts
from handlers.readers import choice, yes_no
from handlers.rules.self_help import TOPICS

_READY = {
    "now": ("方便", "可以", "好的", "现在可以", "好"),
    "later": ("发给我", "先发", "不方便", "没空", "发我", "晚点", "等会"),
    "man": ("安排师傅", "师傅", "报修", "派人", "上门", "你们来", "不会弄", "弄不了"),
}
_SOLVED = ("好了", "解决了", "可以了", "恢复了", "有电了", "通了", "有水了", "热了", "开了")
_UNSOLVED = ("没好", "不行", "没解决", "还是", "没用", "弄不了", "不会", "没有")


def judgement(answers: Answers, _: Facts) -> Mapping[str, Any]:
    """What it probably is (SC-V12)."""
    return {"judgement": Phrase(f"self_help.judge.{answers['topic']}")}


def guided(answers: Answers, facts: Facts) -> list[Step]:
    """The steps now, or to read later, or a man (SC-V13, SC-V14, SC-D111)."""
    if answers["ready"] == "man":
        return [_repair(answers, facts)]
    lane, topic = facts.speaker.lane, str(answers["topic"])
    due = facts.now + timedelta(minutes=facts.rules.self_help.ask_min)
    steps = {"steps": Phrase(f"self_help.steps.{topic}")}
    return [
        Say(f"self_help.sent.{answers['ready']}", steps),
        Record("self_help", lane, {"topic": topic, "sent": answers["ready"]}),
        SetTimer("self_help_ask", f"help:{lane}", due, data={"topic": topic, "text": answers["text"]}),
    ]


def asked_after(answers: Answers, facts: Facts) -> list[Step]:
    """Solved: thanks; not solved: the repair, with what was told already."""
    lane = facts.speaker.lane
    result = Record("self_help", lane, {"topic": answers["topic"], "solved": answers["solved"]})
    if answers["solved"]:
        return [result, Say("self_help.solved")]
    return [result, CancelTimer(f"help:{lane}"), _repair(answers, facts)]


def _repair(answers: Answers, facts: Facts) -> Start:
    homes = facts.speaker.homes
    known: dict[str, Any] = {
        "problem": [answers["text"]],
        "category": TOPICS[str(answers["topic"])].category,
        "urgency": "normal",
        "area": "home",
        "sure": True,
    }
    return Start("repair", known | ({"home": home_json(homes[0].home)} if len(homes) == 1 else {}))


FORMS = (
    Form(
        name="self_help",
        version=1,
        finish=guided,
        slots=(Slot("ready", choice(_READY), params=judgement),),
    ),
    Form(
        name="self_help_result",
        version=1,
        finish=asked_after,
        patient=True,
        slots=(Slot("solved", yes_no(yes=_SOLVED, no=_UNSOLVED)),),
    ),
)
