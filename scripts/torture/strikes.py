"""The faults themselves: each strikes, lasts for a while, and is taken away."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from database import FOLLOWERS
from form import Process
from gate import Mode
from sqlalchemy import text
from stands import EMBEDDED, GROWN, Stand, kill_child

BLOCK = 64 * 1024
FULL_SECONDS, STOPPED_SECONDS = 15, 8
TROUBLES = {Mode.HANG: 22, Mode.REFUSE: 4, Mode.TRICKLE: 10}  # a mail server is awaited for 20
LOCKED_SECONDS = 40  # the time-out of CATALOGUE_SQLITE_BUSY_TIMEOUT_MS is 30
HOURS, DAY = 2 * 3600, 24 * 3600
CLOCKS = (HOURS, 0, -HOURS, 0, DAY, 0, -DAY, 0)  # seconds ahead of the right time
CLOCK_SECONDS = 8
KILLS, BETWEEN_KILLS_SECONDS = 5, 3
KILLS_OF_DATABASE, WHOLE_SECONDS = 2, 60
KILLS_OF_BUCKET, BUCKET_SECONDS = 3, 20  # its parts come up one after another
DECODER, DECODING_SECONDS = b"catalogue.media.sandbox", 60


@dataclass(frozen=True)
class Fault:
    """A fault: on which forms it is tried, and what strikes; it returns when it is over."""

    name: str
    forms: tuple[str, ...]
    strike: Callable[[Stand], None]
    fakes_time: bool = False


def kill_something(here: Stand, chance: random.Random) -> str:
    """End a process with SIGKILL: one that serves, a whole web server, or a worker."""
    victim: Process = chance.choice(here.processes)
    if victim.command[3] == "web" and chance.random() < 0.5:
        kill_child(victim)
        return f"a process of {victim.name}"
    victim.kill()
    return victim.name


def fill_disk(here: Stand) -> None:
    """Leave no room on the disk of the data, whatever becomes free, and then give it back."""
    ballast = here.volume / "ballast"
    with ballast.open("ab", buffering=0) as file:
        with suppress(OSError):  # somebody was quicker
            os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(here.volume).free)
        end = time.monotonic() + FULL_SECONDS
        while time.monotonic() < end:
            try:
                while True:
                    file.write(b"\0" * BLOCK)
            except OSError:
                time.sleep(0.1)
    ballast.unlink()


def stop_database(here: Stand) -> None:
    """Stop the primary at once (`immediate`), and start it after a while."""
    _down(here, 0)
    time.sleep(STOPPED_SECONDS)
    here.held_down.clear()


def fail_over(here: Stand) -> None:
    """Stop the primary at once (`immediate`) and for good, and make the standby the primary."""
    _down(here, 0)
    here.servers[1].promote()


def kill_database(here: Stand) -> None:
    """End a process of the primary that serves, then any of it, then the one that looks after
    them, then that of the standby, with SIGKILL, twice each.
    """
    chance, (primary, standby) = random.Random(2), here.servers
    for _each in range(KILLS_OF_DATABASE):
        primary.kill_child(chance, "client backend")
        _wait_until_whole(here)
        primary.kill_child(chance)
        _wait_until_whole(here)
        for server in (primary, standby):
            with here.holding_down(server):
                server.kill()
            _wait_until_whole(here)


def lock_sqlite(here: Stand) -> None:
    """Hold SQLite's one place for writing for longer than anybody waits for it."""
    path = here.place.folder / "catalogue.sqlite"
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(LOCKED_SECONDS)
        other.execute("ROLLBACK")


def trouble(name: str) -> Callable[[Stand], None]:
    """Return what makes a gate hang, then refuse, then trickle."""

    def strike(here: Stand) -> None:
        try:
            for mode, seconds in TROUBLES.items():
                here.gates[name].mode = mode
                time.sleep(seconds)
        finally:
            here.gates[name].mode = Mode.PASS

    return strike


def kill_keepers(here: Stand) -> None:
    """End what looks after the processes of each web server, alone, again and again."""
    for _each in range(KILLS):
        for process in here.processes:
            if process.command[3] == "web":
                process.kill_alone()
        time.sleep(BETWEEN_KILLS_SECONDS)


def kill_balancer(here: Stand) -> None:
    """End HAProxy with SIGKILL again and again; it is looked after as by systemd."""
    for _each in range(KILLS):
        for each in here.balancers:
            each.kill()
        time.sleep(BETWEEN_KILLS_SECONDS)


def kill_bucket(here: Stand) -> None:
    """End the server of S3 with SIGKILL again and again; it is looked after as by systemd."""
    for _each in range(KILLS_OF_BUCKET):
        for each in here.buckets:
            each.kill()
        time.sleep(BUCKET_SECONDS)


def kill_decoders(here: Stand) -> None:
    """End processes that decode a picture with SIGKILL, each as soon as it is seen."""
    end, killed = time.monotonic() + DECODING_SECONDS, 0
    while killed < KILLS and time.monotonic() < end:
        for each in list_decoders(here)[:1]:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
                killed += 1
            time.sleep(BETWEEN_KILLS_SECONDS)
        time.sleep(0.01)
    if killed < KILLS:
        raise RuntimeError(f"{killed} processes that decode were seen, not {KILLS}")


def set_clock(here: Stand) -> None:
    """Set the clock of web server and worker forward and back, and back and forward."""
    for each in CLOCKS:
        _set_clocks(here, here.processes, each)


def set_clocks_apart(here: Stand) -> None:
    """Set the clock of one web server alone forward and back, and then that of one worker."""
    for command in ("web", "work"):
        one = next(each for each in here.processes if each.command[3] == command)
        for each in CLOCKS[:4]:
            _set_clocks(here, [one], each)


def _set_clocks(here: Stand, processes: list[Process], seconds: int) -> None:
    for each in processes:
        new = here.clocks / f"{each.name}.new"
        new.write_text(str(seconds))
        new.replace(here.clocks / each.name)  # nobody reads half of it
    time.sleep(CLOCK_SECONDS)


def delete_index(here: Stand) -> None:
    """Take the search index away while it is used."""
    if here.form == GROWN:
        _empty_index(here)
    else:
        shutil.rmtree(_index(here))
    time.sleep(STOPPED_SECONDS)


def spoil_index(here: Stand) -> None:
    """Write nonsense over each file of the search index while it is used."""
    chance = random.Random(1)
    for path in _index(here).iterdir():
        if path.is_file() and (size := path.stat().st_size):
            with path.open("r+b") as file:
                file.seek(size // 3)
                file.write(chance.randbytes(max(1, size // 3)))
    time.sleep(STOPPED_SECONDS)


def list_decoders(here: Stand) -> list[int]:
    """List the processes of web servers that decode a picture just now."""
    ours, found = {each.process.pid for each in here.processes}, []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (
                DECODER in (folder / "cmdline").read_bytes()
                and os.getpgid(int(folder.name)) in ours
            ):
                found.append(int(folder.name))
    return found


def _wait_until_whole(here: Stand) -> None:
    """Wait for a while, and then until the standby follows the primary."""
    time.sleep(BETWEEN_KILLS_SECONDS)
    end = time.monotonic() + WHOLE_SECONDS
    while time.monotonic() < end:
        with suppress(subprocess.CalledProcessError):
            if here.servers[0].ask(FOLLOWERS) != "0":
                return
        time.sleep(0.1)
    raise TimeoutError("primary and standby are not up again")


def _down(here: Stand, number: int) -> None:
    server = here.servers[number]
    here.held_down.add(server.port)
    server.stop("immediate")


def _index(here: Stand) -> Path:
    folder = here.place.folder / "index"
    return folder / (folder / "current").read_text()


def _empty_index(here: Stand) -> None:
    from catalogue.search.postgres.tables import SCHEMA  # noqa: PLC0415

    with here.place.database.transaction() as session:
        session.execute(text(f"DROP SCHEMA {SCHEMA} CASCADE"))


FAULTS = (
    Fault("full-disk", (EMBEDDED, GROWN), fill_disk),
    Fault("sqlite-locked", (EMBEDDED,), lock_sqlite),
    Fault("database-stopped", (GROWN,), stop_database),
    Fault("database-killed", (GROWN,), kill_database),
    Fault("mail-server", (EMBEDDED, GROWN), trouble("smtp")),
    Fault("other-systems", (EMBEDDED, GROWN), trouble("systems")),
    Fault("bucket", (GROWN,), trouble("s3")),
    Fault("keeper-killed", (EMBEDDED, GROWN), kill_keepers),
    Fault("bucket-killed", (GROWN,), kill_bucket),
    Fault("decoder-killed", (EMBEDDED, GROWN), kill_decoders),
    Fault("index-deleted", (EMBEDDED, GROWN), delete_index),
    Fault("index-spoilt", (EMBEDDED,), spoil_index),
    Fault("haproxy", (GROWN,), kill_balancer),
    Fault("fail-over", (GROWN,), fail_over),  # the last: one server is left after it
    Fault("clock", (EMBEDDED, GROWN), set_clock, fakes_time=True),
    Fault("clocks-apart", (EMBEDDED, GROWN), set_clocks_apart, fakes_time=True),
)
