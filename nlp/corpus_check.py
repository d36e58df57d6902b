"""What makes a training sentence unfit to learn from: wrong form, doubles, near-copies, filled-in templates."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import get_args

from nlp.meaning import Intent, Sentiment, Urgency

STYLES = frozenset({"chat", "voice", "formal", "rescue", "sms", "assistant", "fragment"})
KEYS = frozenset({"text", "acts", "urgency", "sentiment", "closed", "style", "slots"})
REQUIRED = KEYS - {"slots"}
MASKED = ("place", "object", "fee")
VERBATIM = frozenset({*MASKED, "phone"})
ROOM_KEYS = frozenset({"area", "building", "unit", "room"})
MIN_CHARS, MAX_CHARS = 1, 200
GRAM = 3
SHORT = 8  # shorter sentences resemble each other by nature and are only compared as a whole

_DIGITS = re.compile(r"[0-9〇零一二两三四五六七八九十百千]+")
_GAPS = re.compile(r"[\s，。、,.!！?？~～…]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A sound line: where it stands ("file:line"), its text, and the places, objects and fees it marks."""

    origin: str
    text: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the line at `origin` ("file:line")."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """All sound lines, in the order of files and lines, and every problem found on the way."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lines that share `likeness` (0..1, Jaccard over character 3-grams)."""

    first: Line
    second: Line
    likeness: float


def check_folder(folder: Path, categories: Iterable[str]) -> Report:
    """Check every `*.jsonl` of `folder` in the order of names; all problems are reported at once."""
    known = frozenset(categories)
    parts = [
        check_lines(path.name, path.read_text(encoding="utf-8").splitlines(), known)
        for path in sorted(folder.glob("*.jsonl"))
    ]
    lines = tuple(chain.from_iterable(part.lines for part in parts))
    problems = tuple(chain.from_iterable(part.problems for part in parts))
    return Report(lines, problems + tuple(exact_duplicates(lines)))


def check_lines(name: str, rows: Sequence[str], categories: frozenset[str]) -> Report:
    """Check the rows of the file `name`; a row with a problem yields no line."""
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, 1):
        origin = f"{name}:{number}"
        raw = _json_object(row)
        reasons = ["not a JSON object"] if raw is None else list(_faults(raw, categories))
        problems += [Problem(origin, reason) for reason in reasons]
        if raw is not None and not reasons:
            lines.append(_line(raw, origin))
    return Report(tuple(lines), tuple(problems))


def exact_duplicates(lines: Iterable[Line]) -> Iterator[Problem]:
    """Name every sentence that another line said before, punctuation and blanks aside."""
    first: dict[str, str] = {}
    for line in lines:
        key = _GAPS.sub("", line.text) or line.text
        if key in first:
            yield Problem(line.origin, f"says the same as {first[key]}: {line.text}")
        else:
            first[key] = line.origin


def near_duplicates(lines: Sequence[Line], limit: float) -> Iterator[Pair]:
    """Find pairs of sentences (both of at least `SHORT` characters) whose likeness is `limit` or more.

    An inverted index of 3-grams counts what a sentence shares with earlier ones, so that only pairs
    with something in common are compared.
    """
    index: defaultdict[str, list[int]] = defaultdict(list)
    sizes: dict[int, int] = {}
    for number, line in enumerate(lines):
        grams = _grams(line.text)
        if len(grams) <= SHORT - GRAM:
            continue
        shared = Counter(chain.from_iterable(index[gram] for gram in grams))
        for other, common in shared.items():
            likeness = common / (len(grams) + sizes[other] - common)
            if likeness >= limit:
                yield Pair(lines[other], line, likeness)
        for gram in grams:
            index[gram].append(number)
        sizes[number] = len(grams)


def skeletons(lines: Sequence[Line]) -> Counter[str]:
    """Count the sentences of at least `SHORT` characters by what is left when numbers and slot words are masked.

    Slot words are all places, objects and fees that the corpus itself marks.
    """
    words = frozenset(chain.from_iterable(line.words for line in lines))
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    marked = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
    return Counter(
        _GAPS.sub("", _DIGITS.sub("0", marked.sub("_", line.text))) for line in lines if len(line.text) >= SHORT
    )


def template_share(lines: Sequence[Line], often: int) -> float:
    """The share (0..1) of sentences whose skeleton occurs more than `often` times: a sign of filling in forms."""
    counts = skeletons(lines)
    total = sum(counts.values())
    return sum(count for count in counts.values() if count > often) / total if total else 0.0


def _grams(text: str) -> set[str]:
    bare = _GAPS.sub("", text)
    return {bare[start : start + GRAM] for start in range(len(bare) - GRAM + 1)}


def _json_object(row: str) -> Mapping[str, object] | None:
    try:
        raw = json.loads(row)
    except json.JSONDecodeError:
        return None
    return raw if isinstance(raw, dict) else None


def _faults(raw: Mapping[str, object], categories: frozenset[str]) -> Iterator[str]:
    """Say everything that is wrong with one line."""
    for key in sorted(REQUIRED - raw.keys()):
        yield f"{key} is missing"
    for key in sorted(raw.keys() - KEYS):
        yield f"unknown key {key}"
    text = raw.get("text", "")
    if not isinstance(text, str) or not MIN_CHARS <= len(text) <= MAX_CHARS or text != text.strip():
        yield f"text must be {MIN_CHARS} to {MAX_CHARS} characters without blanks around it"
        return
    yield from _label_faults(raw)
    yield from _act_faults(raw.get("acts", []), text, categories)
    yield from _slot_faults(raw.get("slots", {}), text)


def _label_faults(raw: Mapping[str, object]) -> Iterator[str]:
    choices: dict[str, frozenset[str]] = {
        "urgency": frozenset(get_args(Urgency)),
        "sentiment": frozenset(get_args(Sentiment)),
        "style": STYLES,
    }
    for key, allowed in choices.items():
        if key in raw and raw[key] not in allowed:
            yield f"unknown {key} {raw[key]!r}"
    if not isinstance(raw.get("closed", False), bool):
        yield "closed must be true or false"
    if raw.get("closed") is True and raw.get("urgency") != "normal":
        yield "a closed sentence is normal"


def _act_faults(acts: object, text: str, categories: frozenset[str]) -> Iterator[str]:
    if not isinstance(acts, list) or not acts:
        yield "acts must be a list with at least one wish"
        return
    for act in acts:
        if not isinstance(act, dict):
            yield "a wish must be an object"
            continue
        if act.get("intent") not in get_args(Intent):
            yield f"unknown intent {act.get('intent')!r}"
        if act.get("category") not in categories:
            yield f"unknown category {act.get('category')!r}"
        part = act.get("text", text if len(acts) == 1 else "")
        if not isinstance(part, str) or not part or part not in text:
            yield f"the part {part!r} is no part of the text"


def _slot_faults(slots: object, text: str) -> Iterator[str]:
    if not isinstance(slots, dict):
        yield "slots must be an object"
        return
    for key, value in slots.items():
        if key == "room":
            if not isinstance(value, dict) or not value or value.keys() - ROOM_KEYS:
                yield f"room must name some of {', '.join(sorted(ROOM_KEYS))}"
        elif key not in VERBATIM:
            yield f"unknown slot {key}"
        elif not isinstance(value, str) or not value or value not in text:
            yield f"{key} {value!r} is not in the text"


def _line(raw: Mapping[str, object], origin: str) -> Line:
    """Build the record of a row that has no fault."""
    slots = raw.get("slots", {})
    words = [slots.get(key) for key in MASKED] if isinstance(slots, dict) else []
    return Line(origin, str(raw["text"]), frozenset(word for word in words if isinstance(word, str)))
