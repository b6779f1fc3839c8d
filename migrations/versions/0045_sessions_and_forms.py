"""When and by what a session was used last, forms that came too late, and how strongly to sign in"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0046"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
SESSIONS, PROVIDERS = "catalogue_sign_ins", "catalogue_identity_providers"
FORMS = "catalogue_held_forms"
STRENGTHS = ("acr_values", "amr_values")


def upgrade() -> None:
    op.add_column(SESSIONS, sa.Column("used_at", MOMENT, nullable=True))
    op.add_column(SESSIONS, sa.Column("device", sa.String(40), nullable=True))
    for name in STRENGTHS:
        op.add_column(PROVIDERS, sa.Column(name, sa.String(300), nullable=True))
    op.create_table(
        FORMS,
        sa.Column("person_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("role_id", BIG_ID, nullable=True),
        sa.Column("path", sa.String(2000), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["catalogue_persons.id"], name=op.f(f"fk_{FORMS}_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["catalogue_person_roles.id"], name=op.f(f"fk_{FORMS}_role_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f(f"pk_{FORMS}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{FORMS}_expires_at"), FORMS, ["expires_at"])


def downgrade() -> None:
    op.drop_table(FORMS)
    for name in STRENGTHS:
        op.drop_column(PROVIDERS, name)
    op.drop_column(SESSIONS, "device")
    op.drop_column(SESSIONS, "used_at")
