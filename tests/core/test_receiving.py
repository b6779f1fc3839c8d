"""Files of strangers: told by content, scanned by a real clamd before anybody can read them."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import AF_INET, AF_UNIX, SOCK_STREAM, socket

import pytest

from catalogue.core import kept_files, receiving
from catalogue.core.errors import Invalid
from catalogue.core.folder import Folder
from catalogue.core.receiving import Door
from catalogue.core.scanning import Clamd, ScannerSilent, find_clamd
from catalogue.core.text import reading_in
from catalogue.settings import Settings

PDF = b"%PDF-1.7\nA data sheet.\n%%EOF\n"
# The test file of eicar.org, in two halves so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
INFECTED = b"%PDF-1.7\n" + EICAR + b"\n%%EOF\n"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    """A real clamd with a database of one signature, which loads at once."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("clamd is not installed: on Debian, apt-get install clamav-daemon")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "signatures").mkdir()
    (folder / "signatures" / "test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"LocalSocket {folder}/socket\nDatabaseDirectory {folder}/signatures\n"
        "Foreground yes\nStreamMaxLength 1M\n"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-c", str(folder / "clamd.conf")], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        found = Clamd(str(folder / "socket"), 10)
        _wait_for(found, folder / "log")
        yield found
    finally:
        process.terminate()
        process.wait(30)


def test_infected_file_is_refused_by_a_real_clamd_and_not_stored(
    clamd: Clamd, tmp_path: Path
) -> None:
    said = refusal(Door("evidence", 10_000_000, clamd.scan), INFECTED, tmp_path)
    assert "Eicar-Test" in said and "send a clean file" in said
    assert list(tmp_path.iterdir()) == []


def test_clean_file_passes_a_real_clamd(clamd: Clamd, tmp_path: Path) -> None:
    door = Door("evidence", 10_000_000, clamd.scan)
    long = b"%PDF-1.7\n" + b"x" * 200_000 + b"\n%%EOF\n"  # in several pieces
    for content in (PDF, long):
        received = receiving.receive(Folder(tmp_path), door, "Datablad.pdf", content)
        assert kept_files.read(Folder(tmp_path), received.sha256) == content


def test_virus_of_a_file_that_was_clean_yesterday_is_found_today(
    clamd: Clamd, tmp_path: Path
) -> None:
    receiving.receive(Folder(tmp_path), Door("evidence", 10_000_000), "A.pdf", INFECTED)
    assert "Eicar-Test" in refusal(Door("evidence", 10_000_000, clamd.scan), INFECTED, tmp_path)


def test_file_that_clamd_finds_too_large_to_scan_is_refused(clamd: Clamd, tmp_path: Path) -> None:
    large = b"%PDF-1.7\n" + b"x" * 3_000_000 + b"\n%%EOF\n"
    assert "does not answer" in refusal(Door("evidence", 10_000_000, clamd.scan), large, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_scanner_that_is_not_there_refuses_every_file(tmp_path: Path) -> None:
    for address in (str(tmp_path / "no-socket"), "127.0.0.1:1", "not an address"):
        clamd = Clamd(address, 2)
        with pytest.raises(ScannerSilent):
            clamd.check()
        assert "try again later" in refusal(Door("files", 10_000_000, clamd.scan), PDF, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("answer", [b"", b"stream: not sure ERROR\0", b"\0", b"OKAY"])
def test_scanner_that_does_not_say_the_file_is_clean_refuses_it(
    answer: bytes, tmp_path: Path
) -> None:
    with answering(tmp_path / "socket", answer) as clamd, pytest.raises(ScannerSilent):
        clamd.scan(PDF)


def test_scanner_that_keeps_silent_is_not_waited_for_long(tmp_path: Path) -> None:
    with socket(AF_UNIX, SOCK_STREAM) as listening:
        listening.bind(str(tmp_path / "socket"))
        listening.listen()
        began = time.monotonic()
        with pytest.raises(ScannerSilent):
            Clamd(str(tmp_path / "socket"), 1).scan(PDF)
        assert time.monotonic() - began < 5


def test_clamd_is_reached_over_the_network_too() -> None:
    with answering(("127.0.0.1", 0), b"stream: Worm.X FOUND\0") as clamd:
        assert clamd.scan(PDF) == "Worm.X"


def test_without_the_setting_nothing_is_scanned() -> None:
    assert find_clamd(Settings()) is None
    assert find_clamd(Settings(clamav_socket="/run/clamd")) == Clamd("/run/clamd", 20)


def test_door_lets_in_its_own_types_only(tmp_path: Path) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 60
    assert "Only PDF can be attached" in refusal(Door("a", 10**7, None, ("pdf",)), png, tmp_path)
    assert "half there" in refusal(Door("a", 10**7), png, tmp_path)


def refusal(door: Door, content: bytes, folder: Path) -> str:
    """Return with which words a file is refused."""
    with reading_in("en"), pytest.raises(Invalid) as caught:
        receiving.receive(Folder(folder), door, "Datablad.pdf", content)
    with reading_in("en"):
        return str(caught.value.problems[door.field][0])


@contextmanager
def answering(address: Path | tuple[str, int], answer: bytes) -> Iterator[Clamd]:
    """Listen as a scanner would, read one file, and answer."""
    unix = isinstance(address, Path)
    with socket(AF_UNIX if unix else AF_INET, SOCK_STREAM) as listening:
        listening.bind(str(address) if isinstance(address, Path) else address)
        listening.listen()
        there = str(address) if unix else ":".join(map(str, listening.getsockname()))

        def serve() -> None:
            with listening.accept()[0] as asked:
                while not asked.recv(65_536).endswith(b"\0\0\0\0"):
                    pass
                asked.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield Clamd(there, 5)
        thread.join(5)


def _wait_for(clamd: Clamd, log: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            clamd.check()
        except ScannerSilent:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"clamd did not start: {log.read_text()[-2000:]}")
