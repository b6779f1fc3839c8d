"""When nothing is found the page says why, and what helps."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from search import worlds

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.products.models import ProductMunicipality
from catalogue.search import nothing, service
from catalogue.search.nothing import Nothing, Reason
from catalogue.search.query import Query

CLEANING = "90910000"


@pytest.mark.parametrize(
    ("without", "hidden", "reason"),
    [
        ({}, 0, Reason.NOTHING),
        ({}, 3, Reason.REFUSED),
        ({"pris": 1, "alle": 1}, 0, Reason.NARROW),
        ({"kategori": 1, "alle": 1}, 3, Reason.NARROW),
        ({"levering": 2, "alle": 2}, 0, Reason.ELSEWHERE),
        ({"levering": 2, "alle": 2}, 3, Reason.REFUSED),
        ({"levering": 2, "pris": 1, "alle": 4}, 0, Reason.NARROW),
        ({"alle": 4}, 0, Reason.NARROW),
        ({"alle": 4}, 3, Reason.REFUSED),
    ],
)
def test_the_reason_told_first(without: dict[str, int], hidden: int, reason: Reason) -> None:
    assert nothing.reason_for(without, hidden=hidden) == reason


def test_without_an_index_nobody_is_said_to_have_none() -> None:
    assert nothing.reason_for({}, hidden=0, sure=False) == Reason.UNSURE
    assert nothing.reason_for({"alle": 4}, hidden=0, sure=False) == Reason.NARROW


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (Query("gave", show_all=True), set()),
        (Query("gave", price_to_ore=100, kind="goods"), {"pris", "type", "alle"}),
        (Query("gave", category="18530000"), {"kategori", "alle"}),
        (Query(category="18530000"), set()),
        (Query(category="18530000", delivers_to=1), {"levering", "alle"}),
        (Query(category="18530000", enterprise_id=1), {"enterprise", "alle"}),
        (Query(enterprise_id=1, price_from_ore=1), {"pris", "alle"}),
        (Query(kind="goods"), {"type", "alle"}),
    ],
)
def test_what_is_wanted_stays_and_the_rest_can_be_dropped(query: Query, names: set[str]) -> None:
    assert set(nothing.widened(query)) == names


@pytest.fixture
def in_force(database: Database, finder: dict[str, Any]) -> InForce:
    """Sold: play houses and gifts for elsewhere. Not sold: cleaning (mandatory), gardening."""
    with database.transaction() as session:
        here, there = cast.municipality(session), cast.municipality(session, "Vejle")
        seller, gardener = cast.enterprise(session), cast.enterprise(session, "Haveholdet")
        cast.product(session, seller, "Legehus", price_ore=900_000)
        gift = cast.product(
            session, seller, "Gavekurv", summary="Til fødselsdage.",
            category_code=cast.GIFTS, delivers_everywhere=False,
        )  # fmt: skip
        session.add(ProductMunicipality(product_id=gift.id, municipality_id=there.id))
        cast.product(session, seller, "Rengøring", category_code=CLEANING)
        cast.product(session, gardener, "Havepleje", category_code="77310000")
        made = worlds.applying(
            here,
            voluntary=[(seller.id, cast.PLAY_HOUSES), (seller.id, cast.GIFTS)],
            mandatory=[CLEANING],
        )
    service.rebuild(database, finder)
    return made


def explained(
    database: Database, finder: dict[str, Any], in_force: InForce, query: Query
) -> Nothing:
    with database.reading() as session:
        hits = service.find(session, finder, query, in_force)
        assert hits.total == 0
        return nothing.explain(session, finder, hits, in_force)


@pytest.mark.parametrize(
    ("query", "reason", "without", "hidden"),
    [
        (Query("legehus", price_to_ore=100), Reason.NARROW, {"pris": 1, "alle": 1}, 0),
        (
            Query("legehus", price_to_ore=100, category=cast.GIFTS), Reason.NARROW, {"alle": 1}, 0
        ),
        (Query("rengøring"), Reason.REFUSED, {}, 1),
        (Query(category=CLEANING), Reason.REFUSED, {}, 1),
        (Query("rengøring", price_to_ore=1), Reason.REFUSED, {}, 1),
        (Query("rumraket"), Reason.NOTHING, {}, 0),
        (Query("rumraket", kind="goods"), Reason.NOTHING, {}, 0),
    ],
)  # fmt: skip
def test_why_nothing_was_found(
    database: Database, finder: dict[str, Any], in_force: InForce, query: Query,
    reason: Reason, without: dict[str, int], hidden: int,
) -> None:  # fmt: skip
    found = explained(database, finder, in_force, query)
    assert (found.reason, found.without, found.hidden) == (reason, without, hidden)
    assert found.hidden_beyond == bool(hidden and query.price_to_ore)


def test_delivered_elsewhere_names_who_could_be_asked(
    database: Database, finder: dict[str, Any], in_force: InForce
) -> None:
    query = Query("gavekurv", delivers_to=in_force.municipality_id)
    found = explained(database, finder, in_force, query)
    assert found.reason == Reason.ELSEWHERE
    assert [name for _id, name in found.enterprises] == ["Legehytten"]


def test_a_mandatory_agreement_says_where_to_buy_and_nobody_is_asked(
    database: Database, finder: dict[str, Any], in_force: InForce
) -> None:
    found = explained(database, finder, in_force, Query("rengøring"))
    assert [refusal.where_to_buy for refusal in found.refusals] == ["Køb der."]
    assert found.enterprises == ()


def test_without_an_agreement_the_enterprise_can_be_asked(
    database: Database, finder: dict[str, Any], in_force: InForce
) -> None:
    found = explained(database, finder, in_force, Query("havepleje"))
    assert [refusal.where_to_buy for refusal in found.refusals] == [None]
    assert [name for _id, name in found.enterprises] == ["Haveholdet"]


def test_explaining_takes_one_query_of_the_database(
    database: Database, finder: dict[str, Any], in_force: InForce
) -> None:
    query = Query("havepleje", price_to_ore=1, kind="service", category=cast.GIFTS)
    with database.reading() as session:
        hits = service.find(session, finder, query, in_force)
        with cast.counted_queries(database) as seen:
            nothing.explain(session, finder, hits, in_force)
    assert len(seen) == 1
