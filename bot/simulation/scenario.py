"""Reads scenario lines (design.md 6); every mistake is reported with its line number."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.settings.staffing import GROUPS

ACTIONS = ("text", "voice", "image", "location", "event", "tap", "pay")
FIELDS = {"at", "from", "in", "channel", *ACTIONS}


class ScenarioError(Exception):
    """The scenario cannot be played."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: who does what, when. `at` is aware or None (the clock stays)."""

    number: int
    at: datetime | None
    who: str | None = None
    user_id: str = ""
    group: str | None = None
    channel: str | None = None
    action: str | None = None
    value: Any = None
    raw: dict[str, Any] = field(default_factory=dict)


def read(lines: Iterable[str]) -> list[Line]:
    """All lines of a scenario.

    Raises:
        ScenarioError: naming every wrong line at once.
    """
    parsed: list[Line] = []
    problems: list[str] = []
    last: datetime | None = None
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = _line(number, text)
        except ScenarioError as error:
            problems.append(f"第 {number} 行：{error}")
            continue
        if line.at is not None and last is not None and line.at < last:
            problems.append(f"第 {number} 行：at 比前面的时间早：{line.at.isoformat()}")
        last = line.at or last
        parsed.append(line)
    if problems:
        raise ScenarioError("\n".join(problems))
    return parsed


def _line(number: int, text: str) -> Line:
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise ScenarioError(f"不是 JSON（第 {error.colno} 列：{error.msg}）") from error
    if not isinstance(raw, dict):
        raise ScenarioError("不是 JSON 对象")
    unknown = sorted(set(raw) - FIELDS)
    if unknown:
        raise ScenarioError(f"没有这个字段：{'、'.join(unknown)}")
    at = _moment(raw.get("at"))
    actions = [name for name in ACTIONS if name in raw]
    if not actions:
        if at is None:
            raise ScenarioError("既没有动作，也没有 at")
        return Line(number, at, raw=raw)
    if len(actions) > 1:
        raise ScenarioError(f"一行只能有一个动作，这里有 {'、'.join(actions)}")
    who, user_id = _who(raw, actions[0])
    _check(actions[0], raw[actions[0]])
    return Line(number, at, who, user_id, _group(raw.get("in")), raw.get("channel"), actions[0], raw[actions[0]], raw)


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ScenarioError(f"at 不是 ISO 8601 时间：{value}") from error
    if at.tzinfo is None:
        raise ScenarioError(f"at 要写时区，如 +08:00：{value}")
    return at


def _who(raw: dict[str, Any], action: str) -> tuple[str, str]:
    if "from" not in raw and action == "pay":
        return "resident", ""
    kind, _, user_id = str(raw.get("from", "")).partition(":")
    if kind not in ("resident", "staff") or not user_id:
        raise ScenarioError("from 要写成 resident:编号 或 staff:编号")
    return kind, user_id


def _group(value: object) -> str | None:
    if value is None:
        return None
    kind, _, name = str(value).partition(":")
    if kind != "group" or not name:
        raise ScenarioError("in 要写成 group:群名")
    if name not in GROUPS:
        raise ScenarioError(f"没有工作群 {name}，只有 {'、'.join(GROUPS)}")
    return name


def _check(action: str, value: object) -> None:
    if action in ("text", "voice", "image", "event", "tap") and not isinstance(value, str):
        raise ScenarioError(f"{action} 应为文字")
    if action in ("location", "pay") and not isinstance(value, dict):
        raise ScenarioError(f"{action} 应为对象")
    if action == "pay" and not {"bill", "amount_fen", "transaction"} <= set(value):  # type: ignore[call-overload]
        raise ScenarioError("pay 要有 bill、amount_fen 和 transaction")
