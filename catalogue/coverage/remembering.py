"""What was reckoned is kept until what it was reckoned from changes; each web process for itself.

Every change leaves an event in the audit, in its own transaction, and events are numbered in the
order of commits: the number of the last one (`last`) tells whether a count of rows still holds. It
is read before the counting, so what is kept may be newer than its number, never older. What is
private to another municipality, such as its orders, makes nothing old.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from catalogue.core import audit

Found = TypeVar("Found")
PART = "coverage"
# Objects whose events change nothing of what coverage tells of another municipality.
PRIVATE = frozenset(
    {
        "absence", "account_coding", "approval_rule", "budget", "category_word", "choice_record",
        "delivery_address", "invitation", "ledger_import", "order", "person", "quote_request",
    }
)  # fmt: skip
MOST_KEPT = 32  # answers; one of the largest municipality takes some megabytes


class Remembered:
    """Answers by question, each with what it was reckoned from; the last ones asked for."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[object, Any]] = OrderedDict()
        self._turn = threading.Lock()

    def ask(self, question: Hashable, basis: object, reckon: Callable[[], Found]) -> Found:
        """Return the answer that was reckoned from an equal `basis`, else reckon it now."""
        with self._turn:
            kept = self._kept.get(question)
            if kept is not None:
                self._kept.move_to_end(question)
        if kept is not None and kept[0] == basis:
            found: Found = kept[1]
            return found
        found = reckon()
        with self._turn:
            self._kept[question] = basis, found
            self._kept.move_to_end(question)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found


def last(session: Session, municipality_id: int) -> audit.Last:
    """Return the last events that coverage of a municipality may have changed by. One query."""
    return audit.last(session, municipality_id, PRIVATE)


def of(parts: dict[str, Any]) -> Remembered:
    """Return what a mounted application remembers."""
    found: Remembered = parts.setdefault(PART, Remembered())
    return found
