"""The rows of a price list once they are judged: what becomes of each, and of all of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from catalogue.core.text import Text

from . import sheet_columns
from .models import ProductState
from .price_list import Row
from .rules import ProductFacts
from .shelf import NewPicture


class Outcome(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Entry:
    """A row judged: what becomes of it, which facts change, what is wrong or lacking."""

    row: int
    item_number: str
    title: str
    outcome: Outcome
    fields: tuple[str, ...] = ()
    problems: Mapping[str, list[Text | str]] = field(default_factory=dict)
    lacking: tuple[Text, ...] = ()
    state: ProductState = ProductState.DRAFT
    product_id: int | None = None
    facts: ProductFacts | None = None
    pictures: tuple[NewPicture, ...] = ()
    notes: tuple[Text, ...] = ()
    before: ProductFacts | None = None  # what the product says until then
    # Of a row of a family, product or variant: what all its rows make of the product, written once.
    whole: Entry | None = None
    chosen: tuple[tuple[int, str], ...] = ()  # key of a variant, hash of its new picture
    variant_of: str = ""  # the number of the product that leads the variant
    source: Row | None = field(default=None, compare=False)

    @property
    def digest(self) -> str:
        """Return what tells this judgement from one made after something has changed."""
        facts = [_ordered(each) for each in (self.before, self.facts)]
        told: tuple[Any, ...] = (
            self.row,
            self.outcome,
            self.state,
            self.product_id,
            facts,
            self.pictures,
        )
        if self.whole is not None:
            told = (*told, self.whole.chosen, self.whole.digest)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    def place(self, name: str) -> str:
        """Return the cell that says a fact, as spreadsheets name it; "" for none."""
        column = sheet_columns.OF_FACTS.get(name, name)
        return self.source.place(column) if self.source else ""


@dataclass(frozen=True)
class Plan:
    """All rows judged, in the order of the file."""

    entries: tuple[Entry, ...]

    def by(self, outcome: Outcome) -> list[Entry]:
        """List the rows with that outcome."""
        return [each for each in self.entries if each.outcome == outcome]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows have each outcome."""
        found = Counter(each.outcome for each in self.entries)
        return {str(outcome): found[outcome] for outcome in Outcome}

    @property
    def fingerprint(self) -> str:
        """Return what tells this plan from one made after something has changed."""
        digests = "".join(each.digest for each in self.entries)
        return hashlib.sha256(digests.encode()).hexdigest()


def _ordered(facts: ProductFacts | None) -> Any:
    """Return the facts as a value that is written alike for alike facts, in every process."""
    if facts is None:
        return None
    values = [getattr(facts, name) for name in ProductFacts.__dataclass_fields__]
    return [sorted(each) if isinstance(each, frozenset) else each for each in values]
