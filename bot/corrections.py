"""What staff say a message really meant: candidate examples for the next training (P8: learn from corrections).

Each is an audit line of its own, without personal data; nothing is learned until somebody exports and trains.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.llm import label_of
from bot.masking import hidden
from nlp.meaning import Meaning
from storage.model import Ticket
from storage.unit_of_work import UnitOfWork

KIND = "correction"
#: Characters of an example (the corpus takes no longer ones).
LONGEST = 200
_BEGINNING, _END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Refused(ValueError):  # noqa: N818 - an answer to the one who corrects
    """The correction cannot be kept; the message says why, to the one who corrects."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A message with the labels that a member of staff gave it. `was` is what had been read, `ticket` its number."""

    text: str
    intent: str
    category: str
    by: str
    at: datetime
    was: str
    urgency: str = "normal"
    sentiment: str = "neutral"
    closed: bool = False
    ticket: str | None = None

    def example(self) -> str:
        """A line of the corpus."""
        return json.dumps(
            {
                "text": self.text,
                "acts": [{"intent": self.intent, "category": self.category}],
                "urgency": self.urgency,
                "sentiment": self.sentiment,
                "closed": self.closed,
                "style": "chat",
            },
            ensure_ascii=False,
        )


def words_of(uow: UnitOfWork, ticket: Ticket) -> str:
    """The resident's words behind a ticket: the message it was opened by, or what was noted of it if that says more."""
    row = uow.inbox.get(int(ticket.source_key.partition(":")[0] or 0))
    said = row.inbound.text if row is not None and row.inbound.kind == "message" else ""
    return max(said, ticket.summary, key=len)


def corrected(
    meaning: Meaning, intent: str, category: str, by: str, now: datetime, ticket: str | None = None
) -> Correction:
    """A correction of what was read.

    Args:
        meaning: the present reading of the words; `now` is in the estate's zone.
        intent: the right one.
        category: the right one.
        by: the number of the member of staff.
        now: aware.
        ticket: the number of the ticket, if it is about one.

    Raises:
        Refused: unknown labels, no words, or too many.
    """
    label = label_of(intent, category)
    if label is None:
        raise Refused("没有这样的意图或类别；可用的写法见 guanjia correct --labels")
    if not any(character.isalnum() for character in meaning.text):
        raise Refused("没有可以学习的文字")
    if len(meaning.text) > LONGEST:
        raise Refused(f"太长，请只写需要纠正的那一句（{LONGEST} 字以内）")
    first = meaning.first
    danger = label.intent == "emergency"
    calm = "normal" if meaning.urgency == "emergency" else meaning.urgency
    return Correction(
        text=hidden(meaning.text, now),
        intent=label.intent,
        category=label.category,
        by=by,
        at=now,
        was=f"{first.intent}/{first.category}",
        urgency="emergency" if danger else calm,
        sentiment=meaning.sentiment,
        closed=meaning.closed and label.intent in ("progress", "praise", "greeting"),
        ticket=ticket,
    )


def keep(uow: UnitOfWork, correction: Correction, ticket_id: int | None = None) -> None:
    """Store a correction."""
    data: dict[str, Any] = {
        name: getattr(correction, name)
        for name in ("text", "intent", "category", "by", "was", "urgency", "sentiment", "closed", "ticket")
    }
    uow.records.add(KIND, _subject(correction.text), data, ticket_id, correction.at.astimezone(UTC))


def kept(uow: UnitOfWork) -> list[Correction]:
    """All corrections, oldest first."""
    found = uow.records.between(KIND, _BEGINNING, _END)
    return [Correction(at=at, **data) for _, at, data in found]


def latest(corrections: Iterable[Correction]) -> list[Correction]:
    """The last word on each message, in the order in which the messages were first corrected."""
    return list({one.text: one for one in corrections}.values())


def _subject(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
