"""Column types and small SQL phrases that read the same on SQLite and PostgreSQL."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, Dialect, Integer, Text, bindparam
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


def moment(stored: int) -> datetime:
    """The aware UTC datetime of stored microseconds."""
    return EPOCH + timedelta(microseconds=stored)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON-safe")


_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
_dumps_ascii = json.JSONEncoder(separators=(",", ":"), default=_plain).encode
_loads = json.JSONDecoder().decode


def to_json(value: object) -> str:
    """Compact JSON, readable in Chinese; text that is no Unicode (half a surrogate pair) is escaped."""
    if value == _NO_JSON:
        return "{}"
    text = _dumps(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return _dumps_ascii(value)
    return text


def clean(text: str) -> str:
    """Text that both databases take: without NUL, and with half surrogate pairs replaced."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode()


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as microseconds since 1970: exact, sortable and fast on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Aware datetime to microseconds."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Microseconds to aware UTC datetime."""
        return None if value is None else moment(value)


class JsonText(TypeDecorator[Any]):
    """JSON kept as text: what was stored comes back byte for byte, also characters that `jsonb` refuses."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Value to JSON."""
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """JSON to value."""
        if value is None:
            return None
        return {} if value == "{}" else _loads(value)


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


class Among(FunctionElement[bool]):
    """`column` is one of the values of a list parameter. One statement text, whatever the length of the list."""

    type = Boolean()
    inherit_cache = True


def among(column: ColumnElement[Any], name: str) -> Among:
    """`column IN (the list given as :name)`."""
    item: TypeEngine[Any] = BigInteger() if isinstance(column.type, Integer) else Text()
    return Among(column, bindparam(name, type_=Many(item)))


@compiles(Among, "sqlite")
def _among_sqlite(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both are compiled clauses


@compiles(Among, "postgresql")
def _among_postgresql(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY({values})"


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
