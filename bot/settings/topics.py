"""Blocks at the root of config.yaml that are topics of the rules in code, and the defaults below both."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from bot.settings.messages import Mistake
from bot.settings.source import merge
from handlers.rules import Rules

#: Root block -> topic of the rules. A topic that the rules do not have takes no settings.
TOPICS = {"dialog": "reception", "quiet_hours": "quiet", "duty": "dispatch", "schedules": "schedule"}


def place_topics(tree: Mapping[str, Any], mistakes: list[Mistake]) -> dict[str, Any]:
    """The tree with its topic blocks under `rules`, over the default rule values.

    Mappings of the defaults are merged, not replaced: `rules.triage.trades.lift.urgent` changes one value of one trade.
    """
    placed = dict(tree)
    rules = _block(placed.pop("rules", None), "rules", mistakes)
    known = {field.name for field in fields(Rules)}
    for root, topic in TOPICS.items():
        block = _block(placed.pop(root, None), root, mistakes)
        if topic in known:
            rules = merge(rules, {topic: block})
        else:
            mistakes += [Mistake(f"{root}.{key}", "没有这个设置项，请删除") for key in block]
    defaults = asdict(Rules())
    rules = merge(_implied(placed, defaults["triage"]["trades"], mistakes), rules)
    placed["rules"] = merge(defaults, {topic: block for topic, block in rules.items() if block is not None})
    return placed


def root_path(path: str, tree: Mapping[str, Any]) -> str:
    """The path where a topic's setting was written: `rules.reception.idle_ask_min` -> `dialog.idle_ask_min`."""
    for root, topic in TOPICS.items():
        start = f"rules.{topic}."
        rest = path.removeprefix(start)
        if rest != path and rest.partition(".")[0] in (tree.get(root) or {}):
            return f"{root}.{rest}"
    return path


def _block(value: Any, path: str, mistakes: list[Mistake]) -> dict[str, Any]:
    if value is not None and not isinstance(value, Mapping):
        mistakes.append(Mistake(path, "这里应是一组“名称: 值”"))
        return {}
    return dict(value or {})


def _implied(tree: Mapping[str, Any], trades: Mapping[str, Any], mistakes: list[Mistake]) -> dict[str, Any]:
    """Rule values that other blocks settle: desk hours of the estate, and the group of an emergency."""
    implied: dict[str, Any] = {}
    estate = tree.get("estate")
    hours = estate.get("office_hours") if isinstance(estate, Mapping) else None
    if isinstance(hours, Mapping) and {"start", "end"} <= hours.keys():
        implied["desk"] = {"opens": hours["start"], "closes": hours["end"]}
    alerts = tree.get("alerts")
    if isinstance(alerts, Mapping):
        mistakes += [Mistake(f"alerts.{name}", "没有这种类别的事项") for name in alerts if name not in trades]
        right = {name: alert for name, alert in alerts.items() if name in trades and isinstance(alert, Mapping)}
        moved = {name: {"doing": alert["group"]} for name, alert in right.items() if "group" in alert}
        implied["triage"] = {"trades": moved}
    return implied
