"""The database behaves the same on SQLite and PostgreSQL."""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cast import NOW, buyer
from conftest import on_postgresql, on_sqlite
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core import db, jobs, migrations, revisions
from catalogue.core.db import Base, Database


def test_time_comes_back_aware_and_in_utc(database: Database) -> None:
    with database.transaction() as session:
        made = buyer(session)
    with database.reading() as session:
        found = session.get_one(Person, made.id)
        assert found.created_at == NOW
        assert found.created_at.tzinfo is not None


def test_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without zone"), database.transaction() as session:
        buyer(session, created_at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as session:
        buyer(session)
        raise RuntimeError("something broke")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_sqlite_enforces_foreign_keys_and_keeps_a_log(tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.sqlite")
    with database.reading() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
    database.dispose()


@on_sqlite
def test_who_will_write_holds_up_writers_of_other_processes_from_her_first_reading(
    database: Database,
) -> None:
    other = Database(database.url.render_as_string(hide_password=False), busy_timeout_ms=20)
    with database.transaction() as session:
        found = session.scalar(select(func.count()).select_from(Person))
        with pytest.raises(OperationalError, match="locked"), other.transaction() as meanwhile:
            buyer(meanwhile)
        buyer(session)  # of what she has read, nothing has changed
    other.dispose()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == (found or 0) + 1


def test_eight_writers_that_read_first_all_succeed(database: Database) -> None:
    with database.transaction() as session:
        job_owner = buyer(session)
    faults: list[Exception] = []

    def read_then_write() -> None:
        try:
            for _ in range(20):
                with database.transaction() as session:
                    found = session.get_one(Person, job_owner.id, with_for_update=True)
                    found.name = str(int(found.name) + 1) if found.name.isdigit() else "1"
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=read_then_write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with database.reading() as session:
        assert session.get_one(Person, job_owner.id).name == "160"


def test_migrations_make_the_tables_of_the_models_and_go_back(
    empty_sqlite: Path, tmp_path: Path
) -> None:
    shutil.copy(empty_sqlite, tmp_path / "x.sqlite")
    database = Database(f"sqlite:///{tmp_path}/x.sqlite")
    with database.reading() as session:
        names = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    assert {table.name for table in Base.metadata.sorted_tables} <= names
    migrations.downgrade(database, "base")
    with database.reading() as session:
        names = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    assert names <= {revisions.VERSION_TABLE}
    database.dispose()


@on_postgresql
def test_connections_that_the_server_closed_are_made_anew(database: Database) -> None:
    with database.reading() as session, database.reading() as beside:
        session.execute(select(1))
        beside.execute(select(1))
    closing = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
    others = " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with database.reading() as session:
        assert session.scalar(text(closing + others)) == 1
    with database.reading() as session, database.transaction() as beside:
        assert (session.scalar(select(1)), beside.scalar(select(1))) == (1, 1)


@on_postgresql
def test_reading_streams_rows_and_waits_for_no_begin(database: Database) -> None:
    thousand = select(func.generate_series(1, 1000)).execution_options(yield_per=300)
    with database.reading() as session:
        rows = session.scalars(thousand).partitions()
        first, driver = next(rows), session.connection().connection.driver_connection
        assert driver is not None
        assert driver.info.transaction_status.name == "IDLE"
        assert [len(first), *map(len, rows)] == [300, 300, 300, 100]


@on_sqlite
def test_migrations_that_are_missing_are_listed_in_their_order(database: Database) -> None:
    with database.transaction() as session:
        assert migrations.list_pending(session) == []
        session.execute(text("UPDATE catalogue_alembic_version SET version_num = '0003'"))
        pending = migrations.list_pending(session)
    assert [(each.revision, each.only_adds) for each in pending[:2]] == [
        ("0004", False), ("0005", True),
    ]  # fmt: skip
    assert pending[-1].revision == revisions.head()


def test_job_runs_once_and_is_gone(database: Database) -> None:
    seen: list[int] = []
    with database.transaction() as session:
        jobs.put(session, "test.topic", {"n": 1}, now=NOW)
    for _ in range(2):
        jobs.run_once(
            database,
            {"test.topic": lambda batch: seen.extend(work.payload["n"] for work in batch)},
            clock=lambda: NOW,
        )
    assert seen == [1]


def test_lane_with_a_slow_batch_holds_up_no_other_and_both_stop(database: Database) -> None:
    with database.transaction() as session:
        jobs.put(session, "slow.topic", {}, now=NOW)
        jobs.put(session, "quick.topic", {}, now=NOW)
    released, stopping = threading.Event(), threading.Event()

    def slow(_batch: object) -> None:
        assert released.wait(20), "the quick lane did not run beside the slow one"
        stopping.set()

    lanes = [
        jobs.Lane("slow", {"slow.topic": slow}, 10),
        jobs.Lane("quick", {"quick.topic": lambda _batch: released.set()}, 10),
    ]
    jobs.work(database, lanes, stopping, clock=lambda: NOW, pause_seconds=0.01)
    with database.reading() as session:
        assert jobs.waiting(session) == 0


def test_fault_of_the_clock_ends_the_worker_with_all_its_lanes(database: Database) -> None:
    lanes = [jobs.Lane(name, {name: lambda _batch: None}, 10) for name in ("one", "two")]

    def broken() -> datetime:
        raise OSError("no clock")

    with pytest.raises(OSError, match="no clock"):
        jobs.work(database, lanes, threading.Event(), clock=broken, pause_seconds=0.001)


def test_idle_worker_asks_one_question_for_all_lanes_and_writes_nothing(database: Database) -> None:
    asked, stopping, began = [], threading.Event(), time.monotonic()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    def ticking() -> datetime:  # a clock that stood still would seem to have been set back
        if len(asked) > 8:
            stopping.set()
        return NOW + timedelta(seconds=time.monotonic() - began)

    lanes = [jobs.Lane(str(n), {str(n): lambda _batch: None}, 10) for n in range(8)]
    event.listen(database.engine, "before_cursor_execute", note)
    jobs.work(database, lanes, stopping, clock=ticking, pause_seconds=0.001)
    first = next(
        each for each in asked if each.startswith("SELECT DISTINCT catalogue_outbox.topic")
    )
    idle = asked[asked.index(first) :]  # before, a start looks once for what a clock left behind
    assert {each for each in idle if each != "BEGIN"} == {first}  # not BEGIN IMMEDIATE
    assert len(idle) > 2


def test_job_of_a_topic_that_nobody_handles_stays(database: Database) -> None:
    with database.transaction() as session:
        jobs.put(session, "later.version", {}, now=NOW)
    assert jobs.run_once(database, {"test.topic": lambda _batch: None}, clock=lambda: NOW) == 0
    with database.reading() as session:
        assert jobs.waiting(session) == 1


def test_bad_job_keeps_its_error_and_holds_up_no_other(database: Database) -> None:
    seen: list[int] = []

    def handle(batch: object) -> None:
        for work in batch:  # type: ignore[attr-defined]
            if work.payload["n"] == 2:
                raise ValueError("number two is bad")
            seen.append(work.payload["n"])

    with database.transaction() as session:
        for n in (1, 2, 3):
            jobs.put(session, "test.topic", {"n": n}, now=NOW)
    jobs.run_once(database, {"test.topic": handle}, clock=lambda: NOW)
    with database.reading() as session:
        left = session.scalars(select(jobs.Job)).all()
    assert set(seen) == {1, 3}
    assert [(job.payload["n"], job.error) for job in left] == [(2, "ValueError: number two is bad")]
    assert left[0].due_at > NOW


@on_sqlite
def test_statement_that_takes_too_long_is_broken_off_and_undone(database: Database) -> None:
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5e7)"
    database.limit_statements(1)
    with pytest.raises(OperationalError, match="interrupted"), database.transaction() as session:
        buyer(session)
        session.execute(text(f"{endless} SELECT count(*) FROM c")).all()
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0
        buyer(session)


def test_counts_alone_do_not_wait_for_the_disk(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "ON_WRITING", "FULL")  # other tests wait for no disk
    monkeypatch.setattr(db, "ON_NOTING", "NORMAL")

    def waits(opened: AbstractContextManager[Session]) -> bool:
        with opened as session:
            if database.is_sqlite:
                return session.scalar(text("PRAGMA synchronous")) == 2
            return session.scalar(text("SHOW synchronous_commit")) == "on"

    found = [waits(database.noting()), waits(database.transaction())]

    assert found == [False, True]


def test_noted_counts_are_there_for_the_next_reader(database: Database) -> None:
    with database.noting() as session:
        made = buyer(session)

    with database.reading() as session:
        assert session.get(Person, made.id) is not None
