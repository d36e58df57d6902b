"""The sentences people read: YAML of this package, overlaid by a site's own files. Loaded once, rendered by key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from handlers.effects import Phrase
from handlers.errors import TextError
from handlers.facts import Estate
from handlers.texts.render import ALWAYS, Rendered, Renderer, Template, parse
from storage.model import Ticket

__all__ = ["Rendered", "Texts"]

_FIELDS = {"text", "script", "buttons"}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class _Source:
    """One YAML file: its name for messages, and what it holds."""

    name: str
    content: str


class Texts:
    """All texts by key. Immutable after loading."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        """Parsed templates; use `load`."""
        self._templates = dict(templates)

    @classmethod
    def load(cls, overlays: Sequence[Path] = ()) -> "Texts":
        """Read the package's texts, then each overlay folder's `*.yaml` on top.

        An overlay may change the wording and the buttons of a known key and use the placeholders that the text has.

        Raises:
            TextError: every wrong file, key and placeholder at once.
        """
        problems: list[str] = []
        templates: dict[str, Template] = {}
        for source in _package():
            _read(source, templates, problems, base=None)
        base = dict(templates)
        for folder in overlays:
            for path in sorted(folder.glob("*.yaml")):
                _read(_Source(str(path), path.read_text("utf-8")), templates, problems, base=base)
        if problems:
            raise TextError(problems)
        return cls(templates)

    def known(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in self._templates

    def keys(self) -> frozenset[str]:
        """Every key."""
        return frozenset(self._templates)

    def script(self, key: str) -> str | None:
        """The script ID (SC-…) that a text carries out."""
        return self._templates[key].script

    def placeholders(self, key: str) -> frozenset[str]:
        """What a text wants to be filled with, without what is always there."""
        return self._templates[key].needs

    def render(
        self,
        phrase: Phrase,
        *,
        estate: Estate,
        now: datetime,
        ticket: Ticket | None = None,
        title: str | None = None,
    ) -> Rendered:
        """Fill a text: values are put in once and never read as templates (INV-24).

        Args:
            phrase: key and values. The values `before` and `after` (phrases) are set around the text.
            estate: name, phones and zone; times are shown in that zone.
            now: aware; times are named relative to it.
            ticket: what `{ticket.…}` shows.
            title: how the person is addressed.

        Raises:
            TextError: an unknown key or a missing value.
        """
        return Renderer(self._templates, estate, now, title).render(phrase, ticket)


def _package() -> list[_Source]:
    found = [entry for entry in files("handlers.texts").iterdir() if entry.name.endswith(".yaml")]
    return [_Source(entry.name, entry.read_text("utf-8")) for entry in sorted(found, key=lambda entry: entry.name)]


def _read(
    source: _Source, templates: dict[str, Template], problems: list[str], base: Mapping[str, Template] | None
) -> None:
    try:
        content = yaml.load(source.content, Loader=_LOADER) or {}  # noqa: S506 - a safe loader, in C where there is one
    except yaml.YAMLError as error:
        problems.append(f"{source.name}: {error}")
        return
    if not isinstance(content, dict):
        problems.append(f"{source.name}: keys with texts expected")
        return
    for key, entry in content.items():
        problem = _problem(key, entry) or _clash(key, entry, templates, base)
        if problem:
            problems.append(f"{source.name}: {key}: {problem}")
            continue
        templates[key] = _template(entry, base[key] if base else None)


def _problem(key: object, entry: object) -> str | None:
    if not isinstance(key, str) or not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        return "a mapping with `text` expected"
    if unknown := set(entry) - _FIELDS:
        return f"unknown field {min(unknown)}"
    if not isinstance(entry.get("buttons") or {}, dict):
        return "`buttons` must map keys to labels"
    return parse(entry["text"]).problem


def _clash(
    key: str, entry: Mapping[str, Any], templates: Mapping[str, Template], base: Mapping[str, Template] | None
) -> str | None:
    if base is None:
        return "this key is defined twice" if key in templates else None
    if key not in base:
        return "unknown key"
    foreign = parse(entry["text"]).needs - base[key].needs - ALWAYS
    return f"unknown placeholder {{{min(foreign)}}}" if foreign else None


def _template(entry: Mapping[str, Any], base: Template | None) -> Template:
    parsed = parse(entry["text"])
    buttons = entry.get("buttons")
    if buttons is None and base is not None:
        kept = base.buttons
    else:
        kept = tuple((str(key), str(label)) for key, label in (buttons or {}).items())
    script = entry.get("script") or (base.script if base else None)
    return Template(parsed.parts, parsed.needs, kept, script)
