"""Where written catalogue files lie: apart for each municipality, each file whole or not there.

A setting names a folder that another system reads; without it they lie where all files do.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from catalogue.core.shelves import CATALOGUE_FILES, open_shelf
from catalogue.core.storage import Shelf
from catalogue.settings import Settings

from .rules import FileKind


@dataclass(frozen=True)
class Written:
    """What was written: how many rows, how large it is, and its hash."""

    rows: int
    size_bytes: int
    sha256: str


def name_of(file_id: int, kind: FileKind) -> str:
    """Return the name of a file, which stays the same whatever it is called."""
    return f"katalogfil-{file_id}.{kind.value}"


def write(
    settings: Settings, municipality_code: str, name: str, fill: Callable[[IO[bytes]], int]
) -> Written:
    """Write a file beside its place and put it there in one step; `fill` returns its rows."""
    with tempfile.TemporaryFile() as file:
        rows = fill(file)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        _of(settings, municipality_code).write_from(name, file)
    return Written(rows, size, digest)


def find(settings: Settings, municipality_code: str, name: str) -> IO[bytes] | None:
    """Return a file as it was written last, or None."""
    return _of(settings, municipality_code).open(name)


def hold(fill: Callable[[IO[bytes]], int]) -> IO[bytes]:
    """Write a file that has no name and goes when it is closed; return it open at its start."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    try:
        fill(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def forget(settings: Settings, municipality_code: str, file_id: int) -> None:
    """Take away what was written of a file, of either kind."""
    for kind in FileKind:
        _of(settings, municipality_code).remove(name_of(file_id, kind))


def forget_others(settings: Settings, municipality_code: str, file_id: int, kind: FileKind) -> None:
    """Take away the same file of another kind: staff changed what it is to be."""
    for other in FileKind:
        if other != kind:
            _of(settings, municipality_code).remove(name_of(file_id, other))


def _of(settings: Settings, municipality_code: str) -> Shelf:
    return open_shelf(settings, CATALOGUE_FILES).within(municipality_code)
