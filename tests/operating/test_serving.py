"""The web server, as a process of its own: it is restarted and stopped, and no request is lost."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ports import free_port

from catalogue.operating.own_folder import own_folder
from catalogue.operating.serving import Listening

PATIENCE_SECONDS = 60
AWAY_SECONDS = 0.02  # between being connected and asking


@dataclass
class Server:
    """A running web server, and what became of each request to it."""

    process: subprocess.Popen[str]
    port: int
    lines: list[dict[str, object]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    answered: int = 0

    def ask(self, path: str) -> tuple[int, http.client.HTTPMessage]:
        """Ask over a connection of its own, from as far away as another town."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.connect()
        time.sleep(AWAY_SECONDS)
        connection.request("GET", path, headers={"X-Request-ID": "of-the-tests"})
        with connection.getresponse() as answer:
            answer.read()
            connection.close()
            return answer.status, answer.headers

    def is_ready(self) -> bool:
        """Tell whether it says so, and answers at all."""
        with suppress(OSError, http.client.HTTPException):
            return self.ask("/readyz")[0] == 200
        return False

    def ask_until(self) -> None:
        """Ask one time after the other until it is no longer ready, and note what is lost."""
        while self.process.poll() is None:
            try:
                status, _headers = self.ask("/readyz")
                self.answered += status == 200
                if status == 503:  # a balancer turns away
                    return
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(repr(error))
                time.sleep(0.05)

    def read_log(self) -> None:
        """Keep the lines that it writes."""
        for line in self.process.stderr or ():
            with suppress(ValueError):
                self.lines.append(json.loads(line))


def _wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


@pytest.fixture
def server(empty_sqlite: Path, tmp_path: Path) -> Iterator[Server]:
    """A web server of one process, which is not ready for a moment before it stops."""
    shutil.copy(empty_sqlite, tmp_path / "catalogue.sqlite")
    port = free_port()
    environ = {name: each for name, each in os.environ.items() if "CATALOGUE_" not in name}
    environ |= {
        "CATALOGUE_DATA_FOLDER": str(tmp_path), "CATALOGUE_WEB_WORKERS": "1",
        "CATALOGUE_DRAIN_SECONDS": "2", "TMPDIR": str(tmp_path),
    }  # fmt: skip
    command = [sys.executable, "-m", "catalogue.cli", "web", "--port", str(port)]
    process = subprocess.Popen(
        command, env=environ, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    made = Server(process, port)
    reading = threading.Thread(target=made.read_log)
    reading.start()

    try:
        _wait_for(made.is_ready)
        yield made
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its children too
        process.wait()
        reading.join()
        if process.stderr:
            process.stderr.close()


def test_server_is_restarted_and_stopped_without_a_request_lost(server: Server) -> None:
    askers = [threading.Thread(target=server.ask_until, daemon=True) for _ in range(3)]
    for each in askers:
        each.start()
    server.process.send_signal(signal.SIGHUP)
    _wait_for(lambda: any(each["event"] == "web process replaced" for each in server.lines))
    _status, headers = server.ask("/")
    assert headers["X-Request-ID"] == "of-the-tests"
    server.process.send_signal(signal.SIGTERM)
    for each in askers:
        each.join(PATIENCE_SECONDS)  # each ends by the server's being no longer ready
    assert server.ask("/")[0] == 200, "though it answers who comes nevertheless"
    assert server.process.wait(PATIENCE_SECONDS) == 0
    assert server.lost == []
    assert server.answered > 100
    told = [each for each in server.lines if each["event"] == "request"]
    assert told[0]["request"] == "of-the-tests"
    assert (told[0]["route"], told[0]["status"]) == ("/", 200)


@pytest.mark.parametrize("unit", ["web", "worker"])
def test_unit_tells_only_the_keeper_to_stop(unit: str) -> None:
    # Else systemd tells all processes at once, and nobody is served while the keeper drains.
    text = (Path(__file__).parents[2] / "packaging" / f"catalogue-{unit}.service").read_text()
    assert "\nKillMode=mixed\n" in text


def test_folder_of_a_server_that_was_killed_goes_once_its_processes_have_ended(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = server.process.pid
    child = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()[-1]
    (left,) = tmp_path.glob("catalogue-web-*")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    os.kill(int(child), signal.SIGSTOP)
    os.kill(keeper, signal.SIGKILL)
    server.process.wait()
    with own_folder(tmp_path):
        assert left.is_dir()
    os.kill(int(child), signal.SIGKILL)
    _wait_for(lambda: not Path(f"/proc/{child}").exists())
    with own_folder(tmp_path):
        assert not left.exists()


def test_process_that_dies_is_replaced_by_one_that_serves(server: Server) -> None:
    keeper = server.process.pid
    children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
    os.kill(int(children[-1]), signal.SIGKILL)
    _wait_for(lambda: any(each["event"] == "web process replaced" for each in server.lines))
    _wait_for(server.is_ready)
    ends = [each for each in server.lines if "Unexpected exit" in str(each["event"])]
    assert len(ends) == 1
    assert server.process.poll() is None


def test_processes_end_with_the_one_that_looks_after_them(server: Server) -> None:
    server.process.kill()
    server.process.wait()
    _wait_for(lambda: not server.is_ready())

    with socket.create_server(("127.0.0.1", server.port)):
        pass  # the next server can have the port


def test_answers_go_at_once() -> None:
    served: Any = Listening("", address="127.0.0.1", port=0)
    served._init_shared_socket()
    with (
        served._sso as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
