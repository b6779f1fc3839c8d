"""Connections to purchasing systems (PunchOut), their sessions, and baskets apart from a person's"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
BASKETS = "catalogue_baskets"
OLD_UNIQUE = "uq_catalogue_baskets_person_id_municipality_id"
NEW_UNIQUE = "uq_catalogue_baskets_person_id_municipality_id_key"


def upgrade() -> None:
    _keep_lines()
    with op.batch_alter_table(BASKETS) as batch:
        batch.add_column(sa.Column("key", sa.String(30), nullable=False, server_default=""))
        batch.drop_constraint(OLD_UNIQUE, type_="unique")
        batch.create_unique_constraint(NEW_UNIQUE, ["person_id", "municipality_id", "key"])
    _put_lines_back()
    _create_connections()
    _create_sessions()
    _create_messages()


def downgrade() -> None:
    for name in ("news", "orders", "messages", "sessions", "secrets", "connections"):
        op.drop_table(f"catalogue_punchout_{name}")
    op.execute(
        "DELETE FROM catalogue_basket_lines WHERE basket_id IN"
        " (SELECT id FROM catalogue_baskets WHERE key <> '')"
    )
    op.execute("DELETE FROM catalogue_baskets WHERE key <> ''")
    _keep_lines()
    with op.batch_alter_table(BASKETS) as batch:
        batch.drop_constraint(NEW_UNIQUE, type_="unique")
        batch.drop_column("key")
        batch.create_unique_constraint(OLD_UNIQUE, ["person_id", "municipality_id"])
    _put_lines_back()


def _keep_lines() -> None:
    """SQLite makes a changed table anew, and what refers to the old one goes with it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE TEMPORARY TABLE kept_lines AS SELECT * FROM catalogue_basket_lines")


def _put_lines_back() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DELETE FROM catalogue_basket_lines")
        op.execute("INSERT INTO catalogue_basket_lines SELECT * FROM kept_lines")
        op.execute("DROP TABLE kept_lines")


def _create_connections() -> None:
    name = "catalogue_punchout_connections"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("key", sa.String(24), nullable=False),
        sa.Column("identity", sa.String(100), nullable=False),
        sa.Column("return_hosts", sa.JSON(), nullable=False),
        sa.Column("frame_origins", sa.JSON(), nullable=False),
        sa.Column("encoding", sa.String(10), nullable=False),
        sa.Column("contact_email", sa.String(254), nullable=False),
        sa.Column("gln", sa.String(13), nullable=True),
        sa.Column("news_url", sa.String(300), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        _reference(name, "municipality_id", "municipalities"),
        _reference(name, "person_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{name}_key")),
    )
    op.create_index(f"ix_{name}_municipality_id", name, ["municipality_id"])
    name = "catalogue_punchout_secrets"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("connection_id", BIG_ID, nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        _reference(name, "connection_id", "punchout_connections"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_connection_id", name, ["connection_id"])


def _create_sessions() -> None:
    name = "catalogue_punchout_sessions"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("connection_id", BIG_ID, nullable=False),
        sa.Column("operation", sa.String(8), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("start_hash", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("buyer_cookie", sa.Text(), nullable=False),
        sa.Column("parties", sa.JSON(), nullable=True),
        sa.Column("return_url", sa.Text(), nullable=False),
        sa.Column("target", sa.String(40), nullable=False),
        sa.Column("charset", sa.String(20), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("net_ore", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("given_back", sa.JSON(), nullable=True),
        _reference(name, "connection_id", "punchout_connections"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("start_hash", name=op.f(f"uq_{name}_start_hash")),
        sa.UniqueConstraint("token_hash", name=op.f(f"uq_{name}_token_hash")),
    )
    op.create_index(f"ix_{name}_connection", name, ["connection_id", "begun_at"])


def _create_messages() -> None:
    name = "catalogue_punchout_messages"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("connection_id", BIG_ID, nullable=False),
        sa.Column("payload_id", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=True),
        _reference(name, "connection_id", "punchout_connections"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "connection_id", "payload_id", name=op.f(f"uq_{name}_connection_id_payload_id")
        ),
    )
    name = "catalogue_punchout_orders"
    op.create_table(
        name,
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("message_id", BIG_ID, nullable=False),
        _reference(name, "order_id", "orders"),
        _reference(name, "message_id", "punchout_messages"),
        sa.PrimaryKeyConstraint("order_id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_message_id", name, ["message_id"])
    name = "catalogue_punchout_news"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("put_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["catalogue_punchout_orders.order_id"],
            name=op.f(f"fk_{name}_order_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("order_id", "state", name=op.f(f"uq_{name}_order_id_state")),
    )


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"catalogue_{other}.id"], name=op.f(f"fk_{table}_{column}")
    )
