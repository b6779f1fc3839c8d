"""The engine of the embedded default: a Whoosh index in the data folder, answered by arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from catalogue.core.db import Database

from . import asking, documents, indexing, matching, planning
from .analysis import Chain, Language
from .documents import Document
from .engine import facets, merging
from .engine.columns import pack
from .engine.facets import Sight
from .engine.filling import Filling
from .engine.generation import Generation
from .index import Draft, IndexUnavailable, Store
from .judging import Judgements
from .matching import Matches
from .meaning import Meanings
from .planning import Plan
from .port import Answer, Differences, Looked, Progress
from .weighing import weigh

# Products written in one commit of a rebuild: so many are held in memory.
SEGMENT = 25_000
PLAN_BYTES = 20_000  # about what a plan takes, to bound those that are remembered


class EmbeddedEngine:
    """Search by the index in a folder."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.store = Store(folder, language)
        self._language = language
        self._judgements = Judgements()

    def find(self, session: Session, looked: Looked) -> Answer:
        """Answer a query; raises IndexUnavailable."""
        query = looked.query
        with self.store.reading() as (generation, chain):
            meanings, home = looked.meanings(chain), looked.in_force.municipality_id
            plan, matches = _matched(generation, chain, query.text, meanings)
            sight = Sight(
                columns=generation.columns,
                orderable=self._judgements.mask(
                    looked.in_force, generation.columns.pairs, generation.name
                ),
                to_us=generation.delivers_to(home),
            )
            selection = facets.select_kept(
                generation.answers, (meanings, home), sight, matches.found, matches.further, query
            )
        return Answer(selection, plan, chain, matches.matched_all)

    def chain(self, session: Session) -> Chain:
        """Return the chain that the index in use was written by; raises IndexUnavailable."""
        with self.store.reading() as (_generation, chain):
            return chain

    def beginning(self, session: Session, start: str, limit: int) -> list[str]:
        """Return written words of the catalogue that begin so, those of most products first."""
        with self.store.reading() as (generation, _chain):
            return generation.beginning(start, limit)

    def index(self, database: Database, product_ids: Sequence[int]) -> None:
        """Bring products up to date: read after the writer is ours, so never older."""
        with self.store.writing(product_ids) as (filling, chain), database.reading() as session:
            for document in documents.iterate_documents(session, product_ids):
                filling.add_document(**entry(chain, document))

    def rebuild(self, database: Database, progress: Progress) -> None:
        """Build the index anew beside the one in use; what changes meanwhile is in both."""
        with database.reading() as session:
            known = documents.list_own_words(session, Chain(self._language))
        with self.store.building(known) as draft:
            _fill(database, draft, progress)
            draft.join()
            with (
                draft.finishing() as touched,
                draft.writing(touched) as filling,
                database.reading() as session,
            ):
                for document in documents.iterate_documents(session, touched):
                    filling.add_document(**entry(draft.chain, document))

    def ready(self, session: Session) -> bool:
        """Tell whether there is an index that can be used and is whole; reads all of it."""
        try:
            self.store.verify()
        except IndexUnavailable:
            return False
        return True

    def worn(self, session: Session) -> bool:
        """Tell whether the index has so many segments or dead products that it is due."""
        with self.store.reading() as (generation, _chain):
            sizes = [segment.size for segment in generation.segments]
            return merging.worn(sizes, int(generation.columns.live.sum()))

    def tend(self, database: Database) -> None:
        """Do nothing: segments are joined by those who write."""

    def compare(self, session: Session) -> Differences:
        """Compare the index with the database, product by product, by all that its lists and facts
        say of each; reads all of them. Raises IndexUnavailable.
        """
        with self.store.reading() as (generation, chain):
            live = generation.columns.live
            ids, sums = generation.columns.product_id[live], generation.sums()[live]
        indexed = dict(zip(ids.tolist(), sums.tolist(), strict=True))

        def differing(found: Sequence[Document]) -> Iterator[int]:
            filling = indexing.empty()
            for document in found:
                filling.add_document(**entry(chain, document))
            for document, due in zip(found, filling.sums().tolist(), strict=True):
                if indexed[document.facts.product_id] != due:
                    yield document.facts.product_id

        return documents.compare(session, indexed, differing, _doubled(ids))

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()


def entry(chain: Chain, document: Document) -> indexing.Document:
    """Return a product as the writer of the index wants it."""
    return indexing.document(
        document.facts.product_id,
        weigh(chain, document.texts),
        document.municipality_ids,
        pack(document.facts),
    )


def _matched(
    generation: Generation, chain: Chain, text: str, meanings: Meanings
) -> tuple[Plan, Matches]:
    """Return what is looked for and found, remembered: filters and pages ask for the same again."""
    key = ("matched", text, meanings)
    known: tuple[Plan, Matches] | None = generation.answers.get(key)
    if known is None:
        plan = planning.plan(chain, asking.read(chain, text), generation, meanings)
        known = plan, matching.match(generation, plan)
        generation.answers.put(key, known, known[1].size_bytes + PLAN_BYTES)
    return known


def _fill(database: Database, draft: Draft, progress: Progress) -> None:
    with database.reading() as session:
        total = documents.count_published(session)
    done, last, more = 0, 0, True
    while more:
        with draft.writing() as filling:
            end = done + SEGMENT
            while more and done < end:
                portion = _add_portion(database, filling, draft.chain, last)
                more = bool(portion)
                if more:
                    done, last = done + len(portion), portion[-1]
                    progress(done, max(done, total))


def _add_portion(database: Database, filling: Filling, chain: Chain, after: int) -> list[int]:
    with database.reading() as session:
        portion = documents.list_published_ids(session, after, documents.PORTION)
        for document in documents.list_documents(session, portion):
            filling.add_document(**entry(chain, document))
    return portion


def _doubled(product_ids: Any) -> list[int]:
    distinct, counts = np.unique(product_ids, return_counts=True)
    doubled: list[int] = distinct[counts > 1].tolist()
    return doubled
