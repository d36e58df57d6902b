"""What a committed turn changed, for whoever watches: pages, `simulate`, housekeeping."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.model import Ticket


@dataclass(frozen=True, slots=True)
class Change:
    """Something that others may watch: `ticket`, `bill`, `task`, `visit` ... with what it is now."""

    kind: str
    data: Mapping[str, Any]
    ticket: Ticket | None = None
