"""Training: example sentences -> model.npz; the same corpus gives the same model. Only this needs scikit-learn.

`python -m nlp.train [FOLDER]` trains on the sentences of the package and writes the model there (default: into the
package).
"""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, diags, hstack
from scipy.sparse.csgraph import connected_components
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from nlp.corpus import Example, fingerprint, read
from nlp.features import Blocks, blocks, weigh
from nlp.meaning import Intent, Sentiment
from nlp.model import Model, save
from nlp.normalise import normalise
from nlp.resources import DATA

INTENTS: tuple[Intent, ...] = get_args(Intent)
SENTIMENTS: tuple[Sentiment, ...] = get_args(Sentiment)
FOLDS = 5
_FEWEST = 2
_INTENT_C, _SENTIMENT_C, _CATEGORY_C, _FLAG_C, _URGENT_C = 0.6, 3.0, 0.5, 5.0, 0.4
_LIKE = 0.6
#: Weight of the intent beside the words where the category is learned.
_AFFINITY = 1.0
#: How far columns are stretched by naive Bayes; the score of an intent without examples.
_STRETCH, _NEVER = 0.5, -3.0
#: What an example counts that is not spoken.
_FORMAL = 3.0
_SPOKEN = frozenset({"chat", "voice"})

Rows = NDArray[np.intp]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish of an example, as the model is to read it."""

    text: str
    intent: Intent
    category: str
    formal: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Known features and how rare they are."""

    index: dict[str, int]
    idf: Floats


def wishes(examples: Sequence[Example]) -> list[Wish]:
    """Every wish whose own words are known: messages of one wish whole, others by their parts."""
    found = []
    for one in examples:
        for act in one.acts:
            text = act.text if len(one.acts) > 1 else one.text
            if text:
                found.append(Wish(normalise(text).text, act.intent, act.category, one.style not in _SPOKEN))
    return found


def worth(found: Sequence[Wish]) -> Doubles:
    """What each row counts: letters are few beside chat, and say the same things in words of their own."""
    return np.array([_FORMAL if one.formal else 1.0 for one in found])


def vocabulary(documents: Sequence[Blocks]) -> Vocabulary:
    """Features seen in at least two texts, common ones first.

    Those of a message then lie close together in memory, and most of what looking them up takes is waiting for memory.
    """
    seen: Counter[str] = Counter()
    for one in documents:
        seen.update((*one.characters, *one.words, *one.classes, *one.turns))
    names = sorted(name for name, count in seen.items() if count >= _FEWEST)
    counts = np.array([seen[name] for name in names], dtype=np.float64)
    idf = (np.log((1 + len(documents)) / (1 + counts)) + 1).astype(np.float16)
    order = np.argsort(idf, kind="stable")
    index = {names[row]: place for place, row in enumerate(order.tolist())}
    return Vocabulary(index, idf[order].astype(np.float32))


def matrix(known: Vocabulary, documents: Sequence[Blocks]) -> csr_matrix:
    """Documents x features."""
    idf = known.idf.tolist()
    places, values, starts = [], [], [0]
    for one in documents:
        columns, weights = weigh(known.index, idf, one)
        places.append(columns)
        values.append(weights)
        starts.append(starts[-1] + len(columns))
    shape = (len(documents), len(known.index))
    return csr_matrix((np.concatenate(values), np.concatenate(places), starts), shape=shape)


def families(features: csr_matrix) -> NDArray[np.int32]:
    """A number for each row; rows that are nearly the same text share it, so that they stay in one fold."""
    unit = features.copy()
    norms = np.sqrt(unit.multiply(unit).sum(axis=1)).A1 if hasattr(unit.multiply(unit).sum(axis=1), "A1") else None
    if norms is None:
        norms = np.asarray(np.sqrt(unit.multiply(unit).sum(axis=1))).ravel()
    unit = csr_matrix(unit.multiply(1 / np.maximum(norms, 1e-9)[:, None]))
    alike = unit @ unit.T
    alike.data = (alike.data > _LIKE).astype(np.int8)
    alike.eliminate_zeros()
    return np.asarray(connected_components(alike, directed=False)[1], dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Head:
    """A linear classifier: weights (features x intents) and bias."""

    weights: Floats
    bias: Floats

    def scores(self, features: csr_matrix) -> Floats:
        """Rows x intents."""
        return cast(Floats, (features @ self.weights + self.bias).astype(np.float32))


def intent_head(features: csr_matrix, labels: Sequence[str], worth: Doubles) -> Head:
    """Each intent against the rest; rare ones count a little more, and each row as much as it is worth.

    Columns are stretched by how much more often they occur with the intent than without it (as naive Bayes sees it),
    so that telling features are cheap to use.
    """
    answers, counts = np.array(labels), Counter(labels)
    present = cast(csr_matrix, (features > 0).astype(np.float64))
    everywhere = np.asarray(present.sum(axis=0)).ravel()
    weights = np.zeros((features.shape[1], len(INTENTS)), dtype=np.float32)
    bias = np.full(len(INTENTS), _NEVER, dtype=np.float32)
    for place, name in enumerate(INTENTS):
        its = answers == name
        if not its.any():
            continue
        here = np.asarray(present[its].sum(axis=0)).ravel()
        stretch = _stretch(here, everywhere - here)
        rare = {True: (len(labels) / len(counts) / counts[name]) ** 0.5, False: 1.0}
        svm = LinearSVC(C=_INTENT_C, class_weight=rare, random_state=0)
        found = svm.fit(features @ diags(stretch), its, sample_weight=worth)
        weights[:, place], bias[place] = stretch * found.coef_[0], found.intercept_[0]
    return Head(weights, bias)


def _stretch(here: Doubles, elsewhere: Doubles) -> Doubles:
    ratio = np.log((here + 0.5) / (here + 0.5).sum()) - np.log((elsewhere + 0.5) / (elsewhere + 0.5).sum())
    telling = np.abs(ratio)
    return cast(Doubles, 1 - _STRETCH + _STRETCH * telling / telling.mean())


def temperature(raw: Floats, truth: Rows) -> float:
    """What the scores must be divided by for the probabilities to be honest (least log loss out of fold)."""

    def loss(logarithm: float) -> float:
        scaled = raw / np.exp(logarithm)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        chosen = scaled[np.arange(len(truth)), truth]
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - chosen))

    return round(float(np.exp(minimize_scalar(loss, bounds=(-4, 2), method="bounded").x)), 3)


def out_of_fold(features: csr_matrix, labels: Sequence[str], worth: Doubles) -> Floats:
    """Intent scores of every row by a classifier that has not seen it nor its like."""
    scores = np.zeros((features.shape[0], len(INTENTS)), dtype=np.float32)
    answers = np.array(labels)
    for known, unseen in GroupKFold(FOLDS).split(features, groups=families(features)):
        scores[unseen] = intent_head(features[known], answers[known].tolist(), worth[known]).scores(features[unseen])
    return scores


def _column(found: Head) -> tuple[Floats, Floats]:
    return found.weights, found.bias


def _columns(head: Any, names: Sequence[str]) -> tuple[Floats, Floats]:
    """Weights (features x names) and bias of a classifier, in the order of `names`."""
    order = [list(head.classes_).index(name) for name in names]
    return head.coef_[order].T.astype(np.float32), head.intercept_[order].astype(np.float32)


def _flag(features: csr_matrix, answers: Sequence[bool]) -> tuple[Floats, Floats]:
    head = LogisticRegression(C=_FLAG_C, max_iter=400, class_weight="balanced").fit(features, answers)
    return cast(Floats, head.coef_.T.astype(np.float32)), cast(Floats, head.intercept_.astype(np.float32))


def _faulty(example: Example) -> bool:
    return any(act.intent in ("repair", "complaint", "progress") for act in example.acts)


def _urgent(features: csr_matrix, answers: Sequence[bool]) -> tuple[Floats, Floats]:
    """Which faults cannot wait: learned on faults alone, where the words that make a fault do not count for it."""
    found = LinearSVC(C=_URGENT_C, class_weight={True: 1.5, False: 1.0}, random_state=0).fit(features, answers)
    return found.coef_.T.astype(np.float32), found.intercept_.astype(np.float32)


def category_head(
    features: csr_matrix, found: Sequence[Wish], categories: Sequence[str]
) -> tuple[tuple[Floats, Floats], Floats]:
    """The classifier of categories, and what it adds to each for a known intent (intents x categories).

    The intent is a feature like any other while it learns, so that it learns what the words say beyond the intent.
    """
    places = [INTENTS.index(one.intent) for one in found]
    said = csr_matrix(
        (np.full(len(found), _AFFINITY), (np.arange(len(found)), places)), shape=(len(found), len(INTENTS))
    )
    joint = hstack([features, said]).tocsr()
    weights, bias = _columns(
        LinearSVC(C=_CATEGORY_C, random_state=0).fit(joint, [one.category for one in found]), categories
    )
    return (weights[: -len(INTENTS)], bias), _AFFINITY * weights[-len(INTENTS) :]


def _heads(
    examples: Sequence[Example], found: Sequence[Wish], known: Vocabulary, features: csr_matrix
) -> tuple[list[tuple[Floats, Floats]], Floats]:
    categories = sorted({one.category for one in found})
    whole = matrix(known, [blocks(normalise(one.text).text) for one in examples])
    faulty = [place for place, one in enumerate(examples) if one.urgency != "emergency" and _faulty(one)]
    about, affinity = category_head(features, found, categories)
    feeling = LogisticRegression(C=_SENTIMENT_C, max_iter=400).fit(whole, [one.sentiment for one in examples])
    heads = [
        _column(intent_head(features, [one.intent for one in found], worth(found))),
        _columns(feeling, SENTIMENTS),
        about,
        _urgent(whole[faulty], [examples[place].urgency == "urgent" for place in faulty]),
        _flag(whole, [one.closed for one in examples]),
    ]
    return heads, affinity


def train(examples: Sequence[Example]) -> Model:
    """Learn from `examples`; every intent and sentiment must occur."""
    found = wishes(examples)
    documents = [blocks(one.text) for one in found]
    known = vocabulary(documents)
    features = matrix(known, documents)
    labels = [one.intent for one in found]
    truth = np.array([INTENTS.index(name) for name in labels], dtype=np.intp)
    heads, affinity = _heads(examples, found, known, features)
    weights = np.concatenate([weight for weight, _ in heads], axis=1)
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
    categories = sorted({one.category for one in found})
    return Model(
        index=known.index,
        idf=known.idf.tolist(),
        weights=np.ascontiguousarray(np.rint(weights / scales), dtype=np.int8),
        scales=scales.astype(np.float32),
        bias=np.concatenate([bias for _, bias in heads]),
        intents=INTENTS,
        sentiments=SENTIMENTS,
        categories=categories,
        affinity=affinity.astype(np.float32),
        temperature=temperature(out_of_fold(features, labels, worth(found)), truth),
        corpus=fingerprint(examples),
    )


def main() -> None:
    """Train on the package's sentences and say what came out."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "model"
    examples = read()
    model = train(examples)
    save(model, folder)
    print(f"{len(examples)} sentences, {len(model.index)} features, temperature {model.temperature} -> {folder}")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
