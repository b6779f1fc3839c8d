"""Alembic's entry: runs the migrations on the database it is handed, each in a transaction.

On PostgreSQL the old program may serve meanwhile. So a migration holds locks for itself alone, and
waits for one so short that nobody waits behind it, and that no request is chosen to end a deadlock;
`catalogue.core.migrations` tries it again.
"""

from alembic import context

from catalogue.core.db import Base
from catalogue.core.revisions import VERSION_TABLE

LOCK_MS = 500  # less than the second after which PostgreSQL looks for deadlocks

database = context.config.attributes["database"]
with database.engine.execution_options(catalogue_writing=True).connect() as connection:
    if not database.is_sqlite:
        connection.detach()  # what is set here is nobody else's
        connection.exec_driver_sql(f"SET lock_timeout = {LOCK_MS}")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        render_as_batch=True,
        transaction_per_migration=True,
        include_name=lambda name, type_, _parents: (
            type_ != "table" or name.startswith("catalogue_")
        ),
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
