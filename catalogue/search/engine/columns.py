"""The facts of indexed products as numpy arrays over document numbers.

Each document carries one fixed-length record (a Whoosh column), read back as one array per segment.
Joined for a generation they become one array for each fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .postings import Mask

Whole = NDArray[np.int64]
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
        ("completeness", "i1"),
        ("fingerprint", "<u4"),
    ]
)
NO_PRICE = -1
NO_CATEGORY = -1
KINDS = ("goods", "service")
_GONE = -1  # in the place of a kind
# What is left of the 8 digits of CPV is its division, group and subclass, and the whole code.
DIVISORS = np.array([1_000_000, 100_000, 1_000, 1])
# Lower ends in øre: small purchases such as a gift stand apart from a play house.
PRICE_BANDS_ORE = (0, 500_00, 2_000_00, 10_000_00, 50_000_00)


@dataclass(frozen=True)
class Facts:
    """What filters, facets and sorting know of one product; `completeness` is 0 to 100.

    `fingerprint` is a checksum of all that was indexed, to compare an index with the database by.
    """

    product_id: int
    enterprise_id: int
    category_code: str | None
    kind: str
    price_ore: int | None
    published_at: datetime | None
    everywhere: bool
    completeness: int = 0
    fingerprint: int = 0


class Pairs:
    """The distinct pairs of enterprise and category of some records, and which record has which.

    Orderability depends on the pair alone, so it is judged once for each.
    """

    def __init__(self, records: NDArray[Any]) -> None:
        # One integer per pair sorts much faster than two; CPV has 8 digits, and -1 is none.
        keys = records["enterprise_id"] * 1_000_000_000 + records["category"].astype(np.int64) + 1
        self.keys, places = np.unique(keys, return_inverse=True)
        self.of = places.astype(np.int32)


@dataclass(frozen=True, eq=False)
class Columns:
    """The facts of all documents of one generation, each array by document number.

    `pair_of[n]` is the place in `pairs`, `enterprise` and `category` of document n's pair; of that
    pair `enterprise_of` and `category_of` are the places in `enterprises` and `categories`.
    """

    product_id: Whole
    price_ore: Whole
    price_band: NDArray[np.int8]  # -1 without a price
    published_at: Whole
    kind: NDArray[np.int8]
    everywhere: Mask
    completeness: NDArray[np.int8]
    live: Mask
    pair_of: NDArray[np.int32]
    pairs: tuple[Pair, ...]
    enterprise: Whole
    category: Whole
    enterprises: tuple[int, ...]
    enterprise_of: NDArray[np.intp]
    categories: tuple[str | None, ...]
    category_kinds: NDArray[np.int64]  # as `kinds_of` has it
    category_of: NDArray[np.intp]


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
        facts.completeness,
        facts.fingerprint,
    )
    return record.tobytes()


def gone(product_id: int) -> bytes:
    """Return the record that takes the place of those before it of a product that is gone."""
    record = np.zeros(1, RECORD)
    record["product_id"], record["kind"] = product_id, _GONE
    return record.tobytes()


def are_last(records: NDArray[Any]) -> Mask:
    """Tell which records are the last ones of their product, and not that it is gone."""
    last = np.zeros(len(records), bool)
    _ids, from_end = np.unique(records["product_id"][::-1], return_index=True)
    last[len(records) - 1 - from_end] = True
    there: Mask = last & (records["kind"] != _GONE)
    return there


def unpack(joined: bytes) -> NDArray[Any]:
    """Return the array of records packed one after another."""
    return np.frombuffer(joined, RECORD)


def assemble(segments: Sequence[tuple[NDArray[Any], Pairs]], live: Mask) -> Columns:
    """Join the records of the segments in their order."""
    records = [each for each, _pairs in segments] or [np.zeros(0, RECORD)]
    keys = np.unique(
        np.concatenate([pairs.keys for _records, pairs in segments] or [np.zeros(0, np.int64)])
    )
    pair_of = [np.searchsorted(keys, pairs.keys)[pairs.of] for _records, pairs in segments]
    enterprise, category = keys // 1_000_000_000, keys % 1_000_000_000 - 1

    enterprises, enterprise_of = np.unique(enterprise, return_inverse=True)
    categories, category_of = np.unique(category, return_inverse=True)

    def all_(name: str) -> NDArray[Any]:
        return np.concatenate([each[name] for each in records])

    price = all_("price_ore")
    return Columns(
        product_id=all_("product_id"),
        price_ore=price,
        price_band=(np.searchsorted(PRICE_BANDS_ORE, price, side="right") - 1).astype(np.int8),
        published_at=all_("published_at"),
        kind=all_("kind"),
        everywhere=all_("everywhere").astype(bool),
        completeness=all_("completeness"),
        live=live,
        pair_of=np.concatenate(pair_of or [np.zeros(0, np.int32)]).astype(np.int32),
        pairs=tuple(
            (each, code_of(code))
            for each, code in zip(enterprise.tolist(), category.tolist(), strict=True)
        ),
        enterprise=enterprise,
        category=category,
        enterprises=tuple(enterprises.tolist()),
        enterprise_of=enterprise_of,
        categories=tuple(map(code_of, categories.tolist())),
        category_kinds=kinds_of(categories),
        category_of=category_of,
    )


def code_of(category: int) -> str | None:
    """Return the category code behind its number in a record."""
    return None if category == NO_CATEGORY else f"{category:08d}"


def kinds_of(categories: Whole) -> Whole:
    """Return of ascending categories the numbers of division, group, subclass and code.

    Categories of one kind have one number, in each row counted from 0; that of none is -1.
    """
    wide = categories // DIVISORS[:, None]
    numbers: Whole = np.cumsum(np.diff(wide, axis=1, prepend=wide[:, :1]) != 0, axis=1)
    return np.where(categories == NO_CATEGORY, -1, numbers)
