#!/usr/bin/env python3
"""Send changed bytes through every parser of what comes from outside, and print what became of it.

Usage: scripts/fuzz/parsers.py [--seed N] [--seconds S]         (pictures: scripts/fuzz/images.py)
Each parser begins from whole pieces, such as a Peppol catalogue of ours or a report of a mail that
came back, which are cut, changed, doubled and joined. For S seconds each. A fault is anything but a
value or a refusal in words, or a piece that takes more than five seconds; exit 1 if there is one.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from exchange.catalogues import catalogue, line  # noqa: E402 - found by the line above
from exchange.test_bounces import report  # noqa: E402

from catalogue.agreements import agreement_list  # noqa: E402
from catalogue.core import receiving, sheets  # noqa: E402
from catalogue.core.errors import CatalogueError  # noqa: E402
from catalogue.core.receiving import Door  # noqa: E402
from catalogue.coverage import ledger_file  # noqa: E402
from catalogue.exchange import bounce_rules, cxml, peppol_writing, punchout_rules, ubl  # noqa: E402
from catalogue.products import price_list, zipped  # noqa: E402
from catalogue.search import asking  # noqa: E402
from catalogue.search.analysis import DANISH, Chain  # noqa: E402

DATA = ROOT / "tests" / "data"
SLOWEST = 5.0
MOST_BYTES = 200_000
# What often breaks a parser, put in here and there.
SPICE = (
    b"\x00", b"\xff\xfe", b"\r\n", b'"', b"'", b"<", b"&", b"]]>", b"<!DOCTYPE a [", b"%", b"=",
    b";" * 300, b"9" * 60, b"-1", b"1e999", "Å".encode(), "\u202e".encode(), b"\xc3", b"(" * 200,
    b"<a>" * 300, b"PK\x05\x06" + bytes(18), b"\x1b", b"NaN",
)  # fmt: skip


@dataclass(frozen=True)
class Parser:
    """A parser with whole pieces to begin from."""

    name: str
    read: Callable[[bytes], Any]
    whole: Sequence[bytes]


def main() -> int:
    """Run over all parsers and print figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--seconds", type=float, default=20)
    given = asked.parse_args()
    faults: list[str] = []
    print("| parser | pieces | read | refused in words | slowest | faults |")
    print("|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for parser in parsers(Path(folder)):
            faults += _run(parser, random.Random(given.seed), given.seconds)
    print(*faults, sep="\n")
    return int(bool(faults))


def parsers(folder: Path) -> Iterator[Parser]:
    """List the parsers; those of files write what they read into the folder."""
    file = folder / "sent"

    def from_file(read: Callable[[Path], Any]) -> Callable[[bytes], Any]:
        def run(content: bytes) -> Any:
            file.write_bytes(content)
            return read(file)

        return run

    lists = [path.read_bytes() for path in sorted((DATA / "price_lists").glob("*.[cx]*"))]
    agreements = [path.read_bytes() for path in sorted((DATA / "agreement_lists").glob("*.[cx]*"))]
    ledger = "Bogført;CVR;Leverandør;Beløb;Konto\n01-11-2026;10000009;Hus;1.234,50;4012\n".encode()
    door = Door("file", MOST_BYTES)
    yield Parser("what is searched for", _search, _texts())
    yield Parser("ways back and origins", _address, _texts())
    yield Parser("Peppol catalogue (XML)", ubl.open_document, [_peppol()])
    yield Parser("cXML message", cxml.open_message, [_cxml()])
    yield Parser("report of a mail", bounce_rules.read, [report(), report(whole=True)])
    yield Parser("workbook or CSV", lambda content: sheets.tables(content, "a.csv"), lists)
    yield Parser("price list", lambda content: price_list.read(content, "a.csv"), lists)
    yield Parser("list of agreements", lambda told: agreement_list.read(told, "a.csv"), agreements)
    yield Parser("ledger", from_file(lambda path: list(ledger_file.chunks(path))), [ledger, *lists])
    yield Parser("ZIP file of pictures", from_file(_zip), [_packed()])
    yield Parser("document", lambda content: receiving.check(door, "a.pdf", content), _documents())
    yield Parser("name of a file", lambda told: receiving.check(
        door, told.decode("latin-1"), b"%PDF-1.7\n%%EOF"), _texts())  # fmt: skip


def _run(parser: Parser, chance: random.Random, seconds: float) -> list[str]:
    counts, slowest, faults = {"read": 0, "refused": 0}, 0.0, []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        content = _changed(parser.whole, chance)
        began = time.perf_counter()
        try:
            parser.read(content)
            counts["read"] += 1
        except CatalogueError:
            counts["refused"] += 1
        except Exception as error:  # what we look for
            faults.append(
                f"FAULT {parser.name}: {type(error).__name__}: {error}: {content[:200]!r}"
            )
        slowest = max(slowest, time.perf_counter() - began)
    if slowest > SLOWEST:
        faults.append(f"FAULT {parser.name}: {slowest:.1f} s")
    told = counts["read"] + counts["refused"]
    print(f"| {parser.name} | {told + len(faults):,} | {counts['read']:,} | {counts['refused']:,}"
          f" | {slowest:.2f} s | {len(faults)} |", flush=True)  # fmt: skip
    return faults[:5]


def _changed(whole: Sequence[bytes], chance: random.Random) -> bytes:
    """Return a piece with some changes; one in twenty is left as it is."""
    content = bytearray(chance.choice(whole))
    for _ in range(chance.choice((0, 1, 1, 2, 4, 16))):
        at = chance.randrange(len(content) + 1)
        to = min(len(content), at + chance.choice((0, 0, 1, 2, 8, 200)))
        put = chance.choice((b"", chance.randbytes(chance.choice((1, 2, 8))), chance.choice(SPICE)))
        if chance.random() < 0.1:
            put = bytes(content[to : to + chance.choice((10, 1_000))]) * chance.choice((1, 3))
        content[at:to] = put
        if chance.random() < 0.05:
            del content[chance.randrange(len(content) + 1) :]
    return bytes(content[:MOST_BYTES])


def _search(content: bytes) -> Any:
    return asking.read(Chain(DANISH), content.decode("utf-8", "replace")[:2_000])


def _address(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    punchout_rules.may_return_to(text, ["erp.kommune.dk"])
    punchout_rules.read_origin(text)
    punchout_rules.read_host(text)


def _zip(path: Path) -> None:
    for name in list(zipped.list_pictures(path).values())[:3]:
        zipped.read(path, name, 1_000_000)


def _texts() -> list[bytes]:
    texts = ["legehus -plast \"til haven\" 37535200", "https://erp.kommune.dk:8443/hook?a=b#c",
             "rengøring af 200 m²", "-\"x\"", "Årsrapport 2026 (endelig).pdf"]  # fmt: skip
    return [each.encode() for each in texts]


def _peppol() -> bytes:
    return peppol_writing.write(catalogue(line()))


def _cxml() -> bytes:
    head = '<?xml version="1.0"?><!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2/cXML.dtd">'
    body = '<cXML payloadID="1@a" timestamp="2026-11-24T09:30:00+01:00"><Header/><Request/></cXML>'
    return (head + body).encode()


def _packed() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        for number in range(5):
            parts.writestr(f"mappe/bord {number}.jpg", json.dumps(list(range(200))))
    return content.getvalue()


def _documents() -> list[bytes]:
    pictures = sorted((DATA / "price_lists" / "images").glob("*.*"))
    return [b"%PDF-1.7\n1 0 obj\n%%EOF\n", *(path.read_bytes() for path in pictures)]


if __name__ == "__main__":
    sys.exit(main())
