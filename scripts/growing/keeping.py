"""Keeps the logs of a run whose folders are thrown away, beside those of the runs before."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path


def keep_logs(logs: Path, below: Path, name: str) -> Path:
    """Copy the logs of a folder into a new one, `name` and the next number; return that."""
    below.mkdir(parents=True, exist_ok=True)
    taken = {each.name for each in below.iterdir()}
    kept = below / next(each for number in count(1) if (each := f"{name}-{number}") not in taken)
    kept.mkdir()
    for each in logs.glob("*.log"):
        shutil.copyfile(each, kept / each.name)
    return kept
