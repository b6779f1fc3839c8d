"""Pictures in a ZIP file of unknown origin: what is refused, and reading one without unpacking.

Nothing is ever written under a name of the archive. What an archive says of itself is checked
before it is read, and what is read is held to the limits whatever it says.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from catalogue.core.errors import Invalid
from catalogue.core.fetching import taken_apart
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

MOST_FILES = 10_000
MOST_UNPACKED_BYTES = 2_000_000_000
MOST_FACTOR = 100  # a picture is packed already; what shrinks more than this is a bomb
MOST_DIRECTORY_BYTES = 4_000_000  # of 10,000 names; read before anything else is known
_END = b"PK\x05\x06"
_END_BYTES, _COMMENT_BYTES = 22, 65_535
_ENCRYPTED = 0x1
# A name that is no UTF-8 although the file says so is a ValueError.
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, ValueError)
_UNREADABLE = (*_DAMAGES, NotImplementedError, RuntimeError, OSError)
_LEADS_OUT = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|\x00")
_OF_SYSTEMS = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.I)


class UnusableZip(Invalid):
    """The ZIP file is refused as a whole; the detail says why and what would help."""

    title = _("The ZIP file cannot be used")

    def __init__(self, detail: Text) -> None:
        super().__init__({"images": [detail]}, detail)


def picture_key(name: str) -> str:
    """Return under what a picture is found: its bare name, of an address too, in small letters.

    Names of files come decomposed from a Mac (e + ´) and whole from elsewhere.
    """
    path = unquote(taken_apart(name).path) if "://" in name else name.replace("\\", "/")
    bare = path.rsplit("/", 1)[-1]
    return unicodedata.normalize("NFC", bare).casefold().strip()


def list_pictures(path: Path) -> dict[str, str]:
    """Return the names in a ZIP file by `picture_key`; raises UnusableZip."""
    with _opened(path) as parts:
        found: dict[str, str] = {}
        for each in parts.infolist():
            if not each.filename or each.is_dir() or _OF_SYSTEMS.search(each.filename):
                continue
            key = picture_key(each.filename)
            if key in found:
                raise UnusableZip(
                    _("Two files in the ZIP file are called %(name)s. Give each its own name.",
                      name=key)
                )  # fmt: skip
            found[key] = each.filename
        return found


def read(path: Path, name: str, most_bytes: int) -> bytes | Text:
    """Return a file of the archive, or why it cannot be used; never more than `most_bytes`."""
    try:
        with zipfile.ZipFile(path) as parts, parts.open(name) as file:
            content = file.read(most_bytes + 1)
    except _UNREADABLE:
        return _("The file is damaged in the ZIP file. Pack it again.")
    if len(content) > most_bytes:
        return _("The file is larger than %(most)s MB", most=most_bytes // 1_000_000)
    return content


def _opened(path: Path) -> zipfile.ZipFile:
    """Open an archive whose directory is sound; raises UnusableZip."""
    with path.open("rb") as file:
        _check_directory(file)
    try:
        parts = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise UnusableZip(_DAMAGED) from None
    found = parts.infolist()
    if len(found) > MOST_FILES:
        raise UnusableZip(_TOO_MANY)
    if sum(each.file_size for each in found) > MOST_UNPACKED_BYTES:
        raise UnusableZip(_TOO_LARGE)
    for each in found:
        _check(each)
    return parts


def _check(part: zipfile.ZipInfo) -> None:
    if _LEADS_OUT.search(part.orig_filename):
        raise UnusableZip(
            _(
                "The name %(name)s in the ZIP file leads out of it. Pack the pictures themselves,"
                " without their path.",
                name=part.orig_filename[:80],
            )
        )
    if part.flag_bits & _ENCRYPTED:
        raise UnusableZip(_("The ZIP file has a password. Pack it again without one."))
    if part.file_size > MOST_FACTOR * max(part.compress_size, 1_000):
        raise UnusableZip(_TOO_LARGE)


def _check_directory(file: IO[bytes]) -> None:
    """Refuse an archive by the size of its list of names, which is read as a whole."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES - _COMMENT_BYTES))
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + _END_BYTES:
        raise UnusableZip(_DAMAGED)
    if int.from_bytes(tail[place + 12 : place + 16], "little") > MOST_DIRECTORY_BYTES:
        raise UnusableZip(_TOO_MANY)


_DAMAGED = _("The ZIP file is damaged. Pack it again.")
_TOO_MANY = _("There are more than %(most)s files in the ZIP file. Split it.", most=MOST_FILES)
_TOO_LARGE = _("The ZIP file unpacks to more than pictures need. Pack the pictures alone.")
