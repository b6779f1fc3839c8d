"""`catalogue check` proves the audit, prints its head, and compares it with one kept elsewhere."""

from __future__ import annotations

from pathlib import Path

import cast
import pytest
from click.testing import CliRunner, Result

from catalogue.cli import main
from catalogue.core import audit
from catalogue.core.db import Database


@pytest.fixture
def folder(empty_sqlite: Path, tmp_path: Path) -> Path:
    """A data folder with a database that holds two events."""
    (tmp_path / "catalogue.sqlite").write_bytes(empty_sqlite.read_bytes())
    database = Database(f"sqlite:///{tmp_path}/catalogue.sqlite")
    for number in (1, 2):
        with database.transaction() as session:
            audit.record(session, "x.y", ("x", number), person_id=None, now=cast.NOW)
    database.dispose()
    return tmp_path


def check(folder: Path, *arguments: str) -> Result:
    """Run the command on the data folder."""
    environment = {"CATALOGUE_DATA_FOLDER": str(folder), "CATALOGUE_TEST_POSTGRES_URL": None}
    return CliRunner().invoke(main, ["check", *arguments], env=environment)


def head_in(told: str) -> str:
    """Return the head that was printed."""
    return next(
        line.removeprefix("audit head ") for line in told.splitlines() if "audit head" in line
    )


def test_check_tells_that_the_audit_holds_and_prints_its_head(folder: Path) -> None:
    told = check(folder).output
    assert "the audit holds: 2 events in one chain" in told
    assert head_in(told).startswith("2:")


def test_check_takes_the_head_it_printed(folder: Path) -> None:
    head = head_in(check(folder).output)
    assert "the audit holds" in check(folder, "--audit-head", head).output


def test_check_refuses_another_head(folder: Path) -> None:
    answer = check(folder, "--audit-head", "2:" + "0" * 64)
    assert answer.exit_code == 1
    assert "event 2 has another digest than the one kept; it holds up to 2:" in answer.output


def test_check_says_how_a_head_is_written(folder: Path) -> None:
    answer = check(folder, "--audit-head", "abc")
    assert answer.exit_code == 2
    assert "NUMBER:DIGEST" in answer.output
