"""Sign-in at the municipality by SAML: what its provider publishes, our key there, its answers"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0037"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PROVIDERS, TRIES = "catalogue_identity_providers", "catalogue_outside_tries"


def upgrade() -> None:
    kind = sa.Column("protocol", sa.String(10), nullable=False, server_default="openid")
    op.add_column(PROVIDERS, kind)
    op.add_column(TRIES, sa.Column("answer", sa.Text(), nullable=True))
    name = "catalogue_saml_terms"
    op.create_table(
        name,
        sa.Column("provider_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("metadata_address", sa.String(2000), nullable=True),
        sa.Column("published", sa.JSON(), nullable=False),
        sa.Column("loa", sa.String(20), nullable=False),
        sa.Column("private_key", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], [f"{PROVIDERS}.id"], name=op.f(f"fk_{name}_provider_id")
        ),
        sa.PrimaryKeyConstraint("provider_id", name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    op.drop_table("catalogue_saml_terms")
    # What came by SAML means nothing to the version before.
    providers = sa.table(PROVIDERS, sa.column("is_open", sa.Boolean), sa.column("protocol"))
    op.execute(providers.update().where(providers.c.protocol != "openid").values(is_open=False))
    # No batch: SQLite would make the table anew, and refuses to while sessions hang on the old one.
    op.drop_column(TRIES, "answer")
    op.drop_column(PROVIDERS, "protocol")
