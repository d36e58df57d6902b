"""Figures on labelled messages: how often the reading is right, how honest its confidence is, and where it errs.

`python -m nlp.evaluate [FILE]` reads JSON lines: corpus lines (`acts`, perhaps `second`), or lines with `intent`,
`alt_intent` and `category`. Without a file it reads our own held-out messages (`HELD_OUT`); nothing is trained
on them.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nlp.categories import standard
from nlp.meaning import Meaning
from nlp.render import as_json
from nlp.resources import DATA
from nlp.understand import Understander, load

#: Labels of other people's files -> ours.
_SAME = {"chitchat": "greeting"}
_BINS = 10
_CONFIDENT_SHARE = 0.8
_NOW = "2026-11-22T10:00:00+08:00"
HELD_OUT = DATA / "holdout" / "chat.jsonl"
#: Slots that must be right to the letter. A corpus line marks them where they are clear; only marked ones are scored.
_EXACT = ("room", "phone", "time", "ticket")
_WORST = 50


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled message. `second` is also right; the rest is what else was marked.

    Attributes:
        wishes: all (intent, category) pairs, if known.
        slots: (name, JSON of the value) of the slots to be scored.
        group: the part of the file it belongs to (its data set), or "".
    """

    text: str
    intent: str
    second: str | None = None
    category: str | None = None
    wishes: tuple[tuple[str, str], ...] = ()
    urgency: str | None = None
    closed: bool | None = None
    slots: tuple[tuple[str, str], ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read of a case."""

    case: Case
    intent: str
    confidence: float
    category_given_intent: str
    wishes: tuple[tuple[str, str], ...]
    urgency: str = "normal"
    closed: bool = False
    slots: tuple[tuple[str, str], ...] = ()

    @property
    def strict(self) -> bool:
        """The first label was read."""
        return self.intent == self.case.intent

    @property
    def tolerant(self) -> bool:
        """The first or the second label was read."""
        return self.intent in (self.case.intent, self.case.second)


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 of one intent over `count` cases."""

    count: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """Shares are 0..1; None where nothing was marked.

    Attributes:
        confident: right among the most confident four fifths.
        ece: calibration error.
        slots: slot -> how many were marked, and the share read exactly.
        groups: part of the file -> count, strict, with the second label.
    """

    count: int
    strict: float
    tolerant: float
    by_intent: dict[str, Score]
    category: float
    emergency_recall: float
    false_alarms: float
    confident: float
    ece: float
    wishes_f1: float | None
    urgency: float | None
    closed: float | None
    slots: dict[str, tuple[int, float]]
    groups: dict[str, tuple[int, float, float]]
    confusions: tuple[tuple[tuple[str, str], int], ...]
    worst: tuple[Outcome, ...]


def cases(path: Path) -> list[Case]:
    """The labelled messages of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_case(json.loads(line)) for line in lines if line.strip()]


def _case(raw: dict[str, Any]) -> Case:
    second = raw.get("second") or raw.get("alt_intent")
    second = _same(second) if second else None
    if "acts" not in raw:
        group = str(raw.get("source", "")).partition("#")[0]
        return Case(raw["text"], _same(raw["intent"]), second, raw.get("category"), group=group)
    wishes = tuple((_same(act["intent"]), act["category"]) for act in raw["acts"])
    return Case(
        text=raw["text"],
        intent=wishes[0][0],
        second=second,
        category=wishes[0][1],
        wishes=wishes,
        urgency=raw.get("urgency"),
        closed=raw.get("closed"),
        slots=_exact(raw.get("slots", {})),
    )


def _exact(slots: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The slots to be scored, a room without the parts that were not said."""
    found = []
    for name in _EXACT:
        value = slots.get(name)
        if name == "room" and value:
            value = {part: said for part, said in value.items() if said}
        if value:
            found.append((name, json.dumps(value, ensure_ascii=False, sort_keys=True)))
    return tuple(found)


def _same(label: str) -> str:
    return _SAME.get(label, label)


def outcomes(understander: Understander, labelled: Sequence[Case]) -> list[Outcome]:
    """Read every case."""
    now = datetime.fromisoformat(_NOW)
    return [_outcome(understander, one, understander.understand(one.text, now)) for one in labelled]


def _outcome(understander: Understander, case: Case, meaning: Meaning) -> Outcome:
    scores = understander.model.scores(meaning.text)
    known = next((name for name in understander.model.intents if name == case.intent), meaning.first.intent)
    return Outcome(
        case=case,
        intent=meaning.first.intent,
        confidence=meaning.first.confidence,
        category_given_intent=understander.model.category(scores, known),
        wishes=tuple((act.intent, act.category) for act in meaning.acts),
        urgency=meaning.urgency,
        closed=meaning.closed,
        slots=_exact(as_json(meaning)["slots"]),
    )


def report(results: Sequence[Outcome]) -> Report:
    """All figures of a set of outcomes (at least one)."""
    alarms = [one for one in results if one.case.intent == "emergency"]
    calm = [one for one in results if "emergency" not in (one.case.intent, one.case.second)]
    named = [one for one in results if one.case.category]
    sure = sorted(results, key=lambda one: -one.confidence)[: max(1, round(len(results) * _CONFIDENT_SHARE))]
    wrong = sorted((one for one in results if not one.tolerant), key=lambda one: -one.confidence)
    pairs = Counter((one.case.intent, one.intent) for one in results if not one.strict)
    return Report(
        count=len(results),
        strict=_share([one.strict for one in results]),
        tolerant=_share([one.tolerant for one in results]),
        by_intent=_by_intent(results),
        category=_share([standard(one.category_given_intent) == standard(one.case.category) for one in named]),
        emergency_recall=_share([one.strict for one in alarms]),
        false_alarms=_share([one.intent == "emergency" for one in calm]),
        confident=_share([one.tolerant for one in sure]),
        ece=calibration_error(results),
        wishes_f1=_wishes(results),
        urgency=_marked([one.urgency == one.case.urgency for one in results if one.case.urgency]),
        closed=_marked([one.closed == one.case.closed for one in results if one.case.closed is not None]),
        slots=_slots(results),
        groups=_groups(results),
        confusions=tuple(pairs.most_common(12)),
        worst=tuple(wrong[:_WORST]),
    )


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers) if answers else 0.0


def _marked(answers: Sequence[bool]) -> float | None:
    return _share(answers) if answers else None


def _slots(results: Sequence[Outcome]) -> dict[str, tuple[int, float]]:
    found = {}
    for name in _EXACT:
        right = [(name, value) in one.slots for one in results for slot, value in one.case.slots if slot == name]
        if right:
            found[name] = (len(right), _share(right))
    return found


def _groups(results: Sequence[Outcome]) -> dict[str, tuple[int, float, float]]:
    found = {}
    for name in sorted({one.case.group for one in results} - {""}):
        inside = [one for one in results if one.case.group == name]
        found[name] = (len(inside), _share([one.strict for one in inside]), _share([one.tolerant for one in inside]))
    return found


def _by_intent(results: Sequence[Outcome]) -> dict[str, Score]:
    scores = {}
    for name in sorted({one.case.intent for one in results}):
        truth = [one for one in results if one.case.intent == name]
        said = [one for one in results if one.intent == name]
        right = sum(one.strict for one in truth)
        scores[name] = Score(len(truth), right / len(said) if said else 0.0, right / len(truth))
    return scores


def calibration_error(results: Sequence[Outcome]) -> float:
    """Mean gap between confidence and the tolerant share that is right, over ten equal bins of confidence."""
    gap = 0.0
    for place in range(_BINS):
        inside = [one for one in results if min(int(one.confidence * _BINS), _BINS - 1) == place]
        if inside:
            sure = sum(one.confidence for one in inside) / len(inside)
            gap += len(inside) / len(results) * abs(sure - _share([one.tolerant for one in inside]))
    return gap


def _wishes(results: Sequence[Outcome]) -> float | None:
    """F1 over the intents of messages with several wishes; None where there are none."""
    several = [one for one in results if len(one.case.wishes) > 1]
    if not several:
        return None
    hit = said = truth = 0
    for one in several:
        wanted, read = Counter(one.case.wishes), Counter(one.wishes)
        wanted_intents = Counter(intent for intent, _ in wanted.elements())
        read_intents = Counter(intent for intent, _ in read.elements())
        hit += (wanted_intents & read_intents).total()
        said += read_intents.total()
        truth += wanted_intents.total()
    return 2 * hit / (said + truth)


def render(figures: Report) -> str:
    """The report as plain lines."""
    lines = [
        f"messages {figures.count}  strict {figures.strict:.1%}  with second label {figures.tolerant:.1%}",
        f"emergency recall {figures.emergency_recall:.1%}  false alarms {figures.false_alarms:.1%}",
        f"category given the intent {figures.category:.1%}",
        f"most confident 80 %: {figures.confident:.1%} right  calibration error {figures.ece:.3f}",
    ]
    if figures.wishes_f1 is not None:
        lines.append(f"several wishes F1 {figures.wishes_f1:.1%}")
    if figures.urgency is not None:
        lines.append(f"urgency {figures.urgency:.1%}")
    if figures.closed is not None:
        lines.append(f"closed {figures.closed:.1%}")
    lines += [f"{name} exact {share:.1%} of {count}" for name, (count, share) in figures.slots.items()]
    lines += [
        f"  {name}: n={count}  strict {strict:.1%}  with second label {tolerant:.1%}"
        for name, (count, strict, tolerant) in figures.groups.items()
    ]
    for name, score in figures.by_intent.items():
        lines.append(f"  {name:11} n={score.count:4}  P {score.precision:.2f}  R {score.recall:.2f}  F1 {score.f1:.2f}")
    lines += [f"  {truth} read as {said}: {count}" for (truth, said), count in figures.confusions]
    lines += [
        f"  {one.confidence:.2f} {one.case.intent} read as {one.intent}: {one.case.text}" for one in figures.worst
    ]
    return "\n".join(lines)


def main() -> None:
    """Print the figures of the file named on the command line, or of our own held-out messages."""
    results = outcomes(load(), cases(Path(sys.argv[1]) if len(sys.argv) > 1 else HELD_OUT))
    sys.stdout.write(render(report(results)) + "\n")


if __name__ == "__main__":
    main()
