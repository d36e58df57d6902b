"""The courtesy scripts with sample values filled in, for those who edit them (`guanjia scripts preview`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

import yaml

from handlers.effects import Phrase
from handlers.facts import Estate
from handlers.texts import Rendered, Texts
from nlp.meaning import TimeWindow
from storage.model import Home, Ticket, TicketStatus, TicketType

_LATER = re.compile(r"([+-]\d+)h")
_NO_SAMPLE = "样例"
_TYPES: Mapping[str, tuple[TicketType, str, str]] = {
    "complaint": (TicketType.COMPLAINT, "noise", "service"), "emergency": (TicketType.EMERGENCY, "lift", "order"),
    "inquiry": (TicketType.INQUIRY, "other", "service"), "payment": (TicketType.PAYMENT, "property_fee", "finance"),
    "suggestion": (TicketType.SUGGESTION, "other", "service"), "praise": (TicketType.PRAISE, "other", "service"),
    "letter": (TicketType.COMPLAINT, "other", "service"), "service": (TicketType.SERVICE, "visitor", "service"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One text as a person would see it.

    Attributes:
        key: the text key; `script` the SC-/AL- id that it carries out, if it has one.
        source: the file it comes from.
        rendered: wording and buttons with the sample values in.
    """

    key: str
    script: str | None
    source: str
    rendered: Rendered


class Samples:
    """The sample values of `sample/texts.yaml` by placeholder, with exceptions for single keys."""

    def __init__(self, texts: Texts, estate: Estate, now: datetime) -> None:
        """`now` is aware; the samples play at ten in the morning of that day."""
        content = yaml.safe_load(files("bot").joinpath("sample/texts.yaml").read_text("utf-8"))
        self._texts = texts
        self._estate = estate
        self._now = now.replace(hour=10, minute=0, second=0, microsecond=0)
        self._values = {name: value for name, value in content.items() if not isinstance(value, dict)}
        self._own = {key: values for key, values in content.items() if isinstance(values, dict)}

    def show(self, key: str) -> Shown:
        """A text with the samples filled in."""
        rendered = self._texts.render(
            self._phrase(key), estate=self._estate, now=self._now, ticket=self._ticket(key), title="林女士"
        )
        return Shown(key, self._texts.script(key), self._texts.source(key), rendered)

    def _phrase(self, key: str) -> Phrase:
        own = self._own.get(key, {})
        names = self._texts.placeholders(key)
        return Phrase(key, {name: self._value(own.get(name, self._values.get(name, _NO_SAMPLE))) for name in names})

    def _value(self, raw: Any) -> Any:
        if isinstance(raw, list):
            return tuple(self._value(each) for each in raw)
        if not isinstance(raw, str):
            return raw
        if raw.startswith("@"):
            return self._phrase(raw[1:])
        times = [_LATER.fullmatch(part) for part in raw.split("/")]
        if all(times):
            moments = [self._later(int(time.group(1))) for time in times if time]
            return moments[0] if len(moments) == 1 else TimeWindow(moments[0], moments[1])
        return raw

    def _later(self, hours: int) -> datetime:
        return self._now + timedelta(hours=hours)

    def _ticket(self, key: str) -> Ticket:
        named = next((each for each in key.split(".") if each in _TYPES), "")
        kind, category, group = _TYPES.get(named, (TicketType.REPAIR, "water_leak", "repair"))
        home = Home(1, self._estate.id, None, "3", "2", "501")
        return Ticket(
            1, self._estate.id, f"{kind.letter}{self._now:%y%m%d}-003", kind, category, TicketStatus.ACCEPTED, "normal",
            "厨房角阀漏水", home=home, building="3", unit="2", place="厨房", object="角阀", group=group,
            level="important" if kind is TicketType.COMPLAINT else None, contact_phone="13800001004",
            wanted_start=self._later(24), wanted_end=self._later(26), created_at=self._later(-2),
            accepted_at=self._later(-1), arrived_at=self._now, finished_at=self._now, closed_at=self._now,
            suspend_until=self._later(48), respond_due=self._later(1), finish_due=self._later(8),
        )  # fmt: skip


def chosen(texts: Texts, wanted: list[str]) -> list[str]:
    """The keys that begin with a word of `wanted`, or carry out a script of that id (all when it is empty)."""
    scripts = {each.upper() for each in wanted}
    return [
        key
        for key in sorted(texts.keys())
        if not wanted or any(key.startswith(each) for each in wanted) or (texts.script(key) or "").upper() in scripts
    ]
