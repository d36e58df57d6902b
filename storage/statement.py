"""SQLAlchemy Core statements that are compiled once per database and then run straight on the driver.

A Core execution costs 45 to 60 µs of Python, the driver itself 4 to 8 µs. A turn needs some twenty statements, so they
are written in Core, but the compiled text is kept and handed to the driver.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import Dialect, Executable, Float, Integer
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

from storage.columns import Direct
from storage.errors import Busy, Conflict, StorageError

Params = dict[str, Any]
Row = Sequence[Any]
_Processor = Callable[[Any], Any]


class Cursor(Protocol):
    """What both drivers' cursors offer."""

    rowcount: int

    def fetchone(self) -> Row | None:
        """The next row."""
        ...

    def fetchall(self) -> list[Row]:
        """All rows that are left."""
        ...

    def executemany(self, sql: str, params: Iterable[Params], /) -> object:
        """Run once for each parameter set."""
        ...


class Driver(Protocol):
    """What both drivers' connections offer."""

    def execute(self, sql: str, params: Params, /) -> Cursor:
        """Run one statement."""
        ...

    def cursor(self) -> Cursor:
        """A fresh cursor."""
        ...


class _Plan:
    """One statement as one database takes it: text, constants, and what to convert on the way in and out."""

    __slots__ = ("constants", "into", "out", "sql")

    def __init__(self, element: Executable, dialect: Dialect) -> None:
        compiled = element.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.sql: str = compiled.string
        self.constants: Params = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self.into = [
            (name, process)
            for name, bind in compiled.binds.items()
            if (process := _into(bind.type, dialect)) is not None
        ]
        for name, process in self.into:
            if name in self.constants:
                self.constants[name] = process(self.constants[name])
        self.into = [(name, process) for name, process in self.into if name not in self.constants]
        self.out = _results(element, dialect)

    def params(self, given: Params) -> Params:
        values = {**self.constants, **given}
        for name, process in self.into:
            values[name] = process(values[name])
        return values


def _results(element: Executable, dialect: Dialect) -> list[tuple[int, _Processor]]:
    if not isinstance(element, ReturnsRows):
        return []
    found = []
    for index, column in enumerate(element.exported_columns):
        process = _out(column.type, dialect)
        if process is not None:
            found.append((index, process))
    return found


def _into(type_: TypeEngine[Any], dialect: Dialect) -> _Processor | None:
    """How a parameter is converted; our own types without the detour through their decorators."""
    if isinstance(type_, Direct):
        return type_.into
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _out(type_: TypeEngine[Any], dialect: Dialect) -> _Processor | None:
    """How a result is converted. Both drivers give floats and integers as they are."""
    if isinstance(type_, Direct):
        return type_.out
    if isinstance(type_, (Float, Integer)):
        return None
    return type_.dialect_impl(dialect).result_processor(dialect, None)


class Statement:
    """A Core statement with named parameters, made at import, compiled at its first use on each database."""

    __slots__ = ("_plans", "element")

    def __init__(self, element: Executable) -> None:
        self.element = element
        self._plans: dict[str, _Plan] = {}

    def plan(self, dialect: Dialect) -> _Plan:
        """The statement as `dialect` takes it."""
        try:
            return self._plans[dialect.name]
        except KeyError:
            plan = self._plans[dialect.name] = _Plan(self.element, dialect)
            return plan


class Connection:
    """One open transaction on a driver's connection. Driver errors come out as `storage.errors`."""

    __slots__ = ("_depth", "_driver", "_error", "dialect")

    def __init__(self, driver: Driver, dialect: Dialect) -> None:
        self._driver = driver
        self._error: type[Exception] = dialect.loaded_dbapi.Error
        self.dialect = dialect
        self._depth = 0

    def run(self, statement: Statement, params: Params) -> int:
        """Run a statement; returns the number of rows that it changed."""
        plan = statement.plan(self.dialect)
        try:
            return self._driver.execute(plan.sql, plan.params(params)).rowcount
        except self._error as error:
            raise translated(error) from error

    def many(self, statement: Statement, params: Iterable[Params]) -> None:
        """Run a statement that returns nothing once for each parameter set."""
        plan = statement.plan(self.dialect)
        try:
            self._driver.cursor().executemany(plan.sql, [plan.params(each) for each in params])
        except self._error as error:
            raise translated(error) from error

    def row(self, statement: Statement, params: Params) -> Row | None:
        """The first row, or None."""
        plan = statement.plan(self.dialect)
        try:
            row = self._driver.execute(plan.sql, plan.params(params)).fetchone()
        except self._error as error:
            raise translated(error) from error
        return row if row is None or not plan.out else _converted(row, plan.out)

    def rows(self, statement: Statement, params: Params) -> list[Row]:
        """All rows."""
        plan = statement.plan(self.dialect)
        try:
            rows = self._driver.execute(plan.sql, plan.params(params)).fetchall()
        except self._error as error:
            raise translated(error) from error
        return [_converted(row, plan.out) for row in rows] if plan.out else rows

    def value(self, statement: Statement, params: Params) -> Any:
        """The first column of the first row, or None."""
        row = self.row(statement, params)
        return None if row is None else row[0]

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what the block wrote when it raises; nothing else."""
        self._depth += 1
        name = f"inner_{self._depth}"
        self.plain(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self.plain(f"ROLLBACK TO SAVEPOINT {name}")
            self.plain(f"RELEASE SAVEPOINT {name}")
            raise
        else:
            self.plain(f"RELEASE SAVEPOINT {name}")
        finally:
            self._depth -= 1

    def plain(self, sql: str) -> None:
        """Run a fixed text of our own that has no parameters."""
        try:
            self._driver.execute(sql, {})
        except self._error as error:
            raise translated(error) from error


def _converted(row: Row, out: Sequence[tuple[int, _Processor]]) -> Row:
    values = list(row)
    for index, process in out:
        values[index] = process(values[index])
    return values


#: SQLSTATE classes and codes of PostgreSQL: integrity, serialisation and deadlock; everything that passes with time.
_LOST = ("23", "40")
_LATER = ("08", "53", "55", "57")
_SQLITE_LATER = ("locked", "busy", "full", "unable to open", "disk i/o", "readonly")


def translated(error: Exception) -> Exception:
    """The `storage.errors` class of a driver's error; the error itself when it is a defect of ours."""
    state = getattr(error, "sqlstate", None)
    kind = type(error).__name__
    if kind == "IntegrityError" or (state or "").startswith(_LOST):
        return Conflict(str(error))
    later = any(word in str(error).lower() for word in _SQLITE_LATER)
    if kind == "OperationalError" and (later or (state is None and hasattr(error, "sqlstate"))):
        return Busy(str(error))
    if (state or "").startswith(_LATER):
        return Busy(str(error))
    return StorageError(str(error))
