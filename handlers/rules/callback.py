"""Callbacks 回访. Rules: SLA-30..33, SLA-39, S-CB-01."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """Values of this topic."""
