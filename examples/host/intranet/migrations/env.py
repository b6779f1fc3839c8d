"""Alembic's entry for the intranet's own tables; Catalogue's in the same database are not ours."""

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db
with db.engine.begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_name=lambda name, type_, _parents: (
            type_ != "table" or not name.startswith("catalogue_")
        ),
    )
    with context.begin_transaction():
        context.run_migrations()
