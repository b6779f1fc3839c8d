"""Products into the tables of a build: from the save itself, or by a build in portions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.orm import Session

from ..analysis import Chain, skeleton
from ..documents import Document, iterate_documents
from ..engine import summing
from ..engine.collecting import Lists
from ..engine.columns import RECORD, gone, pack
from ..engine.summing import Sums
from ..weighing import Weighed, weigh
from .packing import packed
from .tables import Build, builds
from .vector import delivered_term, mentioned, name_of, vector

Row = dict[str, Any]
PORTION = 25_000  # products whose lists are collected in memory before they are written
_FACTS = ("facts", "delivers", "vector", "added")


class Words:
    """The written words of some products, counted."""

    def __init__(self) -> None:
        self._products: Counter[str] = Counter()
        self._stems: dict[str, str] = {}

    def add(self, weighed: Weighed) -> None:
        """Count the words of one product."""
        self._products.update(weighed.spelt.keys())
        self._stems.update(weighed.spelt)

    def rows(self) -> list[Row]:
        """Return rows of words, in one order for all writers: they wait for each other in it."""
        return [
            {
                "written": written,
                "stem": self._stems[written],
                "skeleton": skeleton(written),
                "products": self._products[written],
            }
            for written in sorted(self._products)
        ]


class Filling:
    """Products for the lists of a build, collected and written in portions."""

    def __init__(self, build: Build, chain: Chain, start: int = 0) -> None:
        """Begin with the number `start`."""
        self._build, self._chain = build, chain
        self._words, self._lists = Words(), Lists()
        self._records = bytearray()
        self._start = self._size = start
        self._bytes = 0

    def add(self, document: Document) -> None:
        """Add a product."""
        self.add_weighed(document, weigh(self._chain, document.texts))

    def add_weighed(self, document: Document, weighed: Weighed) -> None:
        """Add a product whose terms are known."""
        for kind, mentions in mentioned(weighed):
            for stem, (weight, places) in mentions.items():
                self._lists.add(name_of((kind, stem)), self._size, weight, places)
        for municipality_id in document.municipality_ids:
            self._lists.add(delivered_term(municipality_id), self._size)
        self._words.add(weighed)
        self._records += pack(document.facts)
        self._size += 1

    def add_gone(self, product_id: int) -> None:
        """Add that a product is gone."""
        self._records += gone(product_id)
        self._size += 1

    @property
    def full(self) -> bool:
        """Whether a portion is due to be written."""
        return self._size - self._start >= PORTION

    def sums(self) -> Sums:
        """Return what all that would be written of each product comes to, in their order; the end
        of it: nothing can be added any more.
        """
        terms, mentions = self._lists.mentions()
        found = summing.of_records(bytes(self._records), RECORD.itemsize)
        return found + summing.of_mentions(mentions, summing.keys(terms), self._size - self._start)

    def write(self, session: Session) -> None:
        """Write the lists collected since the last time."""
        written = [(name, packed(each)) for name, each in self._lists.lists()]
        rows = [{"term": name, "start": self._start, "packed": each} for name, each in written]
        if rows:
            session.execute(insert(self._build.lists), rows)
        self._bytes += sum(len(each) for _name, each in written)
        self._lists, self._start = Lists(), self._size

    def finish(self, session: Session) -> None:
        """Write what is left of a new build, and its words, over those seen meanwhile."""
        self.write(session)
        records = bytes(self._records)
        self._note(session, records=records, list_bytes=self._bytes, built=self._size)
        _insert(session, self._build.words, self._words.rows(), instead=("products",))

    def append(self, session: Session) -> None:
        """Write what is left beside what stands."""
        self.write(session)
        self._note(
            session,
            records=builds.c.records.concat(bytes(self._records)),
            list_bytes=builds.c.list_bytes + self._bytes,
            additions=builds.c.additions + 1,
        )

    def _note(self, session: Session, **values: Any) -> None:
        where = builds.c.number == self._build.number
        session.execute(update(builds).where(where).values(values))


def add_saved(session: Session, build: Build, chain: Chain) -> None:
    """Add what was saved to the lists, but for what somebody is saving by now."""
    lock = select(builds.c.records).where(builds.c.number == build.number).with_for_update()
    records = bytes(session.scalar(lock) or b"")
    saved = build.products.c
    session.execute(delete(build.products).where(saved.added))
    product_ids = session.scalars(
        select(saved.product_id)
        .where(~saved.added)
        .order_by(saved.product_id)
        .limit(PORTION)
        .with_for_update(skip_locked=True)
    ).all()
    filling = Filling(build, chain, len(records) // RECORD.itemsize)
    left = set(product_ids)
    for document in iterate_documents(session, product_ids):
        filling.add(document)
        left.discard(document.facts.product_id)
    for product_id in sorted(left):
        filling.add_gone(product_id)
    filling.append(session)
    session.execute(
        update(build.products).where(saved.product_id.in_(product_ids)).values(added=True)
    )


def replace(
    session: Session, build: Build, chain: Chain, product_ids: Sequence[int], found: list[Document]
) -> None:
    """Write products as they are now; of those that are gone, that they are."""
    written, words = _rows(chain, found)
    there = {row["product_id"] for row in written}
    gone = [each for each in product_ids if each not in there]
    table = build.products
    _insert(session, table, written, instead=_FACTS)
    empty = dict.fromkeys(_FACTS) | {"added": False}
    _insert(session, table, [{"product_id": each, **empty} for each in gone], instead=_FACTS)
    _insert(session, build.words, words.rows())


def lock(session: Session, build: Build, product_ids: Sequence[int]) -> None:
    """Wait for others who write the same products, so that the later one reads the newer rows."""
    rows = [{"product_id": each} for each in product_ids]
    _insert(session, build.products, rows, instead=("product_id",))


def row(document: Document, weighed: Weighed) -> Row:
    """Return the row of a product that was saved."""
    return {
        "product_id": document.facts.product_id,
        "facts": pack(document.facts),
        "delivers": list(document.municipality_ids),
        "vector": vector(weighed),
        "added": False,
    }


def _rows(chain: Chain, documents: Iterable[Document]) -> tuple[list[Row], Words]:
    """Return the rows of products, and their words."""
    words, found = Words(), []
    for document in documents:
        weighed = weigh(chain, document.texts)
        words.add(weighed)
        found.append(row(document, weighed))
    return found, words


def _insert(session: Session, table: Table, found: list[Row], instead: Sequence[str] = ()) -> None:
    if not found:
        return
    statement = insert_or(table)
    key = next(iter(table.primary_key.columns)).name
    if instead:
        new = {name: statement.excluded[name] for name in instead}
        session.execute(statement.on_conflict_do_update(index_elements=[key], set_=new), found)
    else:
        session.execute(statement.on_conflict_do_nothing(index_elements=[key]), found)
