"""Waits until a server that was started answers, no longer than its process lives."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from pathlib import Path

START_SECONDS, LOOK_SECONDS, TOLD_CHARACTERS = 180, 0.05, 2_000


def wait_until(
    address: str,
    seconds: float = START_SECONDS,
    *,
    by: subprocess.Popen[bytes] | None = None,
    log: Path | None = None,
) -> None:
    """Wait until an address answers with 200.

    Raises TimeoutError, and RuntimeError as soon as the process `by` that should answer has ended,
    each with the end of what it wrote into its log.
    """
    end, last = time.monotonic() + seconds, ""
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError as error:  # URLError is one
            last = str(error)
        if by is not None and by.poll() is not None:
            raise RuntimeError(f"who should answer at {address} has ended{_told(log)}")
        time.sleep(LOOK_SECONDS)
    raise TimeoutError(f"{address} does not answer within {seconds} seconds: {last}{_told(log)}")


def _told(log: Path | None) -> str:
    return f"; it told:\n{log.read_text(errors='replace')[-TOLD_CHARACTERS:]}" if log else ""
