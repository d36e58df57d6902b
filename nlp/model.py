"""The learned model as plain arrays: one pass gives intent, category, urgency, sentiment and closure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from nlp.features import row
from nlp.meaning import Intent, Sentiment
from nlp.resources import DATA

Floats = NDArray[np.float32]
FILE = "model.npz"


@dataclass(frozen=True)
class Scores:
    """Calibrated probabilities of one text."""

    intents: Mapping[Intent, float]
    sentiments: Mapping[Sentiment, float]
    urgent: float
    closed: float
    category_scores: Floats

    @cached_property
    def best(self) -> Intent:
        """The likeliest intent."""
        return max(self.intents, key=self.intents.__getitem__)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of one training.

    Attributes:
        index: feature -> row of `weights`.
        weights: features x columns, 8-bit; `scales` turns a column back; `bias` is added.
        intents, sentiments, categories: names of the columns, in this order, then urgent and closed.
        affinity: intents x categories: log of how often they go together.
        temperature: divides the intent scores before they become probabilities.
        corpus: hash of the sentences it was trained on.
    """

    index: Mapping[str, int]
    idf: Sequence[float]
    weights: NDArray[np.int8]
    scales: Floats
    bias: Floats
    intents: Sequence[Intent]
    sentiments: Sequence[Sentiment]
    categories: Sequence[str]
    affinity: Floats
    temperature: float
    corpus: str

    def scores(self, text: str) -> Scores:
        """Read a normalised text."""
        places, values = row(self.index, self.idf, text)
        raw = (values @ self.weights.take(places, axis=0).astype(np.float32)) * self.scales + self.bias
        plain: list[float] = raw.tolist()
        first, second = len(self.intents), len(self.intents) + len(self.sentiments)
        third = second + len(self.categories)
        return Scores(
            intents=dict(zip(self.intents, _softmax([each / self.temperature for each in plain[:first]]), strict=True)),
            sentiments=dict(zip(self.sentiments, _softmax(plain[first:second]), strict=True)),
            urgent=_logistic(plain[third]),
            closed=_logistic(plain[third + 1]),
            category_scores=raw[second:third],
        )

    def category(self, scores: Scores, intent: Intent) -> str:
        """The likeliest category of a text that was read as `intent`."""
        row = self.affinity[self.intents.index(intent)]
        return self.categories[int((scores.category_scores + row).argmax())]


def _softmax(raw: Sequence[float]) -> list[float]:
    """Probabilities; a handful of numbers is quicker in plain Python than in an array."""
    top = max(raw)
    powers = [math.exp(each - top) for each in raw]
    total = sum(powers)
    return [each / total for each in powers]


def _logistic(raw: float) -> float:
    return 1 / (1 + math.exp(-min(max(raw, -30.0), 30.0)))


def save(model: Model, folder: Path) -> None:
    """Write the model into `folder`, the same bytes for the same model."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        folder / FILE,
        index=_text(sorted(model.index, key=lambda name: model.index[name])),
        idf=np.asarray(model.idf, dtype=np.float16),
        weights=model.weights,
        scales=model.scales,
        bias=model.bias,
        intents=_text(model.intents),
        sentiments=_text(model.sentiments),
        categories=_text(model.categories),
        affinity=model.affinity,
        temperature=np.array([model.temperature], dtype=np.float64),
        corpus=_text([model.corpus]),
    )


def load(folder: Path | None = None) -> Model:
    """Read the model of `folder`, or the one that comes with the package."""
    with np.load((folder or DATA / "model") / FILE) as stored:
        arrays = {name: stored[name] for name in stored.files}
    return Model(
        index={name: place for place, name in enumerate(_lines(arrays["index"]))},
        idf=arrays["idf"].astype(np.float32).tolist(),
        weights=np.ascontiguousarray(arrays["weights"]),  # by rows: from any other order `take` copies it all each time
        scales=arrays["scales"],
        bias=arrays["bias"],
        intents=cast(list[Intent], _lines(arrays["intents"])),
        sentiments=cast(list[Sentiment], _lines(arrays["sentiments"])),
        categories=_lines(arrays["categories"]),
        affinity=arrays["affinity"],
        temperature=float(arrays["temperature"][0]),
        corpus=_lines(arrays["corpus"])[0],
    )


def _text(names: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _lines(stored: NDArray[np.uint8]) -> list[str]:
    return stored.tobytes().decode().split("\n")
