"""The chain of the audit: how an event is sealed by a digest over itself and the one before.

Pure: `audit` writes links, `proof` tells whether they hold. What goes into a digest is told in
docs/audit.md, for whoever wants to prove the chain without this code, and must never change.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

SEALED = (
    "id", "at", "person_id", "municipality_id", "action", "object_type", "object_id", "facts",
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    """A place in the chain: how many events there are up to it, and the digest of the last."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


START = Point(0, "0" * 64)


def read_point(text: str) -> Point | None:
    """Read a point as it is printed, `NUMBER:DIGEST`; None for anything else."""
    found = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text.strip().lower())
    return Point(int(found[1]), found[2]) if found else None


def digest_of(previous: str, event: Mapping[str, Any]) -> str:
    """Return the digest that seals `event` (the names of SEALED) after the one of `previous`.

    `facts` are as JSON gives them back, `at` is aware; both databases then yield the same.
    """
    told = {name: event[name] for name in SEALED}
    told["at"] = event["at"].astimezone(UTC).isoformat(timespec="microseconds")
    plain = json.dumps(told, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(f"{previous}\n{plain}".encode("ascii")).hexdigest()


def link(after: Point, events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the events numbered and sealed, in their order, behind `after`."""
    linked: list[dict[str, Any]] = []
    for event in events:
        numbered = {**event, "id": after.number + 1, "previous": after.digest}
        after = Point(numbered["id"], digest_of(after.digest, numbered))
        linked.append({**numbered, "digest": after.digest})
    return linked
