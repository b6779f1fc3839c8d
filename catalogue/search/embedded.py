"""The engine of the embedded default: a Whoosh index in the data folder, answered by arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from catalogue.agreements.rules import InForce, judge
from catalogue.core.db import Database

from . import asking, documents, indexing, matching, planning
from .analysis import Chain, Language
from .documents import Document
from .engine import facets, merging
from .engine.columns import Pair, pack
from .engine.facets import Sight
from .engine.generation import Generation
from .engine.postings import Mask
from .index import Draft, IndexUnavailable, Store
from .port import Answer, Differences, Looked, Progress
from .weighing import weigh

KEPT_JUDGEMENTS = 64
# Products written in one commit of a rebuild: so many postings are sorted without going to disk.
SEGMENT = 12_500


@dataclass(frozen=True, eq=False)
class Judged:
    """Orderability of all pairs of a generation under one set of agreements in force."""

    name: tuple[str, int]  # of the generation
    in_force: InForce
    answers: dict[Pair, bool]
    mask: Mask


class EmbeddedEngine:
    """Search by the index in a folder."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.store = Store(folder, language)
        self._language = language
        self._judged: dict[tuple[int, Any], Judged] = {}

    def find(self, session: Session, looked: Looked) -> Answer:
        """Answer a query; raises IndexUnavailable."""
        query = looked.query
        with self.store.reading() as (generation, chain):
            asked = asking.read(chain, query.text)
            plan = planning.plan(chain, asked, generation, looked.meanings(chain))
            matches = matching.match(generation, plan)
            sight = Sight(
                columns=generation.columns,
                orderable=self._orderable(generation, looked.in_force),
                to_us=generation.delivers_to(looked.in_force.municipality_id),
            )
            selection = facets.select(sight, matches.found, query)
        return Answer(selection, plan, chain, matches.matched_all)

    def beginning(self, session: Session, start: str, limit: int) -> list[str]:
        """Return written words of the catalogue that begin so, those of most products first."""
        with self.store.reading() as (generation, _chain):
            return generation.beginning(start, limit)

    def index(self, database: Database, product_ids: Sequence[int]) -> None:
        """Bring products up to date: read after the writer is ours, so never older."""
        with self.store.reading():  # an index that cannot be read must not be written to
            pass
        with self.store.writing(product_ids) as (writer, chain), database.reading() as session:
            for document in documents.iterate_documents(session, product_ids):
                writer.add_document(**entry(chain, document))

    def rebuild(self, database: Database, progress: Progress) -> None:
        """Build the index anew beside the one in use; what changes meanwhile is in both."""
        with database.reading() as session:
            known = documents.list_own_words(session, Chain(self._language))
        with self.store.building(known) as draft:
            _fill(database, draft, progress)
            with (
                draft.finishing() as touched,
                draft.writing(touched) as writer,
                database.reading() as session,
            ):
                for document in documents.iterate_documents(session, touched):
                    writer.add_document(**entry(draft.chain, document))

    def ready(self, session: Session) -> bool:
        """Tell whether the index can be used."""
        try:
            with self.store.reading():
                return True
        except IndexUnavailable:
            return False

    def worn(self, session: Session) -> bool:
        """Tell whether the index has so many segments or dead products that it is due."""
        with self.store.reading() as (generation, _chain):
            sizes = [segment.size for segment in generation.segments]
            return merging.worn(sizes, int(generation.columns.live.sum()))

    def compare(self, session: Session) -> Differences:
        """Compare the index with the database, product by product; raises IndexUnavailable."""
        with self.store.reading() as (generation, _chain):
            columns = generation.columns
            live = columns.live
            indexed = dict(
                zip(
                    columns.product_id[live].tolist(),
                    columns.fingerprint[live].tolist(),
                    strict=True,
                )
            )
            doubled = _doubled(columns.product_id[live])
        missing, stale, after = [], list(doubled), 0
        while portion := documents.list_published_ids(session, after, documents.PORTION):
            after = portion[-1]
            for document in documents.list_documents(session, portion):
                found = indexed.pop(document.facts.product_id, None)
                if found is None:
                    missing.append(document.facts.product_id)
                elif found != document.facts.fingerprint:
                    stale.append(document.facts.product_id)
        return Differences(tuple(missing), tuple(sorted(indexed)), tuple(sorted(set(stale))))

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()

    def _orderable(self, generation: Generation, in_force: InForce) -> Mask:
        """Judge each distinct pair of enterprise and category once."""
        key = (in_force.municipality_id, in_force.day)
        judged = self._judged.get(key)
        same = judged is not None and judged.in_force == in_force
        if judged is None or not same or judged.name != generation.name:
            before = judged.answers if judged and same else {}
            answers = {
                pair: before[pair] if pair in before else _may_order(in_force, pair)
                for pair in generation.columns.pairs
            }
            mask = np.fromiter(answers.values(), bool, len(answers))
            judged = Judged(generation.name, in_force, answers, mask)
            if len(self._judged) >= KEPT_JUDGEMENTS:
                self._judged.clear()
            self._judged[key] = judged
        return judged.mask


def entry(chain: Chain, document: Document) -> indexing.Document:
    """Return a product as the writer of the index wants it."""
    return indexing.document(
        document.facts.product_id,
        weigh(chain, document.texts),
        document.municipality_ids,
        pack(document.facts),
    )


def _fill(database: Database, draft: Draft, progress: Progress) -> None:
    with database.reading() as session:
        total = documents.count_published(session)
    done, last, more = 0, 0, True
    while more:
        with draft.writing() as writer:
            end = done + SEGMENT
            while more and done < end:
                portion = _add_portion(database, writer, draft.chain, last)
                more = bool(portion)
                if more:
                    done, last = done + len(portion), portion[-1]
                    progress(done, max(done, total))


def _add_portion(database: Database, writer: Any, chain: Chain, after: int) -> list[int]:
    with database.reading() as session:
        portion = documents.list_published_ids(session, after, documents.PORTION)
        for document in documents.list_documents(session, portion):
            writer.add_document(**entry(chain, document))
    return portion


def _doubled(product_ids: Any) -> list[int]:
    distinct, counts = np.unique(product_ids, return_counts=True)
    doubled: list[int] = distinct[counts > 1].tolist()
    return doubled


def _may_order(in_force: InForce, pair: Pair) -> bool:
    enterprise_id, code = pair
    return judge(
        in_force, published=True, enterprise_id=enterprise_id, category_code=code
    ).orderable
