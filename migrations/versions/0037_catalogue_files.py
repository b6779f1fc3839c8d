"""Catalogue files for webshops, open shelves, and sites that may frame a shelf"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0038"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_files()
    name = "catalogue_open_shelves"
    op.create_table(
        name,
        sa.Column("enterprise_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", BIG_ID, nullable=True),
        _reference(name, "enterprise_id", "enterprises"),
        _reference(name, "opened_by", "persons"),
        sa.PrimaryKeyConstraint("enterprise_id", name=op.f(f"pk_{name}")),
    )
    name = "catalogue_shelf_frames"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=True),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        _reference(name, "enterprise_id", "enterprises"),
        _reference(name, "municipality_id", "municipalities"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "enterprise_id", "municipality_id",
            name=op.f(f"uq_{name}_enterprise_id_municipality_id"),
        ),
    )  # fmt: skip
    op.create_index(f"ix_{name}_municipality_id", name, ["municipality_id"])


def downgrade() -> None:
    for name in ("shelf_frames", "open_shelves", "feed_runs", "feed_files"):
        op.drop_table(f"catalogue_{name}")


def _create_files() -> None:
    name = "catalogue_feed_files"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("delimiter", sa.String(1), nullable=False),
        sa.Column("encoding", sa.String(12), nullable=False),
        sa.Column("decimal_mark", sa.String(1), nullable=False),
        sa.Column("has_heads", sa.Boolean(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("agreement_ids", sa.JSON(), nullable=False),
        sa.Column("enterprise_ids", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        _reference(name, "municipality_id", "municipalities"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_municipality_id", name, ["municipality_id"])
    name = "catalogue_feed_runs"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("file_id", BIG_ID, nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["catalogue_feed_files.id"],
            name=op.f(f"fk_{name}_file_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_file", name, ["file_id", "planned_at"], unique=True)


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"catalogue_{other}.id"], name=op.f(f"fk_{table}_{column}")
    )
