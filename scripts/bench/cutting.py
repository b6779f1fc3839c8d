"""What showing fewer hits that are not relevant costs: NDCG@10 beside them for cuts of the tail.

A cut leaves out what scores less than that share of the best hit (`ranking.LEAST_AMONG_KIN`). So
that no cut is praised for the queries it was chosen on, halves of them choose for each other.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace

from collection import Query, Row, measure
from ours import Whoosh

from catalogue.search import ranking
from catalogue.search.analysis import LANGUAGES

CUTS = (0.0, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
WANTED = 0.6  # hits a query in the first ten that are not relevant, at most
EVERY = 1_000_000
Cut = tuple[float, int]  # the least share of the best score, and how many weak ones are shown
Told = dict[str, tuple[float, float]]  # by query: NDCG@10, and how many are not relevant


def print_curve(queries: Sequence[Query], products: Sequence[Row], language: str) -> None:
    """Print means for every cut, and for the cuts that halves of the queries choose."""
    print(f"{'least share':12}{'weak ones':>10}{'NDCG@10':>9}{'wrong':>7}")
    told: dict[Cut, Told] = {}
    for cut in ((0.0, EVERY), *((share, LANGUAGES[language].most_weak) for share in CUTS)):
        told[cut] = _at(cut, queries, products, language)
        ndcg, wrong = _means(told[cut], queries)
        print(f"{cut[0]:<12}{'all' if cut[1] == EVERY else cut[1]:>10}{ndcg:9.3f}{wrong:7.2f}")
    halves = (queries[::2], queries[1::2])
    chosen = [_choice(told, half) for half in halves]
    others = [_means(told[cut], half) for cut, half in zip(chosen, reversed(halves), strict=True)]
    ndcg, wrong = (statistics.fmean(each) for each in zip(*others, strict=True))
    shares = " and ".join(str(share) for share, _most in chosen)
    print(f"at most {WANTED} wrong, by {shares} as halves choose for each other:"
          f" NDCG@10 {ndcg:.3f}, wrong {wrong:.2f}")  # fmt: skip


def _at(cut: Cut, queries: Sequence[Query], products: Sequence[Row], language: str) -> Told:
    """Measure every query with a cut; an engine remembers what it matched, so by a new one."""
    ranking.LEAST_AMONG_KIN, weak = cut
    LANGUAGES[language] = replace(LANGUAGES[language], most_weak=weak)
    engine = Whoosh(language)
    engine.build(products)
    told = {query.text: measure([query], engine.search)[0] for query in queries}
    engine.close()
    return {text: (quality.ndcg, quality.not_relevant) for text, quality in told.items()}


def _choice(told: dict[Cut, Told], queries: Sequence[Query]) -> Cut:
    """Return the cut with the best NDCG among those with few wrong ones, else the highest."""
    fit = [cut for cut in told if _means(told[cut], queries)[1] <= WANTED]
    return max(fit, key=lambda cut: _means(told[cut], queries)[0], default=max(told))


def _means(told: Told, queries: Sequence[Query]) -> tuple[float, float]:
    some = [told[query.text] for query in queries]
    return statistics.fmean(each[0] for each in some), statistics.fmean(each[1] for each in some)
