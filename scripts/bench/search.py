#!/usr/bin/env python3
"""How fast the engines answer the full search call, build, and take in a change.

Usage: scripts/postgres scripts/bench/search.py --products 1000 10000 100000
       [--engines ours,ours-postgresql,fts5,tantivy,postgresql] [--writing SECONDS] [--json]
Every measured call gives the ids of the first page, the total and the counts of four facets, of
what one municipality may order. PostgreSQL needs scripts/postgres around it, else it is left out.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import world as worlds
from racer_ours import Ours, OursInPostgres
from racer_postgres import PostgreSql
from racers import URL, Fts5, Tantivy, facts
from world import World
from writing import write_steadily

from catalogue.search.query import Query
from catalogue.search.suggest import SHORTEST

RACERS = {
    "ours": Ours, "ours-postgresql": OursInPostgres,
    "fts5": Fts5, "tantivy": Tantivy, "postgresql": PostgreSql,
}  # fmt: skip
SECONDS = 5.0
TYPED, NEW, LONGEST_SECONDS, NOTED = 400, 10, 60.0, 20_000
Result = dict[str, Any]
_running: list[tuple[Any, World]] = []  # for processes made by fork: engines cannot be sent


def main() -> None:
    """Measure and print."""
    options = _options()
    print(machine(), file=sys.stderr if options.json else sys.stdout)
    results: dict[int, dict[str, Result]] = {}
    for count in options.products:
        with tempfile.TemporaryDirectory() as folder:
            world = worlds.make(Path(folder) / "data", count)
            results[count] = {
                name: _race(name, world, Path(folder)) for name in options.engines.split(",")
                if "postgresql" not in name or URL in os.environ
            }  # fmt: skip
            if options.writing:
                results[count]["ours"]["writing"] = write_steadily(world, options.writing)
        if not options.json:
            _print(count, results[count])
    if options.json:
        print(json.dumps({"machine": machine(), "results": results}, indent=2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=int, nargs="+", default=[1000, 10000, 100000])
    parser.add_argument("--engines", default=",".join(RACERS))
    parser.add_argument("--writing", type=int, default=0, help="seconds of steady writing, ours")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.writing and "ours" not in options.engines.split(","):
        parser.error("--writing measures the engine `ours`, which is not among --engines")
    return options


def _race(name: str, world: World, folder: Path) -> Result:
    racer = RACERS[name](world, folder / name)
    _running[:] = [(racer, world)]
    world.database.dispose()  # a connection belongs to one process
    with multiprocessing.get_context("fork").Pool(1) as pool:
        # Built by a process that ends, so that the one asked has only what asking takes.
        result: Result = {"build_s": pool.apply(_built)}
    result["index_mb"] = racer.size_bytes() / 1e6
    world.database.dispose()
    with multiprocessing.get_context("fork").Pool(1) as pool:
        result |= pool.apply(_asked)
    world.database.dispose()
    for processes in (1, 2):
        for told, ask_on in (("qps", _ask_on), ("qps_anew", _ask_anew_on)):
            with multiprocessing.get_context("fork").Pool(processes) as pool:
                result[f"{told}_{processes}"] = sum(pool.map(ask_on, range(processes), 1))
    result["found_after_ms"] = _found_after(racer.opened(), world)
    return result


def _built() -> float:
    """Build the index; returns seconds."""
    ((racer, _world),) = _running
    start = time.perf_counter()
    racer.build()
    return time.perf_counter() - start


def _asked() -> Result:
    """Measure every query for the first time and once more, in a process of its own."""
    ((racer, world),) = _running
    result: Result = {"first": {}, "again": {}, "before_mb": _resident_mb()}
    opened = racer.opened()
    whole: dict[str, list[float]] = {"first": [], "again": []}
    for kind, queries in world.queries.items():
        for time_ in ("first", "again"):
            spent = []
            for query in queries:
                start = time.perf_counter()
                opened.ask(query, kind)
                spent.append((time.perf_counter() - start) * 1000)
            result[time_][kind] = _percentiles(spent)
            whole[time_] += spent
    for time_, spent in whole.items():
        result[time_]["all"] = _percentiles(spent)
    result["memory_mb"] = _resident_mb()
    if isinstance(opened, Ours):
        result["suggest"] = _suggested(opened, world)
    return result


def _suggested(opened: Ours, world: World) -> dict[str, float]:
    """Measure what is offered with each letter typed from the third on, none of it asked before.

    The municipality has noted many searches.
    """
    worlds.note_searches(world, NOTED)
    spent = []
    for typed in _typed(world):
        start = time.perf_counter()
        opened.suggest(typed)
        spent.append((time.perf_counter() - start) * 1000)
    return _percentiles(spent)


def _typed(world: World) -> list[str]:
    """Return the beginnings of words in the order they are typed, those of queries left out."""
    asked = {query.text for queries in world.queries.values() for query in queries}
    words = dict.fromkeys(query.text for query in world.queries["one word"])
    typed = (word[:letters] for word in words for letters in range(SHORTEST, len(word)))
    return [each for each in dict.fromkeys(typed) if each not in asked][:TYPED]


def _ask_anew_on(offset: int) -> float:
    """Do so, with all answers forgotten before each query; what a word leads to is still known.

    The engines beside ours remember no answers.
    """
    return _ask_on(offset, anew=True)


def _ask_on(offset: int, *, anew: bool = False) -> float:
    """Ask all kinds in turn for some seconds, after once each; returns queries per second."""
    ((racer, world),) = _running
    opened = racer.opened()
    kinds = list(world.queries)
    mixed = [
        (query, kind)
        for some in zip(*world.queries.values(), strict=True)
        for query, kind in zip(some, kinds, strict=True)
    ]
    for query, kind in mixed:
        opened.ask(query, kind)
    asked, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < SECONDS:
        if anew and isinstance(opened, Ours | OursInPostgres):
            opened.forget()
        opened.ask(*mixed[(offset * 37 + asked) % len(mixed)])
        asked += 1
    return asked / spent


def _found_after(racer: Any, world: World) -> float:
    """Return the median time in ms from handing over a new product until a search finds it."""
    spent = []
    like = next(fact for fact in facts(world) if fact["orderable"])
    for _n in range(NEW):
        fact, word = worlds.add_like(world, like)
        start = time.perf_counter()
        racer.add(fact)
        while not racer.ask(Query(word), "one word"):
            if time.perf_counter() - start > LONGEST_SECONDS:
                raise TimeoutError(f"{racer.name} does not find {word}")
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def _percentiles(spent: list[float]) -> dict[str, float]:
    ordered = sorted(spent)
    return {
        name: ordered[min(len(ordered) - 1, int(len(ordered) * share))]
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }


def _print(count: int, results: dict[str, Result]) -> None:
    first = "ours" if "ours" in results else next(iter(results), "")
    if not first:
        return
    base = results[first]
    print(f"\n{count} products; ms as p50 / p95 / p99;"
          f" in brackets the p50 as a multiple of that of {RACERS[first].name}")  # fmt: skip
    for name, result in results.items():
        print(f"{RACERS[name].name}: built in {result['build_s']:.1f} s,"
              f" {result['index_mb']:.1f} MB, {result['memory_mb']:.0f} MB resident"
              f" ({result['before_mb']:.0f} of them the script's own),"
              f" a change is found after {result['found_after_ms']:.1f} ms,"
              f" {result['qps_1']:.0f} queries/s in one process,"
              f" {result['qps_2']:.0f} in two; with no answer remembered"
              f" {result['qps_anew_1']:.0f} and {result['qps_anew_2']:.0f}")  # fmt: skip
        for kind in result["first"]:
            cells = []
            for time_ in ("first", "again"):
                ms = result[time_][kind]
                ratio = ms["p50"] / base[time_][kind]["p50"]
                cells.append(
                    f"{time_} {ms['p50']:7.2f} /{ms['p95']:8.2f} /{ms['p99']:8.2f} ({ratio:5.2f})"
                )
            print(f"   {kind:10}" + "   ".join(cells))
        if "suggest" in result:
            ms = result["suggest"]
            print(f"   suggestions {ms['p50']:7.2f} /{ms['p95']:8.2f} /{ms['p99']:8.2f}")
        if "writing" in result:
            print(f"   steady writing: {result['writing']}")


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line) / 1024


def machine() -> str:
    """Return what this is measured on."""
    python = f"Python {platform.python_version()}"
    return f"{_processor()}, {os.cpu_count()} cores, {_memory_gib():.0f} GiB, {python}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), "unknown")


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


if __name__ == "__main__":
    main()
