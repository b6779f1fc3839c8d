"""A box of little memory and few processors: processes in a control group of Linux, by root.

Version 1 of the control groups stands in folders by controller, version 2 in one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
PERIOD_US = 100_000


class NoBox(Exception):
    """Control groups cannot be made here."""


@dataclass(frozen=True)
class Box:
    """A control group: its folders, and what its processes may take."""

    folders: tuple[Path, ...]
    memory_mb: int
    cores: float

    def within(self, command: list[str]) -> list[str]:
        """Return a command that enters the box before it begins."""
        enter = "; ".join(f"echo $$ > {each}/cgroup.procs" for each in self.folders)
        return ["/bin/sh", "-c", f'{enter}; exec "$@"', "sh", *command]

    def used_mb(self) -> int:
        """Return the memory of its processes now, without what the system keeps of files."""
        told = self._read("memory.stat").split()
        name = "total_rss" if "total_rss" in told else "anon"
        return int(told[told.index(name) + 1]) // 2**20

    def ended(self) -> int:
        """Return how many processes the system ended for want of memory."""
        told = self._read("memory.oom_control", "memory.events").split()
        return int(told[told.index("oom_kill") + 1])

    def _read(self, *names: str) -> str:
        return next((each / name).read_text() for each in self.folders for name in names
                    if (each / name).exists())  # fmt: skip


@contextmanager
def box(memory_mb: int, cores: float) -> Iterator[Box]:
    """Yield a box; raises NoBox where none can be made."""
    memory, quota_us = memory_mb * 2**20, int(cores * PERIOD_US)
    limits = {
        "memory.limit_in_bytes": memory, "memory.max": memory, "memory.swap.max": 0,
        "cpu.cfs_period_us": PERIOD_US, "cpu.cfs_quota_us": quota_us,
        "cpu.max": f"{quota_us} {PERIOD_US}",
    }  # fmt: skip
    parents = [GROUPS / "memory", GROUPS / "cpu"] if (GROUPS / "memory").is_dir() else [GROUPS]
    folders = tuple(each / f"catalogue-bench-{os.getpid()}" for each in parents)
    made = Box(folders, memory_mb, cores)
    try:
        for folder in folders:
            folder.mkdir()
            for name, value in limits.items():
                if (folder / name).exists():
                    (folder / name).write_text(str(value))
        made.used_mb()
        made.ended()
    except (OSError, StopIteration) as error:
        raise NoBox(f"control groups of memory and processor cannot be made: {error}") from error
    try:
        yield made
    finally:
        for folder in folders:
            folder.rmdir()
