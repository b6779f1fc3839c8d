"""The files of images, in a folder: `ab/<sha256>/master.jpg` and its derivatives `400.webp`, …

A name of the hash is written once and never changed, so readers need no lock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from catalogue.core.errors import Missing
from catalogue.core.files import write_whole
from catalogue.core.text import lazy as _

from .rules import Limits

MASTER = "master.jpg"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Store:
    """Where images lie, and what is accepted into it."""

    folder: Path
    limits: Limits

    def path(self, sha256: str, name: str) -> Path:
        """Return where a file of an image lies, or would lie; raises Missing for a strange hash."""
        if not _SHA256.fullmatch(sha256):
            raise Missing(_("There is no such picture."))
        return self.folder / sha256[:2] / sha256 / name

    def read(self, sha256: str, name: str) -> bytes:
        """Return the content of a file; raises Missing."""
        try:
            return self.path(sha256, name).read_bytes()
        except FileNotFoundError:
            raise Missing(_("There is no such picture.")) from None

    def write(self, sha256: str, name: str, content: bytes) -> None:
        """Write a file whole or not at all: a reader, or a power cut, never meets half of it."""
        write_whole(self.path(sha256, name), content)
