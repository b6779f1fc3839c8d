"""What search is measured against is set up as well as it goes, and is left behind all the same."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from search.test_relevance import MEASURED, ROOT

BENCH = ("baselines", "collection", "setups", "tables")
AHEAD = 0.10


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The modules of scripts/bench by their names."""
    pytest.importorskip("tantivy")
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "bench"))
    import baselines  # noqa: F401

    yield {name: sys.modules[name] for name in BENCH}
    for name in BENCH:
        sys.modules.pop(name)


def ndcg(bench: Any, engine: Any, name: str) -> float:
    """Return how well an engine answers a collection."""
    folder = ROOT / "tests" / "data" / name
    engine.build(bench["collection"].read_products(folder / "products.csv"))
    queries = bench["collection"].read_queries(folder / "judgments.csv")
    return float(bench["collection"].measure(queries, engine.search)[0].ndcg)


@pytest.mark.parametrize("engine", ["Fts5", "Tantivy"])
@pytest.mark.parametrize("name", MEASURED)
def test_every_baseline_is_left_behind_by_a_tenth(bench: Any, name: str, engine: str) -> None:
    """What Catalogue has at least is held by test_relevance.py."""
    baseline = getattr(bench["baselines"], engine)("da")
    assert ndcg(bench, baseline, name) + AHEAD <= MEASURED[name][0]


@pytest.mark.parametrize(("engine", "others"), [("Fts5", "of_fts5"), ("Tantivy", "of_tantivy")])
def test_no_usual_set_up_does_better_than_the_one_that_is_measured(
    bench: Any, engine: str, others: str
) -> None:
    setups, kind = bench["setups"], getattr(bench["baselines"], engine)
    chosen = ndcg(bench, kind("da"), "relevance")
    foldings = {setups.either, setups.one_letter, setups.as_written}
    tried = [each for each in getattr(setups, others)() if each.folding in foldings]
    assert max(ndcg(bench, kind("da", each), "relevance") for each in tried) == chosen


@pytest.mark.parametrize("engine", ["Fts5", "Tantivy"])
@pytest.mark.parametrize("text", ["rødgrød", "roedgroed", "rodgrod", "RØDGRØD"])
def test_baselines_know_letters_that_are_typed_otherwise(
    bench: Any, engine: str, text: str
) -> None:
    row = bench["collection"].Row("1", "Rødgrød med fløde", "", "", "", "", "")
    baseline = getattr(bench["baselines"], engine)("da")
    baseline.build([row])
    assert baseline.search(text, 10) == ["1"]


@pytest.mark.parametrize(("text", "found"), [("rengorin", ["1"]), ("renlighed", [])])
def test_tantivy_is_asked_for_what_is_nearly_so(bench: Any, text: str, found: list[str]) -> None:
    baseline = bench["baselines"].Tantivy("da")
    baseline.build([bench["collection"].Row("1", "Rengøring", "", "", "", "", "")])
    assert baseline.search(text, 10) == found
