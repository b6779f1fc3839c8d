"""Links by which an enterprise answers an order from its mail"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "catalogue_order_links"
KEYS = (
    ("order_id", "catalogue_orders.id"),
    ("enterprise_id", "catalogue_enterprises.id"),
    ("event_id", "catalogue_order_events.id"),
)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        *(sa.Column(name, BIG_ID, nullable=False) for name, _target in KEYS),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_for", sa.String(length=12), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], [target], name=op.f(f"fk_{TABLE}_{name}"))
            for name, target in KEYS
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("token_hash", name=op.f(f"uq_{TABLE}_token_hash")),
    )
    op.create_index(op.f(f"ix_{TABLE}_order_id"), TABLE, ["order_id"])


def downgrade() -> None:
    op.drop_index(op.f(f"ix_{TABLE}_order_id"), table_name=TABLE)
    op.drop_table(TABLE)
