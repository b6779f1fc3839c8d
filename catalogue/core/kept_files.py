"""Files of strangers that lie under the hash of what they hold, held against the rows that name
them: in the order of the hashes, so that neither is ever in memory whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from .receiving import path_of

_ROW, _FILE = "row", "file"
_PART, _NAME = re.compile(r"[0-9a-f]{2}"), re.compile(r"[0-9a-f]{64}")


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


def compare(folder: Path, named: Iterable[str]) -> Iterator[Difference]:
    """Yield what differs between a folder and the hashes that rows name, which come in order.

    Every file that is named is read, and must hold what it held when it came in.
    """
    for sha256, told in _paired(folder, named):
        if told == {_ROW}:
            yield Difference(Kind.MISSING, sha256)
        elif told == {_FILE}:
            yield Difference(Kind.UNNAMED, sha256)
        elif digest(path_of(folder, sha256)) != sha256:
            yield Difference(Kind.CHANGED, sha256)


def list_unnamed(folder: Path, named: Iterable[str], before: datetime) -> Iterator[Path]:
    """Yield the files that no row names, and that nobody has sent since."""
    for sha256, told in _paired(folder, named):
        path = path_of(folder, sha256)
        if told == {_FILE} and _is_older(path, before):
            yield path


def remove(path: Path, before: datetime) -> None:
    """Remove a file, unless it is sent again in this very moment: then it stays, or comes anew.

    It gets another name first, so that whoever sends it either makes it new before (`receive`), and
    it is put back, or finds none and writes it.
    """
    going = path.with_name(f".{path.name}.going")
    try:
        path.replace(going)
    except FileNotFoundError:
        return
    if _is_older(going, before):
        going.unlink()
    else:
        going.replace(path)


def list_names(folder: Path) -> Iterator[str]:
    """Yield the hashes that lie in a folder, in order; what has another name is not ours."""
    for part in _sorted(folder, _PART):
        for name in _sorted(folder / part, _NAME):
            if name.startswith(part):
                yield name


def digest(path: Path) -> str:
    """Return the hash of what a file holds."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _paired(folder: Path, named: Iterable[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield each hash with what tells of it: a row, a file, or both."""
    both = merge(((each, _ROW) for each in named), ((each, _FILE) for each in list_names(folder)))
    for sha256, found in groupby(both, key=itemgetter(0)):
        yield sha256, {side for _sha256, side in found}


def _is_older(path: Path, before: datetime) -> bool:
    return path.stat().st_mtime < before.timestamp()


def _sorted(folder: Path, pattern: re.Pattern[str]) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(each.name for each in folder.iterdir() if pattern.fullmatch(each.name))
