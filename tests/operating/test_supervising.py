"""`catalogue run`: it keeps web server and worker running, and neither outlives it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from ports import free_port
from waiting import wait_until

from catalogue.operating import serving

PATIENCE_SECONDS = 60


@pytest.fixture
def settings(empty_sqlite: Path, tmp_path: Path) -> dict[str, str]:
    """An environment with a migrated database."""
    shutil.copy(empty_sqlite, tmp_path / "catalogue.sqlite")
    kept = {name: each for name, each in os.environ.items() if "CATALOGUE_" not in name}
    return kept | {"CATALOGUE_DATA_FOLDER": str(tmp_path), "CATALOGUE_WEB_WORKERS": "1"}


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


def test_port_that_another_has_is_told_in_short(settings: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        ended = _told(settings, "web", "--port", port)
    assert ended.returncode == 1
    assert f"nobody can listen at 127.0.0.1:{port}: Address already in use" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_server_of_an_address_of_ipv6_is_named_as_addresses_are() -> None:
    assert serving.written("::1", 8000) == "[::1]:8000"


def test_fault_of_a_command_keeps_its_trace(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "secret_key").mkdir()
    ended = _told(settings, "demo")
    assert ended.returncode == 1
    assert "Traceback" in ended.stderr


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
