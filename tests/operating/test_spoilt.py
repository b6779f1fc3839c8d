"""`catalogue check` tells of a file of SQLite that a disk has spoilt."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from conftest import on_sqlite
from operating.check_world import SHA256, Here, here, look
from sqlalchemy import text

from catalogue.core.db import Database

__all__ = ["here"]


@on_sqlite
def test_spoilt_page_of_sqlite_is_told_though_nothing_asks_for_it(here: Here) -> None:
    spoil(here.state.database, "catalogue_category_words")
    _found, words = look(here)
    assert "the database is spoilt: " in words
    assert "restore a backup" in words


@on_sqlite
def test_spoilt_page_that_a_check_asks_for_keeps_no_other_from_being_done(here: Here) -> None:
    spoil(here.state.database, "catalogue_audit")
    here.kept("evidence").unlink()
    found, words = look(here)
    assert words.count("the database is spoilt: ") == 1
    assert found == {"evidence_missing": [f"evidence/{SHA256}"]}


def spoil(database: Database, table: str) -> None:
    """Write over the first page of a table, as a disk that loses its memory does."""
    with database.reading() as session:
        asked = text("SELECT rootpage FROM sqlite_master WHERE name = :name")
        page, size = (
            session.scalar(asked, {"name": table}),
            session.scalar(text("PRAGMA page_size")),
        )
    path = Path(str(database.url.database))
    database.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(b"\xff" * size)
