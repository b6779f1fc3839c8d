"""`catalogue run`: it keeps web server and worker running, and neither outlives it."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import ENGINES, POSTGRES_URL
from ports import free_port
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from waiting import wait_until

from catalogue.cli_serving import _answers
from catalogue.operating import serving

PATIENCE_SECONDS = 60


@pytest.fixture
def settings(empty_sqlite: Path, tmp_path: Path) -> dict[str, str]:
    """An environment with a migrated database."""
    shutil.copy(empty_sqlite, tmp_path / "catalogue.sqlite")
    kept = {name: each for name, each in os.environ.items() if "CATALOGUE_" not in name}
    return kept | {"CATALOGUE_DATA_FOLDER": str(tmp_path), "CATALOGUE_WEB_WORKERS": "1"}


@pytest.fixture(params=ENGINES)
def engine_without_tables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.sqlite"
        return
    name = f"catalogue_empty_{secrets.token_hex(4)}"
    admin = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(POSTGRES_URL).set(database=name).render_as_string(False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def supervisor(settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A running installation; its port is the last word of its command."""
    port = free_port()
    command = [sys.executable, "-m", "catalogue.cli", "run", "--port", str(port)]
    with subprocess.Popen(
        command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            wait_until(_health(process), by=process)
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def test_web_server_that_is_killed_is_started_again(supervisor: subprocess.Popen[bytes]) -> None:
    web = next(each for each in _children(supervisor.pid) if b"web" in _words(each))
    os.kill(web, signal.SIGKILL)
    _wait_for(lambda: any(b"web" in _words(each) for each in _children(supervisor.pid) - {web}))
    wait_until(_health(supervisor))


def test_web_server_and_worker_end_with_the_supervisor(
    supervisor: subprocess.Popen[bytes],
) -> None:
    children = _children(supervisor.pid)
    assert {word for each in children for word in _words(each)} >= {b"web", b"work"}
    supervisor.kill()
    _wait_for(lambda: not any(map(_words, children)))


def test_supervisor_does_not_load_what_it_only_has_others_do() -> None:
    heavy = {"catalogue.app", "catalogue.demo", "PIL", "numpy"}
    loads = f"import sys, catalogue.cli_serving; print(*sys.modules.keys() & {heavy})"
    assert subprocess.check_output([sys.executable, "-c", loads], text=True).split() == []


def test_supervisor_ends_with_the_status_of_what_cannot_be_prepared(
    settings: dict[str, str],
) -> None:
    ended = _told(settings | {"CATALOGUE_WEB_WORKERS": "many"}, "run")
    assert ended.returncode == 1
    assert "CATALOGUE_WEB_WORKERS" in ended.stderr


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:////nowhere/catalogue.sqlite", "unable to open database file"),
        ("postgresql+psycopg://us:secret@127.0.0.1:1/catalogue", "Connection refused"),
    ],
)
def test_database_that_is_out_is_told_in_short(
    settings: dict[str, str], url: str, reason: str
) -> None:
    ended = _told(settings | {"CATALOGUE_DATABASE_URL": url}, "migrate")
    assert ended.returncode == 1
    assert reason in ended.stderr
    assert "catalogue doctor" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "secret" not in ended.stderr


def test_place_that_is_shut_is_told_in_short(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = _told(settings | {"CATALOGUE_DATA_FOLDER": str(tmp_path / "file")}, "migrate")
    assert ended.returncode == 1
    assert f"File exists: '{tmp_path}/file'" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", ["web", "run"])
def test_port_that_another_has_is_told_in_short(settings: dict[str, str], command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        ended = _told(settings, command, "--port", port)
    assert ended.returncode == 1
    assert f"nobody can listen at 127.0.0.1:{port}: Address already in use" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_answers_that_it_is_not_well_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")  # which is not asked
    well: list[bool] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Ailing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for each in (503, 200):
            _Ailing.status = each
            well.append(_answers(f"http://127.0.0.1:{server.server_port}/healthz"))
        server.shutdown()
    assert well == [False, True]


def test_tables_that_are_not_there_are_told_with_what_mends_them(
    settings: dict[str, str], engine_without_tables: str
) -> None:
    given = settings | {"CATALOGUE_DATABASE_URL": engine_without_tables}
    for command in (["retention", "--dry-run"], ["work"]):
        ended = _told(given, *command)
        assert ended.returncode == 1
        assert "the tables have revision none" in ended.stderr
        assert "catalogue migrate" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_tables_of_a_newer_program_are_not_migrated(
    settings: dict[str, str], tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as database:
        database.execute("UPDATE catalogue_alembic_version SET version_num = '9999'")
        database.commit()
    for command in (["migrate"], ["migrate", "--dry-run"]):
        ended = _told(settings, *command)
        assert ended.returncode == 1
        assert "revision 9999 of a newer program" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_streams_that_are_closed_or_of_few_letters_end_no_command(
    settings: dict[str, str],
) -> None:
    ours = f"{shlex.quote(sys.executable)} -m catalogue.cli"
    shut = subprocess.run(
        ["sh", "-c", f"{ours} bounce <&-"], env=settings, capture_output=True, check=False,
    )  # fmt: skip
    assert (shut.returncode, shut.stdout) == (0, b"no report of mail that came back\n")
    told = _told(settings | {"PYTHONIOENCODING": "latin-1"}, "doctor")
    assert "worker: no worker is alive" in told.stdout
    assert "Traceback" not in told.stderr


def test_server_of_an_address_of_ipv6_is_named_as_addresses_are() -> None:
    assert serving.written("::1", 8000) == "[::1]:8000"


def test_fault_of_a_command_keeps_its_trace(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "secret_key").mkdir()
    ended = _told(settings, "demo")
    assert ended.returncode == 1
    assert "Traceback" in ended.stderr


class _Ailing(BaseHTTPRequestHandler):
    """Answers with one status and no more."""

    status = 200

    def do_GET(self) -> None:  # its name is the library's
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


def _told(settings: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "catalogue.cli", *command], env=settings, capture_output=True,
        text=True, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip


def _health(process: subprocess.Popen[bytes]) -> str:
    return f"http://127.0.0.1:{list(process.args)[-1]}/healthz"  # type: ignore[arg-type]


def _children(pid: int) -> set[int]:
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def _words(pid: int) -> list[bytes]:
    """Return the words of a process's command; none when it has ended."""
    try:
        return [each for each in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") if each]
    except FileNotFoundError:
        return []


def _wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)
