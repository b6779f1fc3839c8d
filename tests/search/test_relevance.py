"""The search stays as good as it was measured (docs/search.md)."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import on_postgresql

from catalogue.core.db import Database
from catalogue.search.postgres import standing

ROOT = Path(__file__).parents[2]
# What scripts/bench/relevance.py printed, with a little room: the least NDCG@10, the most of the
# first ten that are not relevant.
MEASURED = {
    "relevance": (0.92, 1.1),
    "relevance_holdout": (0.965, 0.8),
    "relevance_unseen": (0.825, 0.8),
    "relevance_places/schools": (0.885, 0.65),
    "relevance_places/care": (0.86, 0.75),
    "relevance_places/town_hall": (0.825, 0.8),
    "relevance_places/roads": (0.85, 0.85),
    "relevance_places/culture": (0.85, 1.05),
    "relevance_places/homes": (0.855, 0.95),
}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The modules of scripts/bench that read and judge a collection, and that have our engines."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "bench"))
    import collection
    import ours

    yield collection, ours
    for name in ("collection", "ours"):
        sys.modules.pop(name)


def quality(bench: Any, engine: str, name: str) -> Any:
    """Return how well one of our engines answers a collection."""
    collection, ours = bench
    folder = ROOT / "tests" / "data" / name
    queries = collection.read_queries(folder / "judgments.csv")
    with closing(getattr(ours, engine)("da")) as opened:
        opened.build(collection.read_products(folder / "products.csv"))
        measured, _single = collection.measure(queries, opened.search)
    return measured


@pytest.mark.parametrize("name", MEASURED)
def test_a_collection_is_answered_as_well_as_measured(bench: Any, name: str) -> None:
    least, most = MEASURED[name]
    now = quality(bench, "Whoosh", name)
    assert now.ndcg >= least
    assert now.not_relevant <= most


def test_what_is_further_off_holds_much_of_what_was_cut(bench: Any) -> None:
    meant = quality(bench, "Whoosh", "relevance_unseen")
    all_ = quality(bench, "Further", "relevance_unseen")
    assert all_.ndcg >= 0.88
    assert all_.recall >= meant.recall + 0.15


@on_postgresql
@pytest.mark.parametrize("short_bytes", [standing.SHORT_BYTES, 0])  # no list of these is longer
def test_postgresql_answers_as_well_what_stood_and_nearly_so_what_was_just_saved(
    bench: Any, database: Database, monkeypatch: pytest.MonkeyPatch, short_bytes: int
) -> None:
    monkeypatch.setattr(standing, "SHORT_BYTES", short_bytes)
    monkeypatch.setattr(standing, "PIECE_BYTES", 1_000)  # of facts: some products
    url = database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CATALOGUE_TEST_POSTGRES_URL", url)
    best = quality(bench, "Whoosh", "relevance_holdout").ndcg
    assert quality(bench, "PostgreSql", "relevance_holdout").ndcg == best
    assert quality(bench, "JustSaved", "relevance_holdout").ndcg >= best - 0.02
