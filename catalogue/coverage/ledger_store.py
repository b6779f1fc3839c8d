"""Files of the ledger between sending and reading; gone as soon as their rows are taken.

An export may have more columns than are read, so the file itself is kept no longer than needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import IO

from catalogue.core import files, uploads
from catalogue.core.errors import Missing
from catalogue.core.shelves import LEDGERS, open_shelf
from catalogue.core.text import lazy as _
from catalogue.core.uploads import Uploads
from catalogue.settings import Settings

KEPT_FOR = timedelta(days=7)
GONE = _("The file of the ledger is no longer here. Send it again.")


@dataclass(frozen=True)
class Kept:
    """A stored file: its name as it was sent, under what it lies, and its hash."""

    name: str
    token: str
    sha256: str


def keep(settings: Settings, stream: IO[bytes], name: str) -> Kept:
    """Store what was sent, piece by piece."""
    uploaded, token = sent_files(settings), uploads.new_token()
    sha256 = files.digest(stream)
    stream.seek(0)
    uploaded.shelf.write_from(uploaded.name(token), stream)
    return Kept(bare(name), token, sha256)


@contextmanager
def opened(settings: Settings, token: str) -> Iterator[Path]:
    """Have a stored file at hand in this machine; raises Missing when it is gone."""
    uploaded = sent_files(settings)
    file = uploaded.shelf.open(uploaded.name(token))
    if file is None:
        raise Missing(GONE)
    with file:
        yield Path(file.name)


def forget(settings: Settings, token: str) -> None:
    """Throw a stored file away."""
    sent_files(settings).forget(token)


def forget_old(settings: Settings, now: datetime) -> None:
    """Throw away what nobody read in within a week."""
    sent_files(settings).forget_old(now)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return files.digest(file)


def bare(name: str) -> str:
    """Return the name of a file without its folders, of either system, as long as it is kept."""
    return PurePath(name.replace("\\", "/")).name[:200] or "-"


def sent_files(settings: Settings) -> Uploads:
    """Return where files lie between being sent and being used."""
    return Uploads(open_shelf(settings, LEDGERS), KEPT_FOR, GONE)
