"""What may befall an installation beside being killed: each trouble begins, and ends again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "growing"))

from ground import Place, Post

FAKETIME = "faketime/libfaketimeMT.so.1"  # of the Debian package libfaketime
ROOM_MB = 96


@dataclass
class Scene:
    """Where a trouble happens."""

    place: Place
    post: Post
    primary: Any = None  # database.Server, on PostgreSQL
    standby: Any = None


Trouble = Callable[[Scene], Any]  # begins it, and returns what ends it


def full_disk(scene: Scene) -> Callable[[], None]:
    """Leave no room where database, index and files lie."""
    filler = scene.place.folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1_000_000, 4_096):
            with suppress(OSError):
                while file.write(b"\0" * size) == size:
                    pass
    return filler.unlink


def locked(scene: Scene) -> Callable[[], None]:
    """Hold SQLite's lock for writing from another process's connection."""
    held = sqlite3.connect(scene.place.folder / "catalogue.sqlite", isolation_level=None)
    held.execute("PRAGMA busy_timeout=20000")
    held.execute("BEGIN IMMEDIATE")
    return held.close


def no_index(scene: Scene) -> Callable[[], None]:
    """Delete the search index."""
    shutil.rmtree(scene.place.folder / "index", ignore_errors=True)
    return lambda: None


def hanging_mail(scene: Scene) -> Callable[[], None]:
    """Let the mail server take letters and never answer."""
    scene.post.hangs = True

    def end() -> None:
        scene.post.hangs = False

    return end


def clock_ahead(scene: Scene) -> Callable[[], None]:
    """Set the clock of all processes an hour ahead, and back again."""
    return _set_clock(scene, "+3600")


def clock_behind(scene: Scene) -> Callable[[], None]:
    """Set the clock of all processes an hour back, and forth again."""
    return _set_clock(scene, "-3600")


def stopped_database(scene: Scene) -> Callable[[], None]:
    """Cut PostgreSQL off as a power cut does, and start it again."""
    scene.primary.stop("immediate")
    return scene.primary.start


def promoted(scene: Scene) -> Callable[[], None]:
    """Lose the primary for good; the standby takes its place."""
    scene.primary.stop("immediate")
    return scene.standby.promote


def clock_file(folder: Path) -> Path:
    """Return the file that tells the processes by how much their clock is wrong."""
    return folder / "clock"


def clock_environment(folder: Path) -> dict[str, str]:
    """Return what lets the clock of a process be set; nothing where libfaketime is missing."""
    found = sorted(Path("/usr/lib").glob(f"*/{FAKETIME}"))
    if not found:
        return {}
    clock_file(folder).write_text("+0\n")
    return {
        "LD_PRELOAD": str(found[0]), "FAKETIME_TIMESTAMP_FILE": str(clock_file(folder)),
        "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mount little room on the folder, where we may; tells whether."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM_MB}m", "tmpfs", str(folder)]
    may = os.getuid() == 0 and subprocess.run(command, check=False).returncode == 0
    try:
        yield may
    finally:
        if may:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


def _set_clock(scene: Scene, by: str) -> Callable[[], None]:
    told = clock_file(scene.place.folder)
    told.write_text(f"{by}\n")

    def end() -> None:
        told.write_text("+0\n")

    return end
