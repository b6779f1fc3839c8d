"""Tokens of the API, their passes and use, and answers kept for a day"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
TABLE = "catalogue_api_tokens"


def upgrade() -> None:
    op.add_column(
        "catalogue_persons",
        sa.Column("is_system", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        TABLE,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("ends_with", sa.String(4), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("role_id", BIG_ID, nullable=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=True),
        sa.Column("enterprise_id", BIG_ID, nullable=True),
        sa.Column("scopes", sa.String(300), nullable=False),
        sa.Column("created_by", BIG_ID, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME, nullable=True),
        _key("person_id", "catalogue_persons"),
        sa.ForeignKeyConstraint(
            ["role_id"],
            ["catalogue_person_roles.id"],
            name=op.f(f"fk_{TABLE}_role_id"),
            ondelete="CASCADE",
        ),
        _key("municipality_id", "catalogue_municipalities"),
        _key("enterprise_id", "catalogue_enterprises"),
        _key("created_by", "catalogue_persons"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("token_hash", name=op.f(f"uq_{TABLE}_token_hash")),
    )
    for column in ("person_id", "role_id", "municipality_id", "enterprise_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
    op.create_table(
        "catalogue_api_passes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("token_id", BIG_ID, nullable=False),
        sa.Column("scopes", sa.String(300), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        _of_token("catalogue_api_passes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_api_passes")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_catalogue_api_passes_token_hash")),
    )
    op.create_index(op.f("ix_catalogue_api_passes_token_id"), "catalogue_api_passes", ["token_id"])
    op.create_table(
        "catalogue_api_use",
        sa.Column("token_id", BIG_ID, nullable=False),
        sa.Column("minute", BIG_ID, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        _of_token("catalogue_api_use"),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_catalogue_api_use")),
    )
    op.create_table(
        "catalogue_api_answers",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("token_id", BIG_ID, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("route", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_api_answers")),
        sa.UniqueConstraint(
            "token_id", "key", "route", name=op.f("uq_catalogue_api_answers_token_id_key_route")
        ),
    )
    op.create_index("ix_catalogue_api_answers_at", "catalogue_api_answers", ["created_at"])


def downgrade() -> None:
    op.drop_table("catalogue_api_answers")
    op.drop_table("catalogue_api_use")
    op.drop_table("catalogue_api_passes")
    op.drop_table(TABLE)
    op.drop_column("catalogue_persons", "is_system")


def _key(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{TABLE}_{column}"))


def _of_token(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["token_id"], [f"{TABLE}.id"], name=op.f(f"fk_{table}_token_id"), ondelete="CASCADE"
    )
