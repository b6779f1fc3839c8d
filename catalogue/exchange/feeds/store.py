"""Where written catalogue files lie: a folder for each municipality, each file whole or not there.

The folder is a setting, so that it can be one that another system reads.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from catalogue.settings import Settings

from .rules import FileKind


@dataclass(frozen=True)
class Written:
    """What was written: how many rows, how large it is, and its hash."""

    rows: int
    size_bytes: int
    sha256: str


def path_of(settings: Settings, municipality_code: str, file_id: int, kind: FileKind) -> Path:
    """Return where a file lies; its name stays the same whatever it is called."""
    return settings.catalogue_files / municipality_code / f"katalogfil-{file_id}.{kind.value}"


def write(path: Path, fill: Callable[[IO[bytes]], int]) -> Written:
    """Write a file beside its place and put it there in one step; `fill` returns its rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with draft.open("w+b") as file:
            rows = fill(file)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.seek(0, os.SEEK_END)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return Written(rows, size, digest)


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
        path_of(settings, municipality_code, file_id, kind).unlink(missing_ok=True)


def forget_others(path: Path) -> None:
    """Take away the same file of another kind: staff changed what it is to be."""
    for kind in FileKind:
        other = path.with_suffix(f".{kind.value}")
        if other != path:
            other.unlink(missing_ok=True)
