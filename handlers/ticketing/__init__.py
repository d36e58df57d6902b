"""Tickets as every flow, command and timer uses them: filing, moves, cards, timers. Pure."""

from handlers.ticketing.filing import file
from handlers.ticketing.moves import cancelled, change, closed, confirmed, finished, reopened
from handlers.ticketing.people import is_accused, residents_hear, roster

__all__ = [
    "cancelled",
    "change",
    "closed",
    "confirmed",
    "file",
    "finished",
    "is_accused",
    "reopened",
    "residents_hear",
    "roster",
]
