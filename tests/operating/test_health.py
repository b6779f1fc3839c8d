"""Alive, ready, figures: each told to whom it may be told; no line of the log names anybody."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import cast
import pytest
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from operating.collector import collecting
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text, update

from catalogue import cli_working, lanes
from catalogue.core import jobs, logs, workers
from catalogue.core.db import Database
from catalogue.core.http import measuring
from catalogue.core.jobs import Lane, Work
from catalogue.coverage import health, health_pages

MINUTE = timedelta(minutes=1)


def figures(told: str) -> dict[str, float]:
    """Return the figures of an answer by name and labels."""
    return {
        " ".join([each.name, *each.labels.values()]): each.value
        for family in text_string_to_metric_families(told)
        for each in family.samples
    }


def test_figures_tell_queues_by_lane_workers_and_requests_by_route(
    app: Flask, client: CatalogueClient
) -> None:
    database: Database = app.extensions["catalogue"].database
    with database.transaction() as session:
        workers.begin(session, "here:1", {"mail": ["order.mail"]}, cast.NOW - MINUTE)
        for topic, minutes in (("order.mail", 3), ("order.mail", -9), ("search.index", 2)):
            due_at = cast.NOW - minutes * MINUTE
            jobs.put(session, topic, {}, now=cast.NOW - 5 * MINUTE, due_at=due_at)
        failed = update(jobs.Job).where(jobs.Job.due_at > cast.NOW).values(error="no")
        session.execute(failed)
    client.get("/log-ind")
    client.get("/there/is/none")
    told = figures(client.get("/metrics").text)
    wanted = {
        "catalogue_queue_jobs mail": 2, "catalogue_queue_due_seconds mail": 180,
        "catalogue_queue_failing_jobs mail": 1, f"catalogue_queue_jobs {health.NOBODYS}": 1,
        "catalogue_index_lag_seconds": 300, "catalogue_ceilings near": 0,
        "catalogue_request_seconds_count GET /log-ind 200": 1,
        "catalogue_request_seconds_count GET /<path:unknown> 404": 1,
        "catalogue_worker_seen_timestamp_seconds here:1": (cast.NOW - MINUTE).timestamp(),
    }  # fmt: skip
    assert {name: told.get(name) for name in wanted} == wanted


@on_sqlite
@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        ("", {}, 200),
        ("", {"Host": "127.0.0.1:8000"}, 200),
        ("", {"Host": "[::1]:8000"}, 200),
        ("", {"Host": "indkob.example.dk"}, 404),  # handed on by a proxy on this machine
        ("", {"X-Forwarded-For": "203.0.113.9"}, 404),
        ("of-tests", {}, 404),
        ("of-tests", {"Authorization": "Bearer of-others"}, 404),
        ("of-tests", {"Authorization": "Bearer of-tests", "X-Forwarded-For": "203.0.113.9"}, 200),
    ],
)
def test_figures_are_for_the_machine_itself_or_for_the_token(
    app: Flask, client: CatalogueClient, token: str, headers: dict[str, str], status: int
) -> None:
    object.__setattr__(app.extensions["catalogue"].settings, "metrics_token", token)
    assert client.get("/metrics", headers=headers).status_code == status


@on_sqlite
def test_stranger_gets_no_figures(client: CatalogueClient) -> None:
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 404


@on_sqlite
def test_it_is_not_ready_while_migrations_are_missing_or_it_goes_down(
    app: Flask, client: CatalogueClient, tmp_path: Path
) -> None:
    state = app.extensions["catalogue"]
    state.parts[health_pages.DRAINING] = tmp_path / "draining"
    assert client.get("/readyz").json == {"status": "ok"}
    for revision, status in (("0030", 503), ("9999", 200)):  # of a newer program: an upgrade runs
        with state.database.transaction() as session:
            session.execute(
                text(f"UPDATE catalogue_alembic_version SET version_num = '{revision}'")
            )
        assert client.get("/readyz").status_code == status, revision
    (tmp_path / "draining").touch()
    assert client.get("/readyz").json == {"status": "draining"}
    assert client.get("/livez").status_code == 200


@on_sqlite
@pytest.mark.parametrize("path", ["/readyz", "/healthz"])
def test_what_asks_for_health_is_told_in_one_line_that_the_database_is_out(
    app: Flask, client: CatalogueClient, tmp_path: Path, path: str
) -> None:
    state = app.extensions["catalogue"]
    state.database = Database(f"sqlite:///{tmp_path}/none/gone.sqlite")
    answer = client.get(path)
    assert (answer.status_code, answer.json) == (503, {"status": "the database does not answer"})
    assert client.get("/livez").status_code == 200


@on_sqlite
@pytest.mark.parametrize("sent", ["", "short", "x" * 65, "with blank", "a\tb", "mette@kommune.dk"])
def test_id_of_a_request_is_taken_over_only_if_well_formed(
    client: CatalogueClient, sent: str
) -> None:
    good = client.get("/livez", headers={"X-Request-ID": "of-proxy.1"}).headers["X-Request-ID"]
    assert good == "of-proxy.1"
    made = client.get("/livez", headers={"X-Request-ID": sent}).headers["X-Request-ID"]
    assert (len(made), made != sent) == (32, True)


@on_sqlite
def test_work_carries_the_request_that_it_follows_from(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(logs.JsonLines())
    caplog.set_level(logging.INFO, "catalogue")
    with logs.during(["of-a-request"]), database.transaction() as session:
        jobs.put(session, "first.topic", {}, now=cast.NOW)

    def hand_on(_batch: object) -> None:
        with database.transaction() as session:
            jobs.put(session, "second.topic", {}, now=cast.NOW)

    def fail(_batch: object) -> None:
        raise ValueError("refused: mette@kommune.dk")

    for topic, handler in (("first.topic", hand_on), ("second.topic", fail)):
        jobs.run_once(database, {topic: handler}, clock=lambda: cast.NOW)
    lines = [json.loads(line) for line in caplog.text.splitlines()]
    assert [(each["event"], each["request"]) for each in lines] == [
        ("job done", "of-a-request"), ("job failed", "of-a-request"),
    ]  # fmt: skip
    assert "refused: …@…" in lines[1]["error"]
    assert "mette" not in str(lines)


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("to <mette@kommune.dk>: no", "to <…@…>: no"),
        ("{'a.b+c@x.example.dk': (550, b'gone')}", "{'…@…': (550, b'gone')}"),
        ("@app.route and 3 @ 4", "@app.route and 3 @ 4"),
    ],
)
def test_addresses_of_mail_are_blotted_out(line: str, clean: str) -> None:
    assert logs.without_addresses(line) == clean


@on_sqlite
def test_spans_go_where_opentelemetry_is_told_to_send_them(
    app: Flask, client: CatalogueClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = app.extensions["catalogue"]
    assert state.parts[measuring.PART].tracing is None
    with collecting(monkeypatch) as sent:
        measuring.open_measures(state)
        client.get("/log-ind", headers={"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"})
        state.parts[measuring.PART].tracing.close()
    ((path, told),) = sent
    assert path == "/v1/traces"
    assert b"GET /log-ind" in told
    assert b"\xab" * 16 in told


@on_sqlite
def test_each_batch_of_work_leaves_a_span_that_tells_its_requests_and_whether_it_failed(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = app.extensions["catalogue"]
    done: list[int] = []

    def fail(_batch: Sequence[Work]) -> None:
        raise ValueError("no")

    known = [Lane("a lane", {"good.topic": lambda batch: done.append(len(batch)),
                             "bad.topic": fail}, 10)]  # fmt: skip
    assert cli_working._traced(known, None) is known
    with logs.during(["of-a-request"]), database.transaction() as session:
        for topic in ("good.topic", "good.topic", "bad.topic"):
            jobs.put(session, topic, {}, now=cast.NOW)
    with collecting(monkeypatch) as sent:
        measuring.open_measures(state)
        tracing = state.parts[measuring.PART].tracing
        (lane,) = cli_working._traced(known, tracing)
        while jobs.run_once(database, lane.handlers, clock=lambda: cast.NOW):
            pass
        tracing.close()
    told = b"".join(content for _path, content in sent)
    assert (done, lane.name, lane.limit) == ([2], "a lane", 10)
    assert told.count(b"good.topic") == told.count(b"bad.topic") == 1, "a span for each batch"
    assert told.count(b"catalogue.requests") == 2
    assert b"of-a-request" in told
    assert b"ValueError" in told


@on_sqlite
def test_work_that_only_the_program_before_did_is_cleared(app: Flask, database: Database) -> None:
    with database.transaction() as session:
        for topic in lanes.OF_BEFORE:
            jobs.put(session, topic, {}, now=cast.NOW)
    for lane in lanes.lanes(app.extensions["catalogue"]):
        jobs.run_once(database, lane.handlers, clock=lambda: cast.NOW)
    with database.reading() as session:
        assert not [each for each in lanes.OF_BEFORE if jobs.is_waiting(session, each)]
