"""The words that the tables are declared in: one metadata, named constraints, and the usual kinds of column."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy import text as sql
from sqlalchemy.sql.schema import SchemaItem

from storage.columns import JsonText, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: INTEGER on SQLite (the row id), BIGINT on PostgreSQL.
Id = BigInteger().with_variant(Integer(), "sqlite")


def community() -> Column[str]:
    """The estate that a row belongs to."""
    return Column("community_id", Text, nullable=False)


def table(name: str, *items: SchemaItem) -> Table:
    """A table whose rows have an id of their own."""
    return Table(name, metadata, Column("id", Id, primary_key=True), community(), *items)


def words(name: str, default: str | None = None) -> Column[str]:
    """Text that is always there."""
    return Column(name, Text, nullable=False, server_default=default)


def json(name: str) -> Column[object]:
    """JSON that is always there."""
    return Column(name, JsonText, nullable=False)


def count(name: str) -> Column[int]:
    """A whole number that begins at 0."""
    return Column(name, Integer, nullable=False, server_default="0")


def at(name: str) -> Column[object]:
    """A moment that is always there."""
    return Column(name, Moment, nullable=False)


def all_words(*names: str) -> list[Column[str]]:
    """Texts that are always there."""
    return [words(name) for name in names]


def texts(*names: str) -> list[Column[str]]:
    """Texts that may be missing."""
    return [Column(name, Text) for name in names]


def moments(*names: str) -> list[Column[object]]:
    """Moments that may be missing."""
    return [Column(name, Moment) for name in names]


def personal(name: str, *, nullable: bool = True) -> Column[bytes]:
    """An encrypted name or phone (INV-29)."""
    return Column(name, LargeBinary, nullable=nullable, info={"personal": True})


def ref(name: str, target: str, *, nullable: bool = True) -> Column[int]:
    """The id of a row of `target`."""
    return Column(name, Id, ForeignKey(f"{target}.id"), nullable=nullable)


def index(name: str, *columns: str, where: str | None = None, unique: bool = False) -> Index:
    """An index; `columns` may say DESC, `where` makes it partial."""
    condition = sql(where) if where else None
    parts = [sql(column) if " " in column else column for column in columns]
    return Index(name, *parts, unique=unique, sqlite_where=condition, postgresql_where=condition)
