"""What enterprises state of their effect, a row for each year"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIGURES = (
    "employed", "employed_outside", "trainees", "apprentices", "paid_hours", "moved_on",
    "reinvested_percent", "reused_kg", "co2_kg",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "catalogue_effect_statements",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in FIGURES),
        sa.Column("reinvested_in", sa.Text(), nullable=True),
        sa.Column("co2_how", sa.Text(), nullable=True),
        sa.Column("in_words", sa.Text(), nullable=True),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stated_by", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["catalogue_enterprises.id"],
            name=op.f("fk_catalogue_effect_statements_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["stated_by"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_effect_statements_stated_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_effect_statements")),
        sa.UniqueConstraint(
            "enterprise_id", "year", name=op.f("uq_catalogue_effect_statements_enterprise_id_year")
        ),
    )


def downgrade() -> None:
    op.drop_table("catalogue_effect_statements")
