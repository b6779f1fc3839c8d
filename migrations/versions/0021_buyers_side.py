"""The buyer's side: delivery addresses, lists of products, and records of choices"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RECORDS = "catalogue_choice_records"


def upgrade() -> None:
    _create_addresses()
    _create_lists()
    _create_records()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {RECORDS}_stay ON {RECORDS}")
        op.execute(f"DROP FUNCTION {RECORDS}_refuse()")
    for name in (
        RECORDS, "catalogue_product_list_lines", "catalogue_product_lists",
        "catalogue_buyer_institutions", "catalogue_delivery_addresses",
    ):  # fmt: skip
        op.drop_table(name)


def _create_addresses() -> None:
    op.create_table(
        "catalogue_delivery_addresses",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("gln", sa.String(length=13), nullable=False),
        sa.Column("institution", sa.String(length=120), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("postcode", sa.String(length=4), nullable=False),
        sa.Column("city", sa.String(length=60), nullable=False),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=30), nullable=True),
        sa.Column("account_coding", sa.String(length=80), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        _reference("catalogue_delivery_addresses", "municipality_id", "municipalities"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_delivery_addresses")),
    )
    op.create_index(
        "ix_catalogue_delivery_addresses_gln",
        "catalogue_delivery_addresses",
        ["municipality_id", "gln"],
    )
    op.create_table(
        "catalogue_buyer_institutions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("gln", sa.String(length=13), nullable=False),
        sa.Column("usual_address_id", BIG_ID, nullable=True),
        _reference("catalogue_buyer_institutions", "person_id", "persons"),
        _reference("catalogue_buyer_institutions", "municipality_id", "municipalities"),
        _reference(
            "catalogue_buyer_institutions", "usual_address_id", "delivery_addresses", "SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_buyer_institutions")),
        sa.UniqueConstraint(
            "person_id",
            "municipality_id",
            "gln",
            name=op.f("uq_catalogue_buyer_institutions_person_id_municipality_id_gln"),
        ),
    )


def _create_lists() -> None:
    op.create_table(
        "catalogue_product_lists",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        _reference("catalogue_product_lists", "municipality_id", "municipalities"),
        _reference("catalogue_product_lists", "person_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_product_lists")),
        sa.UniqueConstraint(
            "person_id",
            "municipality_id",
            "name",
            name=op.f("uq_catalogue_product_lists_person_id_municipality_id_name"),
        ),
    )
    op.create_index(
        "ix_catalogue_product_lists_shared",
        "catalogue_product_lists",
        ["municipality_id", "shared"],
    )
    op.create_table(
        "catalogue_product_list_lines",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("list_id", BIG_ID, nullable=False),
        sa.Column("product_id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=12, scale=3), nullable=False),
        _reference("catalogue_product_list_lines", "list_id", "product_lists", "CASCADE"),
        _reference("catalogue_product_list_lines", "product_id", "products"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_product_list_lines")),
        sa.UniqueConstraint(
            "list_id",
            "product_id",
            name=op.f("uq_catalogue_product_list_lines_list_id_product_id"),
        ),
    )


def _create_records() -> None:
    op.create_table(
        RECORDS,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("person_name", sa.String(length=120), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("chosen_product_id", BIG_ID, nullable=True),
        sa.Column("chosen_title", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        _reference(RECORDS, "municipality_id", "municipalities"),
        _reference(RECORDS, "person_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{RECORDS}")),
    )
    for name, column in (("municipality", "municipality_id"), ("person", "person_id")):
        op.create_index(f"ix_{RECORDS}_{name}", RECORDS, [column, "kept_at"])
    # Nobody may change a record. Taking one out, when the years of keeping are over, is not
    # refused: that is the database administrator's to do.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"""
            CREATE FUNCTION {RECORDS}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'a record of a choice is never changed'
                    USING ERRCODE = 'insufficient_privilege';
            END $$
            """
        )
        op.execute(
            f"CREATE TRIGGER {RECORDS}_stay BEFORE UPDATE ON {RECORDS}"
            f" FOR EACH ROW EXECUTE FUNCTION {RECORDS}_refuse()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {RECORDS}_stay BEFORE UPDATE ON {RECORDS}"
            " BEGIN SELECT RAISE(ABORT, 'a record of a choice is never changed'); END"
        )


def _reference(
    table: str, column: str, of: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"catalogue_{of}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete
    )
