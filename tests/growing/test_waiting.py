"""Scripts and tests wait for a server that they have started no longer than its process lives."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from ports import free_port
from waiting import wait_until

SERVER = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1"]


def test_who_waits_goes_on_when_the_server_answers(tmp_path: Path) -> None:
    port = free_port()
    with subprocess.Popen(
        [*SERVER, str(port)], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_until(f"http://127.0.0.1:{port}/", 60, by=process)
        finally:
            process.kill()


def test_server_that_has_ended_is_not_waited_for_and_its_last_words_are_told(
    tmp_path: Path,
) -> None:
    began, log = time.monotonic(), tmp_path / "log"
    with (
        log.open("wb") as told,
        subprocess.Popen([sys.executable, "-c", "raise SystemExit('no disk')"], stderr=told) as by,
        pytest.raises(RuntimeError, match="has ended; it told:\nno disk"),
    ):
        wait_until(f"http://127.0.0.1:{free_port()}/", by=by, log=log)
    assert time.monotonic() - began < 60


def test_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("still drawing")
    address = f"http://127.0.0.1:{free_port()}/"
    with pytest.raises(TimeoutError, match=r"within 0\.1 seconds: .*; it told:\nstill drawing"):
        wait_until(address, 0.1, log=tmp_path / "log")
