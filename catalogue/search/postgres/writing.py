"""Products into the tables of a build: from the save itself, or by a build in portions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..analysis import Chain, skeleton
from ..documents import Document
from ..engine.columns import pack
from ..weighing import Weighed, weigh
from .tables import Build
from .vector import mentioned, name_of, vector

Row = dict[str, Any]
_FACTS = ("facts", "delivers", "vector")


class Words:
    """The words and terms of some products, counted."""

    def __init__(self) -> None:
        self.terms: Counter[str] = Counter()
        self._written: Counter[str] = Counter()
        self._stems: dict[str, str] = {}

    def add(self, weighed: Weighed) -> None:
        """Count the words of one product."""
        self.terms.update(
            name_of((kind, stem)) for kind, mentions in mentioned(weighed) for stem in mentions
        )
        self._written.update(weighed.spelt.keys())
        self._stems.update(weighed.spelt)

    def update(self, other: Words) -> None:
        """Count the words of other products too."""
        self.terms.update(other.terms)
        self._written.update(other._written)
        self._stems.update(other._stems)

    def term_rows(self) -> list[Row]:
        """Return rows of terms, in one order for all writers: they wait for each other in it."""
        return [{"term": term, "products": self.terms[term]} for term in sorted(self.terms)]

    def word_rows(self) -> list[Row]:
        """Return rows of written words, likewise."""
        return [
            {
                "written": written,
                "stem": self._stems[written],
                "skeleton": skeleton(written),
                "products": self._written[written],
            }
            for written in sorted(self._written)
        ]


def rows(chain: Chain, documents: Iterable[Document]) -> tuple[list[Row], Words]:
    """Return the rows of products, and their words."""
    words, found = Words(), []
    for document in documents:
        weighed = weigh(chain, document.texts)
        words.add(weighed)
        found.append(
            {
                "product_id": document.facts.product_id,
                "facts": pack(document.facts),
                "delivers": list(document.municipality_ids),
                "vector": vector(weighed, document.facts.category_code),
            }
        )
    return found, words


def replace(
    session: Session, build: Build, chain: Chain, product_ids: Sequence[int], found: list[Document]
) -> None:
    """Write products as they are now; those that are gone stay as empty rows until the next build.

    An empty row keeps a build that read the product before from writing it again.
    """
    written, words = rows(chain, found)
    there = {row["product_id"] for row in written}
    gone = [each for each in product_ids if each not in there]
    table = build.products
    _insert(session, table, written, instead=_FACTS)
    empty = dict.fromkeys(_FACTS)
    _insert(session, table, [{"product_id": each, **empty} for each in gone], instead=_FACTS)
    _insert(session, build.terms, words.term_rows())
    _insert(session, build.words, words.word_rows())


def fill(session: Session, build: Build, chain: Chain, found: list[Document]) -> Words:
    """Write products that nobody has written since; return their words for `count`."""
    written, words = rows(chain, found)
    _insert(session, build.products, written)
    return words


def count(session: Session, build: Build, words: Words) -> None:
    """Write how many products have each term and word, over what was seen meanwhile."""
    _insert(session, build.terms, words.term_rows(), instead=("products",))
    _insert(session, build.words, words.word_rows(), instead=("products",))


def lock(session: Session, build: Build, product_ids: Sequence[int]) -> None:
    """Wait for others who write the same products, so that the later one reads the newer rows."""
    table = build.products
    session.execute(
        select(table.c.product_id)
        .where(table.c.product_id.in_(product_ids))
        .order_by(table.c.product_id)
        .with_for_update()
    )


def _insert(session: Session, table: Table, found: list[Row], instead: Sequence[str] = ()) -> None:
    if not found:
        return
    statement = insert(table)
    key = next(iter(table.primary_key.columns)).name
    if instead:
        new = {name: statement.excluded[name] for name in instead}
        session.execute(statement.on_conflict_do_update(index_elements=[key], set_=new), found)
    else:
        session.execute(statement.on_conflict_do_nothing(index_elements=[key]), found)
