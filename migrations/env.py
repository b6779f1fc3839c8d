"""Alembic's entry: runs the migrations in one transaction of the database it is handed."""

from alembic import context

from catalogue.core.db import Base
from catalogue.core.migrations import VERSION_TABLE

database = context.config.attributes["database"]
with database.engine.execution_options(catalogue_writing=True).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        render_as_batch=True,
        include_name=lambda name, type_, _parents: (
            type_ != "table" or name.startswith("catalogue_")
        ),
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
