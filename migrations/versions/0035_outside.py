"""Sign-in at the municipality: its provider, who people are there, and the sessions it began"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    name = "catalogue_identity_providers"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("client_id", sa.String(200), nullable=False),
        sa.Column("client_secret", sa.String(1000), nullable=True),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("cvr_claim", sa.String(200), nullable=True),
        sa.Column("vouches_for_email", sa.Boolean(), nullable=False),
        sa.Column("may_create", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _reference(name, "municipality_id", "municipalities"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("municipality_id", name=op.f(f"uq_{name}_municipality_id")),
    )
    _create_identities()
    _create_messages()


def downgrade() -> None:
    for name in ("messages", "tries", "sessions", "identities"):
        op.drop_table(f"catalogue_outside_{name}")
    op.drop_table("catalogue_identity_providers")


def _create_identities() -> None:
    name = "catalogue_outside_identities"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=False),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("institutions", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        _reference(name, "provider_id", "identity_providers"),
        _reference(name, "person_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "provider_id", "issuer", "subject", name=op.f(f"uq_{name}_provider_id_issuer_subject")
        ),
    )
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])
    name = "catalogue_outside_sessions"
    op.create_table(
        name,
        sa.Column("sign_in_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("identity_id", BIG_ID, nullable=False),
        sa.Column("sid_hash", sa.String(64), nullable=True),
        sa.Column("id_token", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sign_in_id"],
            ["catalogue_sign_ins.id"],
            name=op.f(f"fk_{name}_sign_in_id"),
            ondelete="CASCADE",
        ),
        _reference(name, "identity_id", "outside_identities"),
        sa.PrimaryKeyConstraint("sign_in_id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_identity_id"), name, ["identity_id"])
    op.create_index(op.f(f"ix_{name}_sid_hash"), name, ["sid_hash"])


def _create_messages() -> None:
    name = "catalogue_outside_tries"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("state_hash", sa.String(64), nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(128), nullable=False),
        sa.Column("back", sa.String(2000), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _reference(name, "provider_id", "identity_providers"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("state_hash", name=op.f(f"uq_{name}_state_hash")),
    )
    op.create_index(op.f(f"ix_{name}_expires_at"), name, ["expires_at"])
    name = "catalogue_outside_messages"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=False),
        sa.Column("message_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _reference(name, "provider_id", "identity_providers"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "provider_id", "message_hash", name=op.f(f"uq_{name}_provider_id_message_hash")
        ),
    )
    op.create_index(op.f(f"ix_{name}_expires_at"), name, ["expires_at"])


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"catalogue_{other}.id"], name=op.f(f"fk_{table}_{column}")
    )
