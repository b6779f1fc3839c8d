"""The port of search on PostgreSQL.

What stands is answered from lists that each web process keeps, for what is in them never changes;
what was saved since, by full text in the database, from the commit on that saves it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from catalogue.core import faults
from catalogue.core.db import Database

from .. import asking, documents, matching, planning
from ..analysis import Chain, Language
from ..engine import facets
from ..engine.facets import Sight
from ..index import VERSION, IndexUnavailable
from ..judging import Judgements
from ..matching import Matches
from ..planning import Plan
from ..port import Answer, Differences, Looked, Progress
from ..terms import Group, Term
from . import checking, fresh, tables, writing
from .fresh import Fresh
from .moment import Moment, Source
from .standing import Standing
from .tables import BUILDING, SAVING, Build
from .vocabulary import Vocabulary, Written
from .writing import Filling

log = logging.getLogger("catalogue.search")
# So many products are searched by full text; more are added to the lists.
MOST_FRESH = 200
# Lists of so many parts, or with so many products twice, are worth being built anew.
MOST_ADDITIONS, MOST_ADDED, MOST_ADDED_SHARE = 100, 2_000, 0.5
PLAN_BYTES = 20_000  # about what a plan takes, to bound those that are remembered


class PostgresEngine:
    """Search by tables in the database itself, shared by all web nodes."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self.version = f"{VERSION}-{language.code}"
        self._judgements = Judgements()
        self._chain: Chain | None = None
        self._build: Build | None = None
        self._standing: Standing | None = None
        self._moment: Moment | None = None

    def find(self, session: Session, looked: Looked) -> Answer:
        """Answer a query; raises IndexUnavailable."""
        municipality_id = looked.in_force.municipality_id
        with self._current(session, municipality_id) as (build, chain, new):
            moment = self._moment_of(session, build, new)
            plan, matches = _matched(session, build, moment, new, chain, looked)
            stood = moment.standing.delivers_to(session, municipality_id)
        columns = moment.columns
        orderable = self._judgements.mask(looked.in_force, columns.pairs, moment)
        sight = Sight(columns, orderable, moment.to_us(stood, new.here))
        key = (looked.meanings(chain), municipality_id)
        selection = facets.select_kept(
            moment.answers, key, sight, matches.found, matches.further, looked.query
        )
        return Answer(selection, plan, chain, matches.matched_all)

    def chain(self, session: Session) -> Chain:
        """Return the chain that the index in use was written by; raises IndexUnavailable."""
        with self._current(session) as (_build, chain, _new):
            return chain

    def beginning(self, session: Session, start: str, limit: int) -> list[str]:
        """Return written words of the catalogue that begin so, those of most products first."""
        with self._current(session) as (build, _chain, _new):
            return Written(session, build).beginning(start, limit)

    def index(self, database: Database, product_ids: Sequence[int]) -> None:
        """Bring products up to date with the database, in a transaction of their own."""
        with database.transaction() as session:
            self.index_in(session, product_ids)

    def index_in(self, session: Session, product_ids: Sequence[int]) -> bool:
        """Bring products up to date in the transaction that changed them.

        Tells whether the index is due to be tended. Raises IndexUnavailable; the transaction can
        go on.
        """
        wanted = sorted(set(product_ids))
        with _guarded(session):
            tables.begin_saving(session, len(wanted))
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
            return tables.get_wear(session, written[0][0]).saved > MOST_FRESH

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
        """Tell whether there is an index of the present version, whole as it was written."""
        if not tables.are_there(session):  # a new installation: nothing is wrong that a log tells
            return False
        try:
            with self._current(session) as (build, _chain, _new):
                Standing(session, build)
                return tables.is_whole(session, build)
        except IndexUnavailable:
            return False

    def worn(self, session: Session) -> bool:
        """Tell whether so much was added to the index that it would gain from being built anew."""
        with self._current(session) as (build, _chain, _new):
            wear = tables.get_wear(session, build)
        added = wear.records - wear.built
        most = MOST_ADDED + MOST_ADDED_SHARE * wear.built
        return wear.additions > MOST_ADDITIONS or added > most

    def tend(self, database: Database) -> None:
        """Add what was saved to the lists, and sort in what is saved beside them."""
        with database.transaction() as session, self._current(session) as (build, chain, _new):
            writing.add_saved(session, build, chain)
        with database.transaction() as session:
            tables.sort_in(session, build)

    def compare(self, session: Session) -> Differences:
        """Compare the index with the database, product by product, by all that lists, rows and
        facts say of each; reads all of them. Raises IndexUnavailable.
        """
        with self._current(session) as (build, chain, new):
            return checking.compare(session, build, chain, new)

    def close(self) -> None:
        """Nothing is held open: connections are the database's."""

    @contextmanager
    def _current(
        self, session: Session, municipality_id: int = 0
    ) -> Iterator[tuple[Build, Chain, Fresh]]:
        """Give the build in use, its chain and what was saved since; raises IndexUnavailable.

        A session that only reads asks once: a page that finds little asks with fewer filters too.
        """
        key = (self.version, municipality_id)
        with _guarded(session):
            found = session.info.get(key) or self._look(session, municipality_id)
            if _is_reading(session):
                session.info[key] = found
            yield found

    def _look(self, session: Session, municipality_id: int) -> tuple[Build, Chain, Fresh]:
        build, new = self._build, None
        if build is not None:  # most often it is the one of the last time
            with suppress(IndexUnavailable), _guarded(session, told=False):
                new = fresh.read(session, build, municipality_id)
        if build is None or new is None or new.state[0] != build.name:
            build = self._build = tables.find_current(session, self.version)
            if build is None:
                raise IndexUnavailable()
            new = fresh.read(session, build, municipality_id)
        return build, self._chain_of(session, build), new

    def _chain_of(self, session: Session, build: Build) -> Chain:
        chain = self._chain
        if chain is None or chain.name != build.name:
            known = tables.get_known(session, build)
            chain = self._chain = Chain(self._language, known.__contains__, build.name)
        return chain

    def _moment_of(self, session: Session, build: Build, new: Fresh) -> Moment:
        standing, moment = self._standing, self._moment
        if standing is None or standing.state != new.state:
            standing = self._standing = Standing(session, build)
        if moment is None or moment.standing is not standing or moment.token != new.token:
            spoken = fresh.listen(session, build, new, moment.spoken if moment else None)
            moment = self._moment = Moment(standing, new, spoken)
        return moment

    def _fill(self, database: Database, build: Build, progress: Progress) -> None:
        done, last = 0, 0
        with database.reading() as session:
            total = documents.count_published(session)
            filling = Filling(build, self._chain_of(session, build))
        while True:
            with database.reading() as session:
                portion = documents.list_published_ids(session, last, documents.PORTION)
                for document in documents.list_documents(session, portion):
                    filling.add(document)
            if not portion:
                with database.transaction() as session:
                    filling.finish(session)
                return
            if filling.full:
                with database.transaction() as session:
                    filling.write(session)
            done, last = done + len(portion), portion[-1]
            progress(done, max(done, total))


def _matched(
    session: Session, build: Build, moment: Moment, new: Fresh, chain: Chain, looked: Looked
) -> tuple[Plan, Matches]:
    """Return what is looked for and found, remembered: filters and pages ask for the same again."""
    text, meanings = looked.query.text, looked.meanings(chain)
    key = ("matched", text, meanings)
    known: tuple[Plan, Matches] | None = moment.answers.get(key)
    if known is None:
        vocabulary = Vocabulary(session, build, moment)
        plan = planning.plan(chain, asking.read(chain, text), vocabulary, meanings)
        lists = moment.standing.lists_of(session, *_terms(plan))
        said = fresh.ask(session, build, new, plan, moment.spoken.names)
        known = plan, matching.match(Source(moment, lists, said), plan)
        moment.answers.put(key, known, known[1].size_bytes + PLAN_BYTES)
    return known


@contextmanager
def _guarded(session: Session, *, told: bool = True) -> Iterator[None]:
    """Keep the transaction usable when the tables of the index are not what they should be.

    A session that only reads has none: each of its statements stands for itself. What is not `told`
    is no fault.
    """
    try:
        with nullcontext() if _is_reading(session) else session.begin_nested():
            yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        if told:
            faults.note(log, "index cannot be used")  # its words may hold what was searched for
        raise IndexUnavailable() from error
    except ValueError as error:
        faults.note(log, "index cannot be read")
        raise IndexUnavailable() from error


def _is_reading(session: Session) -> bool:
    driver: Any = session.connection().connection.driver_connection
    return bool(driver.autocommit)


def _terms(plan: Plan) -> tuple[set[Term], set[Term]]:
    """Return the terms that are asked for in any case, and those only where these find little."""
    forms = [form for need in plan.needs for form in need.forms]
    first = [group for form in forms if form.below == planning.ALWAYS for group in form.groups]
    first += [group for phrase in (*plan.phrases, *plan.unwanted) for group in phrase]
    later = [group for form in forms if form.below != planning.ALWAYS for group in form.groups]
    return _of(first), _of(later)


def _of(groups: Sequence[Group]) -> set[Term]:
    return {term for group in groups for term in group}
