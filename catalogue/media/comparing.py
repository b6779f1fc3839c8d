"""Hold rows against files: what is named and not there, what lies there unnamed, what is underived.

For `catalogue check`; it changes nothing. What lies unnamed is the nightly collection's to take.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.storage import BIN

from . import collecting, deriving, rules
from .collecting import Named
from .models import Image
from .store import ATTACHMENTS, MASTER, ORIGINALS, Store, attachment_name, original_name

# Pictures fill most of the disk, and reading all of a large bucket takes longer than a night.
SHARES = 30


@dataclass(frozen=True)
class Differences:
    """Names of files. What is missing or changed is a fault: buyers get no picture, or not
    the document."""

    missing: Sequence[str]
    changed: Sequence[str]  # those that do not hold what their names are the hashes of
    unnamed: Sequence[str]  # names of things, such as originals/ab…: their files lie together
    underived: Sequence[str]
    pictures: int  # how many rows were held against their files
    attachments: int


def compare(session: Session, store: Store, named: Named, day: date | None = None) -> Differences:
    """Hold all rows against all files. As many queries as `named` takes, and two.

    What files hold is read of attachments, and of pictures whose turn is on `day`; None: of all.
    """
    lying, binned = collecting.list_files(store)
    there = {name for files in lying.values() for name in files}
    there |= {name.removeprefix(f"{BIN}/") for files in binned.values() for name in files}
    known = collecting.list_named(session, named)
    missing = [name for kind, sha256 in sorted(known) if (name := _name(kind, sha256)) not in there]
    changed = [
        name
        for kind, sha256 in sorted(known)
        if (kind == ATTACHMENTS or day is None or is_read_on(day, sha256))
        and (name := _name(kind, sha256)) in there
        and _differs(store, name, sha256)
    ]
    underived = [
        name for name in _derivatives(session) if name not in there and _master_of(name) in there
    ]
    unnamed = [f"{kind or 'pictures'}/{sha256}" for kind, sha256 in sorted(lying.keys() - known)]
    attached = sum(kind == ATTACHMENTS for kind, _sha256 in known)
    pictures = sum(kind == "" for kind, _sha256 in known)
    return Differences(missing, changed, unnamed, underived, pictures, attached)


def is_read_on(day: date, sha256: str) -> bool:
    """Tell whether a picture's turn comes that day: each has one in `SHARES` days."""
    return int(sha256[:8], 16) % SHARES == day.toordinal() % SHARES


def _name(kind: str, sha256: str) -> str:
    if kind == ORIGINALS:
        return original_name(sha256)
    if kind == ATTACHMENTS:
        return attachment_name(sha256)
    return f"{sha256[:2]}/{sha256}/{MASTER}"


def _differs(store: Store, name: str, sha256: str) -> bool:
    """Tell whether a file has another hash than the one in its name."""
    content = store.files.read(name)
    if content is None:
        content = store.files.read(f"{BIN}/{name}")
    return content is not None and hashlib.sha256(content).hexdigest() != sha256


def _derivatives(session: Session) -> list[str]:
    rows = session.execute(select(Image.sha256, Image.width).distinct().order_by(Image.sha256))
    return [
        f"{sha256[:2]}/{sha256}/{width}.{extension}"
        for sha256, full in rows
        for width in rules.widths(full)
        for extension in deriving.EXTENSIONS
    ]


def _master_of(name: str) -> str:
    return f"{name.rpartition('/')[0]}/{MASTER}"
