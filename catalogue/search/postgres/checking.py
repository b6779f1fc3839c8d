"""Whether the tables of a build say of each product what the database does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Select, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Session

from catalogue.core.postgres import IN_BINARY

from .. import documents
from ..analysis import Chain, skeleton
from ..documents import Document
from ..engine import summing
from ..engine.collecting import Mentions
from ..engine.summing import Sums
from ..port import Differences
from ..weighing import Weighed, weigh
from . import fresh, writing
from .fresh import Fresh
from .moment import Moment
from .packing import unpacked
from .standing import Standing
from .tables import Build
from .writing import Filling

ROWS = 1_000  # of lists that are fetched at a time
PORTION_BYTES = 4 * 2**20  # of lists that are summed up at a time


def compare(session: Session, build: Build, chain: Chain, new: Fresh) -> Differences:
    """Compare a build with the database, product by product; reads all of both.

    Raises ValueError when a list is none.
    """
    held = Held(session, build, chain, new)
    return documents.compare(session, held.product_ids, held.differing)


class Held:
    """What a build says of each product: in lists where it stands, in a row if saved since."""

    def __init__(self, session: Session, build: Build, chain: Chain, new: Fresh) -> None:
        """Read all lists; raises ValueError when one is none."""
        self._session, self._build, self._chain = session, build, chain
        standing = Standing(session, build)
        columns = Moment(standing, new, fresh.listen(session, build, new, None)).columns
        live, ids, sums = columns.live, columns.product_id, _sums(session, standing)
        stands = np.flatnonzero(live[: standing.size])
        self._stood = dict(zip(ids[stands].tolist(), sums[stands].tolist(), strict=True))
        self.product_ids: list[int] = ids[live].tolist()
        self._stems = _stems(session, build)

    def differing(self, found: Sequence[Document]) -> set[int]:
        """Return the ids of those of some products, all of the build, that it has otherwise."""
        filling, saved = Filling(self._build, self._chain), Saved()
        stood: list[int] = []
        otherwise = set()
        for document in found:
            product_id = document.facts.product_id
            weighed = weigh(self._chain, document.texts)
            if product_id in self._stood:
                stood.append(product_id)
                filling.add_weighed(document, weighed)
            else:
                saved.add(document, weighed)
            if any(self._stems.get(word) != stem for word, stem in weighed.spelt.items()):
                otherwise.add(product_id)
        for product_id, due in zip(stood, filling.sums().tolist(), strict=True):
            if self._stood[product_id] != due:
                otherwise.add(product_id)
        return otherwise | saved.differing(self._session, self._build)


class Saved:
    """The rows that products saved since should have."""

    def __init__(self) -> None:
        self._rows: dict[int, writing.Row] = {}

    def add(self, document: Document, weighed: Weighed) -> None:
        """Add a product."""
        self._rows[document.facts.product_id] = writing.row(document, weighed)

    def differing(self, session: Session, build: Build) -> set[int]:
        """Return those whose row is another."""
        if not self._rows:
            return set()
        asked = {"ids": list(self._rows), "vectors": [row["vector"] for row in self._rows.values()]}
        right = {
            row.product_id
            for row in session.execute(_saved(build), asked)
            if row.alike
            and all(
                getattr(row, name) == self._rows[row.product_id][name]
                for name in ("facts", "delivers")
            )
        }
        return self._rows.keys() - right


def _stems(session: Session, build: Build) -> dict[str, str]:
    """Return the stem of each written word; of those that would not be found by their letters,
    none.
    """
    table = build.words.c
    rows = session.execute(select(table.written, table.stem, table.skeleton))
    return {row.written: row.stem for row in rows if row.skeleton == skeleton(row.written)}


def _sums(session: Session, standing: Standing) -> Sums:
    """Return what all lists and records of a build say of each record, as `Filling.sums` does."""
    records = standing.records
    found = summing.of_records(records.tobytes(), records.itemsize)
    for portion in _portions(session, standing):
        found += summing.of_mentions(
            _mentions(portion, standing.size), _keys(portion), standing.size
        )
    return found


def _portions(session: Session, standing: Standing) -> Iterator[list[Any]]:
    """Yield rows of lists in order, those of one term together."""
    portion: list[Any] = []
    size_bytes = 0
    for row in session.execute(_lists(standing.build), {"size": standing.size}):
        if size_bytes > PORTION_BYTES and row.term != portion[-1].term:
            yield portion
            portion, size_bytes = [], 0
        portion.append(row)
        size_bytes += len(row.packed)
    if portion:
        yield portion


def _keys(portion: Sequence[Any]) -> Sums:
    return summing.keys(row.term for row in portion)


def _mentions(portion: Sequence[Any], size: int) -> Mentions:
    ranks: dict[str, int] = {}
    for at, row in enumerate(portion):
        ranks.setdefault(row.term, at)  # by its first row, so that keys are found by it
    lists = [unpacked(bytes(row.packed), size) for row in portion]
    sizes = [len(each.numbers) for each in lists]
    return Mentions(
        np.repeat(np.array([ranks[row.term] for row in portion], np.int32), sizes),
        np.concatenate([each.numbers for each in lists]),
        np.concatenate([each.weights for each in lists]),
        np.concatenate([np.diff(each.ends, prepend=0) for each in lists]),
        np.concatenate([each.places for each in lists]),
    )


@lru_cache(maxsize=8)
def _lists(build: Build) -> Select[Any]:
    table = build.lists.c
    return (
        select(table.term, table.packed)
        .where(table.start < bindparam("size"))  # and not what is added meanwhile
        .order_by(table.term, table.start)
        .execution_options(yield_per=ROWS, **{IN_BINARY: True})
    )


@lru_cache(maxsize=8)
def _saved(build: Build) -> Select[Any]:
    """Return the statement of the rows of some products, and whether their vectors are those."""
    table = build.products.c
    ids = bindparam("ids", type_=ARRAY(BigInteger))
    vectors = bindparam("vectors", type_=ARRAY(Text))
    due = (
        func.unnest(ids, vectors)
        .table_valued(column("product_id", BigInteger), column("vector", Text), name="due")
        .render_derived()
    )
    alike = (table.vector == cast(due.c.vector, TSVECTOR)).label("alike")
    joined = build.products.join(due, table.product_id == due.c.product_id)
    return select(table.product_id, table.facts, table.delivers, alike).select_from(joined)
