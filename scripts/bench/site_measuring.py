"""What site.py and small.py measure of a form: each page alone, then at once, all in a mix."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TextIO

import cast
from site_forms import Served
from site_visits import OURS, Visit, Visitor, at_once, percentile, sign_in, sign_in_at_oscar
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


def measure(
    served: Served, pages: Pages, seconds: float, rate: float = RATE
) -> dict[str, Measured]:
    """Measure every page of a form; `seconds` for each, `rate` requests a second in the mix."""
    people = _people(served)
    _settle(served)
    if pages is OURS:
        _serve_before(served, people, rate)
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
    mixed, lost = _mixed(served, pages, people, seconds * 30, rate)
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


def _serve_before(served: Served, people: dict[str, list[Visitor]], rate: float) -> None:
    """Have every connection to the database know the statements, as those of a morning do."""
    everybody = [each for some in people.values() for each in some]
    for place, each in enumerate(everybody):
        each.turn = ELSEWHERE + place * RATE
    _mixed(served, OURS, people, SERVED_SECONDS * len(served.roots), rate)
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
    served: Served, pages: Pages, people: dict[str, list[Visitor]], seconds: float, rate: float
) -> tuple[dict[str, list[float]], Counter[str]]:
    """Send requests in a mix, so many a second; return milliseconds, and what failed, by page.

    From when it should begin, so that what waits for a free visitor counts too. Edits and purchases
    send several, one after the other as each is answered.
    """
    turns = [name for name, times in MIX.items() for _each in range(times) if name in pages]
    spent: dict[str, list[float]] = {name: [] for name in pages}
    lost: Counter[str] = Counter()
    visits = iter(_due(turns, rate, int(seconds * rate)))
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


def _due(turns: list[str], rate: float, requests: int) -> Iterator[tuple[float, str]]:
    """Yield when each visit is due, in seconds, and to what."""
    sent = turn = 0
    while sent < requests:
        name = turns[turn * 11 % len(turns)]
        yield sent / rate, name
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


def print_table(name: str, found: dict[str, Measured], *, file: TextIO) -> None:
    """Print what was measured of a form."""
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
    print("\n".join(lines), end="\n\n", file=file, flush=True)
