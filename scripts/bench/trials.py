"""What each set-up of the baselines finds, the best first: what setups.py chose by."""

from __future__ import annotations

from collections.abc import Sequence

import setups
from baselines import Fts5, Tantivy
from collection import Query, Row, measure


def print_setups(queries: Sequence[Query], products: Sequence[Row], language: str) -> None:
    """Print means over all queries for every set-up."""
    print(f"{'engine':9}{'NDCG@10':>8}{'recall@50':>10}{'zero':>6}{'wrong':>7}  set-up")
    for contestant, tried in ((Fts5, setups.of_fts5()), (Tantivy, setups.of_tantivy())):
        told = []
        for setup in tried:
            engine = contestant(language, setup)
            engine.build(products)
            told.append((measure(queries, engine.search)[0], setup))
        for found, setup in sorted(told, key=lambda each: -each[0].ndcg):
            print(f"{contestant.name:9}{found.ndcg:8.3f}{found.recall:10.3f}{found.zero_hits:6}"
                  f"{found.not_relevant:7.2f}  {setup.told()}")  # fmt: skip
