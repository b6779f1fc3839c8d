"""Attachments of products"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: on SQLite that drops and rebuilds the table that all others point at.
    op.add_column("catalogue_products", sa.Column("attachments", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("catalogue_products", "attachments")
