"""What both sides of an order were called when it was placed; those of today for orders there are

One statement copies them within the database. A node of the version before writes none meanwhile:
the papers of its orders then say what holds when they are drawn.
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "catalogue_order_sides"
FILL = """
INSERT INTO catalogue_order_sides
    (order_id, enterprise_name, enterprise_street, enterprise_postcode, enterprise_city,
     enterprise_email, enterprise_phone, municipality_name, buyer_name, buyer_email)
SELECT o.id, e.name, e.street, e.postcode, e.city, e.email, e.phone, m.name, p.name, p.email
FROM catalogue_orders o
JOIN catalogue_enterprises e ON e.id = o.enterprise_id
JOIN catalogue_municipalities m ON m.id = o.municipality_id
JOIN catalogue_persons p ON p.id = o.buyer_id
"""


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("order_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("enterprise_name", sa.String(120), nullable=False),
        sa.Column("enterprise_street", sa.String(120), nullable=False),
        sa.Column("enterprise_postcode", sa.String(4), nullable=False),
        sa.Column("enterprise_city", sa.String(60), nullable=False),
        sa.Column("enterprise_email", sa.String(254), nullable=False),
        sa.Column("enterprise_phone", sa.String(30), nullable=True),
        sa.Column("municipality_name", sa.String(60), nullable=False),
        sa.Column("buyer_name", sa.String(120), nullable=False),
        sa.Column("buyer_email", sa.String(254), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["catalogue_orders.id"], name=op.f(f"fk_{TABLE}_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f(f"pk_{TABLE}")),
    )
    op.execute(FILL)


def downgrade() -> None:
    op.drop_table(TABLE)
