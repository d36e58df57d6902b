"""Migrations: forward only, the same schema as declared, on both databases (INV-33, INV-34)."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from storage import migrations
from storage.database import Database
from storage.tables import homes

METADATA = homes.metadata


def schema(engine: Engine) -> dict[str, Any]:
    """Everything that the database itself tells about its tables."""
    if engine.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' AND name <> 'alembic_version'"
        with engine.connect() as connection:
            return {name: " ".join((sql or "").split()) for name, sql in connection.execute(text(query))}
    found = inspect(engine)
    tables = [name for name in found.get_table_names() if name != "alembic_version"]
    with engine.connect() as connection:
        indexes = connection.execute(
            text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()")
        ).all()
        name = connection.execute(text("SELECT current_schema()")).scalar_one()
    return {
        "columns": {table: [str(column) for column in found.get_columns(table)] for table in tables},
        "keys": {table: [str(key) for key in found.get_foreign_keys(table)] for table in tables},
        "indexes": {row[0]: row[1].replace(name, "") for row in indexes if row[0] != "alembic_version_pkc"},
    }


def test_the_migrated_schema_is_the_declared_one(empty: Database) -> None:
    empty.migrate()
    migrated = schema(empty.engine)
    with empty.engine.begin() as connection:
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
    assert migrated == schema(empty.engine)


@pytest.mark.postgres
def test_alembic_finds_nothing_to_change(empty_postgres: Database) -> None:
    empty_postgres.migrate()
    with empty_postgres.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_migrating_again_changes_nothing(empty: Database) -> None:
    assert not empty.is_current()
    empty.migrate()
    before = schema(empty.engine)
    empty.migrate()
    assert schema(empty.engine) == before
    assert empty.is_current()
    assert migrations.current(empty.engine) == migrations.head()


def test_a_failed_migration_leaves_what_was_there(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE tickets (id INTEGER)"))
    with pytest.raises(Exception, match="tickets"):
        empty.migrate()
    assert list(inspect(empty.engine).get_table_names()) == ["tickets"]


def test_every_table_names_its_estate() -> None:
    assert [table.name for table in METADATA.sorted_tables if "community_id" not in table.c] == []


def test_every_unique_key_is_within_an_estate() -> None:
    for table in METADATA.sorted_tables:
        unique = [index for index in table.indexes if index.unique]
        keys = [key for key in table.constraints if type(key).__name__ == "UniqueConstraint"]
        for key in (*unique, *keys):
            assert "community_id" in {column.name for column in key.columns}, key.name  # type: ignore[attr-defined]


def test_every_constraint_has_a_name() -> None:
    for table in METADATA.sorted_tables:
        assert all(constraint.name for constraint in table.constraints)


def test_the_planner_is_told_that_the_estate_selects_nothing(sqlite: Database) -> None:
    query = "SELECT * FROM tickets WHERE community_id = 'x' AND group_name = 'y' AND ended_at IS NULL"
    with sqlite.engine.connect() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {query}")).all()
    assert "ix_tickets_open_group (community_id=? AND group_name=?)" in plan[0][3]
