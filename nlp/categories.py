"""The names of what a matter is about (conventions.md, "category"); their Chinese titles are texts."""

from collections.abc import Mapping
from functools import cache
from typing import cast

from nlp.resources import table


@cache
def categories() -> frozenset[str]:
    """The names a reading may carry."""
    return frozenset(table("categories.yaml")["names"].split())


def finer() -> Mapping[str, str]:
    """Names that decisions tell apart beyond those -> the agreed name each counts as."""
    return cast(Mapping[str, Mapping[str, str]], table("categories.yaml"))["means"]


def standard(name: str | None) -> str | None:
    """The agreed name of a category: its own, or the one a finer name counts as."""
    return name if name is None else finer().get(name, name)
