"""Migrations take a database down and up again, and rows that have a place there come through."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import filled
import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from conftest import ENGINES, POSTGRES_URL
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from catalogue.core import migrations, revisions
from catalogue.core.db import Database

LOWEST = "0001"
# What cannot be told below: categories with days of their own, and baskets of a purchasing system.
LOSE_THEIR_FIRST = {
    "catalogue_agreement_categories", "catalogue_baskets", "catalogue_basket_lines",
}  # fmt: skip
Rows = dict[Any, dict[str, Any]]


@pytest.fixture(params=ENGINES)
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database that nobody else uses, on each engine in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "x.sqlite")
        found = Database(f"sqlite:///{tmp_path}/x.sqlite")
        yield found
        found.dispose()
        return
    name = f"catalogue_down_{secrets.token_hex(4)}"
    admin = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    found = Database(make_url(POSTGRES_URL).set(database=name).render_as_string(False))
    migrations.upgrade(found)
    yield found
    found.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def test_revisions_by_the_names_of_files_are_those_that_alembic_finds() -> None:
    found = ScriptDirectory(str(revisions.folder()))
    assert found.get_current_head() == revisions.head()
    assert {each.revision for each in found.walk_revisions()} == revisions.known()


def test_web_process_does_without_what_migrates_and_what_reads_workbooks() -> None:
    """Each takes some megabytes, of every process."""
    loads = "import sys, catalogue.app; print(*sys.modules.keys() & {'alembic', 'openpyxl'})"
    told = subprocess.run(
        [sys.executable, "-c", loads], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.strip() == ""


def test_migrations_go_down_and_up_over_rows_in_every_table(own: Database) -> None:
    database = own
    with database.transaction() as session:
        filled.fill(session)
    before = _contents(database)
    migrations.downgrade(database, LOWEST)
    below = _contents(database)
    migrations.upgrade(database)
    after = _contents(database)
    assert before.keys() == after.keys()
    lost = {(name, key) for name in below for key in _lost(before[name], below[name], after[name])}
    assert lost == {(name, next(iter(before[name]))) for name in LOSE_THEIR_FIRST}


@pytest.mark.parametrize(("sqlstate", "asked"), [("55P03", 3), ("40P01", 3), ("42P07", 1)])
def test_migration_whose_tables_are_in_use_gives_way_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlstate: str, asked: int
) -> None:
    refused: list[str] = []

    def refuse(_config: Any, revision: str) -> None:
        refused.append(revision)
        if len(refused) < 3:
            error = psycopg.OperationalError()
            error.sqlstate = sqlstate
            raise OperationalError("ALTER TABLE", {}, error)

    monkeypatch.setattr(command, "upgrade", refuse)
    monkeypatch.setattr(migrations, "LOCK_PAUSE_SECONDS", 0)
    with pytest.raises(OperationalError) if asked == 1 else nullcontext():
        migrations.upgrade(Database(f"sqlite:///{tmp_path}/x.sqlite"))
    assert len(refused) == asked


def _lost(before: Rows, below: Rows, after: Rows) -> list[Any]:
    """Return keys of rows that no row tells any more, in the columns that stood below."""
    stood = sorted(next(iter(below.values()), {}))
    told = {tuple(row[name] for name in stood) for row in after.values()}
    return [key for key, row in before.items() if tuple(row.get(n) for n in stood) not in told]


def _contents(database: Database) -> dict[str, Rows]:
    """Return all rows: by table, then by key, then by column."""
    with database.reading() as session:
        known = inspect(session.connection())
        return {
            name: _rows(session, name, known.get_pk_constraint(name)["constrained_columns"])
            for name in known.get_table_names()
            if name != revisions.VERSION_TABLE
        }


def _rows(session: Any, name: str, keys: list[str]) -> Rows:
    order = ", ".join(keys)
    rows = session.execute(text(f"SELECT * FROM {name} ORDER BY {order}")).mappings()
    return {
        tuple(row[key] for key in keys): {name: _plain(told) for name, told in row.items()}
        for row in rows
    }


def _plain(told: Any) -> Any:
    """Return what a column tells; JSON, which PostgreSQL hands over read, as it is written."""
    return json.dumps(told, sort_keys=True) if isinstance(told, dict | list) else told
