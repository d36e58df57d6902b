"""Respond and finish limits. Rules: SLA-28, SLA-29, domain.md 10."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlaRules:
    """Values of this topic."""
