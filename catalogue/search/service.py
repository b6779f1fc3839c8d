"""The verbs of search: index what changed, build anew, find.

The index finds, the database speaks: a hit is an id, its price and state come from the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements.rules import InForce, judge
from catalogue.core.db import Database
from catalogue.core.errors import Missing
from catalogue.core.jobs import Work
from catalogue.core.text import current_locale
from catalogue.core.text import lazy as _
from catalogue.settings import Settings

from . import documents, facets, matching, queries
from .columns import KINDS, Mask, Pair
from .facets import Selection, Sight
from .generation import Generation
from .index import Judged, Store
from .query import Choice, Facets, Hits, Query
from .rules import KIND_NAMES

PART = "search"
KEPT_JUDGEMENTS = 64
ENTERPRISE_CHOICES = 20


class ProductMissing(Missing):
    """There is no such product, or it was never published."""

    title = _("The product was not found")


def open_index(parts: dict[str, Any], settings: Settings) -> None:
    """Put the index into `parts`; nothing is opened before the first query."""
    parts[PART] = Store(settings.index_folder)


def check(session: Session, parts: dict[str, Any]) -> None:
    """Raise Unavailable when the index cannot be opened; the database answers or raises too."""
    session.execute(select(1))
    with _store(parts).reading():
        pass


def needs_rebuild(settings: Settings) -> bool:
    """Tell whether there is no index of the present version, so that `rebuild` is due."""
    return not Store(settings.index_folder).exists()


def index_batch(database: Database, parts: dict[str, Any], batch: Sequence[Work]) -> None:
    """Bring the products named by `product_id` in the payloads up to date, in one commit."""
    _index(database, _store(parts), sorted({int(work.payload["product_id"]) for work in batch}))


def index_enterprise_batch(
    database: Database, parts: dict[str, Any], batch: Sequence[Work]
) -> None:
    """Bring all products of the enterprises named by `enterprise_id` up to date."""
    enterprise_ids = sorted({int(work.payload["enterprise_id"]) for work in batch})
    with database.reading() as session:
        product_ids = documents.list_ids_of_enterprises(session, enterprise_ids)
    for start in range(0, len(product_ids), documents.PORTION):
        _index(database, _store(parts), product_ids[start : start + documents.PORTION])


def rebuild(
    database: Database, settings: Settings, progress: Callable[[int, int], None] = lambda *_: None
) -> int:
    """Build the index anew beside the one in use, swap, and return how many products it has.

    What changes meanwhile is indexed in both; `progress` is told (done, total).
    """
    with Store(settings.index_folder).building() as draft:
        with draft.writing() as writer:
            _fill(database, writer, progress)
        with draft.finishing() as touched, draft.writing(touched) as writer:
            _add(database, writer, touched)
        with database.reading() as session:
            return documents.count_published(session)


def find(session: Session, parts: dict[str, Any], query: Query, in_force: InForce) -> Hits:
    """Find products for the municipality and day of `in_force`; three queries, for names only."""
    query, ignored = _settled(session, query)
    store = _store(parts)
    with store.reading() as generation:
        matches = matching.match(generation, query.text)
        sight = Sight(
            records=generation.columns.records,
            orderable=_orderable(store, generation, in_force),
            to_us=generation.delivers_to(in_force.municipality_id),
        )
        selection = facets.select(sight, matches, query)
    return Hits(
        query=query,
        total=selection.total,
        ids=selection.ids,
        facets=_named(session, query, selection),
        total_hidden=selection.total_hidden,
        matched_all=matches.matched_all,
        ignored=ignored,
    )


def list_cards(
    session: Session, product_ids: Sequence[int], in_force: InForce
) -> list[queries.Card]:
    """Return the hits as the database has them now, judged again by the same rule; one query."""
    return queries.list_cards(session, product_ids, in_force)


def get_sheet(session: Session, product_id: int, in_force: InForce) -> queries.Sheet:
    """Return the page of a product, withdrawn ones too; raises ProductMissing for drafts."""
    sheet = queries.find_sheet(session, product_id, in_force)
    if sheet is None:
        raise ProductMissing(
            _("There is no product at this address. Perhaps it was never published.")
        )
    return sheet


def get_welcome(session: Session, limit: int) -> queries.Welcome:
    """Return what visitors are shown; three queries."""
    return queries.get_welcome(session, limit)


def _index(database: Database, store: Store, product_ids: Sequence[int]) -> None:
    """Write products as the database has them; read after the writer is ours, so never older."""
    if product_ids:
        with store.writing(product_ids) as writer:
            _add(database, writer, product_ids)


def _add(database: Database, writer: Any, product_ids: Sequence[int]) -> None:
    with database.reading() as session:
        for document in documents.iterate_documents(session, product_ids):
            writer.add_document(**document)


def _fill(database: Database, writer: Any, progress: Callable[[int, int], None]) -> None:
    with database.reading() as session:
        total = documents.count_published(session)
    done, last = 0, 0
    while True:
        with database.reading() as session:
            portion = documents.list_published_ids(session, after=last, limit=documents.PORTION)
        if not portion:
            return
        _add(database, writer, portion)
        done, last = done + len(portion), portion[-1]
        progress(done, max(done, total))


def _orderable(store: Store, generation: Generation, in_force: InForce) -> Mask:
    """Judge each distinct pair of enterprise and category once, and spread it over the products."""
    judged = store.judged.get(in_force)
    if judged is None or judged.name != generation.name:
        columns, before = generation.columns, judged.answers if judged else {}
        answers = {
            pair: before[pair] if pair in before else _may_order(in_force, pair)
            for pair in columns.pairs
        }
        each = np.fromiter(answers.values(), bool, len(answers))
        judged = Judged(generation.name, answers, each[columns.pair_of])
        if len(store.judged) >= KEPT_JUDGEMENTS:
            store.judged.clear()
        store.judged[in_force] = judged
    return judged.mask


def _may_order(in_force: InForce, pair: Pair) -> bool:
    enterprise_id, code = pair
    return judge(
        in_force, published=True, enterprise_id=enterprise_id, category_code=code
    ).orderable


def _settled(session: Session, query: Query) -> tuple[Query, tuple[str, ...]]:
    """Take out a category or an enterprise that there is not; name the fields taken out."""
    unknown = queries.list_unknown(session, query.category, query.enterprise_id)
    return replace(
        query,
        category=None if "category" in unknown else query.category,
        enterprise_id=None if "enterprise_id" in unknown else query.enterprise_id,
    ), unknown


def _named(session: Session, query: Query, selection: Selection) -> Facets:
    shelf = queries.get_shelf(session, query.category)
    locale = current_locale()
    return Facets(
        path=tuple(
            Choice(each.code, each.label(locale), 0, chosen=each.code == query.category)
            for each in shelf.path
        ),
        categories=queries.list_category_choices(shelf.below, selection.categories),
        enterprises=queries.list_enterprise_choices(
            session, selection.enterprises, query.enterprise_id, ENTERPRISE_CHOICES
        ),
        kinds=tuple(
            Choice(kind, str(KIND_NAMES[kind]), selection.kinds.get(kind, 0), query.kind == kind)
            for kind in KINDS
        ),
        price_bands=selection.price_bands,
        to_us=selection.to_us,
        not_to_us=selection.not_to_us,
    )


def _store(parts: dict[str, Any]) -> Store:
    store: Store = parts[PART]
    return store
