"""Files written whole or not at all: a reader, or a power cut, never meets half of one; and what
they hold, as a hash.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import shutil
from pathlib import Path
from typing import IO

PIECE_BYTES = 1 << 20


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under its name in one step, with its folder if there is none yet."""
    write_whole_from(path, io.BytesIO(content))


def write_whole_from(path: Path, source: IO[bytes]) -> None:
    """Write what an open file has left under a name in one step, piece by piece."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with draft.open("wb") as file:
            shutil.copyfileobj(source, file, PIECE_BYTES)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def digest(source: IO[bytes]) -> str:
    """Return the SHA-256 in hex of what an open file has left."""
    made = hashlib.sha256()
    while piece := source.read(PIECE_BYTES):
        made.update(piece)
    return made.hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
