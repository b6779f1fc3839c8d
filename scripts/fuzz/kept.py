"""The pieces that are kept of searches: a file for each target, a line of base 64 for a piece."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "data" / "strangers"
MOST_BYTES = 48_000  # of a file
SERVED = ("api", "pages", "scim", "farewells", "people", "forms")  # that need the application
NAMES = (
    "search", "fields", "addresses", "tokens", "oci", "peppol", "orders", "cxml", "saml",
    "metadata", "providers", "reports", "workbook", "prices", "agreements", "ledger",
    "pictures", "zip", "documents", *SERVED,
)  # fmt: skip


def read(name: str) -> list[bytes]:
    """Return the pieces that are kept for a target, the shortest first."""
    path = FOLDER / f"{name}.txt"
    return [base64.b64decode(line) for line in path.read_text().split()] if path.is_file() else []


def write(name: str, pieces: Iterable[bytes]) -> None:
    """Keep pieces for a target, the shortest first, as many as a file of them may hold."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines, length = [], 0
    for piece in sorted(set(pieces), key=lambda each: (len(each), each)):
        line = base64.b64encode(piece).decode()
        length += len(line) + 1
        if length > MOST_BYTES:
            break
        lines.append(line + "\n")
    (FOLDER / f"{name}.txt").write_text("".join(lines))
