#!/usr/bin/env python3
"""How fast real pages come, by a web server, beside django-oscar's of the same texts.

Usage: scripts/bench/site.py [--products N …] [--beside N] [--grown N …] [--nodes N …]
       [--seconds N] [--no-oscar] [--json]
Once processes have done what they do after their start, every page is asked by one visitor alone
(milliseconds p50 / p95 / p99, processor time of all server processes per request), then by eight
at once (requests per second, and what failed), then all pages in a mix at 50 requests a second
(p95 of a request, also of those of an edit and a purchase, from when it should begin).
`--products`: sizes of the embedded form (SQLite), `--grown`: of the grown form (HAProxy, 1, 2 and 4
nodes, PostgreSQL with a standby that has every commit before it is told of); django-oscar (its
models, views and templates, Haystack with Whoosh) has `--beside` products.
Processor time of the grown form is followed by the database's part of it. Queries are counted in
the process. An edit takes a product off the shelf, opens its form and puts it back; a purchase
is five products, basket, check-out, order and receipt.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "growing"))
sys.path.insert(0, str(Path(__file__).parent))

import site_forms
from search import machine
from site_forms import Served
from site_measuring import AT_ONCE, Measured, Pages, measure, print_table
from site_visits import OSCARS, OURS


def main() -> None:
    """Measure form by form, and print each as soon as it is known."""
    options = _options()
    told = sys.stderr if options.json else sys.stdout
    print(f"{machine()}\n", file=told, flush=True)
    results: dict[str, dict[str, Measured]] = {}
    for served, pages in _forms(options):
        name = f"{served.name}, {len(served.shop.texts)} products"
        results[name] = measure(served, pages, options.seconds)
        print_table(name, results[name], file=told)
    ratios = _ratios(results)
    if options.json:
        shown = {name: {page: asdict(each) for page, each in found.items()}
                 for name, found in results.items()}  # fmt: skip
        print(json.dumps({"machine": machine(), "results": shown, "ratios": ratios}, indent=2))
    elif ratios:
        print("\nrequests a second, ours embedded to django-oscar's")
        print("\n".join(f"  {page}: {each} times" for page, each in ratios.items()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=int, nargs="*", default=[1_000, 20_000, 100_000])
    parser.add_argument("--beside", type=int, default=20_000)
    parser.add_argument("--grown", type=int, nargs="*", default=[1_000, 20_000, 100_000])
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--seconds", type=float, default=2.0, help="for each page")
    parser.add_argument("--no-oscar", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _forms(options: argparse.Namespace) -> Iterator[tuple[Served, Pages]]:
    """Yield every form while it runs, the ones to be compared one after the other."""
    for count in options.products:
        with site_forms.place() as folder:
            with site_forms.embedded(folder, count, AT_ONCE) as served:
                yield served, OURS
            if count == options.beside and not options.no_oscar:
                with site_forms.oscar(folder, served.shop, AT_ONCE) as other:
                    yield other, OSCARS
    for count in options.grown:
        with (
            site_forms.place() as folder,
            site_forms.grown_forms(folder, count, AT_ONCE, options.nodes) as forms,
        ):
            for served in forms:
                yield served, OURS


def _ratios(results: dict[str, dict[str, Measured]]) -> dict[str, float]:
    other = {name: each for name, each in results.items() if name.startswith("django-oscar")}
    if not other:
        return {}
    ((name, theirs),) = other.items()
    ours = results[name.replace("django-oscar", "embedded")]
    return {
        page: round(ours[page].per_second / each.per_second, 1)
        for page, each in theirs.items() if each.per_second
    }  # fmt: skip


if __name__ == "__main__":
    main()
