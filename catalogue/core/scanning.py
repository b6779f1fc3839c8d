"""Ask clamd of ClamAV over its socket whether a file carries a virus; without one, ask nothing.

A file that was not looked at is not let in: a scanner that is set and silent refuses all files.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalogue.settings import Settings

from .errors import Unavailable
from .text import lazy as _

PART = "scan"
PIECE_BYTES = 65_536
LONGEST_ANSWER = 4096

# Returns the name of what was found in a file, or None; raises ScannerSilent.
Scan = Callable[[bytes], str | None]


class ScannerSilent(Unavailable):
    """The scanner is set but cannot be asked, or does not say whether the file is clean."""

    title = _("The virus scanner does not answer")


@dataclass(frozen=True)
class Clamd:
    """A clamd: the path of its socket, or host and port; how long each answer may take."""

    address: str
    timeout_seconds: int

    def scan(self, content: bytes) -> str | None:
        """Return the name of what is found in a file, or None; raises ScannerSilent."""
        pieces = [content[at : at + PIECE_BYTES] for at in range(0, len(content), PIECE_BYTES)]
        framed = b"".join(struct.pack(">I", len(each)) + each for each in pieces)
        answer = self._ask(b"zINSTREAM\0" + framed + struct.pack(">I", 0))
        said = answer.removeprefix("stream: ")
        if said == "OK":
            return None
        if said.endswith(" FOUND"):
            return said.removesuffix(" FOUND")
        raise ScannerSilent(said)  # such as a size limit of its own

    def check(self) -> None:
        """Raise ScannerSilent unless it answers."""
        if (answer := self._ask(b"zPING\0")) != "PONG":
            raise ScannerSilent(answer)

    def _ask(self, command: bytes) -> str:
        try:
            with self._open() as opened:
                opened.sendall(command)
                answer = b""
                while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
                    part = opened.recv(LONGEST_ANSWER)
                    if not part:
                        break
                    answer += part
        except OSError as error:
            raise ScannerSilent(f"{self.address}: {error}") from None
        return answer.rstrip(b"\0").decode("utf-8", "replace")

    def _open(self) -> socket.socket:
        host, _colon, port = self.address.rpartition(":")
        if host and port.isdecimal():
            return socket.create_connection((host, int(port)), self.timeout_seconds)
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        opened.settimeout(self.timeout_seconds)
        try:
            opened.connect(str(Path(self.address)))
        except OSError:
            opened.close()
            raise
        return opened


def find_clamd(settings: Settings) -> Clamd | None:
    """Return the clamd of the settings, or None when there is none."""
    if not settings.clamav_socket:
        return None
    return Clamd(settings.clamav_socket, settings.clamav_timeout_seconds)


def open_scanner(parts: MutableMapping[str, Any], settings: Settings) -> None:
    """Put what looks at received files into `parts["scan"]`; None without a scanner."""
    clamd = find_clamd(settings)
    parts[PART] = clamd.scan if clamd else None
