"""The search stays as good as it was measured (docs/search.md)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The modules of scripts/bench that read and judge a collection, and our engine there."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "bench"))
    import collection
    import ours

    engine = ours.Whoosh("da")
    yield collection, engine
    engine.close()
    for name in ("collection", "ours"):
        sys.modules.pop(name)


# A little less than what scripts/bench/relevance.py printed.
@pytest.mark.parametrize(
    ("name", "least"),
    [("relevance", 0.915), ("relevance_holdout", 0.95), ("relevance_unseen", 0.76)],
)
def test_a_collection_is_answered_as_well_as_measured(bench: Any, name: str, least: float) -> None:
    collection, engine = bench
    folder = ROOT / "tests" / "data" / name
    engine.build(collection.read_products(folder / "products.csv"))
    queries = collection.read_queries(folder / "judgments.csv")
    quality, _single = collection.measure(queries, engine.search)
    assert quality.ndcg >= least
