"""Category to department, urgency and callback class. Rules: domain.md 3.5, 4.6."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TriageRules:
    """Values of this topic."""
