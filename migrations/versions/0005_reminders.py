"""Notice of agreements, and the reminders of their deadlines"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Not in batch mode: on SQLite that drops and rebuilds the table, and the rows that point at
    # agreements with ON DELETE CASCADE would go with it.
    op.add_column("catalogue_agreements", sa.Column("notice_days", sa.Integer(), nullable=True))
    op.create_table(
        "catalogue_reminders",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_id", BIG_ID, nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["catalogue_agreements.id"],
            name=op.f("fk_catalogue_reminders_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_reminders")),
        sa.UniqueConstraint(
            "agreement_id",
            "deadline_on",
            "days",
            name=op.f("uq_catalogue_reminders_agreement_id_deadline_on_days"),
        ),
    )


def downgrade() -> None:
    op.drop_table("catalogue_reminders")
    op.drop_column("catalogue_agreements", "notice_days")
