"""The search stays as good as it was measured (docs/search.md)."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from catalogue.core.db import Database

ROOT = Path(__file__).parents[2]
# NDCG@10, a little less than what scripts/bench/relevance.py printed.
LEAST = {"relevance": 0.915, "relevance_holdout": 0.95, "relevance_unseen": 0.76}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The modules of scripts/bench that read and judge a collection, and that have our engines."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "bench"))
    import collection
    import ours

    yield collection, ours
    for name in ("collection", "ours"):
        sys.modules.pop(name)


def ndcg(bench: Any, engine: str, name: str) -> float:
    """Return how well one of our engines answers a collection."""
    collection, ours = bench
    folder = ROOT / "tests" / "data" / name
    queries = collection.read_queries(folder / "judgments.csv")
    with closing(getattr(ours, engine)("da")) as opened:
        opened.build(collection.read_products(folder / "products.csv"))
        quality, _single = collection.measure(queries, opened.search)
    return float(quality.ndcg)


@pytest.mark.parametrize(("name", "least"), LEAST.items())
def test_a_collection_is_answered_as_well_as_measured(bench: Any, name: str, least: float) -> None:
    assert ndcg(bench, "Whoosh", name) >= least


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_answers_as_well_what_stood_and_nearly_so_what_was_just_saved(
    bench: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CATALOGUE_TEST_POSTGRES_URL", url)
    best = ndcg(bench, "Whoosh", "relevance_holdout")
    assert ndcg(bench, "PostgreSql", "relevance_holdout") == best
    assert ndcg(bench, "JustSaved", "relevance_holdout") >= best - 0.02
