"""What was reckoned is kept until what it was reckoned from changes; each web process for itself.

Every change leaves an event in the audit, in its own transaction, and events are numbered in the
order of commits: the number of the last one (`Remembered.last`) tells whether a count of rows still
holds. It is read before the counting, so what is kept may be newer than its number, never older.
What is private to another municipality, such as its orders, makes nothing old. Where the events
since tell what changed, that alone is read anew, and put in the place of what it was. Where it
turns out to be as it was, the very same answer is kept, and so is what was made of it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Set
from dataclasses import dataclass
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
MOST_CHANGES = 10_000  # events, as of a large town's working day; after more, all is counted anew
MOST_KEPT = 64  # answers; one of the largest municipality takes some megabytes


class Remembered:
    """Answers by question, each with what it was reckoned from; the last ones asked for."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[object, Any]] = OrderedDict()
        self._turn = threading.Lock()
        self._seen = audit.NEVER

    def last(self, session: Session, municipality_id: int) -> audit.Last:
        """Return the last events that coverage of a municipality may have changed by. One query."""
        self._seen = audit.last(session, municipality_id, PRIVATE, self._seen)
        return self._seen

    def ask(
        self,
        question: Hashable,
        basis: Any,
        reckon: Callable[[], Found],
        renew: Callable[[Any, Found], Found | None] = lambda _basis, _kept: None,
    ) -> Found:
        """Return the answer that was reckoned from an equal `basis`, else reckon it now.

        `renew` is handed the basis and the answer that are kept, and returns the answer of today,
        or None where that cannot be made of it.
        """
        with self._turn:
            kept = self._kept.get(question)
            if kept is not None:
                self._kept.move_to_end(question)
        if kept is not None and kept[0] == basis:
            found: Found = kept[1]
            return found
        renewed = renew(*kept) if kept is not None else None
        found = reckon() if renewed is None else renewed
        with self._turn:
            self._kept[question] = basis, found
            self._kept.move_to_end(question)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found


@dataclass(frozen=True)
class Changes:
    """The objects that events tell of, by type."""

    ids: Mapping[str, frozenset[int]]

    def of(self, kind: str) -> frozenset[int]:
        """Return those of a type."""
        return self.ids.get(kind, frozenset())

    def are_among(self, kinds: Set[str]) -> bool:
        """Tell whether an object of some types is among them."""
        return not self.ids.keys().isdisjoint(kinds)


def changes(session: Session, municipality_id: int, after: int) -> Changes | None:
    """Return what changed after the event `after`; None: too much to tell. One query."""
    found = audit.list_changed(session, municipality_id, PRIVATE, after, MOST_CHANGES)
    if found is None:
        return None
    kinds = {kind for kind, _id in found}
    return Changes({each: frozenset(id_ for kind, id_ in found if kind == each) for each in kinds})


def of(parts: dict[str, Any]) -> Remembered:
    """Return what a mounted application remembers."""
    found: Remembered = parts.setdefault(PART, Remembered())
    return found
