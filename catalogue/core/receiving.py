"""Take in files of strangers that are kept as they came: evidence, files of quotes, attachments.

What a file is, is told by its content and not by its name; it is looked at by the virus scanner
before anybody can read it, named by its hash, and only ever handed out as a download. Pictures
that pages show are another matter (`media`): they are decoded and drawn anew.
"""

from __future__ import annotations

import hashlib
import io
import logging
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from PIL import Image

from .errors import Invalid
from .kept_files import name_of
from .scanning import PART, Scan, ScannerSilent
from .storage import Shelf
from .text import Text
from .text import lazy as _

log = logging.getLogger("catalogue.receiving")
TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
_BEGINS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
_PILLOW = {"png": "PNG", "jpg": "JPEG"}
_DAMAGED = _("The file is damaged or only half there. Save it and send it again.")
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Received:
    """A file that was checked; no row says yet whose it is."""

    name: str
    sha256: str
    file_type: str
    size_bytes: int


@dataclass(frozen=True)
class Door:
    """What is let in by a field of a form: types of TYPES and bytes; and who looks at it first."""

    field: str
    max_bytes: int
    scan: Scan | None = None
    types: Collection[str] = tuple(TYPES)


def door(
    parts: Mapping[str, Any], field: str, max_bytes: int, types: Collection[str] = tuple(TYPES)
) -> Door:
    """Return a door at which the scanner of this installation stands."""
    return Door(field, max_bytes, parts[PART], types)


def check(at: Door, name: str, content: bytes) -> Received:
    """Check a file by its content and have it scanned; raises Invalid with the remedy."""
    file_type = _type_of(at, content)
    _scan(at, content)
    sha256 = hashlib.sha256(content).hexdigest()
    return Received(_clean_name(name, file_type), sha256, file_type, len(content))


def receive(shelf: Shelf, at: Door, name: str, content: bytes) -> Received:
    """Check a file and store it, without a database; raises Invalid.

    One that is there already is made new: what is old and named by nothing is collected.
    """
    received = check(at, name, content)
    shelf.write(name_of(received.sha256), content)
    return received


def _type_of(at: Door, content: bytes) -> str:
    """Return the type a file is of by its content; raises Invalid."""
    if not content:
        raise _refused(at, _("The file is empty. Choose it again."))
    if len(content) > at.max_bytes:
        limit = max(1, at.max_bytes // 1_000_000)
        text = _(
            "The file is larger than %(limit)s MB. Save it smaller and send it again.", limit=limit
        )
        raise _refused(at, text)
    for file_type in at.types:
        if content.startswith(_BEGINS[file_type]):
            if not _is_whole(content, file_type):
                raise _refused(at, _DAMAGED)
            return file_type
    if tuple(at.types) == ("pdf",):
        raise _refused(at, _("Only PDF can be attached. Save the file as PDF and send that."))
    raise _refused(at, _("Only PDF, PNG and JPEG can be kept. Save the file as PDF and send that."))


def _is_whole(content: bytes, file_type: str) -> bool:
    """Tell whether all of a file seems to be there; of a picture only the head is decoded."""
    if file_type == "pdf":
        return b"%%EOF" in content[-2048:]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[_PILLOW[file_type]]) as picture:
                picture.verify()
    except Exception:  # Pillow raises many kinds, and all mean the same to the sender
        return False
    return True


def _scan(at: Door, content: bytes) -> None:
    if at.scan is None:
        return
    try:
        found = at.scan(content)
    except ScannerSilent as error:
        log.error("virus scanner does not answer", extra={"said": str(error.detail)})
        raise _refused(
            at,
            _(
                "The virus scanner does not answer, so no file is taken in right now. Nothing of"
                " yours is wrong: try again later, or write to those who run the catalogue."
            ),
        ) from None
    if found is not None:
        log.warning("virus found in an upload", extra={"found": found, "field": at.field})
        raise _refused(
            at,
            _(
                "The virus scanner found %(name)s in the file, so it was not taken in. Have your"
                " computer checked, and send a clean file.",
                name=found,
            ),
        )


def _clean_name(name: str, file_type: str) -> str:
    """Return the name as it is shown and downloaded: no folder, and the right ending."""
    bare = "".join(sign for sign in name.replace("\\", "/") if sign.isprintable())
    stem = PurePosixPath(bare).stem.strip(". ") or "bilag"
    return f"{stem[: _LONGEST_NAME - len(file_type) - 1]}.{file_type}"


def _refused(at: Door, text: Text) -> Invalid:
    return Invalid({at.field: [text]})
