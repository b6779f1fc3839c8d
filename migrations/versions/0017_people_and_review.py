"""People of enterprises and their invitations; products checked, changed and counted"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PLACE = (
    "(role = 'administrator' AND municipality_id IS NULL AND enterprise_id IS NULL)"
    " OR (role {} AND municipality_id IS NULL AND enterprise_id IS NOT NULL)"
    " OR (role IN ('buyer', 'approver', 'staff')"
    " AND municipality_id IS NOT NULL AND enterprise_id IS NULL)"
)


def upgrade() -> None:
    _set_places("IN ('enterprise', 'facilitator')")
    _create_invitations()


def _set_places(of_enterprise: str) -> None:
    """Say anew which roles belong to an enterprise.

    On SQLite the table is rebuilt for it, which takes the roles out of the sessions that point at
    it: they are kept aside meanwhile, so that nobody must sign in again.
    """
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if on_sqlite:
        op.execute("CREATE TEMP TABLE kept AS SELECT id, role_id FROM catalogue_sign_ins")
    with op.batch_alter_table("catalogue_person_roles") as table:
        if not on_sqlite:  # there the rebuilt table has no checks but those it is given
            table.drop_constraint(op.f("ck_catalogue_person_roles_role_place"), type_="check")
        table.create_check_constraint(
            op.f("ck_catalogue_person_roles_role_place"), _PLACE.format(of_enterprise)
        )
    if on_sqlite:
        op.execute(
            "UPDATE catalogue_sign_ins SET role_id ="
            " (SELECT role_id FROM kept WHERE kept.id = catalogue_sign_ins.id)"
        )
        op.execute("DROP TABLE kept")


def _create_invitations() -> None:
    op.create_table(
        "catalogue_invitations",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("invited_by", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "role IN ('enterprise', 'facilitator')",
            name=op.f("ck_catalogue_invitations_invited_role"),
        ),
        *_points_at("invitations", enterprise_id="enterprises", invited_by="persons",
                    accepted_by="persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_catalogue_invitations_token_hash")),
    )  # fmt: skip
    op.create_index(
        op.f("ix_catalogue_invitations_enterprise_id"), "catalogue_invitations", ["enterprise_id"]
    )


def _points_at(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    """Return foreign keys of `table`: column -> table it points at."""
    return [
        sa.ForeignKeyConstraint(
            [column], [f"catalogue_{there}.id"], name=op.f(f"fk_catalogue_{table}_{column}")
        )
        for column, there in columns.items()
    ]


def downgrade() -> None:
    op.drop_table("catalogue_invitations")
    op.execute("DELETE FROM catalogue_person_roles WHERE role = 'facilitator'")
    _set_places("= 'enterprise'")
