"""Limits of purchases, and what enterprises state of turnover and capacity"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "catalogue_limits",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", BIG_ID, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=True),
        sa.Column("entered_by", BIG_ID, nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_from <= valid_until",
            name=op.f("ck_catalogue_limits_period"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["catalogue_municipalities.id"],
            name=op.f("fk_catalogue_limits_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_limits_entered_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_limits")),
    )
    with op.batch_alter_table("catalogue_limits", schema=None) as batch_op:
        batch_op.create_index(
            "ix_catalogue_limits_kind", ["municipality_id", "kind", "valid_from"], unique=False
        )
    # Not in batch mode: rebuilding the table would delete what hangs on it, or be refused.
    op.add_column("catalogue_enterprises", sa.Column("turnover_ore", BIG_ID, nullable=True))
    op.add_column("catalogue_enterprises", sa.Column("turnover_year", sa.Integer(), nullable=True))
    op.add_column("catalogue_enterprises", sa.Column("capacity", sa.Text(), nullable=True))


def downgrade() -> None:
    for column in ("capacity", "turnover_year", "turnover_ore"):
        op.drop_column("catalogue_enterprises", column)
    with op.batch_alter_table("catalogue_limits", schema=None) as batch_op:
        batch_op.drop_index("ix_catalogue_limits_kind")
    op.drop_table("catalogue_limits")
