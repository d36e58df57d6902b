"""Who gets a job and how alarms climb. Rules: SLA-28, domain.md 10.2."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DispatchRules:
    """Values of this topic."""
