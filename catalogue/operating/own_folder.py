"""The folder in which a web server tells its processes things; none is left behind for ever.

A server that is killed cannot remove its folder, so the next one of the same installation does.
It removes no other: a lock, which ends with the processes that hold it, tells who still serves.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK = "served"


@contextmanager
def own_folder(data_folder: Path) -> Iterator[Path]:
    """Make a folder for the server of this data folder, after those of its dead ones are removed.

    It lies among the temporary files of this machine, for the data folder may be another's too.
    """
    named = hashlib.sha256(os.fsencode(data_folder.resolve())).hexdigest()[:12]
    prefix = f"catalogue-web-{named}-"
    for each in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        _remove_if_dead(each)
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        # There is no lock that nobody holds yet: another server would take it for a dead one's.
        unfinished = Path(name) / f"{LOCK}.new"
        unfinished.touch()
        with _held(unfinished):
            unfinished.rename(Path(name) / LOCK)
            yield Path(name)


@contextmanager
def serving_in(folder: Path) -> Iterator[None]:
    """Keep the folder while a process of the server lives, even if its keeper was killed."""
    with _held(folder / LOCK):
        yield


def _remove_if_dead(folder: Path) -> None:
    """Remove a folder of ours whose lock nobody holds; one without a lock is left as it is."""
    with suppress(OSError):  # another server removes it too, it is another person's, or it is held
        if folder.lstat().st_uid == os.geteuid():
            with _opened(folder / LOCK) as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    with _opened(path) as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        yield opened
    finally:
        os.close(opened)
