"""Proposals of new prices, the answers to them, and prices agreed under agreements"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "catalogue_price_proposals",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["catalogue_enterprises.id"],
            name=op.f("fk_catalogue_price_proposals_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_price_proposals")),
    )
    op.create_index(
        op.f("ix_catalogue_price_proposals_enterprise_id"),
        "catalogue_price_proposals",
        ["enterprise_id"],
    )
    op.create_table(
        "catalogue_price_lines",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("proposal_id", BIG_ID, nullable=False),
        sa.Column("product_id", BIG_ID, nullable=False),
        sa.Column("old_price_ore", BIG_ID, nullable=False),
        sa.Column("new_price_ore", BIG_ID, nullable=False),
        sa.Column("price_base_quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["catalogue_price_proposals.id"],
            name=op.f("fk_catalogue_price_lines_proposal_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["catalogue_products.id"],
            name=op.f("fk_catalogue_price_lines_product_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_price_lines")),
        sa.UniqueConstraint(
            "proposal_id",
            "product_id",
            name=op.f("uq_catalogue_price_lines_proposal_id_product_id"),
        ),
    )
    op.create_index(
        op.f("ix_catalogue_price_lines_product_id"), "catalogue_price_lines", ["product_id"]
    )
    op.create_table(
        "catalogue_price_decisions",
        sa.Column("proposal_id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["catalogue_price_proposals.id"],
            name=op.f("fk_catalogue_price_decisions_proposal_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["catalogue_municipalities.id"],
            name=op.f("fk_catalogue_price_decisions_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_price_decisions_person_id"),
        ),
        sa.PrimaryKeyConstraint(
            "proposal_id", "municipality_id", name=op.f("pk_catalogue_price_decisions")
        ),
    )
    op.create_index(
        op.f("ix_catalogue_price_decisions_municipality_id"),
        "catalogue_price_decisions",
        ["municipality_id"],
    )
    op.create_table(
        "catalogue_agreed_prices",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_id", BIG_ID, nullable=False),
        sa.Column("product_id", BIG_ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("price_ore", BIG_ID, nullable=False),
        sa.Column("price_base_quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("proposal_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["catalogue_agreements.id"],
            name=op.f("fk_catalogue_agreed_prices_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["catalogue_products.id"],
            name=op.f("fk_catalogue_agreed_prices_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["catalogue_price_proposals.id"],
            name=op.f("fk_catalogue_agreed_prices_proposal_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_agreed_prices")),
    )
    op.create_index(
        "ix_catalogue_agreed_prices_product",
        "catalogue_agreed_prices",
        ["product_id", "agreement_id", "from_on"],
    )
    op.create_index(
        op.f("ix_catalogue_agreed_prices_agreement_id"), "catalogue_agreed_prices", ["agreement_id"]
    )
    op.create_index(
        op.f("ix_catalogue_agreed_prices_proposal_id"), "catalogue_agreed_prices", ["proposal_id"]
    )
    op.create_table(
        "catalogue_sent_price_mails",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("proposal_id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("event", sa.String(length=12), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["catalogue_price_proposals.id"],
            name=op.f("fk_catalogue_sent_price_mails_proposal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["catalogue_municipalities.id"],
            name=op.f("fk_catalogue_sent_price_mails_municipality_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_sent_price_mails")),
        sa.UniqueConstraint(
            "proposal_id",
            "municipality_id",
            "event",
            "recipient",
            name=op.f("uq_catalogue_sent_price_mails_proposal_id_municipality_id_event_recipient"),
        ),
    )


def downgrade() -> None:
    op.drop_table("catalogue_sent_price_mails")
    op.drop_table("catalogue_agreed_prices")
    op.drop_table("catalogue_price_decisions")
    op.drop_table("catalogue_price_lines")
    op.drop_table("catalogue_price_proposals")
