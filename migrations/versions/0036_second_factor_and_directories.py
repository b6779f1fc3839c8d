"""The second factor of log-ins, and what directories say of a municipality's people"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
FACTORS = "catalogue_second_factors"


def upgrade() -> None:
    op.create_table(
        FACTORS,
        sa.Column("person_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("sealed", sa.String(200), nullable=False),
        sa.Column("turned_on_at", MOMENT, nullable=False),
        _reference(FACTORS, "person_id", "persons"),
        sa.PrimaryKeyConstraint("person_id", name=op.f(f"pk_{FACTORS}")),
    )
    name = "catalogue_factor_uses"
    op.create_table(
        name,
        sa.Column("person_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("step", BIG_ID, nullable=False),
        _of_factor(name),
        sa.PrimaryKeyConstraint("person_id", name=op.f(f"pk_{name}")),
    )
    name = "catalogue_recovery_codes"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _of_factor(name),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])
    _create_half_sign_ins()
    _create_rules_and_news()
    _create_memberships()
    _create_password_links()


def downgrade() -> None:
    for name in (
        "password_links", "memberships", "factor_news", "factor_rules", "half_sign_ins", "recovery_codes",
        "factor_uses", "second_factors",
    ):  # fmt: skip
        op.drop_table(f"catalogue_{name}")


def _create_half_sign_ins() -> None:
    name = "catalogue_half_sign_ins"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("step", sa.String(10), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _reference(name, "person_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("token_hash", name=op.f(f"uq_{name}_token_hash")),
    )
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])
    op.create_index(op.f(f"ix_{name}_expires_at"), name, ["expires_at"])


def _create_rules_and_news() -> None:
    name = "catalogue_factor_rules"
    op.create_table(
        name,
        sa.Column("municipality_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("required", sa.String(20), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("decided_by", BIG_ID, nullable=True),
        _reference(name, "municipality_id", "municipalities"),
        _reference(name, "decided_by", "persons"),
        sa.PrimaryKeyConstraint("municipality_id", name=op.f(f"pk_{name}")),
    )
    name = "catalogue_factor_news"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("news", sa.String(12), nullable=False),
        sa.Column("done_by", BIG_ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("recipient", sa.String(254), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        _reference(name, "person_id", "persons"),
        _reference(name, "done_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])


def _create_memberships() -> None:
    name = "catalogue_memberships"
    op.create_table(
        name,
        sa.Column("municipality_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("person_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("user_name", sa.String(254), nullable=True),
        sa.Column("user_name_folded", sa.String(254), nullable=True),
        sa.Column("external_id", sa.String(254), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        _reference(name, "municipality_id", "municipalities"),
        _reference(name, "person_id", "persons"),
        sa.PrimaryKeyConstraint("municipality_id", "person_id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "municipality_id",
            "user_name_folded",
            name=op.f(f"uq_{name}_municipality_id_user_name_folded"),
        ),
        sa.UniqueConstraint(
            "municipality_id", "external_id", name=op.f(f"uq_{name}_municipality_id_external_id")
        ),
    )
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])


def _create_password_links() -> None:
    name = "catalogue_password_links"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("put_by", BIG_ID, nullable=True),
        sa.Column("put_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        _reference(name, "person_id", "persons"),
        _reference(name, "put_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("token_hash", name=op.f(f"uq_{name}_token_hash")),
    )
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"catalogue_{other}.id"], name=op.f(f"fk_{table}_{column}")
    )


def _of_factor(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"], [f"{FACTORS}.person_id"], name=op.f(f"fk_{table}_person_id"),
        ondelete="CASCADE",
    )  # fmt: skip
