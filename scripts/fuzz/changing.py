"""Change pieces where their parts are: a value, an element or a cell becomes what often does harm.

Bytes changed anywhere make XML that is none; here most stays whole, and what is read is odd.
"""

from __future__ import annotations

import random
import re

_MARKS = re.compile(rb"([<>\"'=;:,&\n\x00 ]+)")
# What often breaks a parser: numbers, days, texts and signs.
SPICE = (
    b"0", b"-1", b"9" * 60, b"1e999", b"1E-999999", b"NaN", b"Infinity", b"1_000", b"-0", b".5",
    b"0.0000000001", b"1.250,50", "٣".encode(), "²".encode(), b"99999999999999999999999999999.999",
    b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00", b"2026-01-01Z", b"12026-01-01",
    b"-2026-01-01", b"2026-02-30", b"2026-01-01+02:00", b"24:00:00", b"0000-00-00", b"99999",
    b"29991231", b"\x00", b"\xff\xfe", b"\r\n", b"]]>", b"<!DOCTYPE a [", b"<!ENTITY a 'b'>",
    b"&foo;", b"%", b"%00", b"=", b";" * 300, "Å".encode(), "\u202e".encode(), "😀".encode(),
    b"\xc3", b"\xed\xa0\x80", b"(" * 200, b"<a>" * 300, b"PK\x05\x06" + bytes(18), b"\x1b",
    b"true", b"false", b"null", b"[]", b"{}", b"1", b"http://[", b"//a", b"..", b"UTF-7",
    b"=?utf-8?q?=00?=", b"\xef\xbb\xbf", b"xml:id", b"xmlns", b"A1048576", b"XFD1", b"s", b"d",
)  # fmt: skip


def changed(content: bytes, most: int, chance: random.Random) -> bytes:
    """Return a piece of at most `most` bytes in which some parts are others."""
    parts = _MARKS.split(content)  # values, with what stands between them
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = 2 * chance.randrange((len(parts) + 1) // 2)
        to = min(len(parts), at + chance.choice((1, 1, 2, 4, 16)))
        way = chance.random()
        if way < 0.5:
            parts[at] = chance.choice(SPICE)
        elif way < 0.6:
            parts[at] += chance.choice(SPICE)
        elif way < 0.75:
            parts[at] = parts[2 * chance.randrange((len(parts) + 1) // 2)]
        elif way < 0.87:
            parts[at:to] = parts[at:to] * chance.choice((2, 3))
        else:
            parts[at:to] = [b""]
        if len(parts) % 2 == 0:
            parts.append(b"")
    return b"".join(parts)[:most]
