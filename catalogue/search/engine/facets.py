"""Filters, counts, order and pages over the documents found, with numpy. Pure.

Never by Whoosh's numeric ranges or `groupedby`: 330 ms for one price range and 70 ms for one facet
over 5,000 hits (DOMAIN.md section 7). What depends on enterprise and category (those facets, and
whether a product may be ordered) is counted over the distinct pairs of them, of which there are far
fewer than hits.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from catalogue.agreements.rules import prefix
from catalogue.core.kept import Kept

from ..query import PriceBand, Query, Sort
from .columns import KINDS, NO_PRICE, PRICE_BANDS_ORE, Columns, Whole
from .postings import Found, Mask, Numbers

# Scores nearer than this share of the best one count as equal, so that completeness decides.
NEAR = 0.01
# Beside fewer hits than the first number, so many that are further off are offered at most.
FEW, MOST_FURTHER = 10, 6
_BYTES = 120  # about what a count takes
Key = TypeVar("Key")


@dataclass(frozen=True, eq=False)
class Sight:
    """What a query is looked at with: the facts, which pairs may be ordered, what comes to us."""

    columns: Columns
    orderable: Mask  # by pair
    to_us: Mask  # by document


@dataclass(frozen=True)
class Selection:
    """The ids of the asked page in order, and the counts, by code or id.

    `further`: beside few hits, the ids of some that are further off, best first; counted nowhere.
    """

    ids: tuple[int, ...]
    total: int
    total_hidden: int
    categories: dict[str | None, int]
    enterprises: dict[int, int]
    kinds: dict[str, int]
    price_bands: tuple[PriceBand, ...]
    to_us: int
    not_to_us: int
    further: tuple[int, ...] = ()


def select(sight: Sight, found: Found, query: Query) -> Selection:
    """Filter, count, sort and cut out the page. A facet counts under all filters but its own."""
    columns = sight.columns
    hits = _Hits(sight, found.numbers, query)
    pairs = hits.by_pair()
    shown = hits.pairs_passing("orderable", "category", "enterprise")
    hidden = hits.pairs_passing("category", "enterprise") & ~sight.orderable
    delivered = sight.to_us[hits.numbers("delivery")]
    to_us = int(np.count_nonzero(delivered))
    kinds = np.bincount(columns.kind[hits.numbers("kind")], minlength=len(KINDS))
    return Selection(
        ids=_page(columns, Found(hits.numbers(), found.scores[hits.kept()]), query),
        total=int(pairs[shown].sum()),
        total_hidden=int(pairs[hidden].sum()),
        categories=_sums(columns.categories, columns.category_of, np.where(shown, pairs, 0)),
        enterprises=_sums(
            columns.enterprises,
            columns.enterprise_of,
            np.where(hits.pairs_passing("orderable", "category"), pairs, 0),
        ),
        kinds={name: n for name, n in zip(KINDS, kinds.tolist(), strict=True) if n},
        price_bands=_bands(columns.price_band[hits.numbers("price")]),
        to_us=to_us,
        not_to_us=len(delivered) - to_us,
    )


def select_kept(
    kept: Kept, key: Hashable, sight: Sight, found: Found, further: Found, query: Query
) -> Selection:
    """Select as `select` does, with what is `further` off, or return what was selected before.

    `kept`: of this moment; `key`: all that the found and `sight` depend on but what may be ordered.
    """
    known: tuple[Mask, Selection] | None = kept.get(("selected", query, key))
    if known is not None and known[0] is sight.orderable:
        return known[1]
    selection = select(sight, found, query)
    if 0 < selection.total < FEW and query.sort == Sort.RELEVANCE and query.page == 1:
        selection = replace(selection, further=_best(sight, further, query))
    counts = len(selection.categories) + len(selection.enterprises) + len(selection.ids)
    kept.put(("selected", query, key), (sight.orderable, selection), _BYTES * (counts + 10))
    return selection


def price_bands() -> tuple[PriceBand, ...]:
    """Return the price bands without counts; each ends one øre below the next."""
    ends = [*(start - 1 for start in PRICE_BANDS_ORE[1:]), None]
    return tuple(PriceBand(start, end) for start, end in zip(PRICE_BANDS_ORE, ends, strict=True))


def _best(sight: Sight, found: Found, query: Query) -> tuple[int, ...]:
    """Return the ids of the best few under the filters of a query."""
    hits = _Hits(sight, found.numbers, query)
    kept = Found(hits.numbers(), found.scores[hits.kept()])
    return _page(sight.columns, kept, replace(query, page_size=MOST_FURTHER))


class _Hits:
    """The documents found, and which of them pass which filters."""

    def __init__(self, sight: Sight, numbers: Numbers, query: Query) -> None:
        self._masks = _documents(sight, numbers, query)
        self._pair_masks = _pairs(sight, query)
        self._all_pairs = np.ones(len(sight.columns.pairs), bool)
        self._pair = sight.columns.pair_of[numbers]
        shown = self.pairs_passing("orderable", "category", "enterprise")
        self._shown = shown[self._pair]
        self._numbers = numbers
        self._kept: dict[str, Mask] = {}
        self._passing: dict[str, Numbers] = {}

    def numbers(self, but: str = "") -> Numbers:
        """Return the documents that pass all filters, but for one on their own facts."""
        but = but if but in self._masks else ""
        if but not in self._passing:
            self._passing[but] = self._numbers[self.kept(but)]
        return self._passing[but]

    def kept(self, but: str = "") -> Mask:
        """Tell which documents those are."""
        if but not in self._kept:
            others = [mask for name, mask in self._masks.items() if name != but]
            self._kept[but] = np.logical_and.reduce([self._shown, *others])
        return self._kept[but]

    def pairs_passing(self, *names: str) -> Mask:
        """Tell which pairs pass the filters of those names."""
        masks = [self._pair_masks[name] for name in names if name in self._pair_masks]
        passing: Mask = np.logical_and.reduce([self._all_pairs, *masks])
        return passing

    def by_pair(self) -> Whole:
        """Count the documents of every pair that pass the filters on their own facts."""
        pair = self._pair
        if self._masks:
            pair = pair[np.logical_and.reduce(list(self._masks.values()))]
        return np.bincount(pair, minlength=len(self._all_pairs))


def _documents(sight: Sight, numbers: Numbers, query: Query) -> dict[str, Mask]:
    columns = sight.columns
    masks = {}
    if query.kind is not None:
        masks["kind"] = columns.kind[numbers] == KINDS.index(query.kind)
    if query.price_from_ore is not None or query.price_to_ore is not None:
        price = columns.price_ore[numbers]
        masks["price"] = (price >= (query.price_from_ore or 0)) & (price != NO_PRICE)
        if query.price_to_ore is not None:
            masks["price"] &= price <= query.price_to_ore
    if query.delivers_to:
        masks["delivery"] = sight.to_us[numbers]
    return masks


def _pairs(sight: Sight, query: Query) -> dict[str, Mask]:
    masks = {}
    if not query.show_all:
        masks["orderable"] = sight.orderable
    if query.category is not None:
        masks["category"] = within(sight.columns.category, query.category)
    if query.enterprise_id is not None:
        masks["enterprise"] = sight.columns.enterprise == query.enterprise_id
    return masks


def within(categories: Whole, code: str) -> Mask:
    """Tell which categories are `code` or stand below it: those with its digits in front."""
    digits = prefix(code)
    first = int(digits.ljust(8, "0"))
    return (categories >= first) & (categories < first + int(10 ** (8 - len(digits))))


def _sums(values: Sequence[Key], places: NDArray[np.intp], counts: Whole) -> dict[Key, int]:
    """Sum the counts of pairs by the place of their value; values without any are left out."""
    sums = np.bincount(places, weights=counts, minlength=len(values)).astype(int)
    return {values[place]: int(sums[place]) for place in np.flatnonzero(sums).tolist()}


def _bands(bands: NDArray[np.int8]) -> tuple[PriceBand, ...]:
    counts = np.bincount(bands[bands >= 0], minlength=len(PRICE_BANDS_ORE)).tolist()
    return tuple(
        PriceBand(band.from_ore, band.to_ore, count)
        for band, count in zip(price_bands(), counts, strict=True)
    )


def _page(columns: Columns, found: Found, query: Query) -> tuple[int, ...]:
    last = max(1, -(-len(found) // query.page_size))  # a page too far shows the last one
    start = (min(query.page, last) - 1) * query.page_size
    end = start + query.page_size
    first = _KEYS[query.sort](columns, found)
    near = _first(first, end)
    numbers = found.numbers[near]
    completeness = -columns.completeness[numbers] if query.sort == Sort.RELEVANCE else 0 * numbers
    order = np.lexsort(
        (columns.product_id[numbers], -columns.published_at[numbers], completeness, first[near])
    )
    return tuple(columns.product_id[numbers[order[start:end]]].tolist())


def _first(keys: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Return the places of the `count` lowest keys, and of all that equal the last of them."""
    if len(keys) <= count:
        return np.arange(len(keys))
    return np.flatnonzero(keys <= np.partition(keys, count - 1)[count - 1])


def _by_relevance(_columns: Columns, found: Found) -> NDArray[np.float64]:
    best = float(found.scores.max()) if len(found) else 0.0
    return -np.round(found.scores / (best * NEAR)) if best else -found.scores.astype(float)


def _by_newest(columns: Columns, found: Found) -> NDArray[np.float64]:
    return -columns.published_at[found.numbers].astype(float)


def _by_price(columns: Columns, found: Found) -> NDArray[np.float64]:
    prices = columns.price_ore[found.numbers].astype(float)
    return np.where(prices == NO_PRICE, np.inf, prices)


def _by_price_desc(columns: Columns, found: Found) -> NDArray[np.float64]:
    prices = columns.price_ore[found.numbers].astype(float)
    return np.where(prices == NO_PRICE, np.inf, -prices)


_KEYS: dict[Sort, Callable[[Columns, Found], NDArray[np.float64]]] = {
    Sort.RELEVANCE: _by_relevance,
    Sort.NEWEST: _by_newest,
    Sort.PRICE: _by_price,
    Sort.PRICE_DESC: _by_price_desc,
}
