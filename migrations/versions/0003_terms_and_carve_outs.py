"""Former terms, carve-outs and drafts of agreements"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Not in batch mode: rebuilding the table would delete what hangs on it (ON DELETE CASCADE).
    op.add_column("catalogue_agreements", sa.Column("ceiling_months", sa.Integer()))
    op.add_column(
        "catalogue_agreements",
        sa.Column("is_draft", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _covered_for_days()
    op.create_table(
        "catalogue_former_terms",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_id", BIG_ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("supplier_name", sa.String(length=200)),
        sa.Column("where_to_buy", sa.Text()),
        sa.Column("reference", sa.String(length=200)),
        sa.Column("ceiling_ore", BIG_ID),
        sa.Column("ceiling_months", sa.Integer()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amended_by", BIG_ID),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["catalogue_agreements.id"],
            name=op.f("fk_catalogue_former_terms_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["amended_by"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_former_terms_amended_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_former_terms")),
        sa.UniqueConstraint(
            "agreement_id", "from_on", name=op.f("uq_catalogue_former_terms_agreement_id_from_on")
        ),
    )
    op.create_table(
        "catalogue_carve_outs",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_id", BIG_ID, nullable=False),
        sa.Column("category_code", sa.String(length=8)),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("enterprise_id", BIG_ID),
        sa.Column("lot", sa.String(length=120)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", BIG_ID),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_catalogue_carve_outs_period")),
        *(
            sa.ForeignKeyConstraint(
                [column], [target], name=op.f(f"fk_catalogue_carve_outs_{column}"), ondelete=gone
            )
            for column, target, gone in (
                ("agreement_id", "catalogue_agreements.id", "CASCADE"),
                ("category_code", "catalogue_categories.code", None),
                ("enterprise_id", "catalogue_enterprises.id", None),
                ("made_by", "catalogue_persons.id", None),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_carve_outs")),
    )
    op.create_index(
        op.f("ix_catalogue_carve_outs_agreement_id"), "catalogue_carve_outs", ["agreement_id"]
    )


def downgrade() -> None:
    op.drop_table("catalogue_carve_outs")
    op.drop_table("catalogue_former_terms")
    _covered_throughout()
    op.drop_column("catalogue_agreements", "is_draft")
    op.drop_column("catalogue_agreements", "ceiling_months")


def _covered_for_days() -> None:
    """Let an agreement cover a category more than once, for some days: the key is its own."""
    _renew(
        [
            sa.Column("id", BIG_ID, nullable=False),
            *_common(),
            sa.Column("from_on", sa.Date()),
            sa.Column("until_on", sa.Date()),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_agreement_categories")),
            sa.UniqueConstraint(
                "agreement_id",
                "category_code",
                "from_on",
                name=op.f("uq_catalogue_agreement_categories_span"),
            ),
        ],
        "SELECT agreement_id, category_code, prefix FROM catalogue_covered_before",
    )
    op.create_index(
        op.f("ix_catalogue_agreement_categories_agreement_id"),
        "catalogue_agreement_categories",
        ["agreement_id"],
    )


def _covered_throughout() -> None:
    op.drop_index(
        op.f("ix_catalogue_agreement_categories_agreement_id"), "catalogue_agreement_categories"
    )
    _renew(
        [
            *_common(),
            sa.PrimaryKeyConstraint(
                "agreement_id", "category_code", name=op.f("pk_catalogue_agreement_categories")
            ),
        ],
        "SELECT DISTINCT agreement_id, category_code, prefix FROM catalogue_covered_before"
        " WHERE until_on IS NULL",
    )


def _common() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("agreement_id", BIG_ID, nullable=False),
        sa.Column("category_code", sa.String(length=8), nullable=False),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["catalogue_agreements.id"],
            name=op.f("fk_catalogue_agreement_categories_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["category_code"],
            ["catalogue_categories.code"],
            name=op.f("fk_catalogue_agreement_categories_category_code"),
        ),
    ]


def _renew(columns: list[sa.schema.SchemaItem], rows: str) -> None:
    """Make the table anew with other columns, and take over its rows."""
    op.rename_table("catalogue_agreement_categories", "catalogue_covered_before")
    if op.get_bind().dialect.name == "postgresql":  # names of constraints are the schema's there
        old = op.f("pk_catalogue_agreement_categories")
        op.execute(f"ALTER TABLE catalogue_covered_before DROP CONSTRAINT {old}")
    op.create_table("catalogue_agreement_categories", *columns)
    op.execute(
        f"INSERT INTO catalogue_agreement_categories (agreement_id, category_code, prefix) {rows}"
    )
    op.drop_table("catalogue_covered_before")
