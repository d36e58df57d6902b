"""Fills texts in one pass, and says dates, times and money the way people do."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from handlers.effects import Phrase
from handlers.errors import TextError
from handlers.facts import Estate
from nlp.meaning import TimeWindow
from storage.model import Home, Ticket, named_building

#: Placeholders that need no value from the code.
ALWAYS = frozenset({"estate", "ticket", "title"})
_ESTATE = frozenset({"name", "city", "phone", "phones"})
_LABELLED = frozenset({"type", "category", "status", "urgency", "level", "group"})
_TICKET = _LABELLED | {
    "number", "summary", "building", "unit", "block", "room", "home", "place", "where", "object", "contact_phone",
    "wanted", "wanted_start", "wanted_end", "created_at", "respond_due", "finish_due", "accepted_at", "arrived_at",
    "finished_at", "confirmed_at", "closed_at", "suspend_until", "reopened", "contacts", "extra",
}  # fmt: skip
_TOKEN = re.compile(r"\{([^{}]*)\}|\[\[|\]\]")
_NAME = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*")
_WEEKDAYS = "一二三四五六日"
_HELLO = "您好"
_DAY_WORDS = {-1: "昨天", 0: "今天", 1: "明天", 2: "后天"}

#: A literal, a placeholder name in a 1-tuple, or an optional part that is left out when one of its values is empty.
Part = "str | tuple[str] | list[Part]"


@dataclass(frozen=True, slots=True)
class Rendered:
    """The sentence as the person sees it, with (key, label) buttons."""

    body: str
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed text. `needs` are the names that the code must fill; `wording` is the text as its file writes it."""

    parts: tuple[Any, ...]
    needs: frozenset[str]
    buttons: tuple[tuple[str, str], ...] = ()
    script: str | None = None
    source: str = ""
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What reading a template gave; `problem` says what is wrong with it."""

    parts: tuple[Any, ...]
    needs: frozenset[str]
    problem: str | None = None


def parse(text: str) -> Parsed:
    """Read `{name}` placeholders and `[[optional parts]]`; a part with an empty value vanishes."""
    stack: list[list[Any]] = [[]]
    needs: set[str] = set()
    at = 0
    for token in _TOKEN.finditer(text):
        stack[-1].append(text[at : token.start()])
        at = token.end()
        if token.group() == "[[":
            stack.append([])
        elif token.group() == "]]":
            if len(stack) == 1:
                return Parsed((), frozenset(), "]] 前面没有 [[")
            optional = stack.pop()
            stack[-1].append(optional)
        else:
            problem = _wrong(token.group(1))
            if problem:
                return Parsed((), frozenset(), problem)
            needs.add(token.group(1).partition(".")[0])
            stack[-1].append((token.group(1),))
    stack[-1].append(text[at:])
    if len(stack) > 1 or re.search(r"[{}]", re.sub(_TOKEN, "", text)):
        return Parsed((), frozenset(), "括号没有成对")
    return Parsed(tuple(stack[0]), frozenset(needs - ALWAYS))


def bare(parts: tuple[Any, ...] | list[Any], *, inside: bool = False) -> frozenset[str]:
    """The placeholders that stand outside every `[[ ]]`; with `inside`, those within."""
    own = {part[0] for part in parts if isinstance(part, tuple)}
    nested = [part for part in parts if isinstance(part, list)]
    if not inside:
        return frozenset(own)
    return frozenset().union(*(bare(part) | bare(part, inside=True) for part in nested))


def _wrong(name: str) -> str | None:
    """Placeholders of the estate and of the ticket are known; others are the code's."""
    if not _NAME.fullmatch(name):
        return f"没有占位符 {{{name}}}"
    root, _, rest = name.partition(".")
    field = rest.partition(".")[0]
    if (root == "estate" and field not in _ESTATE) or (root == "ticket" and field not in _TICKET):
        return f"没有占位符 {{{name}}}"
    return None


class Renderer:
    """Renders the phrases of one message."""

    def __init__(self, templates: Mapping[str, Template], estate: Estate, now: datetime, title: str | None) -> None:
        """`now` is aware."""
        self._templates = templates
        self._estate = estate
        self._today = now.astimezone(estate.zone).date()
        self._title = title

    def render(self, phrase: Phrase, ticket: Ticket | None) -> Rendered:
        """One phrase with what stands before and after it."""
        template = self._templates.get(phrase.key)
        if template is None:
            raise TextError([f"{phrase.key}: unknown key"])
        own = phrase.params.get("ticket")
        scope = _Scope(self, phrase, own if isinstance(own, Ticket) else ticket)
        body = scope.fill(template.parts)
        buttons = template.buttons
        for name in ("before", "after"):
            phrases = _phrases(phrase.params.get(name))
            for extra in reversed(phrases) if name == "before" else phrases:
                around = self.render(extra, ticket)
                body = _joined(around.body, body) if name == "before" else _joined(body, around.body)
                buttons += around.buttons
        return Rendered(body.strip(), buttons)

    def label(self, kind: str, value: object) -> str:
        """The word for a label of the ticket (status, category …); an unknown one reads as "other"."""
        name = value.value if isinstance(value, Enum) else value
        if name is None:
            return ""
        key = f"label.{kind}.{name}"
        template = self._templates.get(key) or self._templates.get(f"label.{kind}.other")
        return "".join(part for part in template.parts if isinstance(part, str)) if template else str(name)

    def estate(self, path: str) -> object:
        """name, city, phone (of the service desk) or phones.<purpose>."""
        name, _, rest = path.partition(".")
        if name == "phone":
            return self._estate.phones.get("service", "")
        if name == "phones":
            return self._estate.phones.get(rest, "")
        return getattr(self._estate, name)

    def show(self, name: str, value: object, ticket: Ticket | None) -> str:
        """A value as people read it; `name` ending in `_fen` is money."""
        match value:
            case Phrase():
                return self.render(value, ticket).body
            case tuple() | list():
                shown = [self.show(name, item, ticket) for item in value]
                return "\n".join(line for line in shown if line)
            case TimeWindow():
                return self.window(value)
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value).rstrip()
            case int() if name.endswith("_fen"):
                return yuan(value)
            case _:
                return self._plain(name, value)

    def _plain(self, name: str, value: object) -> str:
        match value:
            case None:
                return ""
            case Home():
                return value.label
            case bool():
                return self.label("bool", str(value).lower())
            case float():
                return f"{value:.2f}".rstrip("0").rstrip(".")
            case Enum():
                return self.label(name, value)
            case _:
                return str(value)

    @property
    def title(self) -> str:
        """How the person is addressed; nothing where it is not known."""
        return self._title or ""

    def day(self, day: date) -> str:
        """今天, 明天 …, else 11月26日 周四 (the year only when it is another one)."""
        word = _DAY_WORDS.get((day - self._today).days)
        if word:
            return word
        year = f"{day.year}年" if day.year != self._today.year else ""
        return f"{year}{day.month}月{day.day}日 周{_WEEKDAYS[day.weekday()]} "

    def moment(self, moment: datetime) -> str:
        """今天15:00, 明天上午9:00 …, in the estate's zone."""
        local = moment.astimezone(self._estate.zone)
        return self.day(local.date()) + _clock(local)

    def window(self, window: TimeWindow) -> str:
        """明天上午9:00–11:00, 今天15:00前, 明天全天 …; nothing for an open window."""
        zone = self._estate.zone
        start = window.start.astimezone(zone) if window.start else None
        end = window.end.astimezone(zone) if window.end else None
        if start and end:
            return self._between(start, end)
        if end:
            return f"{self.moment(end)}前"
        return self.moment(start) if start else ""

    def _between(self, start: datetime, end: datetime) -> str:
        last = end - timedelta(minutes=1)
        if start.date() != last.date():
            return f"{self.moment(start)}–{self.moment(end)}"
        if (end - start) >= timedelta(hours=14):
            return f"{self.day(start.date()).rstrip()}全天"
        clock = "24:00" if end.date() != start.date() else _clock(end)
        plain = clock.removeprefix("上午") if _clock(start).startswith("上午") else clock
        return f"{self.day(start.date())}{_clock(start)}–{plain}"


class _Scope:
    """The values that one text may use."""

    def __init__(self, renderer: Renderer, phrase: Phrase, ticket: Ticket | None) -> None:
        self._renderer = renderer
        self._phrase = phrase
        self._ticket = ticket

    def fill(self, parts: tuple[Any, ...] | list[Any]) -> str:
        """All parts; optional ones only when they are whole."""
        return "".join(self._pieces(parts))

    def _pieces(self, parts: tuple[Any, ...] | list[Any]) -> Iterator[str]:
        for index, part in enumerate(parts):
            if isinstance(part, str):
                yield part
            elif isinstance(part, list):
                yield self._optional(part)
            else:
                shown = self._value(part[0])
                following = parts[index + 1] if index + 1 < len(parts) else ""
                doubled = isinstance(following, str) and following.startswith("元") and shown.endswith("元")
                yield shown.removesuffix("元") if doubled else shown

    def _optional(self, part: list[Any]) -> str:
        values = [self._value(piece[0]) for piece in part if isinstance(piece, tuple)]
        return self.fill(part) if all(value.strip() for value in values) else ""

    def _value(self, name: str) -> str:
        root, _, path = name.partition(".")
        if root == "estate":
            return self._renderer.show(name, self._renderer.estate(path), self._ticket)
        if root == "ticket" and path:
            return self._of_ticket(path)
        if root == "title":
            return self._renderer.title
        if root not in self._phrase.params:
            raise TextError([f"{self._phrase.key}: no value for {{{name}}}"])
        return self._renderer.show(name, self._phrase.params[root], self._ticket)

    def _of_ticket(self, path: str) -> str:
        ticket = self._ticket
        if ticket is None:
            raise TextError([f"{self._phrase.key}: no ticket for {{ticket.{path}}}"])
        name, _, rest = path.partition(".")
        if name in _LABELLED:
            return self._renderer.label(name, getattr(ticket, name))
        if name == "extra":
            return self._renderer.show(rest, ticket.extra.get(rest), ticket)
        derived = _DERIVED.get(name)
        value = derived(ticket) if derived else getattr(ticket, name)
        return self._renderer.show(name, value, ticket)


def _block(ticket: Ticket) -> str:
    """Building and unit, what groups may see."""
    building = named_building(ticket.building) if ticket.building else ""
    unit = f"{ticket.unit}单元" if ticket.unit and ticket.building else ""
    return (ticket.home.area or "" if ticket.home else "") + building + unit


_DERIVED: Mapping[str, Any] = {
    "block": _block,
    "where": lambda ticket: _block(ticket) + (ticket.place or ""),
    "room": lambda ticket: ticket.home,
    "home": lambda ticket: ticket.home,
    "wanted": lambda ticket: TimeWindow(ticket.wanted_start, ticket.wanted_end),
}


def _clock(local: datetime) -> str:
    if local.hour < 6:
        return f"凌晨{local.hour}:{local.minute:02}"
    return f"上午{local.hour}:{local.minute:02}" if local.hour < 12 else f"{local.hour}:{local.minute:02}"


def yuan(fen: int) -> str:
    """Fen as 元 with two decimals."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02}元".replace(",", "")


def _phrases(value: object) -> tuple[Phrase, ...]:
    if isinstance(value, Phrase):
        return (value,)
    return tuple(item for item in value if isinstance(item, Phrase)) if isinstance(value, tuple | list) else ()


def _joined(first: str, second: str) -> str:
    if first.startswith(_HELLO):
        second = second.removeprefix(f"{_HELLO}，")  # one greeting is enough
    between = "\n" if "\n" in first or "\n" in second else ""
    return f"{first}{between}{second}"
