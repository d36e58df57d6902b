"""Column types and small SQL phrases that read the same on SQLite and PostgreSQL."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Dialect, Integer, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_JSON: dict[str, Any] = {}


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime; a naive one raises TypeError."""
    passed = moment - EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


@lru_cache(maxsize=4096)
def moment(stored: int) -> datetime:
    """The aware UTC datetime of stored microseconds."""
    return EPOCH + timedelta(microseconds=stored)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON-safe")


_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
_dumps_ascii = json.JSONEncoder(separators=(",", ":"), default=_plain).encode
_scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined] # typeshed lacks it


def to_json(value: object) -> str:
    """Compact JSON, readable in Chinese; text that is no Unicode (half a surrogate pair) is escaped."""
    if not value and isinstance(value, (dict, tuple)):
        return "{}" if value == _NO_JSON else "[]"
    text = _dumps(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return _dumps_ascii(value)
    return text


def from_json(stored: str) -> Any:
    """The value of JSON that `to_json` or PostgreSQL's and SQLite's own quoting wrote: nothing comes before it."""
    return {} if stored == "{}" else _scan(stored, 0)[0]


def clean(text: str) -> str:
    """Text that both databases take: without NUL, and with half surrogate pairs replaced."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode()


class Direct(TypeDecorator[Any]):
    """A type whose values are converted the same way on every database."""

    impl: Any = Text
    cache_ok = True

    @staticmethod
    def into(value: Any) -> Any:
        """Value to what is stored."""
        raise NotImplementedError

    @staticmethod
    def out(value: Any) -> Any:
        """What is stored to value."""
        raise NotImplementedError

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """For statements that SQLAlchemy runs itself."""
        return self.into(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """For statements that SQLAlchemy runs itself."""
        return self.out(value)


class Moment(Direct):
    """An aware UTC datetime, stored as microseconds since 1970: exact, sortable and fast on both databases."""

    impl = BigInteger
    cache_ok = True

    @staticmethod
    def into(value: datetime | None) -> int | None:
        """Aware datetime to microseconds."""
        return None if value is None else micros(value)

    @staticmethod
    def out(value: int | None) -> datetime | None:
        """Microseconds to aware UTC datetime."""
        return None if value is None else moment(value)


class JsonText(Direct):
    """JSON kept as text: what was stored comes back byte for byte, also characters that `jsonb` refuses."""

    impl = Text
    cache_ok = True

    @staticmethod
    def into(value: object) -> str | None:
        """Value to JSON."""
        return None if value is None else to_json(value)

    @staticmethod
    def out(value: str | None) -> Any:
        """JSON to value."""
        return None if value is None else from_json(value)


class Many(TypeDecorator[Any]):
    """A list given as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that travels."""
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        """The list in the form that the database takes."""
        items = list(value or ())
        return items if dialect.name == "postgresql" else json.dumps(items)


class Listed(FunctionElement[Any]):
    """The values of a list parameter, as a subquery: one statement text, whatever the length of the list."""

    type = Text()
    inherit_cache = True


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """`column IN (the list given as :name)`."""
    item: TypeEngine[Any] = BigInteger() if isinstance(column.type, Integer) else Text()
    return column.bool_op("IN")(Listed(bindparam(name, type_=Many(item))))


@compiles(Listed, "sqlite")
def _listed_sqlite(element: Listed, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **kw)}))"  # noqa: S608 - a compiled clause


@compiles(Listed, "postgresql")
def _listed_postgresql(element: Listed, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **kw)}))"


class Unindexed(FunctionElement[Any]):
    """A column that SQLite is not to look up by: where a list of ids is given, the estate's id only checks."""

    type = Text()
    inherit_cache = True


@compiles(Unindexed, "sqlite")
def _unindexed_sqlite(element: Unindexed, compiler: SQLCompiler, **kw: Any) -> str:
    return f"+{compiler.process(element.clauses, **kw)}"


@compiles(Unindexed, "postgresql")
def _unindexed_postgresql(element: Unindexed, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


class JsonQuoted(FunctionElement[str]):
    """A text as a JSON string."""

    type = Text()
    inherit_cache = True


@compiles(JsonQuoted, "sqlite")
def _json_quoted_sqlite(element: JsonQuoted, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_quote({compiler.process(element.clauses, **kw)})"


@compiles(JsonQuoted, "postgresql")
def _json_quoted_postgresql(element: JsonQuoted, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(to_json({compiler.process(element.clauses, **kw)}) AS TEXT)"


class DatabaseNow(FunctionElement[int]):
    """Microseconds since 1970 on the database's clock: leases use it, nothing else does (INV-8)."""

    type = BigInteger()
    inherit_cache = True


@compiles(DatabaseNow, "sqlite")
def _now_sqlite(_element: DatabaseNow, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)"


@compiles(DatabaseNow, "postgresql")
def _now_postgresql(_element: DatabaseNow, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"


class Lesser(FunctionElement[Any]):
    """The smaller of two values."""

    type = Moment()
    inherit_cache = True


class Greater(FunctionElement[Any]):
    """The greater of two values."""

    type = Integer()
    inherit_cache = True


@compiles(Lesser, "sqlite")
def _lesser_sqlite(element: Lesser, compiler: SQLCompiler, **kw: Any) -> str:
    return f"min({compiler.process(element.clauses, **kw)})"


@compiles(Lesser, "postgresql")
def _lesser_postgresql(element: Lesser, compiler: SQLCompiler, **kw: Any) -> str:
    return f"least({compiler.process(element.clauses, **kw)})"


@compiles(Greater, "sqlite")
def _greater_sqlite(element: Greater, compiler: SQLCompiler, **kw: Any) -> str:
    return f"max({compiler.process(element.clauses, **kw)})"


@compiles(Greater, "postgresql")
def _greater_postgresql(element: Greater, compiler: SQLCompiler, **kw: Any) -> str:
    return f"greatest({compiler.process(element.clauses, **kw)})"
