#!/usr/bin/env python3
"""Search for pieces that reach new code of our parsers (Atheris), and print what became of them.

Usage: scripts/fuzz/guided.py [--minutes M] [--work FOLDER] [--keep] [TARGET …]
Needs the extra `fuzz`. Each target of targets.py and served.py is searched for M minutes in a
process of its own, from its whole pieces and from what is kept of earlier searches. A fault is
anything but a value or a refusal in words, or a piece that takes more than five seconds; exit 1 if
there is one. `--keep` takes what the search found, less what reaches nothing more (libFuzzer's
merge), into tests/data/strangers, where tests/house/test_strangers.py reads it again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import changing
import kept

if TYPE_CHECKING:
    from targets import Target

HERE = Path(__file__).resolve()
TARGET, WORK = "CATALOGUE_FUZZ_TARGET", "CATALOGUE_FUZZ_WORK"
# Whose branches lead a search, beside ours.
PARSING = ("email", "stdnum", "scim2_server", "scim2_models")
BY_PARTS = 0.5  # of the changes; the others are libFuzzer's
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


def _search(name: str, work: Path, given: argparse.Namespace) -> bool:
    corpus = work / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    _put(corpus, kept.read(name))
    if name not in kept.SERVED:
        _put(corpus, _parser(name, work).whole())
    said = _start(name, work, f"-max_total_time={given.minutes * 60:.0f}", str(corpus))
    minutes = max(map(int, re.findall(r"runs in (\d+) second", said)), default=0) / 60
    noted = json.loads((work / "noted.json").read_text())
    edges = max(map(int, re.findall(r"cov: (\d+)", said)), default=0)
    pieces = int((re.findall(r"number_of_executed_units: (\d+)", said) or ["0"])[-1])
    faults = noted["faults"]
    print(f"| {noted['title']} | {minutes:.0f} | {pieces:,} | {noted['read']:,}"
          f" | {noted['refused']:,} | {edges:,} | {noted['slowest']:.2f} s | {len(faults)} |",
          flush=True)  # fmt: skip
    for kind, piece in faults.items():
        print(f"FAULT {name}: {kind}: {bytes.fromhex(piece)[:300]!r}", file=sys.stderr, flush=True)
    if given.keep:
        _keep(name, work, corpus)
    return bool(faults)


def _put(corpus: Path, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        (corpus / hashlib.sha256(piece).hexdigest()[:16]).write_bytes(piece)


def _parser(name: str, folder: Path) -> Target:
    import targets

    return next(each for each in targets.parsers(folder) if each.name == name)


def _keep(name: str, work: Path, corpus: Path) -> None:
    """Keep the fewest pieces that reach all that was reached, the shortest first."""
    least = work / "least"
    least.mkdir(exist_ok=True)
    _start(name, work, "-merge=1", str(least), str(corpus))
    noted = json.loads((work / "noted.json").read_text())
    found = [path.read_bytes() for path in least.iterdir()]
    kept.write(name, [*found, *map(bytes.fromhex, noted["faults"].values())])


def _start(name: str, work: Path, *arguments: str) -> str:
    """Run this script as the process that searches, and return what libFuzzer says."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {TARGET: name, WORK: str(work), "PATH": path}
    flags = ("-print_final_stats=1", "-rss_limit_mb=3000", "-timeout=60", "-verbosity=1")
    done = subprocess.run(
        [sys.executable, str(HERE), *flags, f"-artifact_prefix={work}/", *arguments],
        env=environment, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    (work / "said.txt").write_text(done.stderr)
    return done.stderr


def _be_searched() -> None:
    """Be the process that searches one target."""
    import atheris

    with atheris.instrument_imports(include=["catalogue", *PARSING], enable_loader_override=False):
        import noting

        name, work = os.environ[TARGET], Path(os.environ[WORK])
        if name in kept.SERVED:
            import served

            found = served.target(name, work)
        else:
            found = _parser(name, work)
    watch = noting.Watch(found)
    if name in kept.SERVED:
        _put(work / "corpus", found.whole())
    written = 0.0

    def one(content: bytes) -> None:
        nonlocal written
        before = len(watch.faults)
        watch.send(content)
        if time.monotonic() > written + BETWEEN_NOTES or len(watch.faults) > before:
            watch.write(work / "noted.json")
            written = time.monotonic()

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
