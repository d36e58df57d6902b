"""The example sentences the model is trained on: one JSON object a line with all its labels."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nlp.meaning import Intent, Sentiment, Urgency
from nlp.resources import DATA


@dataclass(frozen=True, slots=True)
class Label:
    """What one wish of an example is. `text` are its own words, when they are marked."""

    intent: Intent
    category: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence with its labels; `slots` as written in the file."""

    text: str
    acts: tuple[Label, ...]
    urgency: Urgency = "normal"
    sentiment: Sentiment = "neutral"
    closed: bool = False
    style: str = "chat"
    slots: tuple[tuple[str, str], ...] = ()


class CorpusError(ValueError):
    """A line of the corpus cannot be read."""


def read(folder: Path | None = None) -> list[Example]:
    """All examples of `folder` (default: those of the package), by file name and line."""
    examples = []
    for path in sorted((folder or DATA / "intents").glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip():
                examples.append(_example(line, f"{path.name}:{number}"))
    return examples


def _example(line: str, where: str) -> Example:
    try:
        raw = json.loads(line)
        return Example(
            text=raw["text"],
            acts=tuple(Label(act["intent"], act["category"], act.get("text")) for act in raw["acts"]),
            urgency=raw.get("urgency", "normal"),
            sentiment=raw.get("sentiment", "neutral"),
            closed=bool(raw.get("closed", False)),
            style=raw.get("style", "chat"),
            slots=tuple((name, json.dumps(value, ensure_ascii=False)) for name, value in raw.get("slots", {}).items()),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{where}: {error}") from error


def fingerprint(examples: Iterable[Example]) -> str:
    """A hash over everything the trainer reads of the examples."""
    digest = hashlib.sha256()
    for one in examples:
        acts = [(act.intent, act.category, act.text) for act in one.acts]
        digest.update(repr((one.text, acts, one.urgency, one.sentiment, one.closed)).encode())
    return digest.hexdigest()
