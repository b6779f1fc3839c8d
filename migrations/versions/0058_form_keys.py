"""Forms that were taken are kept for a day, so that one sent twice makes nothing twice."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

FORMS = "catalogue_form_keys"


def upgrade() -> None:
    op.create_table(
        FORMS,
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("path", sa.String(2000), nullable=False),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f(f"pk_{FORMS}")),
    )
    op.create_index(op.f(f"ix_{FORMS}_made_at"), FORMS, ["made_at"])


def downgrade() -> None:
    op.drop_table(FORMS)
