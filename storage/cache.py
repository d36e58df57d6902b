"""What is read again and again and seldom changes (roster, knowledge base), kept with the version it was read at."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Cache:
    """Values by estate and name. A value counts only as long as its version is the stored one.

    Versions are random, not counted: a version that was rolled back never comes again, so neither does its value.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[int, Any]] = {}

    def get(self, community_id: str, name: str, version: int, read: Callable[[], T]) -> T:
        """The value of `version`, read anew when it is not here."""
        known = self._known.get((community_id, name))
        if known is not None and known[0] == version:
            return cast(T, known[1])
        value = read()
        self._known[community_id, name] = (version, value)
        return value
