#!/usr/bin/env python3
"""Search for pieces that reach new code of our parsers (Atheris), and print what became of them.

Usage: scripts/fuzz/guided.py [--minutes M] [--work FOLDER] [--keep] [TARGET …]
Needs the extra `fuzz`. Each target of targets.py and served.py is searched for M minutes in a
process of its own, from its whole pieces and from what is kept of earlier searches. A fault is
anything but a value or a refusal in words, a piece that ends the process, or one that takes more
than five seconds of the processor; exit 1 if there is one. `--keep` takes what the search found,
less what reaches nothing more (libFuzzer's merge), into tests/data/strangers, where
tests/house/test_strangers.py reads it again; with `--minutes 0` it is all that is done.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import changing
import kept

if TYPE_CHECKING:
    from targets import Target

HERE = Path(__file__).resolve()
TARGET, WORK = "CATALOGUE_FUZZ_TARGET", "CATALOGUE_FUZZ_WORK"
# Whose branches lead a search, beside ours.
PARSING = ("authlib", "email", "joserfc", "stdnum", "scim2_server", "scim2_models")
BY_PARTS = 0.5  # of the changes; the others are libFuzzer's
LEAST_SECONDS, MOST_PROCESSES = 5, 20  # what is left of a search, and how many it takes
BETWEEN_NOTES = 2.0  # seconds: what was found is written down as it goes


def main() -> int:
    """Search each target that is named, or all, and print figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--work", type=Path)
    asked.add_argument("--keep", action="store_true")
    asked.add_argument("targets", nargs="*")
    given = asked.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="catalogue-fuzz-"))
    print("| parser | minutes | pieces | read | refused in words | edges | slowest | faults |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    wrong = [_search(name, work / name, given) for name in given.targets or kept.NAMES]
    return int(any(wrong))


@dataclass
class Found:
    """What a search came to, over the processes that it took: a piece may end one."""

    title: str = ""
    seconds: float = 0
    pieces: int = 0
    read: int = 0
    refused: int = 0
    edges: int = 0
    slowest: float = 0
    faults: dict[str, bytes] = field(default_factory=dict)

    def add(self, said: str, work: Path) -> None:
        """Add what a process said and noted, and the piece that ended it if one did."""
        noted = json.loads((work / "noted.json").read_text())
        self.title = noted["title"]
        self.pieces += int((re.findall(r"number_of_executed_units: (\d+)", said) or ["0"])[-1])
        self.read, self.refused = self.read + noted["read"], self.refused + noted["refused"]
        self.edges = max([self.edges, *map(int, re.findall(r"cov: (\d+)", said))])
        self.slowest = max(self.slowest, noted["slowest"])
        self.faults |= {kind: bytes.fromhex(piece) for kind, piece in noted["faults"].items()}
        for path in (*work.glob("crash-*"), *work.glob("timeout-*"), *work.glob("oom-*")):
            self.faults[f"ended the process ({path.name[:13]})"] = path.read_bytes()
            path.rename(work / f"seen-{path.name}")


def _search(name: str, work: Path, given: argparse.Namespace) -> bool:
    corpus = work / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    _put(corpus, kept.read(name))
    if name not in kept.SERVED:
        _put(corpus, _parser(name, work).whole())
    found, wanted, processes = Found(), given.minutes * 60, 0
    while wanted - found.seconds > LEAST_SECONDS and processes < MOST_PROCESSES:
        left, processes = wanted - found.seconds, processes + 1
        said = _start(name, work, f"-max_total_time={left:.0f}", str(corpus))
        found.add(said, work)
        found.seconds += float((work / "searched.txt").read_text())
    if processes:
        _print(name, found)
    if given.keep:
        _keep(name, work, corpus, found)
    return bool(found.faults)


def _print(name: str, found: Found) -> None:
    print(f"| {found.title} | {found.seconds / 60:.0f} | {found.pieces:,} | {found.read:,}"
          f" | {found.refused:,} | {found.edges:,} | {found.slowest:.2f} s | {len(found.faults)} |",
          flush=True)  # fmt: skip
    for kind, piece in found.faults.items():
        print(f"FAULT {name}: {kind}: {piece[:300]!r}", file=sys.stderr, flush=True)


def _put(corpus: Path, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        (corpus / hashlib.sha256(piece).hexdigest()[:16]).write_bytes(piece)


def _parser(name: str, folder: Path) -> Target:
    import targets  # noqa: PLC0415 - by then the imports are watched

    return next(each for each in targets.parsers(folder) if each.name == name)


def _keep(name: str, work: Path, corpus: Path, found: Found) -> None:
    """Keep the fewest pieces that reach all that was reached, the shortest first."""
    least = work / "least"
    least.mkdir(exist_ok=True)
    _start(name, work, "-merge=1", str(least), str(corpus))
    kept.write(name, [*(path.read_bytes() for path in least.iterdir()), *found.faults.values()])


def _start(name: str, work: Path, *arguments: str) -> str:
    """Run this script as the process that searches, and return what libFuzzer says."""
    # The merge starts this file by itself, as a program.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {TARGET: name, WORK: str(work), "PATH": path,
                                "PYTHONWARNINGS": "ignore"}  # fmt: skip
    flags = ("-print_final_stats=1", "-rss_limit_mb=3000", "-timeout=60", "-verbosity=1")
    done = subprocess.run(
        [sys.executable, str(HERE), *flags, f"-artifact_prefix={work}/", *arguments],
        env=environment, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    (work / "said.txt").write_text(done.stderr)
    return done.stderr


def _be_searched() -> None:
    """Be the process that searches one target."""
    logging.lastResort = None  # libFuzzer's words are read, not those of libraries
    import atheris  # noqa: PLC0415 - only whoever searches has it

    with atheris.instrument_imports(include=["catalogue", *PARSING], enable_loader_override=False):
        import noting  # noqa: PLC0415 - watched

        name, work = os.environ[TARGET], Path(os.environ[WORK])
        if name in kept.SERVED:
            import served  # noqa: PLC0415 - watched

            found = served.target(name, work)
        else:
            found = _parser(name, work)
    watch = noting.Watch(found)
    if name in kept.SERVED:
        _put(work / "corpus", found.whole())
    began, written = time.monotonic(), 0.0

    def one(content: bytes) -> None:
        nonlocal written
        before, at = len(watch.faults), time.monotonic()
        watch.send(content)
        if at > written + BETWEEN_NOTES or len(watch.faults) > before:
            watch.write(work / "noted.json")
            (work / "searched.txt").write_text(f"{at - began:.1f}")
            written = at

    def change(content: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < BY_PARTS:
            return changing.changed(content, most, chance)
        return bytes(atheris.Mutate(content, most))

    arguments = [*sys.argv, f"-max_len={found.longest}"]
    atheris.Setup(arguments, one, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    if TARGET in os.environ:
        _be_searched()
    sys.exit(main())
