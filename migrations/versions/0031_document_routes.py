"""Which way documents of orders go, what was sent, and what came in"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "catalogue_document_routes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=True),
        sa.Column("municipality_id", BIG_ID, nullable=True),
        sa.Column("carrier", sa.String(12), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(enterprise_id IS NULL) <> (municipality_id IS NULL)",
            name=op.f("ck_catalogue_document_routes_one_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["catalogue_enterprises.id"],
            name=op.f("fk_catalogue_document_routes_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["catalogue_municipalities.id"],
            name=op.f("fk_catalogue_document_routes_municipality_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_document_routes")),
        sa.UniqueConstraint(
            "enterprise_id", name=op.f("uq_catalogue_document_routes_enterprise_id")
        ),
        sa.UniqueConstraint(
            "municipality_id", name=op.f("uq_catalogue_document_routes_municipality_id")
        ),
    )
    op.create_table(
        "catalogue_sent_documents",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("carrier", sa.String(12), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["catalogue_orders.id"],
            name=op.f("fk_catalogue_sent_documents_order_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_sent_documents")),
        sa.UniqueConstraint("key", name=op.f("uq_catalogue_sent_documents_key")),
    )
    op.create_index(
        op.f("ix_catalogue_sent_documents_order_id"), "catalogue_sent_documents", ["order_id"]
    )
    op.create_table(
        "catalogue_received_documents",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("order_number", sa.String(80), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["catalogue_enterprises.id"],
            name=op.f("fk_catalogue_received_documents_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_received_documents")),
        sa.UniqueConstraint(
            "enterprise_id", "sha256", name=op.f("uq_catalogue_received_documents_enterprise_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("catalogue_received_documents")
    op.drop_index(
        op.f("ix_catalogue_sent_documents_order_id"), table_name="catalogue_sent_documents"
    )
    op.drop_table("catalogue_sent_documents")
    op.drop_table("catalogue_document_routes")
