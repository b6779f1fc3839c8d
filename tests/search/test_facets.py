"""Filters, counts and order equal what a plain loop finds, in random worlds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from catalogue.agreements.rules import prefix
from catalogue.search.engine import columns, facets
from catalogue.search.engine.columns import Facts, Pairs
from catalogue.search.engine.facets import Selection, Sight
from catalogue.search.engine.postings import Found
from catalogue.search.query import Query, Sort

START = datetime(2026, 1, 1, tzinfo=UTC)
CODES = ["37535200", "37535210", "37500000", "18530000", "03000000", "03121210", None]
PRICES = [None, 0, 1, 49_999, 50_000, 200_000, 999_999, 1_000_000, 10**12]

products = st.lists(
    st.builds(
        Facts,
        product_id=st.just(0),
        enterprise_id=st.integers(1, 3),
        category_code=st.sampled_from(CODES),
        kind=st.sampled_from(columns.KINDS),
        price_ore=st.sampled_from(PRICES),
        published_at=st.integers(0, 3).map(lambda days: START + timedelta(days=days)),
        everywhere=st.booleans(),
    ),
    max_size=30,
).map(lambda made: [replace(facts, product_id=n + 1) for n, facts in enumerate(made)])
queries = st.builds(
    Query,
    category=st.sampled_from([None, "37000000", "37535200", "03000000", "18530000"]),
    enterprise_id=st.sampled_from([None, 1, 2, 9]),
    kind=st.sampled_from([None, *columns.KINDS]),
    price_from_ore=st.sampled_from([None, 0, 50_000, 1_000_000]),
    price_to_ore=st.sampled_from([None, 0, 49_999, 50_000, 10**12]),
    delivers_to=st.sampled_from([None, 330]),
    sort=st.sampled_from(list(Sort)),
    show_all=st.booleans(),
    page=st.integers(1, 4),
    page_size=st.sampled_from([3, 24]),
)


def passes(facts: Facts, query: Query, but: str = "") -> bool:
    """Tell by hand whether a product passes all filters but one."""
    price = facts.price_ore
    tests = {
        "category": query.category is None
        or (facts.category_code or "").startswith(prefix(query.category)),
        "enterprise": query.enterprise_id in (None, facts.enterprise_id),
        "kind": query.kind in (None, facts.kind),
        "price": (query.price_from_ore is None and query.price_to_ore is None)
        or (
            price is not None
            and (query.price_from_ore is None or price >= query.price_from_ore)
            and (query.price_to_ore is None or price <= query.price_to_ore)
        ),
        "delivery": query.delivers_to is None or facts.everywhere,
        "orderable": query.show_all or orderable(facts.enterprise_id, facts.category_code),
    }
    return all(passed for name, passed in tests.items() if name != but)


def orderable(enterprise_id: int, code: str | None) -> bool:
    """Orderability as these worlds have it: of enterprise and category."""
    return enterprise_id == 2 or code == "37535200"


def chosen(world: list[Facts], query: Query) -> Selection:
    """Select; delivery to us is delivery everywhere."""
    records = columns.unpack(b"".join(columns.pack(facts) for facts in world))
    pieces = [(part, Pairs(part)) for part in (records[:7], records[7:])]
    facts = columns.assemble(pieces, np.ones(len(world), bool))
    sight = Sight(
        columns=facts,
        orderable=np.array([orderable(*pair) for pair in facts.pairs], bool),
        to_us=facts.everywhere,
    )
    numbers = np.arange(len(world), dtype=np.int32)
    return facets.select(sight, Found(numbers, np.zeros(len(world), np.float32)), query)


def tally(values: list[object]) -> dict[object, int]:
    return {value: values.count(value) for value in values}


@given(products, queries)
def test_counts_equal_counting_by_hand(world: list[Facts], query: Query) -> None:
    found = chosen(world, query)

    def kept(but: str) -> list[Facts]:
        return [facts for facts in world if passes(facts, query, but)]

    assert found.total == len(kept(""))
    assert found.total_hidden == sum(
        not orderable(facts.enterprise_id, facts.category_code) for facts in kept("orderable")
    )
    assert found.categories == tally([facts.category_code for facts in kept("")])
    assert found.enterprises == tally([facts.enterprise_id for facts in kept("enterprise")])
    assert found.kinds == tally([facts.kind for facts in kept("kind")])
    assert found.to_us == sum(facts.everywhere for facts in kept("delivery"))
    assert found.not_to_us == sum(not facts.everywhere for facts in kept("delivery"))
    for band in found.price_bands:
        prices = [facts.price_ore for facts in kept("price") if facts.price_ore is not None]
        end = band.to_ore if band.to_ore is not None else 10**13
        assert band.count == sum(band.from_ore <= price <= end for price in prices)


@given(products, queries)
def test_order_and_pages_equal_sorting_by_hand(world: list[Facts], query: Query) -> None:
    kept = [facts for facts in world if passes(facts, query)]

    def key(facts: Facts) -> tuple[float, ...]:
        newest = (-(facts.published_at or START).timestamp(), facts.product_id)
        price = facts.price_ore or 0
        unpriced = facts.price_ore is None
        if query.sort == Sort.PRICE:
            return (unpriced, 0 if unpriced else price, *newest)
        if query.sort == Sort.PRICE_DESC:
            return (unpriced, 0 if unpriced else -price, *newest)
        return newest

    ordered = [facts.product_id for facts in sorted(kept, key=key)]
    page = min(query.page, max(1, -(-len(ordered) // query.page_size)))
    start = (page - 1) * query.page_size
    assert list(chosen(world, query).ids) == ordered[start : start + query.page_size]


@given(products)
def test_pairs_are_the_distinct_enterprises_and_categories(world: list[Facts]) -> None:
    records = columns.unpack(b"".join(columns.pack(facts) for facts in world))
    pieces = [(part, Pairs(part)) for part in (records[:3], records[3:])]
    joined = columns.assemble(pieces, np.ones(len(world), bool))
    pairs = [joined.pairs[place] for place in joined.pair_of]
    assert pairs == [(facts.enterprise_id, facts.category_code) for facts in world]
    assert len(set(joined.pairs)) == len(joined.pairs)


def test_price_bands_leave_no_gap_and_do_not_overlap() -> None:
    bands = facets.price_bands()
    assert [band.to_ore for band in bands[:-1]] == [band.from_ore - 1 for band in bands[1:]]
    assert bands[-1].to_ore is None
