"""A copy of the database while others write: SQLite by its own backup, PostgreSQL by pg_dump.

What is read of the copy (which files it names, how many rows it has) is read in the very snapshot
that was copied.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
from sqlalchemy import URL, func, inspect, select, table, text
from sqlalchemy.orm import Session

from catalogue.core.db import Database, see_one_moment

_LIBPQ = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE",
          "password": "PGPASSWORD", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
          "options": "PGOPTIONS", "service": "PGSERVICE"}  # fmt: skip


def engine_of(database: Database) -> str:
    """Return which kind of database it is, as the manifest names it."""
    return "sqlite" if database.is_sqlite else "postgresql"


@contextmanager
def copied(database: Database, target: Path) -> Iterator[Session]:
    """Copy the database to a file; the block gets a session that reads what was copied."""
    if database.is_sqlite:
        _copy_sqlite(str(database.url.database), target)
        copy = Database(f"sqlite:///{target}")
        try:
            with copy.reading() as session:
                yield session
        finally:
            copy.dispose()
        return
    with database.reading() as session:
        see_one_moment(session)
        snapshot = session.scalar(text("SELECT pg_export_snapshot()"))
        dump = ["pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}"]
        _run(dump, database.url)
        yield session


def put_back(database: Database, source: Path) -> None:
    """Fill an empty database from a copy."""
    if database.is_sqlite:
        _copy_sqlite(str(source), Path(str(database.url.database)))
        return
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run(["pg_restore", *options, f"--dbname={_name(database.url)}", str(source)], database.url)


def count_rows(session: Session) -> dict[str, int]:
    """Return how many rows each table has, of those that are there, known to us or not."""
    names = sorted(inspect(session.connection()).get_table_names())
    return {
        name: session.scalar(select(func.count()).select_from(table(name))) or 0 for name in names
    }


def _copy_sqlite(source: str, target: Path) -> None:
    """Copy in one step: a reader of SQLite's log holds up no writer, and sees one moment."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)
        written.execute("PRAGMA journal_mode=DELETE")  # so that it is whole in one file


def _run(command: list[str], url: URL) -> None:
    """Run a program of PostgreSQL against the database of an address; its password stays unseen."""
    query = {key: str(value) for key, value in url.query.items()}
    given = {
        "host": url.host, "port": str(url.port or "") or None, "user": url.username,
        "dbname": _name(url), "password": url.password,
    }  # fmt: skip
    known = {_LIBPQ[key]: value for key, value in {**query, **given}.items()
             if value and key in _LIBPQ}  # fmt: skip
    known |= {"PGHOST": query["host"]} if "host" in query else {}
    done = subprocess.run(  # noqa: S603  a program of ours to choose, no shell
        [_find(command[0]), *command[1:]],
        env=os.environ | known, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise click.ClickException(f"{command[0]} failed: {done.stderr.strip()}")


def _name(url: URL) -> str:
    return url.database or url.username or "postgres"


def _find(program: str) -> str:
    """Return the newest of a program: older ones refuse a newer server."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    newest = sorted(folders, key=lambda each: float(each.parent.name), reverse=True)
    for folder in newest:
        if (folder / program).exists():
            return str(folder / program)
    found = shutil.which(program)
    if found is None:
        raise click.ClickException(
            f"{program} is not installed; install the Debian package postgresql-client"
        )
    return found
