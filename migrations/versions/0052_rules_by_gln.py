"""A rule of approval names its institution by GLN; rules made before are known by name as they were"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

RULES = "catalogue_approval_rules"


def upgrade() -> None:
    op.add_column(RULES, sa.Column("gln", sa.String(13), nullable=True))


def downgrade() -> None:
    op.drop_column(RULES, "gln")
