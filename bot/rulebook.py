"""The rule IDs that settings may name as their source; `make rules` writes the list from docs/rules.md."""

from dataclasses import fields, is_dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def rule_ids() -> frozenset[str]:
    """Every ID of the register."""
    return frozenset(files("bot").joinpath("rule_ids.txt").read_text(encoding="utf-8").split())


def unknown_sources(value: Any, path: str = "rules") -> list[tuple[str, str]]:
    """(path, source) of every rule value whose `source` is not in the register (style.md 6)."""
    if isinstance(value, tuple):
        return [found for index, item in enumerate(value) for found in unknown_sources(item, f"{path}.{index}")]
    if not is_dataclass(value) or isinstance(value, type):
        return []
    wrong: list[tuple[str, str]] = []
    for field in fields(value):
        inner, here = getattr(value, field.name), f"{path}.{field.name}"
        if field.name == "source" and isinstance(inner, str):
            wrong += [(here, inner)] if inner not in rule_ids() else []
        else:
            wrong += unknown_sources(inner, here)
    return wrong
