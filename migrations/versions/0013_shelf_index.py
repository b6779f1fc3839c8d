"""The index of shelves tells what is delivered everywhere too, so that coverage need not ask twice"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_catalogue_products_shelf", "catalogue_products"
COLUMNS = ["state", "enterprise_id", "category_code", "price_ore"]


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, [*COLUMNS, "delivers_everywhere"])


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, COLUMNS)
