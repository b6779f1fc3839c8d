"""Enterprises are mailed what is decided about them, and municipalities who applies."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
NAME = "catalogue_enterprise_news"


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("put_at", MOMENT, nullable=False),
        sa.Column("recipient", sa.String(254), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["catalogue_enterprises.id"], name=op.f(f"fk_{NAME}_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NAME}")),
    )
    op.create_index(op.f(f"ix_{NAME}_enterprise_id"), NAME, ["enterprise_id"])


def downgrade() -> None:
    # The program of before knows no such work: it would lie there for good.
    op.execute("DELETE FROM catalogue_outbox WHERE topic = 'verification.news'")
    op.drop_table(NAME)
