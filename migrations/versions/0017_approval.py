"""Approval of orders, the steps of an order's life beside it, and notices of ceilings"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
# Table, name, type; what an order did not have before is empty, and none was withheld.
COLUMNS = (
    ("orders", "delivery_on", sa.Date()),
    ("order_lines", "received_quantity", sa.Numeric(12, 3)),
    ("order_lines", "deviation", sa.String(length=300)),
    ("order_events", "step", sa.String(length=12)),
)
TABLES = (
    "ceiling_notices",
    "order_changes",
    "absences",
    "approvals",
    "approval_steps",
    "approval_rule_steps",
    "approval_rules",
)


def upgrade() -> None:
    # Not in batch mode: on SQLite that drops and rebuilds the tables that others point at.
    withheld = sa.Column("withheld", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("catalogue_orders", withheld)
    for table, name, kind in COLUMNS:
        op.add_column(f"catalogue_{table}", sa.Column(name, kind, nullable=True))
    _create_approval_rules()
    _create_approval_rule_steps()
    _create_approval_steps()
    _create_approvals()
    _create_absences()
    _create_order_changes()
    _create_ceiling_notices()


def _create_approval_rules() -> None:
    op.create_table(
        "catalogue_approval_rules",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("from_ore", BIG_ID, nullable=False),
        sa.Column("category_code", sa.String(length=8), nullable=True),
        sa.Column("institution", sa.String(length=120), nullable=True),
        sa.Column("enterprise_id", BIG_ID, nullable=True),
        sa.Column("escalate_days", sa.Integer(), nullable=False),
        sa.Column("escalate_to_id", BIG_ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["catalogue_municipalities.id"],
            name=op.f("fk_catalogue_approval_rules_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["category_code"],
            ["catalogue_categories.code"],
            name=op.f("fk_catalogue_approval_rules_category_code"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["catalogue_enterprises.id"],
            name=op.f("fk_catalogue_approval_rules_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["escalate_to_id"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_approval_rules_escalate_to_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_approval_rules")),
    )
    op.create_index(
        "ix_catalogue_approval_rules_place",
        "catalogue_approval_rules",
        ["municipality_id", "ended_at"],
    )


def _create_approval_rule_steps() -> None:
    op.create_table(
        "catalogue_approval_rule_steps",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("rule_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("approver_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["catalogue_approval_rules.id"],
            name=op.f("fk_catalogue_approval_rule_steps_rule_id"),
        ),
        sa.ForeignKeyConstraint(
            ["approver_id"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_approval_rule_steps_approver_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_approval_rule_steps")),
        sa.UniqueConstraint(
            "rule_id", "position", name=op.f("uq_catalogue_approval_rule_steps_rule_id_position")
        ),
    )


def _create_approval_steps() -> None:
    op.create_table(
        "catalogue_approval_steps",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule_name", sa.String(length=120), nullable=False),
        sa.Column("approver_id", BIG_ID, nullable=False),
        sa.Column("escalate_days", sa.Integer(), nullable=False),
        sa.Column("escalate_to_id", BIG_ID, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("escalated_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["catalogue_orders.id"], name=op.f("fk_catalogue_approval_steps_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["approver_id"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_approval_steps_approver_id"),
        ),
        sa.ForeignKeyConstraint(
            ["escalate_to_id"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_approval_steps_escalate_to_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_approval_steps")),
        sa.UniqueConstraint(
            "order_id", "position", name=op.f("uq_catalogue_approval_steps_order_id_position")
        ),
    )


def _create_approvals() -> None:
    op.create_table(
        "catalogue_approvals",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("step_id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("person_name", sa.String(length=120), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["catalogue_orders.id"], name=op.f("fk_catalogue_approvals_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["catalogue_approval_steps.id"],
            name=op.f("fk_catalogue_approvals_step_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["catalogue_persons.id"], name=op.f("fk_catalogue_approvals_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_approvals")),
    )
    op.create_index("ix_catalogue_approvals_order_id", "catalogue_approvals", ["order_id"])


def _create_absences() -> None:
    op.create_table(
        "catalogue_absences",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("deputy_id", BIG_ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["catalogue_municipalities.id"],
            name=op.f("fk_catalogue_absences_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["catalogue_persons.id"], name=op.f("fk_catalogue_absences_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["catalogue_persons.id"], name=op.f("fk_catalogue_absences_deputy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_absences")),
    )
    op.create_index(
        "ix_catalogue_absences_place", "catalogue_absences", ["municipality_id", "until_on"]
    )


def _create_order_changes() -> None:
    op.create_table(
        "catalogue_order_changes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("proposed_at", TIME, nullable=False),
        sa.Column("before_state", sa.String(length=12), nullable=False),
        sa.Column("delivery_on", sa.Date(), nullable=True),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["catalogue_orders.id"], name=op.f("fk_catalogue_order_changes_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_order_changes")),
    )
    op.create_index("ix_catalogue_order_changes_order_id", "catalogue_order_changes", ["order_id"])


def _create_ceiling_notices() -> None:
    op.create_table(
        "catalogue_ceiling_notices",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_id", BIG_ID, nullable=False),
        sa.Column("ceiling_ore", BIG_ID, nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("put_at", TIME, nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["catalogue_agreements.id"],
            name=op.f("fk_catalogue_ceiling_notices_agreement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_ceiling_notices")),
        sa.UniqueConstraint(
            "agreement_id",
            "ceiling_ore",
            "noticed_on",
            name=op.f("uq_catalogue_ceiling_notices_agreement_id_ceiling_ore_noticed_on"),
        ),
    )


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(f"catalogue_{name}")
    for table, name, _kind in reversed(COLUMNS):
        op.drop_column(f"catalogue_{table}", name)
    op.drop_column("catalogue_orders", "withheld")
