"""Run the image that `scripts/contained` built, and hold it to what the documents say of it.

Usage: python scripts/contained.py FOLDER      (in a network of its own, which has only loopback)
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "growing"))

import buying

ADDRESS = "http://127.0.0.1:8000"
SETTINGS = f"""\
CATALOGUE_SECRET_KEY=only of these containers, thrown away with them
CATALOGUE_PUBLIC_URL={ADDRESS}
CATALOGUE_COOKIE_SECURE=false
CATALOGUE_DRAIN_SECONDS=2
"""
NUMBER = re.compile(r"\b[0-9]{4}-[0-9]{4}-[0-9]{5}\b")  # municipality, year, order
PATIENCE_SECONDS, READ_BEFORE, READERS = 180, 20, 2


def main() -> None:
    """Load, serve, order, stop and come again; ends with an AssertionError where it does not."""
    settings = Path(sys.argv[1]) / "catalogue.env"
    settings.write_text(SETTINGS, encoding="utf-8")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    # As docs/install.md has it; there is nothing to write to but the volume.
    shared = ["--env-file", str(settings), "-v", "kept:/var/lib/catalogue", "--network", "host",
              "--read-only"]  # fmt: skip
    for command in ("migrate", "demo"):
        _podman("run", "--rm", "--no-healthcheck", *shared, "catalogue", command)
    try:
        print(_start(shared))
        browser = buying.enter(ADDRESS)
        receipt = _order(browser)
        _stop()
        _start(shared)
        assert browser.get(receipt)[0] == receipt, "the receipt is gone"
        _podman("exec", "work", "catalogue", "check")
        print("6. both anew, on the same volume: she is signed in and has her receipt; "
              "catalogue check finds nothing")  # fmt: skip
    except BaseException:
        for name in ("web", "work"):
            subprocess.run(["podman", "logs", name], check=False)
        raise


def _start(shared: list[str]) -> str:
    """Start both, ask for what balancers and supervisors ask for, and tell of it."""
    began = time.monotonic()
    _podman("run", "--detach", "--name", "web", *shared, "catalogue")
    _podman("run", "--detach", "--name", "work", "--no-healthcheck", *shared, "catalogue", "work")
    _wait_until(lambda: _status("/readyz") == 200)
    seconds = time.monotonic() - began
    assert _status("/livez") == 200
    _podman("healthcheck", "run", "web")
    who = _podman("exec", "web", "id", "-un")
    assert who == "catalogue", who
    doctor = ["podman", "exec", "work", "catalogue", "doctor"]
    _wait_until(lambda: subprocess.run(doctor, check=False, capture_output=True).returncode == 0)
    return (f"3. web and work as {who}, read-only: /livez and /readyz 200 after {seconds:.0f} s, "
            "health check well; catalogue doctor finds nothing wrong")  # fmt: skip


def _order(browser: buying.Browser) -> str:
    """Order by the pages, and wait for the worker's letter of it; return where the receipt lies."""
    began = time.monotonic()
    receipt = buying.buy(browser)
    number = NUMBER.findall(browser.get(receipt)[1])[0]
    _wait_until(lambda: any(_mail().glob(f"{number}.*.eml")))
    seconds = time.monotonic() - began
    print(f"4. order {number} by the pages, and work's letter of it, in {seconds:.0f} s")
    return receipt


def _stop() -> None:
    """End both by SIGTERM, while people read until a balancer would send nobody any more."""
    with _reading() as answers:
        _wait_until(lambda: len(answers) >= READ_BEFORE)
        began = time.monotonic()
        command = ["podman", "stop", "--time", "60", "web"]
        stopping = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_until(lambda: _status("/readyz") == 503)
        assert _status("/") == 200, "nobody is served while it drains"
    stopping.wait()
    seconds = time.monotonic() - began
    _podman("stop", "--time", "60", "work")
    ended = [
        _podman("inspect", "--format", "{{.State.ExitCode}}", each) for each in ("web", "work")
    ]
    assert ended == ["0", "0"], f"they ended with {ended}"
    assert set(answers) == {200}, answers
    print(f"5. SIGTERM: /readyz 503, all of {len(answers)} pages asked for were answered; web "
          f"ended with 0 after {seconds:.0f} s, work with 0")  # fmt: skip
    _podman("rm", "web", "work")


@contextmanager
def _reading() -> Iterator[list[int]]:
    """Read one page after the other meanwhile; the list has what was answered, 0: broke off."""
    answers: list[int] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            answers.append(_status("/"))

    readers = [threading.Thread(target=read) for _each in range(READERS)]
    for each in readers:
        each.start()
    try:
        yield answers
    finally:
        over.set()
        for each in readers:
            each.join()


def _status(path: str) -> int:
    try:
        with urllib.request.urlopen(ADDRESS + path, timeout=20) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _mail() -> Path:
    """Return where the worker of the demonstration writes its letters."""
    (volume,) = json.loads(_podman("volume", "inspect", "kept"))
    return Path(volume["Mountpoint"]) / "mail"


def _wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, f"not so after {PATIENCE_SECONDS} seconds"
        time.sleep(0.1)


def _podman(*command: str) -> str:
    done = subprocess.run(["podman", *command], check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"podman {' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


if __name__ == "__main__":
    main()
