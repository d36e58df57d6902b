"""Complaint levels and deadlines. Rules: SLA-10..22, domain.md 4."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ComplaintRules:
    """Values of this topic."""
