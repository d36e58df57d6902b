"""The first schema, frozen as SQL: `storage.tables` goes on, this file does not."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Create every table and index."""
    connection = op.get_bind()
    script = (_SQL / f"0001.{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in script.split(";\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if any(lines):
            connection.exec_driver_sql("\n".join(lines))
