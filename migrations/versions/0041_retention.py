"""What each night's work with the rules of retention took out"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0044"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUNS = "catalogue_retention_runs"


def upgrade() -> None:
    op.create_table(
        RUNS,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{RUNS}")),
    )
    op.create_index(op.f(f"ix_{RUNS}_at"), RUNS, ["at"])
    # The night's work of old: nobody does it any more, and it would wait for ever.
    op.execute("DELETE FROM catalogue_outbox WHERE topic = 'mail.forget'")


def downgrade() -> None:
    op.drop_index(op.f(f"ix_{RUNS}_at"), table_name=RUNS)
    op.drop_table(RUNS)
