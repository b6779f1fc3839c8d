"""The port of search on PostgreSQL."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from catalogue.core.db import Database

from .. import asking, documents, planning
from ..analysis import Chain, Language
from ..engine import columns, facets
from ..engine.columns import Columns, Pairs
from ..engine.facets import Sight
from ..engine.postings import NOTHING, Found
from ..index import VERSION, IndexUnavailable
from ..judging import Judgements
from ..planning import Need, Plan
from ..port import Answer, Differences, Looked, Progress
from ..ranking import among_kin, combined, in_all_forms
from ..terms import Term
from . import statement, tables, writing
from .statement import Part, Scorer
from .tables import BUILDING, SAVING, Build, Current
from .vocabulary import Vocabulary

log = logging.getLogger("catalogue.search")
Hits = tuple[Columns, Any, list[Any]]  # facts, who delivers to us, scores of each part


class PostgresEngine:
    """Search by tables in the database itself, shared by all web nodes."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self.version = f"{VERSION}-{language.code}"
        self._judgements = Judgements()
        self._chain: Chain | None = None

    def find(self, session: Session, looked: Looked) -> Answer:
        """Answer a query; raises IndexUnavailable."""
        with self._current(session) as (current, chain):
            asked = asking.read(chain, looked.query.text)
            vocabulary = Vocabulary(session, current.build)
            plan = planning.plan(chain, asked, vocabulary, looked.meanings(chain))
            counts = vocabulary.counts(_terms(plan))
            scorer = Scorer(current.build.products, current.products, counts)
            finding = _Finding(session, current.build, scorer, looked.in_force.municipality_id)
            facts, to_us, found, matched_all = finding.answer(plan)
        kinds = facts.category_of[facts.pair_of[found.numbers]]
        found = among_kin(found, facts.category_kinds, kinds)
        orderable = self._judgements.mask(looked.in_force, facts.pairs)
        selection = facets.select(Sight(facts, orderable, to_us), found, looked.query)
        return Answer(selection, plan, chain, matched_all)

    def chain(self, session: Session) -> Chain:
        """Return the chain that the index in use was written by; raises IndexUnavailable."""
        with self._current(session) as (_current, chain):
            return chain

    def beginning(self, session: Session, start: str, limit: int) -> list[str]:
        """Return written words of the catalogue that begin so, those of most products first."""
        with self._current(session) as (current, _chain):
            return Vocabulary(session, current.build).beginning(start, limit)

    def index(self, database: Database, product_ids: Sequence[int]) -> None:
        """Bring products up to date with the database, in a transaction of their own."""
        with database.transaction() as session:
            self.index_in(session, product_ids)

    def index_in(self, session: Session, product_ids: Sequence[int]) -> None:
        """Bring products up to date in the transaction that changed them.

        Raises IndexUnavailable; the transaction can go on.
        """
        wanted = sorted(set(product_ids))
        with _guarded(session):
            session.execute(select(func.pg_advisory_xact_lock_shared(SAVING)))
            written = [
                (build, version)
                for build, version in tables.list_written(session)
                if version == self.version
            ]
            if not written:
                raise IndexUnavailable()
            for build, _version in written:
                writing.lock(session, build, wanted)
            for start in range(0, len(wanted), documents.PORTION):
                portion = wanted[start : start + documents.PORTION]
                found = documents.list_documents(session, portion)
                for build, _version in written:
                    chain = self._chain_of(session, build)
                    writing.replace(session, build, chain, portion, found)

    def rebuild(self, database: Database, progress: Progress) -> None:
        """Build the index anew beside the one in use; what is saved meanwhile is in both."""
        with database.reading() as alone:  # the lock is let go of when this session ends
            alone.connection(execution_options={"isolation_level": "READ COMMITTED"})
            alone.execute(select(func.pg_advisory_xact_lock(BUILDING)))
            with database.transaction() as session:
                tables.prepare(session)
            with database.reading() as session:
                known = documents.list_own_words(session, Chain(self._language))
            with database.transaction() as session:
                build = tables.begin(session, self.version, known)
            with database.transaction() as session:  # who saves now knows of the new build
                session.execute(select(func.pg_advisory_xact_lock(SAVING)))
            self._fill(database, build, progress)
            with database.transaction() as session:
                tables.swap(session, build)
                tables.analyze(session, build)

    def ready(self, session: Session) -> bool:
        """Tell whether there is an index of the present version."""
        try:
            with self._current(session):
                return True
        except IndexUnavailable:
            return False

    def worn(self, session: Session) -> bool:
        """Tell whether so many products are gone or new that counts of words mislead."""
        with self._current(session) as (current, _chain):
            table = current.build.products.c
            rows, live = session.execute(select(func.count(), func.count(table.facts))).one()
        return rows > 2 * live + 1000 or live > 2 * current.products + 1000

    def compare(self, session: Session) -> Differences:
        """Compare the index with the database, product by product; raises IndexUnavailable."""
        with self._current(session) as (current, _chain):
            table = current.build.products.c
            packed = session.scalar(select(func.string_agg(table.facts, statement.EMPTY)))
        records = columns.unpack(bytes(packed or b""))
        ids, fingerprints = records["product_id"].tolist(), records["fingerprint"].tolist()
        return documents.compare(session, dict(zip(ids, fingerprints, strict=True)))

    def close(self) -> None:
        """Nothing is held open: connections are the database's."""

    @contextmanager
    def _current(self, session: Session) -> Iterator[tuple[Current, Chain]]:
        """Give the build in use and its chain; raises IndexUnavailable."""
        with _guarded(session):
            current = tables.find_current(session, self.version)
            if current is None:
                raise IndexUnavailable()
            yield current, self._chain_of(session, current.build)

    def _chain_of(self, session: Session, build: Build) -> Chain:
        name = f"build {build.number}"
        if self._chain is None or self._chain.name != name:
            known = tables.get_known(session, build)
            self._chain = Chain(self._language, known.__contains__, name)
        return self._chain

    def _fill(self, database: Database, build: Build, progress: Progress) -> None:
        words, done, last = writing.Words(), 0, 0
        with database.reading() as session:
            total = documents.count_published(session)
            chain = self._chain_of(session, build)
        while True:
            with database.transaction() as session:
                portion = documents.list_published_ids(session, last, documents.PORTION)
                if not portion:
                    writing.count(session, build, words)
                    return
                found = documents.list_documents(session, portion)
                words.update(writing.fill(session, build, chain, found))
            done, last = done + len(portion), portion[-1]
            progress(done, max(done, total))


class _Finding:
    """Finds the products of a plan in one build."""

    def __init__(
        self, session: Session, build: Build, scorer: Scorer, municipality_id: int
    ) -> None:
        self._session, self._table, self._scorer = session, build.products, scorer
        self._municipality_id = municipality_id

    def answer(self, plan: Plan) -> tuple[Columns, Any, Found, bool]:
        """Return facts, who delivers to us, what was found, and whether it has all words."""
        scorer = self._scorer
        needs = [scorer.need(need) for need in plan.needs]
        phrases = [scorer.phrase(phrase) for phrase in plan.phrases]
        parts = [part for part in (*needs, *phrases) if part]
        if not plan.needs and not plan.phrases:
            facts, to_us, _scores = self._gather(plan, [], "")
            return facts, to_us, _all_of(facts), True
        if phrases and len(parts) < len(needs) + len(phrases):
            facts, to_us, _scores = self._none()
            return facts, to_us, _all_of(facts), True
        if len(parts) == len(needs) + len(phrases):
            facts, to_us, scores = self._gather(plan, parts, " & ")
            enough = len(facts.product_id) >= (plan.few if len(needs) > 1 else 1)
            if phrases or enough:
                found = [_scored(each) for each in scores]
                answers, said = found[: len(needs)], found[len(needs) :]
                return facts, to_us, *combined(answers, said, plan.few)
        return self._fewer(plan)

    def _fewer(self, plan: Plan) -> tuple[Columns, Any, Found, bool]:
        """Answer with the weakest forms too, and with most words where none has all."""
        weak = [self._scorer.need(need, weak=self._few(plan, need)) for need in plan.needs]
        parts = [part for part in weak if part]
        if not parts:
            facts, to_us, _scores = self._none()
            return facts, to_us, _all_of(facts), False
        facts, to_us, scores = self._gather(plan, parts, " | ")
        found = iter(scores)
        answers = [_scored(next(found)) if part else NOTHING for part in weak]
        return facts, to_us, *combined(answers, (), plan.few)

    def _few(self, plan: Plan, need: Need) -> bool:
        """Tell whether a need finds so little that its weakest forms are wanted too."""
        strong = [form for form in need.forms if not form.last_resort]
        return len(plan.needs) == 1 or not sum(map(self._scorer.having, strong))

    def _gather(self, plan: Plan, parts: Sequence[Part], join: str) -> Hits:
        where = statement.everything(self._scorer, self._table, plan)
        if parts:
            where &= self._scorer.matches(join.join(part.query for part in parts))
        asked = statement.gathered(self._table, self._municipality_id, parts, where)
        packed = [bytes(each or b"") for each in self._session.execute(asked).one()]
        records = columns.unpack(packed[0])
        facts = columns.assemble([(records, Pairs(records))], np.ones(len(records), bool))
        here = np.frombuffer(packed[1], np.uint8).astype(bool)
        scores = iter([np.frombuffer(each, ">f4").astype(np.float32) for each in packed[2:]])
        return facts, facts.everywhere | here, [_summed(part, scores) for part in parts]

    def _none(self) -> Hits:
        records = columns.unpack(b"")
        facts = columns.assemble([(records, Pairs(records))], np.ones(0, bool))
        return facts, np.zeros(0, bool), []


@contextmanager
def _guarded(session: Session) -> Iterator[None]:
    """Keep the transaction usable when the tables of the index are not what they should be.

    A session that only reads has none: each of its statements stands for itself.
    """
    driver: Any = session.connection().connection.driver_connection
    try:
        with nullcontext() if driver.autocommit else session.begin_nested():
            yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        log.warning("index cannot be used", extra={"error": str(error.orig)})
        raise IndexUnavailable() from error


def _terms(plan: Plan) -> set[Term]:
    groups = [group for need in plan.needs for form in need.forms for group in form.groups]
    groups += [group for phrase in plan.phrases for group in phrase]
    return {term for group in groups for term in group}


def _summed(part: Part, scores: Iterator[Any]) -> Any:
    """Return the scores of a part from those of its forms, as the other engine sums them."""
    forms = np.stack([next(scores) for _form in part.scores])
    return in_all_forms(forms.max(axis=0), forms.sum(axis=0)) * np.float32(part.telling)


def _scored(scores: Any) -> Found:
    numbers = np.flatnonzero(scores > 0).astype(np.int32)
    return Found(numbers, scores[numbers])


def _all_of(facts: Columns) -> Found:
    size = len(facts.product_id)
    return Found(np.arange(size, dtype=np.int32), np.zeros(size, np.float32))
