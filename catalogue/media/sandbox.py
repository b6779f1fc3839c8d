"""Decode what strangers send in a process of its own, with limits on memory and time.

A decoder that crashes, hangs or wants gigabytes takes that process with it, and nothing else: the
file is refused with a remedy. The process gets no environment (so no secret), opens no file, and
writes none. Run as a module it is that process.
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .decoding import CleanPicture
from .decoding import clean as decode
from .refusing import UnusablePicture, check_length
from .rules import Cut, Limits, Looks

MEMORY_BYTES = 440_000_000  # beyond what the process has when it is ready: 512 MB in all
CPU_SECONDS = 8
SECONDS = 10
_ROOT = Path(__file__).parent.parent.parent
_ENVIRONMENT = {
    "PYTHONPATH": str(_ROOT),
    "PYTHONIOENCODING": "utf-8",
    "MALLOC_ARENA_MAX": "1",  # arenas of threads would use up the limit without being used
}
_COMMAND = (sys.executable, "-W", "ignore", "-m", "catalogue.media.sandbox")
_TOO_MUCH = _(
    "The picture takes too long or too much memory to open. Save it as JPEG, or smaller, and send"
    " it again."
)


def clean(content: bytes, limits: Limits, cut: Cut | None = None) -> CleanPicture:
    """Decode a picture of unknown origin apart; raises UnusablePicture with the remedy."""
    check_length(len(content), limits)
    facts = {"limits": asdict(limits), "cut": asdict(cut or Cut())}
    sent = json.dumps(facts).encode() + b"\n" + content
    try:
        done = _decode_apart(sent)
    except subprocess.TimeoutExpired:
        raise UnusablePicture(_TOO_MUCH) from None
    head, _line, body = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:
        raise UnusablePicture(_TOO_MUCH)
    return _read(json.loads(head), body)


def _decode_apart(sent: bytes) -> subprocess.CompletedProcess[bytes]:
    """Have it decoded, and once more when somebody has ended the process with SIGKILL: that is no
    fault of the picture, for its own limits end it otherwise. Raises TimeoutExpired.
    """
    end = time.monotonic() + SECONDS
    for _again in range(2):
        done = subprocess.run(  # noqa: S603 - our own command
            _COMMAND, input=sent, capture_output=True, timeout=end - time.monotonic(),
            check=False, env=_ENVIRONMENT, cwd="/",
        )  # fmt: skip
        if done.returncode != -signal.SIGKILL:
            break
    return done


def _read(facts: dict[str, Any], content: bytes) -> CleanPicture:
    if "message" in facts:
        raise UnusablePicture(Text(facts["message"], facts["values"]))
    return CleanPicture(content=content, looks=Looks(**facts.pop("looks")), **facts)


def _main() -> int:
    """Read limits, cut and picture from standard input; write facts and the clean picture."""
    head, _line, content = sys.stdin.buffer.read().partition(b"\n")
    given = json.loads(head)
    _bind()
    try:
        made = decode(content, Limits(**given["limits"]), Cut(**given["cut"]))
        facts = asdict(made)
        body = facts.pop("content")
    except UnusablePicture as error:
        facts, body = {"message": error.reason.message, "values": error.reason.values}, b""
    except MemoryError:
        return 1
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + body)
    return 0


def _bind() -> None:
    """Bind this process to its limits, once all that it needs is loaded."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if _on_linux() else 0
    most = pages * resource.getpagesize() + MEMORY_BYTES
    # A second later it would be SIGKILL, which is taken for somebody else's.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if pages:  # elsewhere time and pixels are the limits
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _on_linux() -> bool:
    return sys.platform.startswith("linux")


if __name__ == "__main__":
    sys.exit(_main())
