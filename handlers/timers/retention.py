"""The daily deletion of what is kept no longer than its purpose needs (reliability.md 6), in bites; counts recorded."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.dialog.form import Step
from handlers.effects import Purge, SetTimer
from handlers.facts import Facts
from handlers.rules import Rules

KINDS = ("retention", "retention_bite")
RECURRING = ("retention",)


def first(kind: str, now: datetime, zone: ZoneInfo, rules: Rules) -> datetime:  # noqa: ARG001 - one signature
    """The next run strictly after `now` (aware), in UTC as `now` is."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), rules.retention.at, zone)
    return (today if today > local else today + timedelta(days=1)).astimezone(now.tzinfo)


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Each day the first bite; each bite asks for the next one while there was something to delete."""
    if kind == "retention_bite":
        return [Purge(subject, {name: int(count) for name, count in data.items()})]
    again = SetTimer(kind, subject, first(kind, facts.now, facts.estate.zone, facts.rules), data=data)
    return [again, Purge(subject, {})]
