#!/usr/bin/env python3
"""When segments should be joined: our policy beside those of Whoosh, over many small commits.

Usage: scripts/bench/merging.py [--products N] [--commits N] [--json]
Every commit brings five products up to date. Printed are milliseconds of a commit, how many
segments are left, and what a query asked for the first time takes afterwards.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import world as worlds
from racer_ours import Ours
from search import machine
from whoosh.writing import MERGE_SMALL, NO_MERGE, OPTIMIZE
from world import World

from catalogue.search import indexing, service
from catalogue.search.engine import merging

Policy = Callable[[Any, Sequence[Any]], list[Any]]
POLICIES: dict[str, Policy] = {
    "ours": merging.merge_alike,
    "never": NO_MERGE,
    "Whoosh's own": MERGE_SMALL,
    "all, always": OPTIMIZE,
}
TOGETHER = 5  # products of a commit
SLOW = 40  # a policy that rewrites the whole index gets this share of the commits


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--commits", type=int, default=120)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = worlds.make(Path(folder) / "data", options.products)
        Ours(world, Path(folder)).build()
        kept = Path(folder) / "kept"
        shutil.copytree(world.settings.index_folder, kept)
        results = {}
        for name, policy in POLICIES.items():
            shutil.rmtree(world.settings.index_folder)
            shutil.copytree(kept, world.settings.index_folder)
            commits = options.commits // SLOW if policy is OPTIMIZE else options.commits
            results[name] = _measured(world, policy, commits)
    if options.json:
        print(json.dumps({"machine": machine(), "results": results}, indent=2))
        return
    print(machine())
    print(f"{options.products} products, commits of {TOGETHER}")
    for name, result in results.items():
        print(f"{name:14}" + "   ".join(f"{key} {value}" for key, value in result.items()))


def _measured(world: World, policy: Policy, commits: int) -> dict[str, float]:
    indexing.merging = SimpleNamespace(merge_alike=policy)  # type: ignore[attr-defined]
    racer = Ours(world, world.settings.index_folder)
    engine = service.engine(racer._parts)
    spent = []
    for number in range(commits):
        ids = [1 + (number * TOGETHER + place) % 5000 for place in range(TOGETHER)]
        start = time.perf_counter()
        engine.index(world.database, ids)
        spent.append((time.perf_counter() - start) * 1000)
    engine.close()
    opened = racer.opened()
    asked = []
    for query in world.queries["one word"][:40]:
        start = time.perf_counter()
        opened.ask(query, "")
        asked.append((time.perf_counter() - start) * 1000)
    spent.sort()
    with service.engine(opened._parts).store.reading() as (generation, _chain):  # type: ignore[attr-defined]
        segments = len(generation.segments)
    return {
        "commits": commits,
        "commit_median_ms": round(statistics.median(spent), 1),
        "commit_p95_ms": round(spent[int(len(spent) * 0.95)], 1),
        "commit_most_ms": round(spent[-1], 1),
        "segments": segments,
        "query_median_ms": round(statistics.median(asked), 2),
    }


if __name__ == "__main__":
    main()
