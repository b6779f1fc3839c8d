"""Until when a verification counts, yearly re-verification with reminders, and evidence files"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Whoever was verified before there was a last day gets a whole year from the later of the two.
_YEAR_ON = {
    "sqlite": "date(max(date('now'), date(coalesce(decided_at, 'now'))), '+12 months')",
    "postgresql": "(greatest(now(), coalesce(decided_at, now())) + interval '12 months')::date",
}


def upgrade() -> None:
    # Not in batch mode: on SQLite that drops and rebuilds the table that all others point at.
    for name in ("verified_until", "suspended_until"):
        op.add_column("catalogue_enterprises", sa.Column(name, sa.Date(), nullable=True))
    op.create_index(
        "ix_catalogue_enterprises_verified_until", "catalogue_enterprises", ["verified_until"]
    )
    year_on = _YEAR_ON[op.get_bind().dialect.name]
    op.execute(
        f"UPDATE catalogue_enterprises SET verified_until = {year_on}"  # noqa: S608 - our own words
        " WHERE state IN ('verified', 'suspended')"
    )
    _create_reverifications()
    _create_reminders()
    _create_evidence()


def _create_reverifications() -> None:
    op.create_table(
        "catalogue_reverifications",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", BIG_ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["catalogue_enterprises.id"],
            name=op.f("fk_catalogue_reverifications_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_reverifications_sent_by"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_reverifications_decided_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_reverifications")),
        sa.UniqueConstraint(
            "enterprise_id",
            "due_on",
            name=op.f("uq_catalogue_reverifications_enterprise_id_due_on"),
        ),
    )


def _create_reminders() -> None:
    op.create_table(
        "catalogue_verification_reminders",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(length=20), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["catalogue_enterprises.id"],
            name=op.f("fk_catalogue_verification_reminders_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_verification_reminders")),
        sa.UniqueConstraint(
            "enterprise_id",
            "due_on",
            "days",
            "reader",
            name=op.f("uq_catalogue_verification_reminders_enterprise_id_due_on_days_reader"),
        ),
    )


def _create_evidence() -> None:
    op.create_table(
        "catalogue_evidence",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("file_type", sa.String(length=10), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["catalogue_enterprises.id"],
            name=op.f("fk_catalogue_evidence_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["catalogue_persons.id"], name=op.f("fk_catalogue_evidence_added_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_evidence")),
        sa.UniqueConstraint(
            "enterprise_id", "sha256", name=op.f("uq_catalogue_evidence_enterprise_id_sha256")
        ),
    )


def downgrade() -> None:
    for name in ("evidence", "verification_reminders", "reverifications"):
        op.drop_table(f"catalogue_{name}")
    op.drop_index("ix_catalogue_enterprises_verified_until", "catalogue_enterprises")
    for name in ("suspended_until", "verified_until"):
        op.drop_column("catalogue_enterprises", name)
