"""The facts of indexed products as numpy arrays over document numbers; built per segment, once.

Each document carries one fixed-length record (a Whoosh column), read back as one array: opening
100,000 products takes a fraction of a second, and a commit leaves older segments' arrays valid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Pair = tuple[int, str | None]  # enterprise id and category code
RECORD = np.dtype(
    [
        ("product_id", "<i8"),
        ("enterprise_id", "<i8"),
        ("price_ore", "<i8"),
        ("published_at", "<i8"),
        ("category", "<i4"),
        ("kind", "i1"),
        ("everywhere", "i1"),
    ]
)
NO_PRICE = -1
NO_CATEGORY = -1
KINDS = ("goods", "service")


@dataclass(frozen=True)
class Facts:
    """What filters, facets and sorting know of one product."""

    product_id: int
    enterprise_id: int
    category_code: str | None
    kind: str
    price_ore: int | None
    published_at: datetime | None
    everywhere: bool


@dataclass(frozen=True)
class Columns:
    """All documents of one generation: `records[n]` belongs to document number n.

    `pair_of[n]` is the place in `pairs` of the document's (enterprise id, category code): what
    orderability depends on, judged once for each distinct pair.
    """

    records: NDArray[Any]  # of RECORD; numpy cannot name the fields in a type
    live: Mask
    pairs: tuple[Pair, ...]
    pair_of: Numbers


def pack(facts: Facts) -> bytes:
    """Return the record of one product as bytes of fixed length."""
    record = np.zeros(1, RECORD)
    record[0] = (
        facts.product_id,
        facts.enterprise_id,
        NO_PRICE if facts.price_ore is None else facts.price_ore,
        int(facts.published_at.timestamp() * 1_000_000) if facts.published_at else 0,
        int(facts.category_code) if facts.category_code else NO_CATEGORY,
        KINDS.index(facts.kind),
        facts.everywhere,
    )
    return record.tobytes()


def unpack(joined: bytes) -> NDArray[Any]:
    """Return the array of records packed one after another."""
    return np.frombuffer(joined, RECORD)


def assemble(segments: list[NDArray[Any]], live: Mask) -> Columns:
    """Join the records of the segments in their order, and number their distinct pairs."""
    records = np.concatenate(segments) if segments else np.zeros(0, RECORD)
    # One integer per pair sorts much faster than two; CPV has 8 digits, and -1 is none.
    keys = records["enterprise_id"] * 1_000_000_000 + (records["category"].astype(np.int64) + 1)
    distinct, pair_of = np.unique(keys, return_inverse=True)
    pairs = tuple(_pair(int(key)) for key in distinct)
    return Columns(records, live, pairs, pair_of.astype(np.int64))


def code_of(category: int) -> str | None:
    """Return the category code behind its number in a record."""
    return None if category == NO_CATEGORY else f"{category:08d}"


def _pair(key: int) -> Pair:
    enterprise_id, category = divmod(key, 1_000_000_000)
    return enterprise_id, code_of(category - 1)
