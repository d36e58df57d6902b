"""Schema migrations, numbered; where a database stands is known without loading what runs them (a start is 2 s)."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

_VERSIONS = Path(__file__).parent / "versions"


def head() -> str:
    """The number of the latest migration."""
    return max(path.stem.partition("_")[0] for path in _VERSIONS.glob("[0-9]*.py"))


def current(engine: Engine) -> str | None:
    """The number of the migration that the database is at; None when it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found


def is_current(engine: Engine) -> bool:
    """Whether the database has the schema of this program."""
    return current(engine) == head()


def upgrade(engine: Engine) -> None:
    """Bring the database to the latest migration; nothing to do when it is there."""
    if not is_current(engine):
        from storage.migrations.run import upgrade as run  # noqa: PLC0415 - a fifth of a start, needed once

        run(engine)
