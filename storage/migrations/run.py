"""Brings a database to a migration, forward only, under a lock (INV-34)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from storage import planner
from storage.tables import homes

#: Any number that nobody else locks: two replicas that start together migrate one after the other.
_LOCK = 7_411_902_233


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent), version_locations=[str(Path(__file__).parent / "versions")])


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a migration, by default the latest.

    Args:
        engine: of the database.
        revision: the number of the migration.
    """
    scripts = _scripts()

    def steps(found: Any, _context: MigrationContext) -> Any:
        return scripts._upgrade_revs(revision, found)

    with _locked(engine) as connection, EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(
            connection=connection, target_metadata=homes.metadata, render_as_batch=True, transactional_ddl=True
        )
        environment.run_migrations()
        planner.teach(connection)


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other migration can enter. Rebuilding a table must not fire its foreign keys."""
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        driver: Any = connection.connection.driver_connection
        if sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SET LOCAL statement_timeout = 0"))
                    connection.execute(text("SET LOCAL lock_timeout = 0"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                yield connection
        finally:
            if sqlite:
                driver.execute("PRAGMA foreign_keys=ON")
