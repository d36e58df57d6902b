"""The first schema."""

from alembic import op

from storage.tables import homes

revision = "0001"
down_revision = None


def upgrade() -> None:
    homes.metadata.create_all(op.get_bind())
