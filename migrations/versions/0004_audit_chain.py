"""Audit: municipality, chain of digests, append-only by triggers

A later migration that recreates catalogue_audit on SQLite (batch mode) must make its triggers anew.
"""

import hashlib
import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
START = "0" * 64
CHUNK = 5_000
AUDIT = sa.table(
    "catalogue_audit",
    sa.column("id", BIG_ID), sa.column("at", sa.DateTime(timezone=True)),
    sa.column("person_id", BIG_ID), sa.column("municipality_id", BIG_ID),
    sa.column("action", sa.String), sa.column("object_type", sa.String),
    sa.column("object_id", BIG_ID), sa.column("facts", sa.JSON),
    sa.column("previous", sa.String), sa.column("digest", sa.String),
)  # fmt: skip
HEAD = sa.table(
    "catalogue_audit_head",
    sa.column("id", BIG_ID), sa.column("last", BIG_ID), sa.column("digest", sa.String),
)  # fmt: skip
OWNERS = {
    "agreement": "catalogue_agreements",
    "order": "catalogue_orders",
    "demand": "catalogue_demands",
    "word": "catalogue_synonyms",
}

ON_POSTGRESQL = (
    """
    CREATE FUNCTION catalogue_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    """
    CREATE TRIGGER catalogue_audit_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON catalogue_audit
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_audit_refuse()
    """,
    """
    CREATE TRIGGER catalogue_audit_head_stays
    BEFORE DELETE OR TRUNCATE ON catalogue_audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_audit_refuse()
    """,
    """
    CREATE TRIGGER catalogue_audit_head_only_forward
    BEFORE UPDATE ON catalogue_audit_head
    FOR EACH ROW WHEN (NEW.last <= OLD.last)
    EXECUTE FUNCTION catalogue_audit_refuse()
    """,
)
# INSERT OR REPLACE deletes without asking the trigger of deletions; hence the one on insertion.
ON_SQLITE = {
    "catalogue_audit_no_update": "UPDATE ON catalogue_audit",
    "catalogue_audit_no_delete": "DELETE ON catalogue_audit",
    "catalogue_audit_no_replace":
        "INSERT ON catalogue_audit WHEN EXISTS (SELECT 1 FROM catalogue_audit WHERE id = NEW.id)",
    "catalogue_audit_head_stays": "DELETE ON catalogue_audit_head",
    "catalogue_audit_head_only_forward":
        "UPDATE ON catalogue_audit_head WHEN NEW.last <= OLD.last",
}  # fmt: skip


def upgrade() -> None:
    op.add_column("catalogue_audit", sa.Column("municipality_id", BIG_ID, nullable=True))
    op.add_column("catalogue_audit", sa.Column("previous", sa.String(length=64), nullable=True))
    op.add_column("catalogue_audit", sa.Column("digest", sa.String(length=64), nullable=True))
    op.create_table(
        "catalogue_audit_head",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("last", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_catalogue_audit_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_audit_head")),
    )
    connection = op.get_bind()
    _find_municipalities(connection)
    last, digest = _seal(connection)
    connection.execute(HEAD.insert().values(id=1, last=last, digest=digest))
    with op.batch_alter_table("catalogue_audit", schema=None) as batch_op:
        batch_op.alter_column("previous", existing_type=sa.String(length=64), nullable=False)
        batch_op.alter_column("digest", existing_type=sa.String(length=64), nullable=False)
    op.create_index("ix_catalogue_audit_municipality", "catalogue_audit", ["municipality_id", "id"])
    op.create_index("ix_catalogue_audit_person", "catalogue_audit", ["person_id", "id"])
    op.create_index("ix_catalogue_audit_at", "catalogue_audit", ["at"])
    if connection.dialect.name == "postgresql":
        for statement in ON_POSTGRESQL:
            op.execute(statement)
        return
    for name, when in ON_SQLITE.items():
        table = "catalogue_audit_head" if "head" in name else "catalogue_audit"
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for name, table in (
            ("catalogue_audit_append_only", "catalogue_audit"),
            ("catalogue_audit_head_stays", "catalogue_audit_head"),
            ("catalogue_audit_head_only_forward", "catalogue_audit_head"),
        ):
            op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute("DROP FUNCTION catalogue_audit_refuse()")
        # Numbers were given by the chain; the sequence of the table goes on behind them.
        op.execute(
            "SELECT setval(pg_get_serial_sequence('catalogue_audit', 'id'),"
            " (SELECT coalesce(max(id), 0) + 1 FROM catalogue_audit), false)"
        )
    else:
        for name in ON_SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("catalogue_audit_head")
    for name in ("municipality", "person", "at"):
        op.drop_index(f"ix_catalogue_audit_{name}", "catalogue_audit")
    with op.batch_alter_table("catalogue_audit", schema=None) as batch_op:
        batch_op.drop_column("digest")
        batch_op.drop_column("previous")
        batch_op.drop_column("municipality_id")


def _find_municipalities(connection: sa.Connection) -> None:
    """Tell of events written so far whose staff may read them, where the object still tells."""
    for kind, name in OWNERS.items():
        owner = sa.table(name, sa.column("id", BIG_ID), sa.column("municipality_id", BIG_ID))
        found = sa.select(owner.c.municipality_id).where(owner.c.id == AUDIT.c.object_id)
        connection.execute(
            AUDIT.update()
            .where(AUDIT.c.object_type == kind)
            .values(municipality_id=found.scalar_subquery())
        )


def _seal(connection: sa.Connection) -> tuple[int, str]:
    """Number the events written so far without gaps, in their order, and seal them."""
    number, digest, reached = 0, START, 0
    query = sa.select(AUDIT).order_by(AUDIT.c.id).limit(CHUNK)
    write = AUDIT.update().where(AUDIT.c.id == sa.bindparam("old_id"))
    write = write.values(
        **{name: sa.bindparam(f"new_{name}") for name in ("id", "previous", "digest")}
    )
    while rows := connection.execute(query.where(AUDIT.c.id > reached)).mappings().all():
        sealed = []
        for row in rows:
            number += 1
            previous, digest = digest, _digest(digest, number, row)
            sealed.append(
                {
                    "old_id": row["id"],
                    "new_id": number,
                    "new_previous": previous,
                    "new_digest": digest,
                }
            )
        connection.execute(write, sealed)
        reached = rows[-1]["id"]
    return number, digest


def _digest(previous: str, number: int, row: sa.RowMapping) -> str:
    at = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=UTC)
    told = {
        "id": number,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        **{
            name: row[name]
            for name in (
                "person_id", "municipality_id", "action", "object_type", "object_id", "facts",
            )
        },
    }  # fmt: skip
    plain = json.dumps(told, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(f"{previous}\n{plain}".encode("ascii")).hexdigest()
