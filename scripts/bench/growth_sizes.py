"""What of the disk the tables and folders of an installation take, for growth.py."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from catalogue.core.db import Database
from catalogue.search.postgres.tables import SCHEMA

_PREFIX = "catalogue_"
_SIZES = {
    "sqlite": "SELECT m.tbl_name, SUM(s.pgsize) FROM dbstat AS s JOIN sqlite_master AS m"
    " ON m.name = s.name WHERE s.aggregate = 1 GROUP BY m.tbl_name",
    "postgresql": "SELECT CASE nspname WHEN 'public' THEN relname ELSE 'search ' || relname END,"
    " pg_total_relation_size(c.oid) FROM pg_class AS c"
    " JOIN pg_namespace AS n ON n.oid = relnamespace"
    f" WHERE relkind = 'r' AND nspname IN ('public', '{SCHEMA}')",
}
_ROWS = "SELECT COUNT(*) FROM {table}"


def of_tables(database: Database) -> dict[str, int]:
    """Return the bytes of each table with its indexes, by its name without what all begin with."""
    kind = database.engine.dialect.name
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if kind == "postgresql":  # it does so by itself within a minute, so that places are used
            connection.execute(text("VACUUM"))
        rows = connection.execute(text(_SIZES[kind])).all()
    return {name.removeprefix(_PREFIX): int(size) for name, size in rows}


def rows_of(database: Database, tables: list[str]) -> dict[str, int]:
    """Return how many rows tables have."""
    with database.engine.connect() as connection:
        return {
            each: connection.execute(text(_ROWS.format(table=_PREFIX + each))).scalar_one()
            for each in tables
        }


def of_folder(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def grown(before: dict[str, int], after: dict[str, int], count: int) -> dict[str, float]:
    """Return by how much each has grown for each of `count`, the largest first; pure."""
    by = {name: (size - before.get(name, 0)) / count for name, size in after.items()}
    return dict(sorted(((name, each) for name, each in by.items() if each > 0),
                       key=lambda pair: -pair[1]))  # fmt: skip
