#!/usr/bin/env python3
"""How well the engines find: NDCG@10, recall@50, MRR, zero hits, hits that are not relevant.

Usage: scripts/bench/relevance.py [--products P.csv --judgments J.csv] [--language da|en]
       [--engines whoosh,postgresql,fts5,tantivy] [--json] [--worst N] [--curve] [--setups]
--curve prints for our engine what every cut of the tail gives, and what one gives that was chosen
on the other half of the queries; --setups what each set-up of the baselines gives.
Columns: id,title[,summary,description,enterprise,category] (`code label`) and
query,product_id,grade[,kind]; grades 1 to 3, unlisted products are not relevant. Files in UTF-8,
columns separated by commas, semicolons or tabs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

sys.path.insert(0, str(Path(__file__).parent))

import cutting
import trials
from baselines import Fts5, Tantivy
from collection import Quality, Query, Row, measure, read_products, read_queries, unknown
from ours import Further, JustSaved, PostgreSql, Whoosh
from tables import Unreadable

SERVER_URL = "CATALOGUE_TEST_POSTGRES_URL"
SET = Path(__file__).parents[2] / "tests" / "data" / "relevance"


class Contestant(Protocol):
    """An engine in the comparison."""

    name: str

    def build(self, products: list[Row]) -> None: ...
    def search(self, text: str, limit: int) -> list[str]: ...


CONTESTANTS = {each.name: each for each in (Whoosh, Further, PostgreSql, JustSaved, Fts5, Tantivy)}


def main() -> None:
    """Measure and print."""
    options = _options()
    engines = _engines(options.engines.split(","))
    products, queries = _collection(options)
    if options.curve:
        cutting.print_curve(queries, products, options.language)
        return
    if options.setups:
        trials.print_setups(queries, products, options.language)
        return
    results = {}
    for name in engines:
        contestant: Contestant = CONTESTANTS[name](options.language)
        contestant.build(products)
        results[name] = _by_kind(queries, contestant)
        if options.worst and name == "whoosh":
            _print_worst(queries, contestant, products, options.worst)
    if options.json:
        plain = {
            name: {kind: asdict(q) for kind, q in kinds.items()} for name, kinds in results.items()
        }
        print(json.dumps(plain, indent=2))
    else:
        print(f"{len(products)} products, {len(queries)} queries, language {options.language}")
        _print_table(results)


def _collection(options: argparse.Namespace) -> tuple[list[Row], list[Query]]:
    """Read what is given; ends with what would be right where it cannot be read."""
    try:
        products, queries = read_products(options.products), read_queries(options.judgments)
    except Unreadable as error:
        sys.exit(str(error))
    if strange := unknown(queries, products):
        told = f"{len(strange)} products are not in {options.products}, and count as not found"
        print(f"{options.judgments}: {told}: {', '.join(strange[:5])}", file=sys.stderr)
    return products, queries


def _engines(names: list[str]) -> list[str]:
    """Return the engines to measure; one that needs a server is given a private one."""
    served = {PostgreSql.name, JustSaved.name}
    if not served & set(names) or SERVER_URL in os.environ:
        return names
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        print("no PostgreSQL server is installed: that engine is left out", file=sys.stderr)
        return [name for name in names if name not in served]
    wrapper = str(Path(__file__).parents[1] / "postgres")
    return os.execv(wrapper, [wrapper, sys.executable, *sys.argv])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=Path, default=SET / "products.csv")
    parser.add_argument("--judgments", type=Path, default=SET / "judgments.csv")
    parser.add_argument("--language", choices=("da", "en"), default="da")
    parser.add_argument("--engines", default=",".join(CONTESTANTS))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--worst", type=int, default=0, help="show our N worst queries")
    parser.add_argument("--curve", action="store_true")
    parser.add_argument("--setups", action="store_true")
    return parser.parse_args()


def _by_kind(queries: list[Query], contestant: Contestant) -> dict[str, Quality]:
    kinds = {"all": queries}
    for kind in sorted({query.kind for query in queries} - {""}):
        kinds[kind] = [query for query in queries if query.kind == kind]
    return {kind: measure(some, contestant.search)[0] for kind, some in kinds.items()}


def _print_table(results: dict[str, dict[str, Quality]]) -> None:
    print(f"{'engine':15}{'kind':14}{'queries':>8}{'NDCG@10':>9}{'recall@50':>10}{'MRR':>7}"
          f"{'zero':>6}{'wrong':>7}")  # fmt: skip
    for name, kinds in results.items():
        for kind, q in kinds.items():
            print(f"{name:15}{kind:14}{q.queries:8}{q.ndcg:9.3f}{q.recall:10.3f}{q.mrr:7.3f}"
                  f"{q.zero_hits:6}{q.not_relevant:7.2f}")  # fmt: skip


def _print_worst(
    queries: list[Query], contestant: Contestant, products: list[Row], count: int
) -> None:
    titles = {row.id: row.title for row in products}
    _quality, single = measure(queries, contestant.search)
    for query in sorted(queries, key=lambda each: single[each.text])[:count]:
        found = contestant.search(query.text, 10)
        missed = [each for each in query.grades if each not in found]
        print(f"{query.text!r} ({query.kind}) {single[query.text]:.3f}")
        print("   found ", [(titles[each], query.grades.get(each, 0)) for each in found])
        print("   missed", [(titles[each], query.grades[each]) for each in missed])


if __name__ == "__main__":
    main()
