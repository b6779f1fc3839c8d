#!/usr/bin/env python3
"""Send changed bytes through every parser of what comes from outside, and print what became of it.

Usage: scripts/fuzz/parsers.py [--seed N] [--seconds S]         (pictures: scripts/fuzz/images.py)
Each parser of targets.py begins from whole pieces, such as a Peppol catalogue of ours or a report
of a mail that came back, which are cut, changed, doubled and joined. For S seconds each. A fault is
anything but a value or a refusal in words, or a piece that takes more than five seconds of the
processor; exit 1 if there is one. It needs no Atheris; scripts/fuzz/guided.py searches further.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import noting
import targets
from targets import Target

MOST_BYTES = 200_000
# What often breaks a parser, put in here and there.
SPICE = (
    b"\x00", b"\xff\xfe", b"\r\n", b'"', b"'", b"<", b"&", b"]]>", b"<!DOCTYPE a [", b"%", b"=",
    b";" * 300, b"9" * 60, b"-1", b"1e999", "Å".encode(), "\u202e".encode(), b"\xc3", b"(" * 200,
    b"<a>" * 300, b"PK\x05\x06" + bytes(18), b"\x1b", b"NaN",
)  # fmt: skip


def main() -> int:
    """Run over all parsers and print figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--seconds", type=float, default=20)
    given = asked.parse_args()
    faults: list[str] = []
    print("| parser | pieces | read | refused in words | slowest | faults |")
    print("|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for parser in targets.parsers(Path(folder)):
            faults += _run(parser, random.Random(given.seed), given.seconds)
    print(*faults, sep="\n")
    return int(bool(faults))


def _run(parser: Target, chance: random.Random, seconds: float) -> list[str]:
    watch, whole = noting.Watch(parser), parser.whole()
    end, pieces = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        watch.send(_changed(whole, chance))
        pieces += 1
    print(f"| {parser.title} | {pieces:,} | {watch.read:,} | {watch.refused:,}"
          f" | {watch.slowest:.2f} s | {len(watch.faults)} |", flush=True)  # fmt: skip
    return [f"FAULT {parser.name}: {kind}: {each[:200]!r}" for kind, each in watch.faults.items()]


def _changed(whole: Sequence[bytes], chance: random.Random) -> bytes:
    """Return a piece with some changes; one in twenty is left as it is."""
    content = bytearray(chance.choice(whole))
    for _ in range(chance.choice((0, 1, 1, 2, 4, 16))):
        at = chance.randrange(len(content) + 1)
        to = min(len(content), at + chance.choice((0, 0, 1, 2, 8, 200)))
        put = chance.choice((b"", chance.randbytes(chance.choice((1, 2, 8))), chance.choice(SPICE)))
        if chance.random() < 0.1:
            put = bytes(content[to : to + chance.choice((10, 1_000))]) * chance.choice((1, 3))
        content[at:to] = put
        if chance.random() < 0.05:
            del content[chance.randrange(len(content) + 1) :]
    return bytes(content[:MOST_BYTES])


if __name__ == "__main__":
    sys.exit(main())
