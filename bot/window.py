"""What a platform must refuse is not tried: its window after a person's own words, kept before the call (INV-13)."""

from datetime import datetime, timedelta

from bot.channels.base import Receipt, Window
from bot.channels.text import TEXT_BYTES
from storage.message import OutboxRow
from storage.reach import Spent

#: A menu tap, a scan or a subscription opens a short window of its own; an answer this fresh may be one to them.
FRESH = timedelta(minutes=1)
#: A row is sent as at most this many texts.
MOST_TEXTS = 3


def shut(row: OutboxRow, window: Window, spent: Spent, now: datetime) -> Receipt | None:
    """Why a message to a person cannot be delivered on this channel now; None when it can be tried."""
    fresh = row.kind == "reply" and now - row.created_at <= FRESH
    if spent.said_at is None or now - spent.said_at > timedelta(hours=window.hours):
        return None if fresh else Receipt("window", code="window_closed")
    answers_else = fresh and row.created_at - spent.said_at > FRESH
    if _calls(spent) < window.messages or answers_else:
        return None
    return Receipt("window", code="quota_used")


def _calls(spent: Spent) -> int:
    """How many messages of the platform were used for what was told."""
    return sum(min(-(-len(body.encode()) // TEXT_BYTES) or 1, MOST_TEXTS) + pictures for body, pictures in spent.told)
