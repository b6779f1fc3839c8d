"""Groups of a municipality's directory and who is in them"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0041"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
GROUPS, MEMBERS = "catalogue_directory_groups", "catalogue_directory_group_members"


def upgrade() -> None:
    op.create_table(
        GROUPS,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(254), nullable=False),
        sa.Column("name_folded", sa.String(254), nullable=False),
        sa.Column("external_id", sa.String(254), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["catalogue_municipalities.id"],
            name=op.f(f"fk_{GROUPS}_municipality_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{GROUPS}")),
        sa.UniqueConstraint(
            "municipality_id", "name_folded",
            name=op.f(f"uq_{GROUPS}_municipality_id_name_folded"),
        ),
    )  # fmt: skip
    op.create_table(
        MEMBERS,
        sa.Column("group_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("person_id", BIG_ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], [f"{GROUPS}.id"], name=op.f(f"fk_{MEMBERS}_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["catalogue_persons.id"], name=op.f(f"fk_{MEMBERS}_person_id")
        ),
        sa.PrimaryKeyConstraint("group_id", "person_id", name=op.f(f"pk_{MEMBERS}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{MEMBERS}_person_id"), MEMBERS, ["person_id"])


def downgrade() -> None:
    op.drop_table(MEMBERS)
    op.drop_table(GROUPS)
