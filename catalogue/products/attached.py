"""Attachments of a product: what is told of each, in the row, in versions and on screen. Pure.

They are read with the row wherever a product is told and searched for nowhere, so they are a
column of it and no table; the hash names the file (`media/attachments.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from catalogue.core.text import Text, gettext, number
from catalogue.core.text import lazy as _

LONGEST_TITLE = 120
ONE_MB = 1_000_000


class Kind(StrEnum):
    """What an attachment is."""

    DATA_SHEET = "data_sheet"
    CERTIFICATE = "certificate"
    PRICE_LIST = "price_list"
    OTHER = "other"


KIND_NAMES: dict[str, Text] = {
    Kind.DATA_SHEET: _("Data sheet"),
    Kind.CERTIFICATE: _("Certificate"),
    Kind.PRICE_LIST: _("Price list"),
    Kind.OTHER: _("Other document"),
}


@dataclass(frozen=True)
class Attachment:
    """A PDF file that goes with a product."""

    sha256: str
    kind: str
    title: str
    size_bytes: int

    @property
    def about(self) -> str:
        """Return its kind, type and size in words."""
        return f"{KIND_NAMES.get(self.kind, self.kind)}, PDF, {size(self.size_bytes)}"


def read(told: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """Return the attachments that a version or a draft tells."""
    return of(told.get("attachments"))


def of(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Attachment, ...]:
    """Return attachments as they are stored in a row."""
    return tuple(Attachment(**each) for each in stored or ())


def stored(attachments: Sequence[Attachment]) -> list[dict[str, Any]] | None:
    """Return attachments as a row keeps them; None for none."""
    return [asdict(each) for each in attachments] or None


def size(size_bytes: int) -> str:
    """Return the size of a file in words."""
    if size_bytes < ONE_MB:
        return gettext("%(size)s kB", size=number(-(-size_bytes // 1000)))
    return gettext("%(size)s MB", size=number(round(size_bytes / ONE_MB, 1)))
