"""When nothing is found the page says why, and what helps."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from search import worlds

from catalogue.core.db import Database
from catalogue.search import nothing, service
from catalogue.search.nothing import Reason
from catalogue.search.query import Query


@pytest.mark.parametrize(
    ("without", "refused", "reason"),
    [
        ({}, False, Reason.NOTHING),
        ({}, True, Reason.REFUSED),
        ({"levering": 2}, True, Reason.ELSEWHERE),
        ({"levering": 2, "pris": 1}, False, Reason.NARROW),
        ({"kategori": 1}, True, Reason.NARROW),
    ],
)
def test_the_reason_told_first(without: dict[str, int], refused: bool, reason: Reason) -> None:
    assert nothing.reason_for(without, refused=refused) == reason


def test_a_query_without_filters_cannot_be_widened() -> None:
    assert nothing.narrowed(Query("gave", page=3)) == {}
    asked = Query("gave", price_to_ore=100, kind="goods")
    assert set(nothing.narrowed(asked)) == {"pris", "type"}


def test_what_may_not_be_ordered_comes_with_where_to_buy(
    database: Database, parts: dict[str, Any]
) -> None:
    with database.transaction() as session:
        seller = cast.enterprise(session)
        cast.product(session, seller, "Legehus")
        in_force = worlds.applying(
            cast.municipality(session),
            voluntary=[(seller.id, cast.PLAY_HOUSES)],
            mandatory=[cast.PLAY_HOUSES],
        )
    service.rebuild(database, parts)
    with database.reading() as session:
        found = nothing.explain(session, parts, Query("legehus"), in_force)
        narrow = nothing.explain(session, parts, Query("legehus", kind="service"), in_force)
        lacking = nothing.explain(session, parts, Query("rumraket"), in_force)
    assert found.reason == Reason.REFUSED
    assert [refusal.where_to_buy for refusal in found.refusals] == ["Køb der."]
    assert narrow.reason == Reason.NOTHING
    assert lacking.reason == Reason.NOTHING
