"""Messages on orders, notices beside mail, the log of mail, and choices about it"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MESSAGES, FILES = "catalogue_order_messages", "catalogue_message_files"
READS, NOTICES = "catalogue_message_reads", "catalogue_notices"
NOTICE_READS, LOG = "catalogue_notice_reads", "catalogue_mail_log"
CHOICES, FAILING = "catalogue_mail_choices", "catalogue_failing_addresses"


def upgrade() -> None:
    _messages()
    _notices()
    _mail()


def downgrade() -> None:
    for name in (FAILING, CHOICES, LOG, NOTICE_READS, NOTICES, READS, FILES, MESSAGES):
        op.drop_table(name)


def _messages() -> None:
    op.create_table(
        MESSAGES,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("writer", sa.String(12), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("person_name", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        _foreign(MESSAGES, "order_id", "catalogue_orders"),
        _foreign(MESSAGES, "person_id", "catalogue_persons"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{MESSAGES}")),
    )
    op.create_index("ix_catalogue_order_messages_order", MESSAGES, ["order_id", "id"])
    op.create_table(
        FILES,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("message_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file_type", sa.String(4), nullable=False),
        sa.Column("size_bytes", BIG_ID, nullable=False),
        _foreign(FILES, "message_id", MESSAGES),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{FILES}")),
    )
    op.create_index(op.f(f"ix_{FILES}_message_id"), FILES, ["message_id"])
    op.create_table(
        READS,
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("last_id", BIG_ID, nullable=False),
        _foreign(READS, "order_id", "catalogue_orders"),
        _foreign(READS, "person_id", "catalogue_persons"),
        sa.PrimaryKeyConstraint("order_id", "person_id", name=op.f(f"pk_{READS}")),
    )


def _notices() -> None:
    op.create_table(
        NOTICES,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("audience", sa.String(80), nullable=False),
        sa.Column("news", sa.String(150), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("message", sa.String(200), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NOTICES}")),
        sa.UniqueConstraint("news", "audience", name=op.f(f"uq_{NOTICES}_news_audience")),
    )
    op.create_index("ix_catalogue_notices_audience", NOTICES, ["audience", "id"])
    op.create_index("ix_catalogue_notices_at", NOTICES, ["at"])
    op.create_table(
        NOTICE_READS,
        sa.Column("notice_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        _foreign(NOTICE_READS, "notice_id", NOTICES, ondelete="CASCADE"),
        _foreign(NOTICE_READS, "person_id", "catalogue_persons"),
        sa.PrimaryKeyConstraint("notice_id", "person_id", name=op.f(f"pk_{NOTICE_READS}")),
    )


def _mail() -> None:
    op.create_table(
        LOG,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=True),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("recipient_folded", sa.String(254), nullable=False),
        sa.Column("audience", sa.String(80), nullable=True),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("maybe_twice", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("detail", sa.String(500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LOG}")),
    )
    op.create_index("ix_catalogue_mail_log_message_id", LOG, ["message_id"])
    op.create_index("ix_catalogue_mail_log_municipality", LOG, ["municipality_id", "id"])
    op.create_index("ix_catalogue_mail_log_last_at", LOG, ["last_at"])
    op.create_table(
        CHOICES,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("address_folded", sa.String(254), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CHOICES}")),
        sa.UniqueConstraint(
            "address_folded", "kind", name=op.f(f"uq_{CHOICES}_address_folded_kind")
        ),
        sa.UniqueConstraint("token", name=op.f(f"uq_{CHOICES}_token")),
    )
    op.create_table(
        FAILING,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("address_folded", sa.String(254), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("detail", sa.String(500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{FAILING}")),
        sa.UniqueConstraint("address_folded", name=op.f(f"uq_{FAILING}_address_folded")),
    )


def _foreign(
    table: str, column: str, target: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)
