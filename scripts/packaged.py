"""Build sdist and wheel, and use the wheel where nothing else is: outside of the checkout.

The wheel is built from the sdist, held against the files of the repository, and installed in an
empty environment with what it depends on. There it migrates an empty database, starts, answers and
stops, and is mounted in a host. Usage: python scripts/packaged.py
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from growing.ports import free_port
from growing.waiting import wait_until

ROOT = Path(__file__).parent.parent
START_SECONDS = 60
HOST = """
from flask import Flask
from catalogue import Catalogue

app = Flask("host")
app.config.update(SECRET_KEY="of the host", CATALOGUE_DATA_FOLDER="data")
app.add_url_rule("/", "home", lambda: "the host")
Catalogue(app, url_prefix="/indkob")
"""


def main() -> None:
    """Do all of it in a folder that is gone afterwards; exit 1 with what is not right."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = _build(folder)
        faults = _differences(wheel)
        if faults:
            sys.exit("\n".join(faults))
        _say(f"built in {time.monotonic() - began:.0f} s")
        python = _install(folder, wheel)
        _say(f"installed after {time.monotonic() - began:.0f} s")
        with (folder / "log").open("ab") as log:
            try:
                _use(folder, python.parent, log)
            except BaseException:
                print((folder / "log").read_text(), file=sys.stderr)
                raise
        _say(f"migrated, started and mounted after {time.monotonic() - began:.0f} s")


def _build(folder: Path) -> Path:
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", ROOT]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    (wheel,) = (folder / "dist").glob("*.whl")
    assert list((folder / "dist").glob("*.tar.gz")), "there is no sdist"
    return wheel


def _differences(wheel: Path) -> list[str]:
    """Name what the wheel lacks of the repository, and what it has besides."""
    package = ROOT / "catalogue"
    wanted = {
        f"catalogue/{each.relative_to(root)}"
        for root, below in ((package, package), (ROOT, ROOT / "migrations"))
        for each in below.rglob("*")
        if each.is_file() and "__pycache__" not in each.parts
    }
    with zipfile.ZipFile(wheel) as packed:
        found = {each for each in packed.namelist() if ".dist-info/" not in each}
    lacking = [f"the wheel lacks {each}" for each in sorted(wanted - found)]
    return lacking + [f"the wheel has {each} besides" for each in sorted(found - wanted)]


def _install(folder: Path, wheel: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    # Compiled when first loaded: most of what is installed never is.
    options = ["-qq", "--no-compile", "--disable-pip-version-check"]
    subprocess.run([python, "-m", "pip", "install", *options, wheel], check=True)
    return python


def _use(folder: Path, installed: Path, log: BinaryIO) -> None:
    """Run it by itself, on an empty database that it migrates at first, then in a host."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    here: dict[str, Any] = {
        "cwd": folder, "stdout": log, "stderr": log, "env": kept | {"CATALOGUE_DATA_FOLDER": "data"}
    }  # fmt: skip
    _start([str(installed / "catalogue"), "run"], "", here)
    (folder / "host.py").write_text(HOST)
    flask = [str(installed / "flask"), "--app", "host"]
    subprocess.run([*flask, "catalogue", "collect-documents"], check=True, **here)
    _start([*flask, "run"], "/indkob", here)


def _start(command: list[str], prefix: str, here: dict[str, Any]) -> None:
    """Start a server, ask it for page, file and health, and stop it."""
    port = free_port()
    with subprocess.Popen([*command, "--port", str(port)], **here) as server:
        try:
            address = f"http://127.0.0.1:{port}{prefix}"
            wait_until(f"{address}/healthz", START_SECONDS, by=server)
            for path in ("/", "/static/catalogue.css", "/healthz"):
                with urllib.request.urlopen(address + path, timeout=20) as answer:
                    assert answer.status == 200 and answer.read(), path
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def _say(text: str) -> None:
    print(f"package: {text}", flush=True)


if __name__ == "__main__":
    main()
