"""Orders that a municipality's own system sends by a document; metadata of SAML renewed at night"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0040"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TERMS = "catalogue_saml_terms"
ROUTES, TAKEN = "catalogue_document_routes", "catalogue_taken_orders"


def upgrade() -> None:
    with op.batch_alter_table(ROUTES) as batch:
        batch.add_column(
            sa.Column("advanced", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("contact_email", sa.String(254), nullable=True))
        batch.add_column(sa.Column("person_id", BIG_ID, nullable=True))
        batch.create_foreign_key(
            op.f(f"fk_{ROUTES}_person_id"), "catalogue_persons", ["person_id"], ["id"]
        )
    op.create_table(
        TAKEN,
        sa.Column("order_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["catalogue_orders.id"], name=op.f(f"fk_{TAKEN}_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["catalogue_municipalities.id"],
            name=op.f(f"fk_{TAKEN}_municipality_id"),
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f(f"pk_{TAKEN}")),
        sa.UniqueConstraint(
            "municipality_id", "number", name=op.f(f"uq_{TAKEN}_municipality_id_number")
        ),
    )
    for name, kind in (("signed_by", sa.Text()), ("renewed_at", MOMENT)):
        op.add_column(TERMS, sa.Column(name, kind, nullable=True))
    op.add_column(TERMS, sa.Column("renewal_fault", sa.String(300), nullable=True))
    shared = sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column(TERMS, shared)
    name = "catalogue_saml_services"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("metadata_address", sa.String(2000), nullable=True),
        sa.Column("published", sa.JSON(), nullable=False),
        sa.Column("private_key", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("renewed_at", MOMENT, nullable=True),
        sa.Column("renewal_fault", sa.String(300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    op.drop_table("catalogue_saml_services")
    # Its addresses are gone: whoever signed in by it sets up a sign-in of their own.
    op.execute(
        "UPDATE catalogue_identity_providers SET is_open = false WHERE id IN"
        " (SELECT provider_id FROM catalogue_saml_terms WHERE shared)"
    )
    with op.batch_alter_table(TERMS) as batch:
        for name in ("shared", "renewal_fault", "renewed_at", "signed_by"):
            batch.drop_column(name)
    op.drop_table(TAKEN)
    routes = sa.table(ROUTES, sa.column("carrier", sa.String))
    op.execute(routes.delete().where(routes.c.carrier == "none"))  # was no row before
    with op.batch_alter_table(ROUTES) as batch:
        batch.drop_constraint(op.f(f"fk_{ROUTES}_person_id"), type_="foreignkey")
        for name in ("person_id", "contact_email", "advanced"):
            batch.drop_column(name)
