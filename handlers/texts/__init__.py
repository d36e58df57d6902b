"""The sentences people read: YAML of this package, overlaid by a site's own files. Loaded once, rendered by key."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from handlers.effects import Phrase
from handlers.errors import TextError
from handlers.facts import Estate
from handlers.texts.render import ALWAYS, Rendered, Renderer, Template, bare, parse
from storage.model import Ticket

__all__ = ["Mistake", "Rendered", "Texts"]

_FIELDS = {"text", "script", "buttons"}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEY_LINE = re.compile(r"^([a-z_][a-z0-9_.]*):", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a text: its file, its key (empty for the whole file) and the reason."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        """One line for people."""
        return "：".join(part for part in (self.file, self.key, self.reason) if part)


@dataclass(frozen=True, slots=True)
class _Source:
    """One YAML file: its name for messages, and what it holds (None: no UTF-8 text)."""

    name: str
    content: str | None


class Texts:
    """All texts by key. Immutable after loading."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        """Parsed templates; use `load`."""
        self._templates = dict(templates)

    @classmethod
    def load(cls, overlays: Sequence[Path] = ()) -> "Texts":
        """Read the package's texts, then each overlay on top: a file, or a folder with `*.yaml`.

        An overlay may change the wording and the labels of the buttons of a known key and use the placeholders that
        the text has; what may be empty stays between `[[ ]]`.

        Raises:
            TextError: every wrong file, key and placeholder at once.
        """
        texts, problems = cls.read(overlays)
        if problems:
            raise TextError([str(problem) for problem in problems])
        return texts

    @classmethod
    def read(cls, overlays: Sequence[Path] = ()) -> tuple["Texts", list[Mistake]]:
        """Like `load`, but what is wrong is given back beside the texts that are right."""
        problems: list[Mistake] = []
        templates: dict[str, Template] = {}
        for source in _package():
            _read(source, templates, problems, base=None)
        base = dict(templates)
        for overlay in overlays:
            for path in [overlay] if overlay.is_file() else sorted(overlay.glob("*.yaml")):
                _read(_opened(path), templates, problems, base=base)
        return cls(templates), problems

    def known(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in self._templates

    def keys(self) -> frozenset[str]:
        """Every key."""
        return frozenset(self._templates)

    def script(self, key: str) -> str | None:
        """The script ID (SC-…) that a text carries out."""
        return self._templates[key].script

    def source(self, key: str) -> str:
        """The file that a text comes from: its name in the package, or the path of a site's own file."""
        return self._templates[key].source

    def wording(self, key: str) -> str:
        """The template as it is written, placeholders included."""
        return self._templates[key].wording

    def buttons(self, key: str) -> tuple[tuple[str, str], ...]:
        """(key, label) of the buttons under a text."""
        return self._templates[key].buttons

    def placeholders(self, key: str) -> frozenset[str]:
        """What a text wants to be filled with, without what is always there."""
        return self._templates[key].needs

    def reason(self, phrase: Phrase, estate: Estate) -> str:
        """A short text in which no time is named."""
        return self.render(phrase, estate=estate, now=datetime.fromtimestamp(0, UTC)).body

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


def _opened(path: Path) -> _Source:
    try:
        return _Source(str(path), path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return _Source(str(path), None)


def _read(
    source: _Source, templates: dict[str, Template], problems: list[Mistake], base: Mapping[str, Template] | None
) -> None:
    content, wrong = _content(source)
    if wrong:
        problems.append(Mistake(source.name, "", wrong))
    twice = [key for key, times in Counter(_KEY_LINE.findall(source.content or "")).items() if times > 1]
    problems += [Mistake(source.name, key, "同一个文件里写了两次") for key in twice]
    for key, entry in content.items():
        found = _problems(key, entry) or _clashes(key, entry, templates, base)
        if found:
            problems += [Mistake(source.name, str(key), reason) for reason in found]
            continue
        templates[key] = _template(entry, base[key] if base else None, source.name)


def _content(source: _Source) -> tuple[dict[Any, Any], str | None]:
    """What a file holds, and what is wrong with it as a whole."""
    if source.content is None:
        return {}, "读不出来，请存成 UTF-8 文本"
    try:
        content = yaml.load(source.content, Loader=_LOADER) or {}  # noqa: S506 - a safe loader, in C where there is one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return {}, f"第 {mark.line + 1} 行附近格式不对（YAML）" if mark else "格式不对（YAML）"
    return (content, None) if isinstance(content, dict) else ({}, "应当逐条写成“键: {text: 内容}”")


def _problems(key: object, entry: object) -> list[str]:
    if not isinstance(key, str) or not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        return ["应当写成“键: {text: 内容}”"]
    if unknown := set(entry) - _FIELDS:
        return [f"没有 {min(map(str, unknown))} 这一项，只能写 text、buttons、script"]
    if not isinstance(entry.get("buttons") or {}, dict):
        return ["buttons 应当写成“按钮: 文字”"]
    wrong = parse(entry["text"]).problem
    return [wrong] if wrong else []


def _clashes(
    key: str, entry: Mapping[str, Any], templates: Mapping[str, Template], base: Mapping[str, Template] | None
) -> list[str]:
    """Against the package: a key it does not know, placeholders and buttons nobody fills, values that may be empty."""
    if base is None:
        return ["这个键写了两次"] if key in templates else []
    if key not in base:
        return ["没有这个键"]
    found = [f"没有占位符 {{{name}}}" for name in sorted(parse(entry["text"]).needs - base[key].needs - ALWAYS)]
    optional = bare(base[key].parts, inside=True) - bare(base[key].parts)
    naked = sorted(bare(parse(entry["text"]).parts) & optional)
    found += [f"{{{name}}} 有时是空的，请连同前后的话放在 [[ ]] 里" for name in naked]
    known = {name for name, _ in base[key].buttons}
    return found + [f"没有按钮 {name}" for name in map(str, entry.get("buttons") or {}) if known and name not in known]


def _template(entry: Mapping[str, Any], base: Template | None, source: str) -> Template:
    parsed = parse(entry["text"])
    buttons = entry.get("buttons")
    if buttons is None and base is not None:
        kept = base.buttons
    else:
        kept = tuple((str(key), str(label)) for key, label in (buttons or {}).items())
    script = entry.get("script") or (base.script if base else None)
    return Template(parsed.parts, parsed.needs, kept, script, source, entry["text"])
