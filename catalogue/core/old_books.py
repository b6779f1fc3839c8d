"""Tell what a file in the format of Excel before 2007 is; none of them is read."""

from __future__ import annotations

from .text import Text
from .text import lazy as _

BEGINNING = b"\xd0\xcf\x11\xe0"  # of .xls, and of what Excel wraps a locked .xlsx in
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def reason(content: bytes) -> Text:
    """Say why a file that begins so is not read, and what would help."""
    if _ENCRYPTED in content:
        return _("A password locks the Excel file. Take it off in Excel, and send the file again.")
    return _("This is an old Excel file (.xls). Save it as .xlsx or CSV.")
