"""The demand desk: why searches were in vain, and inquiries to enterprises"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "catalogue_asked_months",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("asked_id", BIG_ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("category_code", sa.String(length=8), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_id"],
            ["catalogue_asked.id"],
            name=op.f("fk_catalogue_asked_months_asked_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["category_code"],
            ["catalogue_categories.code"],
            name=op.f("fk_catalogue_asked_months_category_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_asked_months")),
        sa.UniqueConstraint(
            "asked_id",
            "month",
            "outcome",
            name=op.f("uq_catalogue_asked_months_asked_id_month_outcome"),
        ),
    )
    op.create_table(
        "catalogue_inquiries",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("category_code", sa.String(length=8), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["catalogue_municipalities.id"],
            name=op.f("fk_catalogue_inquiries_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["catalogue_persons.id"], name=op.f("fk_catalogue_inquiries_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["category_code"],
            ["catalogue_categories.code"],
            name=op.f("fk_catalogue_inquiries_category_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_inquiries")),
    )
    op.create_index(
        "ix_catalogue_inquiries_municipality",
        "catalogue_inquiries",
        ["municipality_id", "created_at"],
    )
    op.create_table(
        "catalogue_inquiry_recipients",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("inquiry_id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("product_id", BIG_ID, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)",
            name=op.f("ck_catalogue_inquiry_recipients_answered"),
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["catalogue_inquiries.id"],
            name=op.f("fk_catalogue_inquiry_recipients_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["catalogue_enterprises.id"],
            name=op.f("fk_catalogue_inquiry_recipients_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["catalogue_products.id"],
            name=op.f("fk_catalogue_inquiry_recipients_product_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_inquiry_recipients")),
        sa.UniqueConstraint(
            "inquiry_id",
            "enterprise_id",
            name=op.f("uq_catalogue_inquiry_recipients_inquiry_id_enterprise_id"),
        ),
    )
    op.create_index(
        op.f("ix_catalogue_inquiry_recipients_enterprise_id"),
        "catalogue_inquiry_recipients",
        ["enterprise_id"],
    )
    # What was noted before keeps its day and loses its moment.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE catalogue_asked SET last_at = date(last_at) || ' 00:00:00.000000'")
    else:
        op.execute(
            "UPDATE catalogue_asked SET last_at ="
            " date_trunc('day', last_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"
        )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_catalogue_inquiry_recipients_enterprise_id"),
        table_name="catalogue_inquiry_recipients",
    )
    op.drop_table("catalogue_inquiry_recipients")
    op.drop_index("ix_catalogue_inquiries_municipality", table_name="catalogue_inquiries")
    op.drop_table("catalogue_inquiries")
    op.drop_table("catalogue_asked_months")
