"""Take the demonstration world down through every migration and up again, a step at a time.

At each step down, tables that stay keep their rows; then all migrations go up over them, and the
tables that were there at the lowest step have as many rows as at the beginning.
Usage: python scripts/torture/migrations.py [LOWEST]; scripts/postgres before it for PostgreSQL
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from sqlalchemy import create_engine, func, inspect, select, table, text
from sqlalchemy.engine import make_url

from catalogue import cli_preparing
from catalogue.core import migrations
from catalogue.core.db import Database
from catalogue.settings import read

LOWEST = "0015"  # it goes down no further where a quote was ordered, and says so
WITHOUT_DATA = {migrations.VERSION_TABLE}


def main() -> None:
    """Do it in a folder that is gone afterwards; exit 1 with what was lost."""
    lowest = sys.argv[1] if len(sys.argv) > 1 else LOWEST
    server = os.environ.pop("CATALOGUE_TEST_POSTGRES_URL", "")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CATALOGUE_DATA_FOLDER"] = folder
        if server:
            os.environ["CATALOGUE_DATABASE_URL"] = _new_database(server)
        cli_preparing.prepare()
        cli_preparing.load_demo()
        settings = read(os.environ)
        database = Database(settings.database, settings.sqlite_busy_timeout_ms)
        faults = _down_and_up(database, lowest)
        database.dispose()
    if faults:
        sys.exit("\n".join(faults))


def _down_and_up(database: Database, lowest: str) -> list[str]:
    faults, steps = [], 0
    first = before = _rows(database)
    print(f"{sum(first.values()):,} rows in {len(first)} tables at {migrations.head()}")
    began = time.monotonic()
    while (here := _revision(database)) != lowest:
        migrations.downgrade(database, "-1")
        after, steps = _rows(database), steps + 1
        faults += [
            f"below {here}, {name} has {after[name]} rows of {before[name]}"
            for name in before.keys() & after.keys()
            if before[name] != after[name]
        ]
        before = after
    print(f"{steps} migrations down in {time.monotonic() - began:.1f} s, {len(before)} tables left")
    began = time.monotonic()
    migrations.upgrade(database)
    last = _rows(database)
    print(f"up again in {time.monotonic() - began:.1f} s")
    kept = before.keys() & first.keys()
    faults += [f"{name} came up with {last[name]} rows of {first[name]}"
               for name in kept if last[name] != first[name]]  # fmt: skip
    print(f"{sum(last[name] for name in kept):,} rows in {len(kept)} tables came through")
    return faults


def _revision(database: Database) -> str | None:
    with database.reading() as session:
        return migrations.present(session)


def _rows(database: Database) -> dict[str, int]:
    with database.reading() as session:
        names = set(inspect(session.connection()).get_table_names()) - WITHOUT_DATA
        return {
            name: session.scalar(select(func.count()).select_from(table(name))) or 0
            for name in sorted(names)
        }


def _new_database(server: str) -> str:
    name = f"catalogue_{secrets.token_hex(4)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


if __name__ == "__main__":
    main()
