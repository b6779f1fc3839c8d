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
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "growing"))
sys.path.insert(0, str(Path(__file__).parent))

import cast
import site_forms
from search import machine
from site_forms import Served
from site_visits import (
    OSCARS,
    OURS,
    Visit,
    Visitor,
    at_once,
    percentile,
    sign_in,
    sign_in_at_oscar,
)
from site_world import Shop

import catalogue.app

AT_ONCE, RATE, WARM = 8, 50, 12
SERVED_SECONDS, ELSEWHERE = 10, 1_000  # of each node before it is measured, with words of others
BUSY, SETTLED_SECONDS = 0.2, 180  # of a second of a processor; how long to wait for less
MIX = {"search": 5, "search, narrowed": 3, "list": 4, "product": 8, "home": 1, "basket": 2,
       "coverage": 1, "picture": 8, "edit form": 1, "edit": 1, "purchase": 1}  # fmt: skip
REQUESTS = {"edit": 3, "purchase": 9}  # of a visit; one of the others
Pages = dict[str, tuple[str, Visit]]


@dataclass(frozen=True)
class Measured:
    """What a table shows of a page of a form."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_ms: float
    per_second: float
    failed: int
    database_ms: float = 0.0
    mixed_p95_ms: float = 0.0
    queries: int = 0


def main() -> None:
    """Measure form by form, and print each as soon as it is known."""
    options = _options()
    told = sys.stderr if options.json else sys.stdout
    print(f"{machine()}\n", file=told, flush=True)
    results: dict[str, dict[str, Measured]] = {}
    for served, pages in _forms(options):
        name = f"{served.name}, {len(served.shop.texts)} products"
        results[name] = _measure(served, pages, options.seconds)
        _print(name, results[name], file=told)
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


def _measure(served: Served, pages: Pages, seconds: float) -> dict[str, Measured]:
    people = _people(served)
    _settle(served)
    if pages is OURS:
        _serve_before(served, people)
    queries = _queries(served.shop) if pages is OURS else {}
    found: dict[str, Measured] = {}
    for name, (role, visit) in pages.items():
        visitors = people[role]
        for _each in range(WARM * len(served.roots)):  # every process has drawn it by then
            at_once(visitors[:4], visit, served.shop, 0)
        before, of_it = served.cpu_ms(), served.database_ms()
        alone, failed, _seconds = at_once(visitors[:1], visit, served.shop, seconds)
        count = max(1, len(alone) + failed)
        cpu, of_it = (served.cpu_ms() - before) / count, (served.database_ms() - of_it) / count
        many, more, over = at_once(visitors, visit, served.shop, seconds)
        found[name] = Measured(
            *(round(percentile(alone, each), 1) for each in (50, 95, 99)), round(cpu, 1),
            round(len(many) / over, 1), failed + more, round(of_it, 1),
            queries=queries.get(name, 0),
        )  # fmt: skip
    if pages is not OURS:
        return found  # it cannot keep up with the rate: only a queue would be measured
    mixed, lost = _mixed(served, pages, people, seconds * 30)
    return {
        name: replace(
            each,
            mixed_p95_ms=round(percentile(mixed[name], 95), 1),
            failed=each.failed + lost[name],
        )
        for name, each in found.items()
    }


def _settle(served: Served) -> None:
    """Wait until what processes do once after their start is done; no page begins with it."""
    for _second in range(SETTLED_SECONDS):
        before = served.cpu_ms()
        time.sleep(1)
        if served.cpu_ms() - before < BUSY * 1000:
            return
    raise TimeoutError(f"{served.name} is as busy as at its start")


def _serve_before(served: Served, people: dict[str, list[Visitor]]) -> None:
    """Have every connection to the database know the statements, as those of a morning do."""
    everybody = [each for some in people.values() for each in some]
    for place, each in enumerate(everybody):
        each.turn = ELSEWHERE + place * RATE
    _mixed(served, OURS, people, SERVED_SECONDS * len(served.roots))
    for each in everybody:
        each.turn = 0


def _people(served: Served) -> dict[str, list[Visitor]]:
    shop, port = served.shop, served.port
    nobody = [Visitor(port) for _each in range(AT_ONCE)]
    if served.name == "django-oscar":
        buyers = [sign_in_at_oscar(port, f"buyer{n}@shop.example", cast.PASSWORD)
                  for n in range(AT_ONCE)]  # fmt: skip
        return {"nobody": nobody, "buyer": buyers}
    return {
        "nobody": nobody,
        "buyer": [sign_in(port, each) for each in shop.buyers],
        "staff": [sign_in(port, each) for each in shop.staff],
        "seller": [sign_in(port, each) for each, _ids in shop.sellers],
    }


def _mixed(
    served: Served, pages: Pages, people: dict[str, list[Visitor]], seconds: float
) -> tuple[dict[str, list[float]], Counter[str]]:
    """Send requests in a mix, so many a second; return milliseconds, and what failed, by page.

    From when it should begin, so that what waits for a free visitor counts too. Edits and purchases
    send several, one after the other as each is answered.
    """
    turns = [name for name, times in MIX.items() for _each in range(times) if name in pages]
    spent: dict[str, list[float]] = {name: [] for name in pages}
    lost: Counter[str] = Counter()
    visits = iter(_due(turns, int(seconds * RATE)))
    began, lock = time.perf_counter(), threading.Lock()

    def visit_in_turn(number: int) -> None:
        while True:
            with lock:
                due, name = next(visits, (0.0, ""))
            if not name:
                return
            time.sleep(max(0.0, began + due - time.perf_counter()))
            role, visit = pages[name]
            visitor = people[role][number % len(people[role])]
            visitor.spent.clear()
            late = time.perf_counter() - began - due
            if not visit(visitor, served.shop):
                lost[name] += 1
            first, *others = visitor.spent
            spent[name] += [(first + late) * 1000, *(each * 1000 for each in others)]

    threads = [threading.Thread(target=visit_in_turn, args=(number,)) for number in range(AT_ONCE)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return spent, lost


def _due(turns: list[str], requests: int) -> Iterator[tuple[float, str]]:
    """Yield when each visit is due, in seconds, and to what."""
    sent = turn = 0
    while sent < requests:
        name = turns[turn * 11 % len(turns)]
        yield sent / RATE, name
        sent, turn = sent + REQUESTS.get(name, 1), turn + 1


def _queries(shop: Shop) -> dict[str, int]:
    """Count the queries of each page, asked in this process; not of what takes several requests."""
    app = catalogue.app.create_app(shop.settings)
    here = app.extensions["catalogue"]
    found = {}
    with here.database.reading() as session:
        emails = {"buyer": shop.buyers[0], "staff": shop.staff[0], "seller": shop.sellers[0][0]}
        people = {role: session.query(cast.Person).filter_by(email=each).one()
                  for role, each in emails.items()}  # fmt: skip
    for name, (role, visit) in OURS.items():
        if name in ("purchase", "edit"):
            continue
        client = app.test_client()
        if role in people:
            cast.sign_in_as(client, people[role])
        asking = Asking(client, emails.get(role, ""))
        visit(asking, shop)  # type: ignore[arg-type]  # asks as a visitor does
        with cast.counted_queries(here.database) as seen:
            visit(asking, shop)  # type: ignore[arg-type]
        found[name] = len(seen)
    here.database.dispose()
    return found


class Asking:
    """Asks in this process what a visitor asks a server."""

    def __init__(self, client: object, email: str) -> None:
        self.client, self.email, self.turn = client, email, 0

    def get(self, path: str) -> bool:
        """Ask for a page; tell whether it came."""
        return self.client.get(path).status_code == 200  # type: ignore[attr-defined,no-any-return]


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


def _print(name: str, found: dict[str, Measured], *, file: object) -> None:
    lines = [
        f"| {name} | ms p50 / p95 / p99 | processor ms | queries | at once, 1/s | failed"
        " | mixed, ms p95 |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {page} | {each.p50_ms} / {each.p95_ms} / {each.p99_ms} | {each.cpu_ms}"
            f"{f' ({each.database_ms})' if each.database_ms else ''}"
            f" | {each.queries or ''} | {each.per_second} | {each.failed}"
            f" | {each.mixed_p95_ms or ''} |"
            for page, each in found.items()
        ),
    ]
    print("\n".join(lines), end="\n\n", file=file, flush=True)  # type: ignore[call-overload]  # stdout or stderr


if __name__ == "__main__":
    main()
