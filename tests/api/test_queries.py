"""What the API reads takes as many queries in a large town as in a small one."""

from __future__ import annotations

import cast
import pytest
from api.callers import caller
from conftest import on_sqlite
from flask import Flask
from house.grown import Town, build

from catalogue.core.who import Role

READS: dict[Role, tuple[str, ...]] = {
    Role.STAFF: (
        "/agreements/{agreement}/versions", "/coverage/orders", "/coverage/products",
        "/coverage/enterprises", "/coverage/ceilings", "/coverage/conflicts",
        "/coverage/spend-by-month", "/coverage/social-share", "/coverage/delivery-times",
        "/coverage/thresholds", "/coverage/thresholds/{shop}/375/orders", "/ledger",
        "/ledger/rows", "/yearly-reports/2026", "/demands", "/demand-desk",
        "/coverage/potential?category=37535200&amount_ore=1000000",
    ),
    Role.BUYER: ("/lists", "/lists/{list}", "/demands", "/demands/{demand}"),
    Role.ENTERPRISE: (
        "/products/{product}/variants", "/price-lists", "/incoming-demands", "/inquiries",
    ),
}  # fmt: skip
# Who holds the token and its request counted.
MOST = 12


@on_sqlite
@pytest.mark.parametrize("role", READS)
def test_reads_take_their_number_of_queries_however_much_there_is(app: Flask, role: Role) -> None:
    small, large = (_count(app, town, role) for town in (build(app, 1), build(app, 4, "Vejle")))
    assert small == large
    assert max(large.values()) <= MOST, large
    app.extensions["catalogue"].parts["search"].close()


def _count(app: Flask, town: Town, role: Role) -> dict[str, int]:
    """Return the queries of each read; each is asked twice, for the first fills caches."""
    person = town.people[role]
    assert person is not None
    program, found = caller(app, person), {}
    for read in READS[role]:
        path = read.format(**town.names)
        assert program.get(path).status_code == 200, path
        with cast.counted_queries(app.extensions["catalogue"].database) as seen:
            program.get(path)
        found[read] = len(seen)
    return found
