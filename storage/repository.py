"""What every repository stands on: an open transaction, an estate, a cipher."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from storage.cache import Cache
from storage.secrecy import Cipher
from storage.statement import Connection, Params, Statement
from storage.tables import counters

T = TypeVar("T")

_VERSION = Statement(
    select(counters.c.value).where(
        counters.c.community_id == bindparam("community"), counters.c.name == bindparam("name")
    )
)
_put = insert(counters).values(community_id=bindparam("community"), name=bindparam("name"), value=bindparam("value"))
_PUT_VERSION = Statement(
    _put.on_conflict_do_update(index_elements=["community_id", "name"], set_={"value": _put.excluded.value})
)


@dataclass(frozen=True, slots=True)
class Scope:
    """One transaction of one estate."""

    connection: Connection
    community_id: str
    cipher: Cipher
    cache: Cache


class Repository:
    """Rows of one kind, read and written inside one transaction."""

    __slots__ = ("_cipher", "_connection", "_scope")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._connection = scope.connection
        self._cipher = scope.cipher

    def _mine(self, **params: Any) -> Params:
        """Parameters of a statement that is scoped by estate; every statement is (INV-26)."""
        params["community"] = self._scope.community_id
        return params

    def _version(self, name: str) -> int:
        """The version of a cached list; 0 before its first change."""
        return self._connection.value(_VERSION, self._mine(name=f"version:{name}")) or 0

    def _changed(self, name: str) -> None:
        """Give a cached list a new version."""
        self._connection.run(_PUT_VERSION, self._mine(name=f"version:{name}", value=secrets.randbits(62) + 1))

    def _cached(self, name: str, read: Callable[[], T]) -> T:
        return self._scope.cache.get(self._scope.community_id, name, self._version(name), read)
