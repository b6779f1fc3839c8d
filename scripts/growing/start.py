#!/usr/bin/env python3
"""Run the grown form with the demonstration world until it is stopped; `scripts/grown` calls it."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bucket import bucket
from database import primary_with_standby
from form import ROOT, CannotGrow, grown


def main() -> None:
    """Start everything, print the addresses, and wait."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o711)  # PostgreSQL runs as a user of its own
        primary, standby = held.enter_context(primary_with_standby(folder / "postgresql"))
        settings = {"CATALOGUE_DATABASE_URL": primary.url}
        if not options.no_bucket:
            settings |= held.enter_context(bucket(folder / "bucket"))
        _load(folder, settings)
        site = held.enter_context(
            grown(folder, settings, nodes=options.nodes, workers=options.workers)
        )
        print(f"HAProxy   {site.address}/   (sockets and logs in {folder})")
        for each in site.nodes:
            print(f"{each.name:9} http://127.0.0.1:{each.port}/")
        print(
            f"primary   {primary.url}\nstandby   {standby.url}\nCtrl-C stops all of it", flush=True
        )
        signal.pause()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/grown", description=__doc__)
    parser.add_argument("--nodes", type=int, default=2, help="web nodes")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-bucket", action="store_true", help="files in a shared folder")
    return parser.parse_args()


def _load(folder: Path, settings: dict[str, str]) -> None:
    told = {"CATALOGUE_DATA_FOLDER": str(folder), "CATALOGUE_SEARCH_ENGINE": "postgresql"}
    command = [sys.executable, "-m", "catalogue.cli", "demo"]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | told | settings)


if __name__ == "__main__":
    try:
        main()
    except CannotGrow as error:
        sys.exit(f"scripts/grown: {error}")
    except KeyboardInterrupt:
        pass
