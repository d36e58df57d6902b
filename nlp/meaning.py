"""What understanding hands to the decisions: plain values, no behaviour."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Intent = Literal[
    "repair",
    "complaint",
    "inquiry",
    "payment",
    "emergency",
    "progress",
    "suggestion",
    "praise",
    "human",
    "greeting",
    "other",
]
Urgency = Literal["emergency", "urgent", "normal"]
Sentiment = Literal["angry", "negative", "neutral", "positive"]


@dataclass(frozen=True, slots=True)
class Room:
    """An address as said: digits Arabic, without 栋/单元/室; `unit` may be 东, 西, 甲; parts not said are None."""

    area: str | None = None
    building: str | None = None
    unit: str | None = None
    room: str | None = None


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A window in the estate's time zone (aware); a side that was left open is None."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Slots:
    """Everything a message names; None when absent. `amount_fen` is integer fen, `phone` digits only."""

    room: Room | None = None
    place: str | None = None
    object: str | None = None
    phone: str | None = None
    time: TimeWindow | None = None
    fee: str | None = None
    amount_fen: int | None = None
    ticket: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One possible reading with its calibrated confidence in 0..1."""

    intent: Intent
    category: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Act:
    """One wish inside a message: what it is, its own words, its own slots."""

    intent: Intent
    category: str
    confidence: float
    text: str
    slots: Slots = field(default_factory=Slots)


@dataclass(frozen=True, slots=True)
class Meaning:
    """The reading of a whole message.

    Attributes:
        text: the normalised text (full-width folded, stickers as words, invisible characters gone).
        acts: at least one wish, most urgent first (conventions.md, "Several wishes").
        urgency, sentiment: of the message as a whole.
        closed: nothing is left to do: solved, withdrawn, a plain thank-you.
        slots: union over the acts.
        choices: the two likeliest readings of the first act, best first; both are offered when it is unsure.
        rooms: every address said, in order; `slots.room` is the speaker's own.
        source: who read it: `model` (our own, offline) or `llm` (the optional helper).
    """

    text: str
    acts: tuple[Act, ...]
    urgency: Urgency = "normal"
    sentiment: Sentiment = "neutral"
    closed: bool = False
    slots: Slots = field(default_factory=Slots)
    choices: tuple[Reading, ...] = ()
    rooms: tuple[Room, ...] = ()
    source: str = "model"

    @property
    def first(self) -> Act:
        """The wish to answer first."""
        return self.acts[0]
