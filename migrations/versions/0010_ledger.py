"""The ledger: files that were read, their rows, the categories of accounts"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "catalogue_account_categories",
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("category_code", sa.String(length=8), nullable=False),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_code"],
            ["catalogue_categories.code"],
            name=op.f("fk_catalogue_account_categories_category_code"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["catalogue_municipalities.id"],
            name=op.f("fk_catalogue_account_categories_municipality_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_id", "account", name=op.f("pk_catalogue_account_categories")
        ),
    )
    op.create_table(
        "catalogue_ledger_imports",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_percent", sa.Integer(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_new", sa.Integer(), nullable=False),
        sa.Column("rows_known", sa.Integer(), nullable=False),
        sa.Column("rows_refused", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["catalogue_municipalities.id"],
            name=op.f("fk_catalogue_ledger_imports_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_ledger_imports_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_ledger_imports")),
    )
    with op.batch_alter_table("catalogue_ledger_imports", schema=None) as batch_op:
        batch_op.create_index(
            "ix_catalogue_ledger_imports_list", ["municipality_id", "created_at"], unique=False
        )
    op.create_table(
        "catalogue_ledger_rows",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("import_id", BIG_ID, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("cvr", sa.String(length=8), nullable=False),
        sa.Column("supplier_name", sa.String(length=120), nullable=False),
        sa.Column("amount_ore", BIG_ID, nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["catalogue_ledger_imports.id"],
            name=op.f("fk_catalogue_ledger_rows_import_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_ledger_rows")),
        sa.UniqueConstraint(
            "municipality_id",
            "booked_on",
            "fingerprint",
            name=op.f("uq_catalogue_ledger_rows_municipality_id_booked_on_fingerprint"),
        ),
    )
    with op.batch_alter_table("catalogue_ledger_rows", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_catalogue_ledger_rows_import_id"), ["import_id"], unique=False
        )
        batch_op.create_index(
            "ix_catalogue_ledger_rows_supplier",
            ["municipality_id", "cvr", "booked_on"],
            unique=False,
        )


def downgrade() -> None:
    op.drop_table("catalogue_ledger_rows")
    op.drop_table("catalogue_ledger_imports")
    op.drop_table("catalogue_account_categories")
