"""The ledger: what is taken once and only once, and where it was bought."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cast
import ledger_world as worlds
import pytest
from click.testing import CliRunner, Result
from conftest import on_sqlite
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from catalogue.cli import main
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.core.errors import Missing
from catalogue.coverage import (
    ledger,
    ledger_file,
    ledger_report,
    ledger_store,
)
from catalogue.coverage import ledger_rules as rules
from catalogue.coverage.ledger_report import Report
from catalogue.coverage.ledger_rules import Bought, Occurrences
from catalogue.coverage.models import ImportState, LedgerImport, LedgerRow
from catalogue.enterprises.models import Enterprise, EnterpriseState


def count(database: Database) -> int:
    """Return how many rows the ledger has."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(LedgerRow)) or 0


def report(database: Database, world: worlds.World) -> Report:
    """Return the report of the year."""
    with database.reading() as session:
        return ledger_report.report(session, world.home.id, worlds.year(), "da")


@pytest.fixture
def world(database: Database) -> worlds.World:
    """Slagelse with its enterprises, an agreement and accounts."""
    with database.transaction() as session:
        return worlds.make(session)


def test_spend_is_told_by_where_it_was_bought(
    database: Database, world: worlds.World, tmp_path: Path
) -> None:
    done = worlds.take(database, world.staff, worlds.file(tmp_path, worlds.lines(world)))
    assert (done.state, done.rows_read, done.rows_new) == (ImportState.TAKEN, 7, 7)
    found = report(database, world)
    assert found.total == rules.Spent(624950, 89950, 25000, 3000)
    assert found.total.social_ore == 117950
    assert [(part.key, part.spent.total_ore) for part in found.departments] == [
        ("Børnehuset", 89950), ("Rådhuset", 35000), ("", 500000),
    ]  # fmt: skip
    assert [(part.key, part.spent.social_ore) for part in found.divisions] == [
        ("37000000", 89950), ("90000000", 25000), ("", 3000),
    ]  # fmt: skip
    assert [(part.label, part.spent.social_ore) for part in found.enterprises] == [
        ("Legehytten", 112950), ("Rent Arbejde", 5000),
    ]  # fmt: skip


def test_same_file_again_adds_nothing_and_equal_rows_of_one_file_are_two(
    database: Database, world: worlds.World, tmp_path: Path
) -> None:
    rows = worlds.lines(world)
    rows += rows[1:2]  # the same purchase once more on the same day
    path = worlds.file(tmp_path, rows)
    assert worlds.take(database, world.staff, path).rows_new == 8
    again = worlds.take(database, world.staff, path)
    assert (again.rows_new, again.rows_known, count(database)) == (0, 8, 8)
    longer = worlds.take(database, world.staff, worlds.file(tmp_path, [*rows, rows[1]]))
    assert (longer.rows_new, longer.rows_known) == (1, 8)


def test_dry_run_tells_what_taking_does_and_writes_no_row(
    database: Database, world: worlds.World, tmp_path: Path
) -> None:
    rows = worlds.lines(world)
    worlds.take(database, world.staff, worlds.file(tmp_path, rows[:3]))
    path = worlds.file(tmp_path, [*rows, rows[1].replace("1.000,00", "mange")])
    kept = ledger_store.Kept("regnskab.csv", "0" * 32, "")
    with database.transaction() as session:
        made = ledger.receive(session, world.staff, kept, cast.NOW)
    seen: list[float] = []
    ledger.check(database, made.id, path, seen.append)
    with database.reading() as session:
        found = session.get_one(LedgerImport, made.id)
    assert found.state == ImportState.CHECKED
    assert (found.rows_read, found.rows_new, found.rows_known, found.rows_refused) == (8, 5, 2, 1)
    assert found.facts["amount_ore"] == 624950
    assert (found.facts["social_ore"], found.facts["social_suppliers"]) == (117950, 2)
    assert found.facts["without_cvr"] == 1
    assert found.facts["faults"][0][:2] == [9, "amount"]
    assert seen[-1] == 1.0
    assert count(database) == 2
    done = worlds.take(database, world.staff, path)
    assert (done.rows_new, done.rows_known, done.rows_refused) == (5, 2, 1)


def test_reading_that_died_is_taken_up_and_counts_its_own_rows(
    database: Database, world: worlds.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_file.chunks, "__defaults__", (3,))
    path = worlds.file(tmp_path, worlds.lines(world))
    kept = ledger_store.Kept(path.name, "0" * 32, "")
    with database.transaction() as session:
        made = ledger.receive(session, world.staff, kept, cast.NOW)
    ledger.check(database, made.id, path, lambda _done: None)
    with database.transaction() as session:
        ledger.begin(session, world.staff, made.id, cast.NOW)

    def die(_done: float) -> None:
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        ledger.take(database, made.id, path, lambda: cast.NOW, die)
    assert count(database) == 3
    with pytest.raises(ledger.NotNow):  # perhaps it is not dead yet
        ledger.take(database, made.id, path, lambda: cast.NOW, lambda _done: None)
    later = cast.NOW + 2 * ledger.SILENT
    done = ledger.take(database, made.id, path, lambda: later, lambda _done: None)
    assert (done.state, done.rows_new, count(database)) == (ImportState.TAKEN, 7, 7)


def test_removed_import_takes_its_own_rows_along(
    database: Database, world: worlds.World, tmp_path: Path
) -> None:
    rows = worlds.lines(world)
    worlds.take(database, world.staff, worlds.file(tmp_path, rows[:4]))
    second = worlds.take(database, world.staff, worlds.file(tmp_path, rows))
    with database.transaction() as session:
        ledger.remove(session, world.staff, second.id, cast.NOW)
    assert count(database) == 3
    with pytest.raises(ledger.NotNow), database.transaction() as session:
        ledger.remove(session, world.staff, second.id, cast.NOW)


def test_import_of_another_municipality_is_not_found(
    database: Database, world: worlds.World, tmp_path: Path
) -> None:
    done = worlds.take(database, world.staff, worlds.file(tmp_path, worlds.lines(world)))
    other = replace(world.staff, municipality_id=world.home.id + 1000)
    with pytest.raises(Missing), database.transaction() as session:
        ledger.remove(session, other, done.id, cast.NOW)


def test_category_of_an_account_counts_for_rows_read_before_and_can_be_taken_back(
    database: Database, world: worlds.World, tmp_path: Path
) -> None:
    worlds.take(database, world.staff, worlds.file(tmp_path, worlds.lines(world)))
    with database.transaction() as session:
        ledger.map_accounts(session, world.staff, {worlds.UNKNOWN: "37530000"}, cast.NOW)
    assert report(database, world).total.uncertain_ore == 0
    with database.transaction() as session:
        ledger.map_accounts(session, world.staff, {worlds.UNKNOWN: None}, cast.NOW)
    assert report(database, world).total.uncertain_ore == 3000


def test_enterprise_counts_only_while_it_is_verified_here(
    database: Database, world: worlds.World, tmp_path: Path
) -> None:
    worlds.take(database, world.staff, worlds.file(tmp_path, worlds.lines(world)))
    with database.transaction() as session:
        session.get_one(Enterprise, world.legehytten.id).state = EnterpriseState.SUSPENDED
    assert report(database, world).total.social_ore == 5000


def test_file_sent_through_the_outbox_is_checked_and_taken_once(
    database: Database, world: worlds.World, tmp_path: Path
) -> None:
    from catalogue.coverage import ledger_work
    from catalogue.settings import Settings

    place = Settings(data_folder=tmp_path)
    with worlds.file(tmp_path, worlds.lines(world)).open("rb") as stream:
        kept = ledger_store.keep(place, stream, "C:\\udtræk\\regnskab.csv")
    assert kept.name == "regnskab.csv"

    def work() -> None:
        handle = lambda batch: ledger_work.run_batch(database, place, batch, lambda: cast.NOW)  # noqa: E731
        handlers = {ledger.CHECK: handle, ledger.TAKE: handle}
        while jobs.run_once(database, handlers, clock=lambda: cast.NOW):
            pass

    with database.transaction() as session:
        made = ledger.receive(session, world.staff, kept, cast.NOW)
        ledger.put(session, made, ledger.CHECK, cast.NOW, wait=False)
    work()
    with database.transaction() as session:
        found = ledger.begin(session, world.staff, made.id, cast.NOW)
        for _twice in range(2):
            ledger.put(session, found, ledger.TAKE, cast.NOW, wait=False)
    work()
    with database.reading() as session:
        assert session.get_one(LedgerImport, made.id).state == ImportState.TAKEN
        assert jobs.waiting(session) == 0
    assert count(database) == 7
    assert not (tmp_path / "ledger" / kept.token).exists()


@on_sqlite
def test_command_shows_what_a_ledger_would_do_and_does_it(
    database: Database, world: worlds.World, tmp_path: Path
) -> None:
    rows = worlds.lines(world)
    path = worlds.file(tmp_path, [*rows, rows[1].replace("1.000,00", "mange")])

    around = {
        "CATALOGUE_DATA_FOLDER": str(tmp_path / "data"),
        "CATALOGUE_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "CATALOGUE_TEST_POSTGRES_URL": None,
    }

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["import", "ledger", str(path), *arguments], env=around)

    shown = run("--municipality", "0330", "--dry-run")
    assert "8 rows: 7 new, 0 known, 1 refused" in shown.stdout
    assert "line 9, amount" in shown.stdout
    assert count(database) == 0
    done = run("--municipality", "330")
    assert (done.exit_code, "7 rows written." in done.stdout) == (0, True)
    assert count(database) == 7
    assert "0 new, 7 known" in run("--municipality", "0330").stdout
    lost = run("--municipality", "9999")
    assert isinstance(lost.exception, Missing)  # which the command line tells in one line


@given(st.lists(st.integers(-3, 3), max_size=60), st.integers(1, 7))
def test_fingerprints_do_not_depend_on_how_a_file_is_cut(marks: list[int], size: int) -> None:
    whole = Occurrences().fingerprints(marks)
    cut = Occurrences()
    parts = [cut.fingerprints(marks[at : at + size]) for at in range(0, len(marks), size)]
    assert [one for part in parts for one in part] == whole
    assert len(set(whole)) == len(marks)


@pytest.mark.parametrize(
    ("category", "agreed", "place"),
    [
        ("375352", ["3753"], Bought.ON), ("3753", ["3753"], Bought.ON),
        ("37", ["3753"], Bought.UNCERTAIN), (None, ["3753"], Bought.UNCERTAIN),
        ("9091", ["3753"], Bought.OFF), ("9091", [], Bought.OFF), (None, [], Bought.OFF),
    ],
)  # fmt: skip
def test_place_of_a_purchase(category: str | None, agreed: list[str], place: Bought) -> None:
    assert rules.bought(True, category, agreed) == place
    assert rules.bought(False, category, agreed) == Bought.ELSEWHERE
