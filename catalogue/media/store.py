"""The files of images: `ab/<sha256>/master.jpg` with its derivatives `320.webp`, …, and originals.

A name holds the hash of its content (derivatives: of their master), is written once and never
changed, so readers need no lock. Where the files lie is a port (core/storage.py). Originals are
named apart, and no address leads there. Attachments of products lie beside them. What the nightly
collection takes away lies in the `bin` for some days, and is read from there meanwhile
(collecting.py says why).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from catalogue.core.errors import Missing
from catalogue.core.storage import BIN, Files
from catalogue.core.text import lazy as _

from .rules import Limits

MASTER = "master.jpg"
ORIGINALS, ATTACHMENTS = "originals", "attachments"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Store:
    """Where images lie, and what is accepted into it."""

    files: Files
    limits: Limits

    def read(self, sha256: str, name: str) -> bytes:
        """Return the content of a file of an image; raises Missing."""
        found = self.find(sha256, name)
        if found is None:
            raise Missing(_("There is no such picture."))
        return found

    def find(self, sha256: str, name: str) -> bytes | None:
        """Return the content of a file of an image, or None; raises Missing for a strange hash."""
        return self._read(_path(sha256, name))

    def exists(self, sha256: str, name: str) -> bool:
        """Tell whether an image has a file of that name."""
        return self.files.exists(_path(sha256, name))

    def write(self, sha256: str, name: str, content: bytes) -> None:
        """Write a file of an image."""
        self.files.write(_path(sha256, name), content)

    def keep_original(self, content: bytes) -> str:
        """Keep a file as it was sent, and return its hash."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.files.write(original_name(sha256), content)
        return sha256

    def read_original(self, sha256: str) -> bytes:
        """Return a file as it was sent; raises Missing."""
        found = self._read(original_name(_checked(sha256)))
        if found is None:
            raise Missing(_("There is no such picture."))
        return found

    def keep_attachment(self, sha256: str, content: bytes) -> None:
        """Keep an attachment, over an equal one too: its age starts anew."""
        self.files.write(attachment_name(sha256), content)

    def read_attachment(self, sha256: str) -> bytes:
        """Return an attachment; raises Missing."""
        found = self._read(attachment_name(sha256)) if _SHA256.fullmatch(sha256) else None
        if found is None:
            raise Missing(_("There is no such file."))
        return found

    def _read(self, name: str) -> bytes | None:
        found = self.files.read(name)
        return self.files.read(f"{BIN}/{name}") if found is None else found


def original_name(sha256: str) -> str:
    """Return the name of a picture as it was sent."""
    return f"{ORIGINALS}/{sha256[:2]}/{sha256}"


def attachment_name(sha256: str) -> str:
    """Return the name of an attachment."""
    return f"{ATTACHMENTS}/{sha256[:2]}/{sha256}"


def _path(sha256: str, name: str) -> str:
    return f"{_checked(sha256)[:2]}/{sha256}/{name}"


def _checked(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise Missing(_("There is no such picture."))
    return sha256
