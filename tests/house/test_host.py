"""Mounted in an intranet with all of its own: nothing there changes, and Catalogue is whole."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cast
import pytest
from drawn import csrf_token
from flask import Flask
from flask.cli import FlaskGroup
from flask.sessions import SecureCookieSessionInterface
from flask_migrate import downgrade
from house.intranets import (
    CARETAKER,
    PURCHASER,
    TEACHER,
    opened,
    settle_catalogue,
    sign_in,
    told,
)
from intranet.models import User, db
from sqlalchemy import inspect, select

from catalogue.accounts.models import Person, PersonRole
from catalogue.cli import main
from catalogue.core.audit import AuditEvent
from catalogue.core.http import framing

HOST = Path(__file__).parents[2] / "examples" / "host"
OWN = ["/", "/nothing", "/static/nothing.css", "/fejl", "/mig", "/afdeling/teknik/",
       "/static/intranet.css", "/log-paa/"]  # fmt: skip


@pytest.fixture(scope="module")
def intranet(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Iterator[Flask]:
    """The intranet with Catalogue at /indkob."""
    with opened(tmp_path_factory.mktemp("intranet"), empty_sqlite) as app:
        settle_catalogue(app)
        yield app


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Iterator[Flask]:
    """The same intranet, nothing mounted."""
    with opened(tmp_path_factory.mktemp("alone"), empty_sqlite, with_catalogue=False) as app:
        yield app


@pytest.mark.parametrize("email", [None, TEACHER])
def test_host_answers_byte_for_byte_as_without_catalogue(
    intranet: Flask, alone: Flask, email: str | None
) -> None:
    with_it, without = intranet.test_client(), alone.test_client()
    for client in (with_it, without):
        if email:
            sign_in(client, email)
    for address in OWN:
        assert told(with_it.get(address)) == told(without.get(address)), address
    assert told(with_it.post("/log-af")) == told(without.post("/log-af"))  # no token: its own no
    kept = set(intranet.jinja_env.filters), set(intranet.jinja_env.globals)
    assert kept == (set(alone.jinja_env.filters), set(alone.jinja_env.globals))


def test_each_side_has_its_own_page_for_what_is_missing(intranet: Flask) -> None:
    client = intranet.test_client()
    theirs, ours = "Den side findes ikke på intranettet", "Siden findes ikke"
    for address in ("/nothing", "/indkobt", "/static/catalogue.css"):
        page = client.get(address)
        assert (page.status_code, theirs in page.text, ours in page.text) == (404, True, False)
    for address in ("/indkob/nothing", "/indkob/static/nothing.css"):
        page = client.get(address)
        assert (page.status_code, theirs in page.text, ours in page.text) == (404, False, True)
    page = client.delete("/indkob/log-ind")
    assert (page.status_code, ours in page.text) == (405, True)
    assert page.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert client.post("/indkob/nothing").status_code == 404


def test_person_of_the_host_acts_in_her_role_and_keeps_what_is_hers(intranet: Flask) -> None:
    client = intranet.test_client()
    asked = client.get("/indkob/kurv")
    assert asked.location == "/indkob/log-ind?next=/indkob/kurv?"
    led = client.get(asked.location)
    assert led.location == "/log-paa?next=/indkob/kurv?"
    trap = client.get("/indkob/log-ind?next=//evil.example/")
    assert trap.location == "/log-paa?next=/indkob/"
    assert sign_in(client, TEACHER, "/indkob/kurv").location == "/indkob/kurv"
    page = client.get("/indkob/kurv")
    assert (page.status_code, "Lise Lærer" in page.text) == (200, True)
    assert "/indkob/log-ud" not in page.text  # she signs out where she signed in
    form = {"locale": "en", "next": "/indkob/kurv", "csrf_token": csrf_token(page.text)}
    assert client.post("/indkob/sprog", data=form).location == "/indkob/kurv"
    assert client.post("/indkob/sprog", data={"locale": "da"}).status_code == 403
    assert "Basket" in client.get("/indkob/kurv").text
    with client.session_transaction() as session:
        assert session["theme"] == "dark"
        theirs = {name for name in session if not name.startswith("catalogue_")}
    assert theirs == {"_user_id", "_fresh", "_id", "csrf_token", "theme"}
    mine = client.get("/mig")
    assert "dark" in mine.text
    assert client.get("/", headers={"Accept-Language": "da"}).text.count("Velkommen") == 1
    client.post("/log-af", data={"csrf_token": csrf_token(mine.text)})
    assert client.get("/indkob/kurv").status_code == 303


def test_signing_out_of_catalogue_leaves_the_session_of_the_host(intranet: Flask) -> None:
    client = intranet.test_client()
    sign_in(client, TEACHER)
    token = csrf_token(client.get("/indkob/kurv").text)
    assert client.post("/indkob/log-ud", data={"csrf_token": token}).status_code == 303
    assert "Lise Lærer" in client.get("/mig").text


def test_who_is_not_known_to_the_host_may_have_signed_in_here(intranet: Flask) -> None:
    client = intranet.test_client()
    with intranet.extensions["catalogue"].database.transaction() as session:
        worker = cast.worker(session, cast.enterprise(session))
    cast.sign_in_as(client, worker)
    assert client.get("/indkob/").location == "/indkob/varer-hos-os"
    sign_in(client, TEACHER)
    assert 'class="home-columns"' in client.get("/indkob/").text
    client.post("/log-af", data={"csrf_token": csrf_token(client.get("/mig").text)})
    assert client.get("/indkob/varer-hos-os").status_code == 303  # nobody, not who came before her


def test_roles_follow_what_the_host_says_and_are_written_in_the_audit(intranet: Flask) -> None:
    client = intranet.test_client()
    sign_in(client, PURCHASER)
    assert client.get("/indkob/").location == "/indkob/daekning"
    with intranet.app_context():
        person = db.session.scalars(select(User).where(User.email == PURCHASER)).one()
        person.job = "teacher"
        db.session.commit()
    assert 'class="home-columns"' in client.get("/indkob/").text
    with intranet.extensions["catalogue"].database.reading() as session:
        made = session.scalars(select(Person).where(Person.email == PURCHASER)).one()
        held = session.scalars(select(PersonRole.role).where(PersonRole.person_id == made.id))
        assert list(held) == ["buyer"]
        events = select(AuditEvent.action).where(AuditEvent.object_id == made.id)
        events = events.where(AuditEvent.object_type == "person").order_by(AuditEvent.id)
        assert list(session.scalars(events)) == [
            "person.registered", "role.granted", "role.granted", "role.withdrawn",
        ]  # fmt: skip
    sign_in(client, CARETAKER)  # in the same browser
    assert client.get("/indkob/kurv").status_code == 403
    assert "Ole Pedel" in client.get("/indkob/").text


def test_every_address_of_a_page_has_the_prefix_or_is_the_hosts(intranet: Flask) -> None:
    client = intranet.test_client()
    sign_in(client, TEACHER)
    page = client.get("/indkob/soeg")
    found = set(re.findall(r'(?:href|src|action|data-suggest)="([^"#][^"]*)"', page.text))
    strange = {each for each in found if not each.startswith(("/indkob/", "?"))}
    assert strange == {"/", "/static/purchasing.css"}
    files = {each for each in found if each.startswith("/indkob/static/")}
    assert len(files) > 4
    for each in files:
        answer = client.get(each)
        assert answer.status_code == 200, each
        answer.close()


def test_programs_are_not_met_by_the_guard_of_the_hosts_forms(intranet: Flask) -> None:
    client = intranet.test_client()
    answer = client.post("/indkob/api/v1/orders", json={})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    contract = client.get("/indkob/api/v1/openapi.json").json
    assert contract["servers"] == [{"url": "/indkob"}]


def test_migrations_run_beside_the_hosts(
    tmp_path: Path, empty_sqlite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(tmp_path, empty_sqlite) as app, app.app_context():
        tables = set(inspect(db.engine).get_table_names())
        assert {"alembic_version", "catalogue_alembic_version", "users"} <= tables
        app.test_cli_runner().invoke(args=["db", "check"], catch_exceptions=False)
        downgrade(revision="base")
        left = set(inspect(db.engine).get_table_names())
    assert tables - left == {"users", "news"}


def test_the_commands_of_its_page_settle_a_fresh_copy(tmp_path: Path) -> None:
    shutil.copytree(HOST, tmp_path / "host", ignore=shutil.ignore_patterns("instance"))
    page = (HOST / "README.md").read_text(encoding="utf-8")
    settling = re.findall(
        r"^flask (--app intranet (?:db upgrade|catalogue migrate|people))", page, re.M
    )
    assert len(settling) == 3
    for command in settling:
        asked = [sys.executable, "-m", "flask", *command.split()]
        ended = subprocess.run(
            asked, check=False, cwd=tmp_path / "host", capture_output=True, text=True
        )
        assert ended.returncode == 0, ended.stderr
    with sqlite3.connect(tmp_path / "host" / "instance" / "intranet.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (3,)
        assert connection.execute("SELECT count(*) FROM catalogue_persons").fetchone() == (0,)
    connection.close()


def test_commands_work_on_the_host_and_leave_serving_to_it(intranet: Flask) -> None:
    commands = FlaskGroup(create_app=lambda: intranet)
    commands.add_command(main, "catalogue")
    run = intranet.test_cli_runner().invoke
    assert (
        "the host's own web server serves Catalogue" in run(commands, ["catalogue", "run"]).output
    )
    taken = run(commands, ["catalogue", "collect-documents"], catch_exceptions=False)
    assert taken.output == "0 taken, 0 refused, 0 of ours acknowledged\n"


def test_a_session_interface_set_after_mounting_is_told(intranet: Flask) -> None:
    ours, intranet.session_interface = intranet.session_interface, SecureCookieSessionInterface()
    try:
        with (
            intranet.test_request_context("/"),
            pytest.raises(RuntimeError, match="mount Catalogue last"),
        ):
            framing.begin(intranet.response_class(), "/indkob", 1, "token", [])
    finally:
        intranet.session_interface = ours


def test_limits_of_requests_are_each_side_s_own(
    intranet: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(intranet.config, "MAX_CONTENT_LENGTH", 1000)
    client, large = intranet.test_client(), {"text": "x" * 600_000}
    assert client.post("/log-paa", data=large).status_code == 413
    assert client.post("/indkob/log-ind", data=large).status_code == 403  # read, but not by token
