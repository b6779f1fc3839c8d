"""Files of the ledger between sending and reading; gone as soon as their rows are taken.

An export may have more columns than are read, so the file itself is kept no longer than needed.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import IO

from catalogue.core import uploads
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.uploads import Uploads
from catalogue.settings import Settings

KEPT_FOR = timedelta(days=7)
GONE = _("The file of the ledger is no longer here. Send it again.")


@dataclass(frozen=True)
class Kept:
    """A stored file: its name as it was sent, where it lies, and what it holds."""

    name: str
    token: str
    sha256: str
    path: Path


def keep(settings: Settings, stream: IO[bytes], name: str) -> Kept:
    """Store what was sent, piece by piece."""
    token = uploads.new_token()
    path = sent_files(settings).place(token)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)
    return Kept(bare(name), token, digest(path), path)


def kept(settings: Settings, token: str) -> Path:
    """Return where a stored file lies; raises Missing when it is gone."""
    path = sent_files(settings).place(token)
    if not path.is_file():
        raise Missing(GONE)
    return path


def forget(settings: Settings, token: str) -> None:
    """Throw a stored file away."""
    uploads.remove(sent_files(settings).place(token))


def forget_old(settings: Settings, now: datetime) -> None:
    """Throw away what nobody read in within a week."""
    sent_files(settings).forget_old(now)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def bare(name: str) -> str:
    """Return the name of a file without its folders, of either system, as long as it is kept."""
    return PurePath(name.replace("\\", "/")).name[:200] or "-"


def sent_files(settings: Settings) -> Uploads:
    """Return where files lie between being sent and being used."""
    return Uploads(settings.data_folder / "ledger", KEPT_FOR, GONE)
