"""A number that changes with all that decides what applies in a municipality, by triggers

A later migration that recreates one of these tables on SQLite (batch mode) must make its triggers
anew. On PostgreSQL the number is raised when a transaction commits, after all else that it locks,
and once: transactions that change agreements neither wait for each other before nor block one
another.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0045"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
VERSIONS = "catalogue_in_force_version"
# Of a table that changes for other reasons too, the columns that count.
WATCHED = {
    "catalogue_agreements": (),
    "catalogue_agreement_categories": (),
    "catalogue_former_terms": (),
    "catalogue_carve_outs": (),
    "catalogue_enterprises": ("state", "verified_until"),
    "catalogue_municipal_decisions": (),
    "catalogue_register_facts": (),
    "catalogue_municipalities": ("requires_registered",),
}

RAISE = "UPDATE catalogue_in_force_version SET number = number + 1"
RAISE_AT_COMMIT = """
CREATE FUNCTION catalogue_raise_in_force_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalogue_in_force_version SET number = number + 1, raised_by = txid_current()
    WHERE raised_by IS DISTINCT FROM txid_current();
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    versions = op.create_table(
        VERSIONS,
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("raised_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f(f"ck_{VERSIONS}_one")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{VERSIONS}")),
    )
    op.bulk_insert(versions, [{"id": 1, "number": 1}])
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        op.execute(RAISE_AT_COMMIT)
    for table, columns in WATCHED.items():
        update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
        if on_postgresql:
            op.execute(
                f"CREATE CONSTRAINT TRIGGER {table}_in_force AFTER INSERT OR {update} OR DELETE"
                f" ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
                " EXECUTE FUNCTION catalogue_raise_in_force_version()"
            )
            continue
        for event in ("INSERT", update, "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_in_force_{event.partition(' ')[0].lower()}"
                f" AFTER {event} ON {table}"
                f" BEGIN {RAISE}; END"
            )


def downgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in WATCHED:
        if on_postgresql:
            op.execute(f"DROP TRIGGER {table}_in_force ON {table}")
            continue
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER {table}_in_force_{event}")
    if on_postgresql:
        op.execute("DROP FUNCTION catalogue_raise_in_force_version()")
    op.drop_table(VERSIONS)
