"""Orderability of many products at once, by the pairs of enterprise and category they stand in.

`rules.judge` is the rule and tells why; this says the same of thousands of pairs by look-up, and a
property test holds the two equal. A condition in SQL compares each pair with each mandatory
agreement, in a subquery of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from .rules import InForce, Mandatory, find_carve_out, upward

Pair = tuple[int, str]  # enterprise and code of the category


def orderable_pairs(in_force: InForce, pairs: Iterable[Pair]) -> set[Pair]:
    """Return those of the pairs in which a published product may be ordered."""
    agreed: dict[int, set[str]] = {}
    for voluntary in in_force.voluntary:
        if voluntary.enterprise_id in in_force.verified:
            agreed.setdefault(voluntary.enterprise_id, set()).update(voluntary.prefixes)
    bound: dict[str, list[Mandatory]] = {}
    for mandatory in in_force.mandatory:
        for digits in mandatory.prefixes:
            bound.setdefault(digits, []).append(mandatory)
    return {
        pair
        for pair in pairs
        if (own := agreed.get(pair[0])) is not None
        and not own.isdisjoint(above := upward(pair[1]))
        and not any(_binds(each, pair) for digits in above for each in bound.get(digits, ()))
    }


def _binds(mandatory: Mandatory, pair: Pair) -> bool:
    return find_carve_out(mandatory, *pair) is None
