#!/usr/bin/env python3
"""Run for longer the tests that make up what strangers send, and tell how much they tried.

Usage: scripts/fuzz/longer.py [--minutes N]
N minutes (10) each, with a new seed every time they end: schemathesis over the contract of the API,
and Hypothesis over whatever reads files and texts of others. Prints what was tried and what failed;
exits 1 when anything did. What is found becomes a test with its example.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ["tests/api/test_schemathesis.py"]
READERS = [
    "tests/agreements/test_import_reading.py", "tests/coverage/test_ledger.py",
    "tests/exchange/test_order_documents.py", "tests/exchange/test_peppol.py",
    "tests/exchange/test_punchout_rules.py", "tests/media/test_rules.py",
    "tests/products/test_price_list.py", "tests/products/test_sheets.py",
    "tests/products/test_variant_sheets.py",
]  # fmt: skip
REQUESTS, EXAMPLES = re.compile(r"(\d+) requests"), re.compile(r"(\d+) passing")
FIRST_SEED = 2  # the tests have the one before


def main() -> None:
    """Run both, and print a line of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    seconds = parser.parse_args().minutes * 60
    print("| by | minutes | seeds | tried | failed |\n|---|---:|---:|---:|---:|")
    failed = [
        _told("schemathesis", _runs(CONTRACT, ["-s"], seconds), REQUESTS),
        _told("Hypothesis", _runs(READERS, ["--hypothesis-show-statistics"], seconds), EXAMPLES),
    ]
    sys.exit(any(failed))


def _runs(files: list[str], options: list[str], seconds: float) -> Iterator[tuple[str, float]]:
    """Yield what each run printed, and the minutes until its end; what it prints of faults, too."""
    began, seed = time.monotonic(), FIRST_SEED
    while time.monotonic() - began < seconds:
        told = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options,
             f"--hypothesis-seed={seed}", *files],
            check=False, cwd=ROOT, capture_output=True, text=True,
            env=os.environ | {"STRANGER_SEED": str(seed)},
        )  # fmt: skip
        if told.returncode:
            print(told.stdout, file=sys.stderr)
        yield told.stdout, (time.monotonic() - began) / 60
        seed += 1


def _told(name: str, runs: Iterator[tuple[str, float]], count: re.Pattern[str]) -> int:
    """Print a line of a table; return how many tests failed."""
    tried = failed = seeds = 0
    minutes = 0.0
    for text, minutes in runs:  # noqa: B007 - the last one counts
        seeds += 1
        tried += sum(map(int, count.findall(text)))
        failed += len(re.findall("^FAILED", text, re.MULTILINE))
    print(f"| {name} | {minutes:.0f} | {seeds} | {tried:,} | {failed} |", flush=True)
    return failed


if __name__ == "__main__":
    main()
