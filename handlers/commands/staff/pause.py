"""Who holds a chat looks something up or must leave it for a moment. Rules: S-REC-06, S-REC-10, SLA-02, C-46."""

import re
from datetime import timedelta

from handlers.commands.staff.grammar import Command
from handlers.dialog.form import Step
from handlers.effects import CancelTimer, Record, Say, SetTimer, ToLane
from handlers.facts import Facts, Recorded
from storage.model import Staff

COMMANDS = ("away", "look_up", "back")
#: Words that put the answer off; the promised time goes on running.
PUTS_OFF = re.compile(
    r"稍后|稍等|晚点|晚些|回头|再(?:回复|答复|告诉|联系)|(?:帮您|我)(?:去)?(?:问|查|核实|了解)(?:一下|下)"
)
KIND, TIMER = "pause", "chat_pause"


def take(facts: Facts, staff: Staff, lane: str, command: Command) -> list[Step]:
    """暂离 / 查询中 asks the resident's leave and thanks; 回来了 apologises (SC-D07, SC-D08, SC-V15, SC-D05)."""
    if command.name == "back":
        kind = _open(facts, lane) or "away"
        return [Say(f"staff.held.resume_{kind}", {}, ToLane(lane), "push"), *over(lane), Say("staff.hold.resumed")]
    asked = Say(f"staff.held.{command.name}", {}, ToLane(lane), "push")
    return [asked, *_begun(facts, staff, lane, command.name), Say("staff.hold.paused")]


def ends(facts: Facts, lane: str) -> str | None:
    """`back_away` or `back_look_up` when the resident was kept waiting until now."""
    kind = _open(facts, lane)
    return f"back_{kind}" if kind else None


def puts_off(facts: Facts, staff: Staff, lane: str, words: str) -> list[Step]:
    """A sentence like 请稍等，我查一下 starts the same minute as 查询中 does."""
    return _begun(facts, staff, lane, "look_up") if PUTS_OFF.search(words) else []


def over(lane: str) -> list[Step]:
    """The wait is over."""
    return [Record(KIND, lane, {"open": None}), CancelTimer(lane, TIMER)]


def _open(facts: Facts, lane: str) -> str | None:
    lines = facts.ask(Recorded(KIND, lane))
    kind = lines[-1].get("open") if lines else None
    return str(kind) if kind else None


def _begun(facts: Facts, staff: Staff, lane: str, kind: str) -> list[Step]:
    due = facts.now + timedelta(seconds=facts.rules.desk.pause_s)
    data = {"staff": staff.id, "kind": kind, "round": 1, "since": facts.now.isoformat()}
    return [Record(KIND, lane, {"open": kind, "by": staff.id}), SetTimer(TIMER, lane, due, lane, data=data)]
