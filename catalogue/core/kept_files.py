"""Files of strangers that lie under the hash of what they hold, held against the rows that name
them: in the order of the hashes, so that neither is ever in memory whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from .receiving import path_of

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
    both = merge(((each, "row") for each in named), ((each, "file") for each in list_names(folder)))
    for sha256, found in groupby(both, key=itemgetter(0)):
        told = {side for _sha256, side in found}
        if told == {"row"}:
            yield Difference(Kind.MISSING, sha256)
        elif told == {"file"}:
            yield Difference(Kind.UNNAMED, sha256)
        elif digest(path_of(folder, sha256)) != sha256:
            yield Difference(Kind.CHANGED, sha256)


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


def _sorted(folder: Path, pattern: re.Pattern[str]) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(each.name for each in folder.iterdir() if pattern.fullmatch(each.name))
