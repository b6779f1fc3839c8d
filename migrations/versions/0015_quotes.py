"""Requests for quotes: whom they went to, quotes, questions, files and letters"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LINES = "catalogue_order_lines"


def upgrade() -> None:
    # A line of a quote is no product. Nothing points at order lines, so SQLite may rebuild them.
    with op.batch_alter_table(LINES, schema=None) as batch_op:
        batch_op.alter_column("product_id", existing_type=BIG_ID, nullable=True)
    _create_requests()
    _create_recipients()
    _create_quotes()
    _create_questions()
    _create_files_and_letters()


def _create_requests() -> None:
    op.create_table(
        "catalogue_quote_requests",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("buyer_id", BIG_ID, nullable=False),
        sa.Column("product_id", BIG_ID, nullable=True),
        sa.Column("category_code", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("choice_reason", sa.Text(), nullable=True),
        sa.Column("order_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["catalogue_municipalities.id"],
            name=op.f("fk_catalogue_quote_requests_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_quote_requests_buyer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["catalogue_products.id"],
            name=op.f("fk_catalogue_quote_requests_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["category_code"],
            ["catalogue_categories.code"],
            name=op.f("fk_catalogue_quote_requests_category_code"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["catalogue_orders.id"], name=op.f("fk_catalogue_quote_requests_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_quote_requests")),
    )
    op.create_index(
        "ix_catalogue_quote_requests_municipality",
        "catalogue_quote_requests",
        ["municipality_id", "created_at"],
    )
    op.create_index(
        "ix_catalogue_quote_requests_buyer", "catalogue_quote_requests", ["buyer_id", "created_at"]
    )


def _create_recipients() -> None:
    op.create_table(
        "catalogue_quote_recipients",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("request_id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["catalogue_quote_requests.id"],
            name=op.f("fk_catalogue_quote_recipients_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["catalogue_enterprises.id"],
            name=op.f("fk_catalogue_quote_recipients_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_quote_recipients")),
        sa.UniqueConstraint(
            "request_id",
            "enterprise_id",
            name=op.f("uq_catalogue_quote_recipients_request_id_enterprise_id"),
        ),
    )
    op.create_index(
        op.f("ix_catalogue_quote_recipients_enterprise_id"),
        "catalogue_quote_recipients",
        ["enterprise_id"],
    )


def _create_quotes() -> None:
    op.create_table(
        "catalogue_quotes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("recipient_id", BIG_ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("delivery_days", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("net_ore", BIG_ID, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", BIG_ID, nullable=True),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["catalogue_quote_recipients.id"],
            name=op.f("fk_catalogue_quotes_recipient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["catalogue_persons.id"], name=op.f("fk_catalogue_quotes_sent_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_quotes")),
        sa.UniqueConstraint("recipient_id", name=op.f("uq_catalogue_quotes_recipient_id")),
    )
    op.create_table(
        "catalogue_quote_lines",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("quote_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("price_ore", BIG_ID, nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=False),
        sa.Column("net_ore", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["quote_id"],
            ["catalogue_quotes.id"],
            name=op.f("fk_catalogue_quote_lines_quote_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_quote_lines")),
        sa.UniqueConstraint(
            "quote_id", "position", name=op.f("uq_catalogue_quote_lines_quote_id_position")
        ),
    )


def _create_questions() -> None:
    op.create_table(
        "catalogue_quote_questions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("request_id", BIG_ID, nullable=False),
        sa.Column("recipient_id", BIG_ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["catalogue_quote_requests.id"],
            name=op.f("fk_catalogue_quote_questions_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["catalogue_quote_recipients.id"],
            name=op.f("fk_catalogue_quote_questions_recipient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_quote_questions")),
    )
    op.create_index(
        op.f("ix_catalogue_quote_questions_request_id"), "catalogue_quote_questions", ["request_id"]
    )


def _create_files_and_letters() -> None:
    op.create_table(
        "catalogue_quote_files",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("request_id", BIG_ID, nullable=False),
        sa.Column("recipient_id", BIG_ID, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("file_type", sa.String(length=10), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["catalogue_quote_requests.id"],
            name=op.f("fk_catalogue_quote_files_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["catalogue_quote_recipients.id"],
            name=op.f("fk_catalogue_quote_files_recipient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_quote_files")),
        sa.UniqueConstraint(
            "request_id",
            "recipient_id",
            "sha256",
            name=op.f("uq_catalogue_quote_files_request_id_recipient_id_sha256"),
        ),
    )
    op.create_table(
        "catalogue_quote_letters",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("recipient_id", BIG_ID, nullable=False),
        sa.Column("event", sa.String(length=12), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["catalogue_quote_recipients.id"],
            name=op.f("fk_catalogue_quote_letters_recipient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_quote_letters")),
    )
    op.create_index(
        op.f("ix_catalogue_quote_letters_recipient_id"), "catalogue_quote_letters", ["recipient_id"]
    )


def downgrade() -> None:
    for name in ("letters", "files", "questions", "lines"):
        op.drop_table(f"catalogue_quote_{name}")
    op.drop_table("catalogue_quotes")
    for name in ("recipients", "requests"):
        op.drop_table(f"catalogue_quote_{name}")
    # Fails where a quote was ordered: such a line cannot be told without what goes here.
    with op.batch_alter_table(LINES, schema=None) as batch_op:
        batch_op.alter_column("product_id", existing_type=BIG_ID, nullable=False)
