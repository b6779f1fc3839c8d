"""People of enterprises and their invitations; products checked, changed and counted"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
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
    _create_checked_by()
    _create_revisions()
    _create_checks()
    _create_counts()


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


def _create_checked_by() -> None:
    op.create_table(
        "catalogue_checked_by",
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("which", sa.String(length=10), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", BIG_ID, nullable=True),
        *_points_at("checked_by", municipality_id="municipalities", decided_by="persons"),
        sa.PrimaryKeyConstraint("municipality_id", name=op.f("pk_catalogue_checked_by")),
    )


def _create_revisions() -> None:
    op.create_table(
        "catalogue_product_revisions",
        sa.Column("draft_id", BIG_ID, nullable=False),
        sa.Column("product_id", BIG_ID, nullable=False),
        sa.Column("base", sa.JSON(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["catalogue_products.id"],
            name=op.f("fk_catalogue_product_revisions_draft_id"),
            ondelete="CASCADE",
        ),
        *_points_at("product_revisions", product_id="products"),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_catalogue_product_revisions")),
        sa.UniqueConstraint("product_id", name=op.f("uq_catalogue_product_revisions_product_id")),
    )


def _create_checks() -> None:
    op.create_table(
        "catalogue_product_checks",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("product_id", BIG_ID, nullable=False),
        sa.Column("draft_id", BIG_ID, nullable=True),
        sa.Column("reader", sa.String(length=20), nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", BIG_ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", BIG_ID, nullable=True),
        sa.Column("mailed", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "state <> 'returned' OR reason IS NOT NULL",
            name=op.f("ck_catalogue_product_checks_says_why"),
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["catalogue_products.id"],
            name=op.f("fk_catalogue_product_checks_draft_id"),
            ondelete="SET NULL",
        ),
        *_points_at("product_checks", product_id="products", municipality_id="municipalities",
                    submitted_by="persons", decided_by="persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_product_checks")),
    )  # fmt: skip
    for name, columns in {
        "waiting": ["municipality_id", "state"], "draft": ["draft_id"], "product_id": ["product_id"]
    }.items():  # fmt: skip
        op.create_index(f"ix_catalogue_product_checks_{name}", "catalogue_product_checks", columns)


def _create_counts() -> None:
    op.create_table(
        "catalogue_product_counts",
        sa.Column("product_id", BIG_ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seen", sa.String(length=10), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["catalogue_products.id"],
            name=op.f("fk_catalogue_product_counts_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "product_id", "day", "seen", name=op.f("pk_catalogue_product_counts")
        ),
    )
    op.create_table(
        "catalogue_found_by",
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("text_folded", sa.String(length=400), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        *_points_at("found_by", enterprise_id="enterprises"),
        sa.PrimaryKeyConstraint(
            "enterprise_id", "month", "text_folded", name=op.f("pk_catalogue_found_by")
        ),
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
    for name in ("found_by", "product_counts", "product_checks", "product_revisions", "checked_by"):
        op.drop_table(f"catalogue_{name}")
    # What waited for an answer is a draft again, and what was withdrawn before, withdrawn.
    op.execute(
        "UPDATE catalogue_products SET state ="
        " CASE WHEN published_at IS NULL THEN 'draft' ELSE 'withdrawn' END"
        " WHERE state = 'submitted'"
    )
    op.drop_table("catalogue_invitations")
    op.execute("DELETE FROM catalogue_person_roles WHERE role = 'facilitator'")
    _set_places("= 'enterprise'")
