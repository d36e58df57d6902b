"""Reads scenario lines (design.md 6); every mistake is reported with its line number."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            parsed.append(_line(number, text))
        except ScenarioError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        raise ScenarioError("\n".join(problems))
    return parsed


def _line(number: int, text: str) -> Line:
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise ScenarioError(f"not JSON: {error.msg} at column {error.colno}") from error
    if not isinstance(raw, dict):
        raise ScenarioError("not a JSON object")
    unknown = sorted(set(raw) - FIELDS)
    if unknown:
        raise ScenarioError(f"unknown field {', '.join(unknown)}")
    at = _moment(raw.get("at"))
    actions = [name for name in ACTIONS if name in raw]
    if not actions:
        if at is None:
            raise ScenarioError("neither an action nor `at`")
        return Line(number, at, raw=raw)
    if len(actions) > 1:
        raise ScenarioError(f"more than one action: {', '.join(actions)}")
    who, user_id = _who(raw, actions[0])
    _check(actions[0], raw[actions[0]])
    return Line(number, at, who, user_id, _group(raw.get("in")), raw.get("channel"), actions[0], raw[actions[0]], raw)


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ScenarioError(f"`at` is not ISO 8601: {value}") from error
    if at.tzinfo is None:
        raise ScenarioError(f"`at` needs an offset: {value}")
    return at


def _who(raw: dict[str, Any], action: str) -> tuple[str, str]:
    if "from" not in raw and action == "pay":
        return "resident", ""
    kind, _, user_id = str(raw.get("from", "")).partition(":")
    if kind not in ("resident", "staff") or not user_id:
        raise ScenarioError("`from` is resident:ID or staff:ID")
    return kind, user_id


def _group(value: object) -> str | None:
    if value is None:
        return None
    kind, _, name = str(value).partition(":")
    if kind != "group" or not name:
        raise ScenarioError("`in` is group:NAME")
    return name


def _check(action: str, value: object) -> None:
    if action in ("text", "voice", "image", "event", "tap") and not isinstance(value, str):
        raise ScenarioError(f"`{action}` is text")
    if action in ("location", "pay") and not isinstance(value, dict):
        raise ScenarioError(f"`{action}` is an object")
    if action == "pay" and not {"bill", "amount_fen", "transaction"} <= set(value):  # type: ignore[call-overload]
        raise ScenarioError("`pay` needs bill, amount_fen and transaction")
