#!/usr/bin/env python3
"""Send odd picture files through the decoder as uploads go, and print what became of them.

Usage: scripts/fuzz/images.py [--seed N] [--times N] [--every N] [FOLDER|ARCHIVE.tar.gz …]
Files: all that scripts/fuzz/odd.py makes, what installed packages carry, and what lies in the
folders and archives named, such as the sources of Pillow with the files that once broke it. Each
goes through `catalogue/media/sandbox.py`, in a process of its own; what is kept is opened again
and derived in all sizes. A fault is anything but a picture or a refusal in words within 10
seconds; exit 1 if there is one.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import odd
from odd import Odd

from catalogue.core.folder import Folder
from catalogue.core.text import reading_in
from catalogue.media import deriving, sandbox, service
from catalogue.media.refusing import UnusablePicture
from catalogue.media.rules import Limits
from catalogue.media.store import Store

LIMITS = Limits(15_000_000, 60_000_000, 200)
SECONDS = sandbox.SECONDS + 2  # with the start of the process on a busy machine


@dataclass(frozen=True)
class Outcome:
    """What became of a file."""

    name: str
    said: str
    seconds: float
    fault: bool


def main() -> int:
    """Run over all files and print figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--times", type=int, default=4, help="changes of each file that is taken")
    asked.add_argument("--every", type=int, default=1, help="take each N-th of the made files")
    asked.add_argument("more", type=Path, nargs="*")
    given = asked.parse_args()
    began = time.perf_counter()
    made = itertools.islice(odd.made(given.seed, given.times), 0, None, given.every)
    outcomes = list(_run([*made, *_found(given.more)]))
    _print(outcomes, time.perf_counter() - began)
    return int(any(each.fault for each in outcomes))


def _found(more: Iterable[Path]) -> Iterator[Odd]:
    yield from odd.installed()
    for path in more:
        yield from odd.in_folder(path) if path.is_dir() else odd.in_archive(path)


def _run(files: Iterable[Odd]) -> Iterator[Outcome]:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        store = Store(Folder(Path(folder)), LIMITS)
        yield from pool.map(lambda each: _send(store, each), files)


def _send(store: Store, file: Odd) -> Outcome:
    began = time.perf_counter()
    fault, said = False, "kept"
    try:
        with reading_in("en"):
            received = service.receive(store, file.content)
        deriving.derive(store, received.sha256)
    except UnusablePicture as error:
        said = error.reason.message
    except Exception as error:  # what we look for
        fault, said = True, f"FAULT {type(error).__name__}: {error}"
    seconds = time.perf_counter() - began
    return Outcome(file.name, said, seconds, fault or seconds > SECONDS)


def _print(outcomes: list[Outcome], seconds: float) -> None:
    slowest = max(outcomes, key=lambda each: each.seconds)
    faults = [each for each in outcomes if each.fault]
    print(f"{len(outcomes)} files, {seconds:.0f} s")
    print(f"the slowest {slowest.seconds:.1f} s: {slowest.name}")
    print(f"{len(faults)} faults")
    for said, count in Counter(each.said for each in outcomes).most_common():
        print(f"{count:6d}  {said}")
    for each in faults:
        print(f"FAULT {each.name}: {each.said}, {each.seconds:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
