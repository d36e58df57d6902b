"""Hours in which pushes may go out. Rules: C-47, domain.md 0.4."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Values of this topic."""
