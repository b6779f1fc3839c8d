"""Files of strangers that lie under the hash of what they hold, held against the rows that name
them, in the order of the hashes.

One that nothing names and that is old goes. In a folder it goes at once; a bucket lays it in the
`bin`, for it may be sent again in the very moment, and no lock is shared by a database and a
bucket. From there it is still read; it is put back when something names it, and gone the next day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import merge
from itertools import groupby
from operator import attrgetter

from .errors import Missing
from .files import digest
from .storage import BIN, Shelf
from .text import lazy as _

BINNED_FOR = timedelta(hours=20)  # so that the next night finds it old enough
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OURS = re.compile(r"(?P<two>[0-9a-f]{2})/(?P<sha256>(?P=two)[0-9a-f]{62})")


class Kind(StrEnum):
    """How rows and files may differ; only what is named by nothing harms nobody."""

    MISSING = "missing"
    CHANGED = "changed"
    UNNAMED = "unnamed"


@dataclass(frozen=True)
class Difference:
    """A file, by its hash, that is not as rows say."""

    kind: Kind
    sha256: str


@dataclass(frozen=True)
class _Told:
    """What tells of a hash: a row, or a file that was written then."""

    sha256: str
    written_at: datetime | None = None


def name_of(sha256: str) -> str:
    """Return the name of a file, or what it would be; raises Missing for a strange hash."""
    if not _SHA256.fullmatch(sha256):
        raise Missing(_("There is no such file."))
    return f"{sha256[:2]}/{sha256}"


def read(shelf: Shelf, sha256: str) -> bytes:
    """Return what a file holds; raises Missing."""
    name = name_of(sha256)
    found = shelf.read(name)
    if found is None:
        found = shelf.read(f"{BIN}/{name}")
    if found is None:
        raise Missing(_("There is no such file."))
    return found


def compare(shelf: Shelf, named: Iterable[str]) -> Iterator[Difference]:
    """Yield what differs between a shelf and the hashes that rows name, which come in order.

    Every file that is named is read, and must hold what it held when it came in.
    """
    binned = {sha256 for sha256, _at in _list_ours(shelf.within(BIN))}
    for sha256, (is_named, written_at) in _paired(shelf, named):
        if not is_named:
            yield Difference(Kind.UNNAMED, sha256)
        elif written_at is None and sha256 not in binned:
            yield Difference(Kind.MISSING, sha256)
        elif not _is_whole(shelf, sha256):
            yield Difference(Kind.CHANGED, sha256)


def list_unnamed(shelf: Shelf, named: Iterable[str], before: datetime) -> Iterator[str]:
    """Yield the hashes of files that no row names, and that nobody has sent since."""
    for sha256, (is_named, written_at) in _paired(shelf, named):
        if not is_named and written_at is not None and written_at < before:
            yield sha256


def remove_unnamed(shelf: Shelf, named: Iterable[str], before: datetime) -> int:
    """Remove those files, and return how many."""
    number = 0
    for sha256 in list_unnamed(shelf, named, before):
        shelf.remove_old(name_of(sha256), before)
        number += 1
    return number


def tend_bin(shelf: Shelf, named: Iterable[str], now: datetime) -> None:
    """Put back from the bin what something names by now, and take out what lay there a day."""
    binned = dict(_list_ours(shelf.within(BIN)))
    known = {sha256 for sha256 in named if sha256 in binned} if binned else set()
    for sha256, laid_at in binned.items():
        name = name_of(sha256)
        if sha256 not in known:
            if laid_at < now - BINNED_FOR:
                shelf.remove(f"{BIN}/{name}")
        elif shelf.exists(name):
            shelf.remove(f"{BIN}/{name}")
        else:
            shelf.move(f"{BIN}/{name}", name)


def _is_whole(shelf: Shelf, sha256: str) -> bool:
    """Tell whether a file holds what its name says; one that has gone since is whole."""
    name = name_of(sha256)
    opened = shelf.open(name) or shelf.open(f"{BIN}/{name}")
    if opened is None:
        return True
    with opened:
        return digest(opened) == sha256


def _paired(
    shelf: Shelf, named: Iterable[str]
) -> Iterator[tuple[str, tuple[bool, datetime | None]]]:
    """Yield each hash with whether a row names it, and when its file was written."""
    rows = (_Told(sha256) for sha256 in named)
    files = (_Told(*each) for each in _list_ours(shelf))
    by_hash = attrgetter("sha256")
    for sha256, found in groupby(merge(rows, files, key=by_hash), key=by_hash):
        told = list(found)
        written = [each.written_at for each in told if each.written_at is not None]
        yield sha256, (len(written) < len(told), max(written, default=None))


def _list_ours(shelf: Shelf) -> Iterator[tuple[str, datetime]]:
    """Yield hashes with when their files were written, in order; other names are not ours."""
    for name, at in shelf.list_in_order():
        if ours := _OURS.fullmatch(name):
            yield ours["sha256"], at
