"""Noted searches in the order of their letters: those that begin so are found by the index."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

TABLE, COLUMN = "catalogue_asked", "text_folded"


def upgrade() -> None:
    _compare_by("C")


def downgrade() -> None:
    _compare_by(None)


def _compare_by(collation: str | None) -> None:
    """SQLite compares so by itself; PostgreSQL, where it is not told, as the server's language."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column(TABLE, COLUMN, type_=sa.String(400, collation=collation))
