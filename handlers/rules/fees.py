"""Fee reminders. Rules: SLA-40, SLA-41, domain.md 6.3."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeeRules:
    """Values of this topic."""
