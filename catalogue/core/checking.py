"""What must always hold of rows, each as one query that finds those of which it does not.

The database compares, and hands over what it found piece by piece: as many rows as there are fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

AT_A_TIME = 1000


@dataclass(frozen=True)
class Check:
    """What must not be found. `query` gives names of what is wrong, in a column of its own; `says`
    is what is told of one of them. What is no fault may be so, and somebody should know.
    """

    code: str
    says: str
    query: Any
    is_fault: bool = True


@dataclass(frozen=True)
class Found:
    """The first of what was found, and how many there are."""

    first: Sequence[str]
    count: int


def find(session: Session, check: Check, shown: int) -> Found:
    """Ask for what must not be; keep the names of the first `shown`. One query."""
    rows = session.execute(check.query.execution_options(yield_per=AT_A_TIME)).scalars()
    return first_of(map(str, rows), shown)


def first_of(names: Iterable[str], shown: int) -> Found:
    """Keep the first `shown` names, and count the others."""
    left = iter(names)
    first = list(islice(left, shown))
    return Found(first, len(first) + sum(1 for _name in left))
