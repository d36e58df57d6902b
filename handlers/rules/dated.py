"""Rule values with a start date: old values are kept, not overwritten (style.md 6)."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar

#: The day from which the defaults of domain.md hold.
FIRST_DAY = date(2025, 1, 1)


class Since(Protocol):
    """A value that holds from a day on, and the rule ID it stands for."""

    @property
    def since(self) -> date:
        """First day, in the estate's zone."""
        ...

    @property
    def source(self) -> str:
        """Rule ID of docs/rules.md."""
        ...


E = TypeVar("E", bound=Since)


def current(entries: Sequence[E], day: date) -> E:
    """The entry in force on `day`: the latest begun; before the first start date the earliest one holds.

    Raises:
        ValueError: no entry at all, which `check-config` reports first.
    """
    if not entries:
        raise ValueError("a rule needs at least one dated value")
    begun = [entry for entry in entries if entry.since <= day]
    return max(begun, key=lambda e: e.since) if begun else min(entries, key=lambda e: e.since)
