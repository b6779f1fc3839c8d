"""Pages and files made smaller on the way, for browsers that say they can read it.

A proxy may do the same; what is packed here it leaves alone. Each page gets a head of its own
random length, so that its size tells nobody about the token in it (the BREACH attack).
"""

from __future__ import annotations

import gzip
import secrets
import zlib
from functools import lru_cache
from pathlib import Path

from flask import Response, request

LEVEL = 5  # a page of 80 kB takes about a millisecond; the highest level saves 2 % more
LEAST_BYTES = 1_000
MOST_RANDOM_BYTES = 100
PAGES = "text/html"
FILES = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")


def pack_page(response: Response) -> None:
    """Pack a page, if its reader takes that."""
    if response.mimetype != PAGES or response.direct_passthrough or response.is_streamed:
        return
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    told = "Content-Encoding" in response.headers or "ETag" in response.headers
    if told or len(body) < LEAST_BYTES or not _wanted():
        return
    response.set_data(_with_random_length(body))
    response.headers["Content-Encoding"] = "gzip"


def pack_file(response: Response, path: Path) -> None:
    """Pack a file of ours, once until it changes."""
    if response.mimetype not in FILES or response.status_code != 200:
        return
    response.vary.add("Accept-Encoding")
    if not _wanted():
        return
    response.direct_passthrough = False
    response.make_sequence()  # so that the file is closed
    response.set_data(_packed(path, path.stat().st_mtime_ns))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("ETag", None)  # it is that of the file as it lies


def _wanted() -> bool:
    return request.accept_encodings["gzip"] > 0


def _with_random_length(body: bytes) -> bytes:
    # The head of a gzip file may name it: the name is what differs in length.
    name = secrets.token_hex(secrets.randbelow(MOST_RANDOM_BYTES) // 2 + 1).encode()
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + name + b"\0"
    end = zlib.crc32(body).to_bytes(4, "little") + (len(body) % 2**32).to_bytes(4, "little")
    return head + packer.compress(body) + packer.flush() + end


@lru_cache(maxsize=256)
def _packed(path: Path, changed_ns: int) -> bytes:  # noqa: ARG001 - a change is packed anew
    return gzip.compress(path.read_bytes(), 9, mtime=0)
