"""The folder of a web server that was killed goes when the next one starts, and no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from catalogue.operating.own_folder import LOCK, own_folder, serving_in

HOLD = """
import sys
from pathlib import Path
from catalogue.operating.own_folder import own_folder, serving_in
with {made} as folder:
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files of the machine lie, for processes of the tests too."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    monkeypatch.setenv("TMPDIR", str(made))
    return made


@contextmanager
def another(made: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Run another process that is in a folder; yields both."""
    command = [sys.executable, "-c", HOLD.format(made=made)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def killed(data: Path) -> Path:
    """Return the folder of a server that was killed."""
    with another(f"own_folder(Path({str(data)!r}))") as (process, folder):
        os.kill(process.pid, signal.SIGKILL)
    return folder


def test_server_that_ends_leaves_no_folder(tmp_path: Path, temporary: Path) -> None:
    with own_folder(tmp_path) as folder:
        (folder / "draining").touch()
        assert list(temporary.iterdir()) == [folder]
    assert list(temporary.iterdir()) == []


def test_folder_of_a_server_that_was_killed_goes_when_the_next_starts(tmp_path: Path) -> None:
    left = killed(tmp_path)
    assert left.is_dir()

    with own_folder(tmp_path) as folder:
        assert not left.exists()
        assert folder.is_dir()


def test_folder_of_a_server_that_serves_stays(tmp_path: Path) -> None:
    with another(f"own_folder(Path({str(tmp_path)!r}))") as (_process, theirs):
        with own_folder(tmp_path):
            pass
        assert (theirs / LOCK).exists()


def test_folder_stays_while_a_process_serves_whose_keeper_was_killed(tmp_path: Path) -> None:
    left = killed(tmp_path)
    with serving_in(left), own_folder(tmp_path):
        assert left.is_dir()
    with own_folder(tmp_path):
        assert not left.exists()


def test_folders_that_are_not_certainly_of_a_dead_server_of_ours_stay(
    tmp_path: Path, temporary: Path
) -> None:
    of_another_installation = killed(tmp_path / "other")
    beginning = killed(tmp_path)
    (beginning / LOCK).unlink()  # it was killed before it had a lock, or is about to have one
    led_astray = temporary / f"{beginning.name}-led-astray"
    led_astray.symlink_to(of_another_installation)

    with own_folder(tmp_path):
        pass

    assert sorted(temporary.iterdir()) == sorted([of_another_installation, beginning, led_astray])
