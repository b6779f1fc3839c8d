#!/usr/bin/env python3
"""Upgrade the grown form while people use it: `scripts/rolling-upgrade` calls it.

The demonstration world is made and served by an older state of this repository: the last one with
the tables of the release before (tests/data/released.json), the last one that is `--back`
migrations behind, or `--from COMMIT`. People order, say no and read all the while, each
request asked once. Then the steps of docs/operations.md: the new program migrates while the old one
serves, node after node is drained, stopped and started anew, the worker last. At the end the new
worker does what is left, and receipts are held against orders; `catalogue check` looks at the rest.
Ends with 1 when a request failed, or when anything acknowledged is lost or there twice.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "torture"))
sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
sys.path.insert(0, str(Path(__file__).parents[2]))

from alembic.script import ScriptDirectory
from database import primary_with_standby
from form import ROOT, CannotGrow, Process, Site, grown
from keeping import keep_logs
from packaging.requirements import Requirement
from search import machine
from users import Users, compare

from catalogue.core import revisions

STEADY_SECONDS, SETTLE_SECONDS = 20, 120
RELEASED = ROOT / "tests" / "data" / "released.json"  # scripts/released writes it
HISTORY = 400  # first parents that are looked through for the older program
LEFT = """\
SELECT coalesce(string_agg(topic || ': ' || coalesce(error, ''), ' / '), '') FROM catalogue_outbox
WHERE due_at <= now() + interval '60 seconds'"""  # a claim lasts no longer


@dataclass
class Step:
    """A step of the upgrade, and what people met during it."""

    name: str
    seconds: float
    requests: int
    failed: int


def main() -> None:
    """Upgrade, and print what people met in each step."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(1))  # nothing is left running
    with tempfile.TemporaryDirectory() as name, ExitStack() as held:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as a user of its own
        commit = options.commit or _find_commit(_chain(), options.back)
        old = _unpack(commit, folder / "old")
        primary, _standby = held.enter_context(primary_with_standby(folder / "postgresql"))
        data = folder / "data"
        data.mkdir()
        settings = {"CATALOGUE_DATABASE_URL": primary.url, "CATALOGUE_SEARCH_ENGINE": "postgresql",
                    "CATALOGUE_COOKIE_SECURE": "false"}  # fmt: skip
        around = settings | {"CATALOGUE_DATA_FOLDER": str(data)}
        _run(old, around, "demo")
        before = _revision(primary.ask)
        if options.keep_logs:
            held.callback(keep_logs, data, options.keep_logs, "rolling")
        site = held.enter_context(grown(data, settings, nodes=options.nodes, program=old))
        users = held.enter_context(Users(site.address))
        steps = _upgrade(site, users, around)
        users.rest()
        _settle(primary.ask)
        found = compare(primary.url, users)
        _run(ROOT, around, "check")
        print(f"{machine()}; from {commit[:10]} with {before} to {revisions.head()}\n")
        _print(steps, users, found)
    sys.exit(bool(users.failed or found["lost"] or found["doubled"]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/rolling-upgrade")
    parser.add_argument("--nodes", type=int, default=2, help="web nodes")
    parser.add_argument("--back", type=int, help="migrations that the old program lacks")
    parser.add_argument("--from", dest="commit", default="", help="a commit, instead of --back")
    parser.add_argument(
        "--keep-logs", type=Path, help="a folder below which logs are kept, numbered by run"
    )
    return parser.parse_args()


def _upgrade(site: Site, users: Users, around: Mapping[str, str]) -> list[Step]:
    steps: list[Step] = []

    def step(name: str, do: Callable[[], None]) -> None:
        began, requests, failed = time.monotonic(), users.requests, users.failed
        do()
        seconds = time.monotonic() - began
        steps.append(Step(name, seconds, users.requests - requests, users.failed - failed))
        print(steps[-1], file=sys.stderr, flush=True)

    step("the old program serves", lambda: time.sleep(STEADY_SECONDS))
    step("the new program migrates", lambda: _run(ROOT, around, "migrate"))
    step("the old program serves on the new tables", lambda: time.sleep(STEADY_SECONDS))
    for number, node in enumerate(site.nodes):
        step(f"{node.name} is renewed", lambda number=number: _renew(site, number))
    step("the new program serves, with the old worker", lambda: time.sleep(STEADY_SECONDS))
    for worker in site.workers:
        step(f"{worker.name} is renewed", lambda worker=worker: _restart(worker))
    step("the new program alone", lambda: time.sleep(STEADY_SECONDS))
    return steps


def _renew(site: Site, number: int) -> None:
    site.drain(number)
    site.nodes[number].program = ROOT
    site.bring_back(number)


def _restart(worker: Process) -> None:
    worker.end()
    worker.program = ROOT
    worker.start()


def _chain() -> dict[str, str]:
    """Return the files of all migrations by revision, the newest first."""
    known = ScriptDirectory(str(revisions.folder()))
    found = known.iterate_revisions("head", "base")
    return {each.revision: Path(each.path).name for each in found}


def _find_commit(chain: dict[str, str], back: int | None) -> str:
    """Return the newest first parent whose migrations end `back` before those of today.

    None: as far as those of the release before.
    """
    files = list(chain.values())
    if back is None:
        back = list(chain).index(json.loads(RELEASED.read_text(encoding="utf-8"))["revision"])
    newer, head = set(files[:back]), files[back]
    for commit in _git("log", "--first-parent", f"-{HISTORY}", "--format=%H").split():
        there = _git("ls-tree", "--name-only", f"{commit}:migrations/versions").split()
        if head in there and not newer.intersection(there):
            return commit
    raise CannotGrow(f"no commit is {back} migrations behind; name one by --from")


def _unpack(commit: str, folder: Path) -> Path:
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    _add_libraries(folder)
    return folder


def _add_libraries(program: Path) -> None:
    """Install beside an older program what it needs and this one no longer has."""
    told = tomllib.loads((program / "pyproject.toml").read_text(encoding="utf-8"))
    lacking = [each for each in told["project"]["dependencies"] if not _is_there(Requirement(each))]
    if lacking:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", "."]
        subprocess.run([*command, *lacking], cwd=program, check=True, stdout=sys.stderr)


def _is_there(needed: Requirement) -> bool:
    try:
        return needed.specifier.contains(version(needed.name), prereleases=True)
    except PackageNotFoundError:
        return False


def _git(*command: str) -> str:
    done = subprocess.run(["git", *command], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout


def _run(program: Path, settings: Mapping[str, str], command: str) -> None:
    """Run a command of the program that lies there."""
    told = os.environ | dict(settings) | {"PYTHONPATH": str(program)}
    whole = [sys.executable, "-m", "catalogue.cli", command]
    subprocess.run(whole, cwd=program, env=told, check=True, stdout=sys.stderr)


def _revision(ask: Callable[[str], str]) -> str:
    return ask(f"SELECT version_num FROM {revisions.VERSION_TABLE}")


def _settle(ask: Callable[[str], str]) -> None:
    """Wait until the new worker has done what was due when people went home."""
    end = time.monotonic() + SETTLE_SECONDS
    while left := ask(LEFT):
        if time.monotonic() > end:
            raise TimeoutError(f"work is left after {SETTLE_SECONDS} seconds: {left[:500]}")
        time.sleep(0.5)


def _print(steps: list[Step], users: Users, found: Mapping[str, int]) -> None:
    print("| step | seconds | requests | failed |\n|---|---:|---:|---:|")
    for each in steps:
        print(f"| {each.name} | {each.seconds:.0f} | {each.requests} | {each.failed} |")
    print("\n| | |\n|---|---:|")
    told = {"requests": users.requests, "failed": users.failed, **found}
    for name, count in told.items():
        print(f"| {name} | {count} |")
    for each in users.faults:
        print(f"FAULT: {each}")


if __name__ == "__main__":
    try:
        main()
    except CannotGrow as error:
        sys.exit(f"scripts/rolling-upgrade: {error}")
    except KeyboardInterrupt:
        pass
