"""Purchasing systems are told of a state of an order each time that it comes to it again."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

NEWS = "catalogue_punchout_news"


def upgrade() -> None:
    op.add_column(NEWS, sa.Column("occasion", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(NEWS, sa.Column("told_before", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table(NEWS) as batch:
        batch.drop_column("told_before")
        batch.drop_column("occasion")
