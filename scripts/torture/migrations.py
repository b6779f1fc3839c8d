"""Take the demonstration world down through every migration and up again, a step at a time.

At each step down, tables that stay keep their rows, and columns that stay what stands in them; then
all migrations go up over them, and what was there at the lowest step tells what it told at the
beginning. Tables, indexes and constraints are those of the beginning too, and on PostgreSQL each
table's next row takes a number that is free. What a step takes knowingly, for the program below
cannot tell it, stands in KNOWN.
Usage: python scripts/torture/migrations.py [LOWEST]; scripts/postgres before it for PostgreSQL
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from catalogue import cli_preparing
from catalogue.core import migrations, revisions
from catalogue.core.db import Database
from catalogue.settings import read

LOWEST = "0015"  # it goes down no further where a quote was ordered, and says so
WITHOUT_DATA = {revisions.VERSION_TABLE}
NUMBERS_ITSELF = "catalogue_audit"  # its chain does, in the order of commits
# Migrations that take or change what the program below them cannot tell, and where.
KNOWN = {
    "0016": {"catalogue_person_roles", "catalogue_sign_ins", "catalogue_products.state"},
    "0033": {"catalogue_baskets", "catalogue_basket_lines"},
    "0038": {"catalogue_orders.state", "catalogue_order_events.state"},
    "0039": {"catalogue_identity_providers.is_open"},
}
ADDED = "catalogue_outbox"  # on the way up, what follows from a migration is put there
Rows = dict[Any, dict[str, Any]]  # by key, then by column


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
    faults: list[str] = []
    first = before = _contents(database)
    shape = _shape(database)
    known: set[str] = set()
    print(
        f"{database.engine.dialect.name}: {_count(first):,} rows in {len(first)} tables"
        f" at {revisions.head()}"
    )
    began, steps = time.monotonic(), 0
    while (here := str(_revision(database))) != lowest:
        migrations.downgrade(database, "-1")
        after, steps = _contents(database), steps + 1
        meant = KNOWN.get(here, set())
        faults += [f"below {here}, {each}" for each in _differences(before, after, meant)]
        before, known = after, known | meant
    print(f"{steps} migrations down in {time.monotonic() - began:.1f} s, {len(before)} tables left")
    began = time.monotonic()
    migrations.upgrade(database)
    last = _contents(database)
    print(f"up again in {time.monotonic() - began:.1f} s")
    stood = {
        name: {key: {c: row[c] for c in row if c in _columns(before[name])}
               for key, row in first[name].items()}
        for name in before if before[name]
    }  # fmt: skip
    faults += [f"up again, {each}" for each in _differences(stood, last, known)]
    faults += [f"up again, {each}" for each in _misshapen(shape, _shape(database))]
    faults += [f"up again, {each}" for each in _misnumbered(database)]
    kept = sum(len(rows.keys() & last[name].keys()) for name, rows in stood.items())
    print(f"{kept:,} rows in {len(before)} tables came through, each column of them compared")
    print(f"{sum(map(len, shape.values())):,} columns, indexes and constraints compared")
    print(f"{len(faults)} faults")
    return faults


def _differences(before: dict[str, Rows], after: dict[str, Rows], known: set[str]) -> list[str]:
    """List what is gone or tells something else in tables and columns that are in both."""
    found = []
    for name in sorted(before.keys() & after.keys() - known):
        rows, others = before[name], after[name]
        if lost := rows.keys() - others.keys():
            found.append(f"{name} has lost {len(lost)} rows of {len(rows)}")
        if name != ADDED and (more := others.keys() - rows.keys()):
            found.append(f"{name} has {len(more)} rows more than {len(rows)}")
        for column in sorted(_columns(rows) & _columns(others)):
            changed = [
                k for k in rows.keys() & others.keys() if rows[k][column] != others[k][column]
            ]
            if changed and f"{name}.{column}" not in known:
                found.append(f"{name}.{column} tells something else in {len(changed)} rows")
    return found


def _shape(database: Database) -> dict[str, set[str]]:
    """Return columns, keys, indexes and constraints by table, each as it is written."""
    with database.reading() as session:
        known = inspect(session.connection())
        found: dict[str, set[str]] = {name: set() for name in known.get_table_names()}
        for ask in (
            known.get_multi_columns, known.get_multi_indexes, known.get_multi_foreign_keys,
            known.get_multi_unique_constraints, known.get_multi_check_constraints,
        ):  # fmt: skip
            for (_schema, name), parts in ask().items():
                found[name] |= {str(sorted(each.items(), key=str)) for each in parts}
        for (_schema, name), key in known.get_multi_pk_constraint().items():
            found[name].add(str(sorted(key.items(), key=str)))
        return found


def _misshapen(before: dict[str, set[str]], after: dict[str, set[str]]) -> list[str]:
    """List what is written otherwise than it was."""
    return [
        f"{name} {verb} {each}"
        for name in sorted(before.keys() | after.keys())
        for verb, one, other in (("lacks", before, after), ("has new", after, before))
        for each in sorted(one.get(name, set()) - other.get(name, set()))
    ]


def _misnumbered(database: Database) -> list[str]:
    """List the tables of PostgreSQL whose next row would take a number that is taken."""
    if database.is_sqlite:  # which looks for the largest one itself
        return []
    numbers = text(
        "SELECT relname, pg_get_serial_sequence(relname, 'id') FROM pg_class JOIN pg_attribute"
        " ON attrelid = pg_class.oid WHERE relkind = 'r' AND attname = 'id'"
        " AND relname LIKE 'catalogue%'"
    )
    found = []
    with database.reading() as session:
        for name, sequence in session.execute(numbers).all():
            if sequence is None or name == NUMBERS_ITSELF:
                continue
            following = session.scalar(text(f"SELECT last_value + is_called::int FROM {sequence}"))
            most = session.scalar(text(f"SELECT max(id) FROM {name}"))
            if most is not None and most >= following:
                found.append(f"{name} has a row {most}, and its next one would be {following}")
    return found


def _columns(rows: Rows) -> set[str]:
    return set(next(iter(rows.values()), {}))


def _count(contents: dict[str, Rows]) -> int:
    return sum(map(len, contents.values()))


def _revision(database: Database) -> str | None:
    with database.reading() as session:
        return revisions.present(session)


def _contents(database: Database) -> dict[str, Rows]:
    with database.reading() as session:
        known = inspect(session.connection())
        return {
            name: _rows(session, name, known.get_pk_constraint(name)["constrained_columns"])
            for name in sorted(set(known.get_table_names()) - WITHOUT_DATA)
        }


def _rows(session: Session, name: str, keys: list[str]) -> Rows:
    rows = session.execute(text(f"SELECT * FROM {name}")).mappings()
    return {tuple(row[key] for key in keys): dict(row) for row in rows}


def _new_database(server: str) -> str:
    name = f"catalogue_{secrets.token_hex(4)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


if __name__ == "__main__":
    main()
