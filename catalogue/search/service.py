"""The verbs of search: index what changed, build anew, find.

The index finds, the database speaks: a hit is an id, its price and state come from the rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements.rules import InForce
from catalogue.core import faults, jobs, outage
from catalogue.core.db import Database
from catalogue.core.errors import Missing
from catalogue.core.jobs import Work
from catalogue.core.text import lazy as _
from catalogue.settings import Settings

from . import documents, fallback, naming, queries
from .analysis import LANGUAGES, Chain, Language
from .dictionaries import Dictionaries, starting_words
from .embedded import EmbeddedEngine
from .engine.facets import Selection
from .index import IndexUnavailable
from .port import Differences, Engine, Looked, Progress
from .postgres.engine import PostgresEngine
from .query import Hits, Query, Why

log = logging.getLogger("catalogue.search")
PART = "search"
POSTGRESQL = "postgresql"  # the setting of the engine in the database
INDEX, REBUILD = "search.index", "search.rebuild"


class ProductMissing(Missing):
    """There is no such product, or it was never published."""

    title = _("The product was not found")


@dataclass(frozen=True)
class Search:
    """The engine in use, the language of the catalogue's texts, and what words mean where."""

    engine: Engine
    language: Language
    dictionaries: Dictionaries
    plain: Chain  # of the language alone, for when there is no index

    def close(self) -> None:
        """Let go of what the engine holds open."""
        self.engine.close()


def open_index(parts: dict[str, Any], settings: Settings) -> None:
    """Put the engine into `parts`; nothing is opened before the first query."""
    language = LANGUAGES[settings.search_language]
    engine: Engine = (
        PostgresEngine(language)
        if settings.search_engine == POSTGRESQL
        else EmbeddedEngine(settings.index_folder, language)
    )
    parts[PART] = Search(engine, language, Dictionaries(starting_words(language)), Chain(language))


def follow(database: Database, parts: dict[str, Any]) -> None:
    """Have changes indexed by the transactions that make them, where the engine can."""
    engine = _search(parts).engine
    if isinstance(engine, PostgresEngine):
        database.before_commit.append(lambda session: _index_here(session, engine))


def engine(parts: dict[str, Any]) -> Engine:
    """Return the engine in use."""
    return _search(parts).engine


def dictionaries(parts: dict[str, Any]) -> Dictionaries:
    """Return what words mean, and what is shipped of it in the language of the catalogue."""
    return _search(parts).dictionaries


def looked(session: Session, parts: dict[str, Any], query: Query, in_force: InForce) -> Looked:
    """Return what the engine is asked, with what words mean in that municipality; one query.

    For other queries of the same request, replace the query in it.
    """
    meant = _search(parts).dictionaries.meant(session, in_force.municipality_id)
    return Looked(query, in_force, meant)


def prepare(
    database: Database, parts: dict[str, Any], rest: Callable[[], object] = lambda: None
) -> None:
    """Open the index, read categories and stem the shipped words, so that no buyer waits for it.

    Nothing happens while there is no index; the first query with one does the same. `rest` is
    called now and then, for who is asked for pages meanwhile.
    """
    search = _search(parts)
    with database.reading() as session, suppress(IndexUnavailable):
        naming.get_tree(session)
        search.dictionaries.prepare(search.engine.chain(session), rest)
        search.engine.beginning(session, "", 1)  # which words there are


def check(session: Session) -> None:
    """Raise Unavailable when the database does not answer; without an index it answers itself."""
    session.execute(select(1))


def needs_rebuild(session: Session, parts: dict[str, Any]) -> bool:
    """Tell whether there is no index that can be used, or it is worn, so that `rebuild` is due."""
    engine = _search(parts).engine
    return not engine.ready(session) or engine.worn(session)


def compare(session: Session, parts: dict[str, Any]) -> Differences:
    """Compare index and database, product by product; raises IndexUnavailable."""
    return _search(parts).engine.compare(session)


def index_batch(database: Database, parts: dict[str, Any], batch: Sequence[Work]) -> None:
    """Bring the products named by `product_id` in the payloads up to date, in one commit."""
    _index(database, parts, sorted({int(work.payload["product_id"]) for work in batch}))


def index_enterprise_batch(
    database: Database, parts: dict[str, Any], batch: Sequence[Work]
) -> None:
    """Bring all products of the enterprises named by `enterprise_id` up to date."""
    enterprise_ids = sorted({int(work.payload["enterprise_id"]) for work in batch})
    with database.reading() as session:
        product_ids = documents.list_ids_of_enterprises(session, enterprise_ids)
    for start in range(0, len(product_ids), documents.PORTION):
        _index(database, parts, product_ids[start : start + documents.PORTION])


def ask_for_rebuild(session: Session, now: datetime) -> None:
    """Have the worker build the index anew; once, however often it is asked."""
    if not jobs.is_waiting(session, REBUILD):
        jobs.put(session, REBUILD, {}, now=now)


def heal(database: Database, now: datetime) -> None:
    """Have the index built anew that answered no query; the page is shown without that too."""
    with outage.endured(log, "no rebuild is asked for"), database.transaction() as session:
        ask_for_rebuild(session, now)


def rebuild_batch(database: Database, parts: dict[str, Any], _batch: Sequence[Work]) -> None:
    """Build the index anew if that is still due when the worker comes to it, else tend it."""
    with database.reading() as session:
        due = needs_rebuild(session, parts)
    if due:
        rebuild(database, parts)
    else:
        engine(parts).tend(database)


def rebuild(database: Database, parts: dict[str, Any], progress: Progress = lambda *_: None) -> int:
    """Build the index anew beside the one in use, swap, and return how many products it has.

    What changes meanwhile is indexed in both; `progress` is told (done, total).
    """
    _search(parts).engine.rebuild(database, progress)
    with database.reading() as session:
        return documents.count_published(session)


def find(session: Session, parts: dict[str, Any], query: Query, in_force: InForce) -> Hits:
    """Find products for the municipality and day of `in_force`.

    Two queries; one more where a category or an enterprise is asked for.

    Without a usable index the database answers, and the hits say so.
    """
    query, ignored = _settled(session, query)
    search = _search(parts)
    asked = looked(session, parts, query, in_force)
    try:
        answer = search.engine.find(session, asked)
    except IndexUnavailable:
        answer = fallback.find(session, asked, search.language)
    selection = answer.selection
    return Hits(
        query=query,
        total=selection.total,
        ids=selection.ids,
        facets=naming.name_facets(session, query, selection),
        total_hidden=selection.total_hidden,
        matched_all=answer.matched_all,
        ignored=ignored,
        mended=answer.plan.mended,
        degraded=answer.degraded,
        further=selection.further,
        why=Why(answer.chain, answer.plan),
        meant=asked.meanings,
    )


def find_ids(session: Session, parts: dict[str, Any], asked: Looked) -> Selection:
    """Find as `find` does, but name nothing; no query while there is an index."""
    search = _search(parts)
    try:
        return search.engine.find(session, asked).selection
    except IndexUnavailable:
        return fallback.find(session, asked, search.language).selection


def list_cards(
    session: Session, product_ids: Sequence[int], in_force: InForce
) -> list[queries.Card]:
    """Return the hits as the database has them now, judged again by the same rule; two queries."""
    return queries.list_cards(session, product_ids, in_force)


def list_hits(
    session: Session, hits: Hits, in_force: InForce, *, further: bool
) -> tuple[list[queries.Card], list[queries.Card]]:
    """Return the hits as `list_cards` does, and likewise what is `further` off if asked for."""
    cards = list_cards(session, hits.ids + (hits.further if further else ()), in_force)
    meant = [each for each in cards if each.product.id in hits.ids]
    return meant, [each for each in cards if each.product.id in hits.further]


def get_sheet(
    session: Session, product_id: int, *, municipality_id: int, day: date
) -> queries.Sheet:
    """Return a product's page in a municipality on `day`, withdrawn too; raises ProductMissing."""
    sheet = queries.find_sheet(session, product_id, municipality_id=municipality_id, day=day)
    if sheet is None:
        raise ProductMissing(
            _("There is no product at this address. Perhaps it was never published.")
        )
    return sheet


def _index(database: Database, parts: dict[str, Any], product_ids: Sequence[int]) -> None:
    if not product_ids:
        return
    engine = _search(parts).engine
    try:
        engine.index(database, product_ids)
    except IndexUnavailable:
        faults.note(log, "index is built anew")
        engine.rebuild(database, lambda _done, _total: None)


def _index_here(session: Session, engine: PostgresEngine) -> None:
    """Index what this transaction changes; what fails is left to the worker."""
    todo = jobs.put_here(session, INDEX)
    if not todo:
        return
    try:
        due = engine.index_in(session, [int(job.payload["product_id"]) for job in todo])
    except IndexUnavailable:
        faults.note(log, "index is behind until the worker has been")
        return
    if due:
        ask_for_rebuild(session, todo[0].due_at)
    for job in todo:
        session.delete(job)


def _settled(session: Session, query: Query) -> tuple[Query, tuple[str, ...]]:
    """Take out a category or an enterprise that there is not; name the fields taken out."""
    unknown = naming.list_unknown(session, query.category, query.enterprise_id)
    return replace(
        query,
        category=None if "category" in unknown else query.category,
        enterprise_id=None if "enterprise_id" in unknown else query.enterprise_id,
    ), unknown


def _search(parts: dict[str, Any]) -> Search:
    search: Search = parts[PART]
    return search
