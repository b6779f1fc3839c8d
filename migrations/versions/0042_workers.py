"""Which workers are alive, and which request a piece of work follows from"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0039"
branch_labels = None
depends_on = None

WORKERS, OUTBOX = "catalogue_workers", "catalogue_outbox"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        WORKERS,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("lanes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{WORKERS}")),
    )
    op.add_column(OUTBOX, sa.Column("request_id", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column(OUTBOX, "request_id")
    op.drop_table(WORKERS)
