"""SQLAlchemy Core statements that are compiled once per database and then run straight on the driver.

A Core execution costs 45 to 60 µs of Python, the driver itself 4 to 8 µs. A turn needs some twenty statements, so they
are written in Core, but the compiled text is kept and handed to the driver.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast

from sqlalchemy import Dialect, Executable, Float, Insert, Integer
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
    #: SQLite only: the id of the inserted row.
    lastrowid: int

    def fetchone(self) -> Row | None:
        """The next row."""
        ...

    def fetchall(self) -> list[Row]:
        """All rows that are left."""
        ...

    def executemany(self, sql: str, params: Iterable[Params | tuple[Any, ...]], /) -> object:
        """Run once for each parameter set."""
        ...


class Driver(Protocol):
    """What both drivers' connections offer."""

    def execute(self, sql: str, params: Params | tuple[Any, ...], /) -> Cursor:
        """Run one statement."""
        ...

    def cursor(self) -> Cursor:
        """A fresh cursor."""
        ...


class _Plan:
    """One statement as one database takes it: text, constants, and what to convert on the way in and out.

    SQLite takes parameters by place, which is faster, PostgreSQL by name.
    """

    __slots__ = ("_by_place", "_constants", "_into", "out", "sql")

    def __init__(self, element: Executable, dialect: Dialect) -> None:
        compiled = element.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.sql: str = compiled.string
        self.out = _results(element, dialect)
        self._constants: Params = {}
        self._into: list[tuple[str, _Processor]] = []
        for name, bind in compiled.binds.items():
            process = _into(bind.type, dialect)
            if not bind.required:
                constant = bind.value is not None and process is not None
                self._constants[name] = process(bind.value) if constant and process else bind.value
            elif process is not None:
                self._into.append((name, process))
        into = dict(self._into)
        names: list[str] | None = compiled.positiontup
        self._by_place = None if names is None else [(name, into.get(name)) for name in names]

    def params(self, given: Params) -> Params | tuple[Any, ...]:
        """What the driver gets."""
        values = {**self._constants, **given} if self._constants else given
        if self._by_place is not None:
            found = []
            for name, process in self._by_place:
                value = values[name]
                found.append(value if process is None or value is None else process(value))
            return tuple(found)
        return values | {name: process(values[name]) for name, process in self._into if values[name] is not None}


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
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _Plan(self._for(dialect), dialect)
        return plan

    def _for(self, _dialect: Dialect) -> Executable:
        return self.element


class Insertion(Statement):
    """An insert of one row that tells its id: PostgreSQL by RETURNING, SQLite for half the price by the row id."""

    __slots__ = ("_table",)

    def __init__(self, element: Insert) -> None:
        super().__init__(element)
        self._table = element.table

    def _for(self, dialect: Dialect) -> Executable:
        if dialect.name == "sqlite":
            return self.element
        return cast(Insert, self.element).returning(self._table.c["id"])


class Connection:
    """One open transaction on a driver's connection. Driver errors come out as `storage.errors`."""

    __slots__ = ("_depth", "_driver", "_error", "_undone", "dialect")

    def __init__(self, driver: Driver, dialect: Dialect) -> None:
        self._driver = driver
        self._error: type[Exception] = dialect.loaded_dbapi.Error
        self.dialect = dialect
        self._depth = 0
        self._undone = False

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

    def insert(self, statement: Insertion, params: Params) -> int | None:
        """Insert one row; returns its id, or None when a conflict left it out."""
        plan = statement.plan(self.dialect)
        try:
            cursor = self._driver.execute(plan.sql, plan.params(params))
            if self.dialect.name != "sqlite":
                row = cursor.fetchone()
                return None if row is None else int(row[0])
        except self._error as error:
            raise translated(error) from error
        return cursor.lastrowid if cursor.rowcount > 0 else None

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what the block wrote when it raises; nothing else.

        Raises:
            Busy: the database undid the whole transaction by itself (SQLite on a full disk).
        """
        if self._undone:
            raise Busy
        self._depth += 1
        name = f"inner_{self._depth}"
        self.plain(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self._back_to(name)
            raise
        else:
            self.plain(f"RELEASE SAVEPOINT {name}")
        finally:
            self._depth -= 1

    def _back_to(self, name: str) -> None:
        """Undo to a savepoint. Where it is gone nothing may follow: a new savepoint would commit by itself."""
        try:
            self.plain(f"ROLLBACK TO SAVEPOINT {name}")
            self.plain(f"RELEASE SAVEPOINT {name}")
        except StorageError as gone:
            self._undone = True
            raise Busy from gone

    def plain(self, sql: str) -> None:
        """Run a fixed text of our own that has no parameters."""
        try:
            self._driver.execute(sql, ())
        except self._error as error:
            raise translated(error) from error


def _converted(row: Row, out: Sequence[tuple[int, _Processor]]) -> Row:
    values = list(row)
    for index, process in out:
        value = values[index]
        if value is not None:
            values[index] = process(value)
    return values


#: SQLSTATE classes and codes of PostgreSQL: integrity, serialisation and deadlock; everything that passes with time.
_LOST = ("23", "40")
_LATER = ("08", "53", "55", "57")
_SQLITE_LATER = ("locked", "busy", "full", "unable to open", "disk i/o", "readonly", "no transaction is active")


def translated(error: Exception) -> StorageError:
    """The `storage.errors` class of a driver's error; plain `StorageError` when it is a defect of ours.

    Only the first line is kept: PostgreSQL tells the values of a row in the lines after it (INV-30).
    """
    lines = str(error).splitlines()
    told = lines[0] if lines else type(error).__name__
    state = getattr(error, "sqlstate", None) or ""
    if type(error).__name__ == "IntegrityError" or state.startswith(_LOST):
        return Conflict(told)
    if state.startswith(_LATER) or _passes(error, told, state):
        return Busy(told)
    return StorageError(told)


def _passes(error: Exception, told: str, state: str) -> bool:
    """A lock or a full disk of SQLite, or a PostgreSQL that is away: both drivers call it an OperationalError."""
    if type(error).__name__ != "OperationalError":
        return False
    if hasattr(error, "sqlstate"):
        return not state
    return any(word in told.lower() for word in _SQLITE_LATER)
