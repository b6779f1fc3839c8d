"""What was measured of a picture, its original, and which part of it is shown"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
# Pictures kept earlier are derived in the new widths too.
_PAYLOAD = {
    "sqlite": """json('{"image_id": ' || id || '}')""",
    "postgresql": "json_build_object('image_id', id)",
}


def upgrade() -> None:
    # Not in batch mode: on SQLite that drops and rebuilds the table that others point at.
    for column in (
        sa.Column("original_sha256", sa.String(length=64), nullable=True),
        sa.Column("colour", sa.String(length=6), nullable=True),
        sa.Column("brightness_percent", sa.Integer(), nullable=True),
        sa.Column("blur_percent", sa.Integer(), nullable=True),
        sa.Column("turned_by_camera", sa.Boolean(), nullable=True),
        sa.Column("cut", sa.JSON(), nullable=True),
    ):
        op.add_column("catalogue_images", column)
    op.create_index("ix_catalogue_images_original_sha256", "catalogue_images", ["original_sha256"])
    payload = _PAYLOAD[op.get_bind().dialect.name]
    op.execute(
        "INSERT INTO catalogue_outbox (topic, payload, created_at, due_at, attempts)"  # noqa: S608 - our own
        f" SELECT 'media.derive', {payload}, created_at, created_at, 0"
        " FROM catalogue_images"
    )


def downgrade() -> None:
    op.drop_index("ix_catalogue_images_original_sha256", "catalogue_images")
    for name in (
        "cut", "turned_by_camera", "blur_percent", "brightness_percent", "colour",
        "original_sha256",
    ):  # fmt: skip
        op.drop_column("catalogue_images", name)
