"""A message -> its Meaning. Loaded once, then pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from nlp.acts import Part, apart, core, courtesy, grounds, ordered, split
from nlp.emergency import danger_now, danger_taken_back, emergency_words
from nlp.lexicon import lexicon
from nlp.meaning import Act, Intent, Meaning, Reading, Slots
from nlp.model import Model, Scores
from nlp.model import load as load_model
from nlp.mood import displeased, pleased, sentiment, urgency
from nlp.normalise import LIMIT, Normal, normalise
from nlp.segment import segmenter
from nlp.slots.reading import Spotted, slots_of, spot

__all__ = ["Understander", "emergency_words", "load"]

#: A learned probability of danger that is enough alone, with words of danger, and where something takes it back.
_DANGER_ALONE, _DANGER_WITH_WORDS, _DANGER_TAKEN_BACK = 0.15, 0.04, 0.4
_CLOSED = 0.5
_NOTHING = 0.2
#: Texts longer than this are looked at for floods and noise, whose readings count this much.
_SHORT, _DOUBT = 40, 0.4
_SAME = 12
#: Intents whose wish may be about a charge whatever its category says.
_MONEY: frozenset[Intent] = frozenset({"payment"})
_MONEY_CATEGORIES = frozenset(
    (
        *(
            "property_fee",
            "parking_fee",
            "water_fee",
            "electricity_fee",
            "gas_fee",
            "heating_fee",
            "utility_fee",
            "fee",
        ),
        *("arrears", "refund", "deposit", "invoice", "maintenance_fund"),
    )
)


@dataclass(frozen=True, slots=True)
class Understander:
    """Reads messages with one model."""

    model: Model

    def understand(self, text: str, now: datetime) -> Meaning:
        """The meaning of a message; never raises, whatever the text.

        Args:
            text: as received; the first 2,000 characters are read.
            now: aware; times are given in its zone.
        """
        normal = normalise(text)
        if not any(character.isalnum() for character in normal.text):
            return self._wordless(normal)
        scores = self.model.scores(core(normal.text))
        parts = self._parts(normal.text, scores)
        found = spot(normal.text, now)
        closed = self._closed(scores, parts) and not found.tickets
        acts = [self._act(part, normal.text, found) for part in parts]
        acts = [acts[place] for place in ordered([(act.intent, act.category) for act in acts])]
        choices = self._choices(acts[0], parts)
        if len(text) > _SHORT and doubtful(text, normal.text):
            acts = [replace(act, confidence=_doubted(act)) for act in acts]
            choices = tuple(replace(one, confidence=_doubted(one)) for one in choices)
        return Meaning(
            text=normal.text,
            acts=tuple(acts),
            urgency=urgency([act.intent for act in acts], scores.urgent, normal.text, closed=closed),
            sentiment=sentiment(scores.sentiments, normal.moods, normal.text),
            closed=closed,
            slots=_union(acts, slots_of(normal.text, found, 0, len(normal.text), with_fee=False)),
            choices=choices,
            rooms=tuple(one.value for one in found.rooms),
        )

    def _wordless(self, normal: Normal) -> Meaning:
        """Stickers, punctuation or nothing: a greeting we are not sure of."""
        mood = sentiment({"neutral": 0.3}, normal.moods)
        act = Act("greeting", "chat", _NOTHING, normal.text)
        return Meaning(normal.text, (act,), sentiment=mood, choices=(Reading("greeting", "chat", _NOTHING),))

    def _parts(self, text: str, scores: Scores) -> list[Part]:
        whole = Part(0, len(text), text, self._judged(text, scores))
        if courtesy(text):
            return [whole]
        parts = split(
            text,
            lambda said: self._judged(said, self.model.scores(core(said))),
            lambda before, after: apart(before, after, whole.confidence),
        )
        return [whole] if len(parts) < 2 or (len(parts) == 2 and grounds(*parts)) else parts

    def _judged(self, text: str, scores: Scores) -> Scores:
        """Scores with the certain verdicts put in: danger, and whether something pleased."""
        if self._dangerous(text, scores.intents["emergency"]) != (scores.best == "emergency"):
            rival = max((name for name in scores.intents if name != "emergency"), key=scores.intents.__getitem__)
            scores = _swapped(scores, "emergency", rival)
        if (scores.best == "praise" and displeased(text)) or (scores.best == "complaint" and pleased(text)):
            scores = _swapped(scores, "praise", "complaint")
        return scores

    @staticmethod
    def _dangerous(text: str, learned: float) -> bool:
        """Whether danger is learned surely enough; the words are only looked for where they can decide."""
        if not _DANGER_WITH_WORDS <= learned < _DANGER_TAKEN_BACK:
            return learned >= _DANGER_TAKEN_BACK
        if danger_taken_back(text):
            return False
        return learned >= _DANGER_ALONE or danger_now(text, signs=True)

    def _closed(self, scores: Scores, parts: Sequence[Part]) -> bool:
        return (
            len(parts) == 1 and scores.closed >= _CLOSED and parts[0].scores.best in ("progress", "praise", "greeting")
        )

    def _act(self, part: Part, text: str, found: Spotted) -> Act:
        intent = part.scores.best
        category = self.model.category(part.scores, intent)
        money = intent in _MONEY or category in _MONEY_CATEGORIES
        slots = slots_of(text, found, part.start, part.end, with_fee=money)
        return Act(intent, category, part.confidence, part.text, slots)

    def _choices(self, first: Act, parts: Sequence[Part]) -> tuple[Reading, ...]:
        scores = next(part.scores for part in parts if part.text == first.text)
        best = sorted(scores.intents, key=scores.intents.__getitem__, reverse=True)[:2]
        return tuple(Reading(name, self.model.category(scores, name), scores.intents[name]) for name in best)


def _swapped(scores: Scores, one: Intent, other: Intent) -> Scores:
    intents = dict(scores.intents)
    intents[one], intents[other] = intents[other], intents[one]
    return replace(scores, intents=intents)


def doubtful(text: str, plain: str) -> bool:
    """Whether a long text is hardly a message: not read to its end, the same over and over, or mostly not Chinese.

    Args:
        text: as received.
        plain: what was read of it, normalised.
    """
    if len(text) > LIMIT or len(set(plain)) * _SAME < len(plain):
        return True
    told = [character for character in plain if character.isalnum()]
    return 2 * sum("\u4e00" <= character <= "\u9fff" for character in told) < len(told)


def _doubted(reading: Act | Reading) -> float:
    """Less than it was; but danger is not asked about twice, even where it is shouted twenty times over."""
    return reading.confidence * (1.0 if reading.intent == "emergency" else _DOUBT)


def _union(acts: Sequence[Act], everywhere: Slots) -> Slots:
    fee = next((act.slots.fee for act in acts if act.slots.fee), None)
    return replace(everywhere, fee=fee)


def load(model_dir: Path | None = None) -> Understander:
    """Load the model (the package's own by default) and everything it needs, ready for the first message."""
    segmenter()
    lexicon()
    understander = Understander(load_model(model_dir))
    understander.understand(
        "您好，明天下午3点请来3栋2单元501看看厨房水管", datetime.fromisoformat("2026-01-05T10:00:00+08:00")
    )
    return understander
