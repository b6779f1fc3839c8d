"""The page of conflicts: what it lists, as of which day, for whom, and in how many queries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import cast
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements.models import CarveOut
from catalogue.core.db import Database
from catalogue.coverage import conflict_queries, matrix
from catalogue.coverage.rules import Asked
from catalogue.enterprises.models import EnterpriseState, MunicipalDecision, Recognition
from catalogue.products.models import ProductState

DAY = timedelta(days=1)
CLEANING, GARDEN = "90910000", "77310000"
QUERIES = 5  # agreements, who is verified, products by category, names of categories, of products


def world(session: Session) -> Municipality:
    """Make a municipality with one conflict of every kind, and a neighbour with others."""
    home, other = cast.municipality(session), cast.municipality(session, "Vejle")
    seller, idle = cast.enterprise(session), cast.enterprise(session, "Pause")
    idle.state = EnterpriseState.SUSPENDED
    refused = cast.enterprise(session, "Nejtak")
    session.add(
        MunicipalDecision(
            enterprise_id=refused.id, municipality_id=home.id, decided_at=cast.NOW,
            recognition=Recognition.NOT_RECOGNISED, reason="Vores egen vurdering",
        )
    )  # fmt: skip
    cast.voluntary(session, home, seller, number="V-1")
    cast.voluntary(session, home, idle, number="V-2", categories=[cast.GIFTS])
    cast.voluntary(session, home, refused, number="V-3", categories=["03121210"])
    cast.voluntary(session, home, seller, number="V-4", categories=[CLEANING])
    cast.mandatory(session, home, number="F-1", categories=["90900000"])
    cast.mandatory(session, home, number="F-2", categories=["90900000"], supplier_name="Ny A/S")
    cast.mandatory(session, home, number="F-3", categories=[GARDEN])
    cast.mandatory(
        session, home, number="F-4", categories=[GARDEN], supplier_name="STORLEVERANDØREN A/S",
        starts_on=cast.TODAY + 100 * DAY, ends_on=cast.TODAY + 200 * DAY,
    )  # fmt: skip
    cast.mandatory(
        session, home, number="F-5", categories=[GARDEN],
        starts_on=cast.TODAY + 211 * DAY, ends_on=cast.TODAY + 300 * DAY,
    )  # fmt: skip
    cast.mandatory(session, other, number="N-1")
    cast.mandatory(session, other, number="N-2", supplier_name="Ny A/S")
    cast.product(session, seller)
    cast.product(session, seller, "Vandrepokal", category_code=cast.GIFTS)
    cast.product(session, seller, "Kladde", category_code=cast.GIFTS, state=ProductState.DRAFT)
    cast.product(session, refused, "Nelliker", category_code="03121210")
    return home


def counted(session: Session, municipality_id: int, day: date) -> int:
    """Return how many conflicts there are, of which nothing is remembered."""
    return matrix.count_conflicts(session, {}, Asked(municipality_id, day, cast.TODAY, "da"))


def told(session: Session, home: Municipality, offset: int = 0) -> set[tuple[str, str]]:
    """Return kind and agreements of what is listed from a day on."""
    found = conflict_queries.list_conflicts(session, home.id, cast.TODAY + offset * DAY, "da")
    assert counted(session, home.id, found.day) == len([*found.agreements, *found.outside])
    return {
        (each.kind.value, " ".join(side.number for side in each.agreements))
        for each in [*found.agreements, *found.outside]
    }


def test_every_kind_of_conflict_is_listed(session: Session) -> None:
    assert told(session, world(session)) == {
        ("two_mandatory", "F-1 F-2"),
        ("under_mandatory", "V-4 F-1 F-2"),
        ("suspended", "V-2"),
        ("not_verified", "V-3"),
        ("overlap", "F-3 F-4"),
        ("gap", "F-4 F-5"),
        ("products_outside", "V-1 V-4"),
    }


def test_voluntary_agreement_that_a_carve_out_lets_be_ordered_on_is_no_conflict(
    session: Session,
) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    cast.voluntary(session, home, seller, number="V-1", categories=[CLEANING])
    binding = cast.mandatory(session, home, number="F-1", categories=["90900000", GARDEN])
    assert told(session, home) == {("under_mandatory", "V-1 F-1")}
    session.add(
        CarveOut(
            agreement_id=binding.id, category_code=CLEANING, prefix="9091", reason="Delaftale 4",
            enterprise_id=seller.id, starts_on=cast.TODAY - DAY, ends_on=cast.TODAY,
            made_at=cast.NOW,
        )
    )  # fmt: skip
    session.flush()
    (found,) = conflict_queries.list_conflicts(session, home.id, cast.TODAY, "da").agreements
    assert found.first_day == cast.TODAY + DAY


@pytest.mark.parametrize(
    ("offset", "kinds"),
    [
        (100, {"two_mandatory", "under_mandatory", "suspended", "not_verified", "overlap", "gap",
               "products_outside"}),
        (101, {"gap"}),  # all but the successors has ended
        (210, {"gap"}),  # the last day of the gap
        (211, set()),
    ],
)  # fmt: skip
def test_list_begins_with_the_asked_day(session: Session, offset: int, kinds: set[str]) -> None:
    assert {kind for kind, _numbers in told(session, world(session), offset)} == kinds


def test_products_outside_are_named_with_their_category(session: Session) -> None:
    found = conflict_queries.list_conflicts(session, world(session).id, cast.TODAY, "da")
    (one,) = found.outside
    assert one.products == 1
    (named,) = found.products[one.agreements[0].enterprise_id or 0]
    assert (named.title, named.category_code) == ("Vandrepokal", cast.GIFTS)
    assert found.labels[cast.GIFTS] == f"Kategori {cast.GIFTS}"


def test_number_of_queries_does_not_grow_with_the_world(database: Database) -> None:
    with database.transaction() as session:
        home = world(session)
        for number in range(4):
            seller = cast.enterprise(session, f"Virksomhed {number}")
            cast.voluntary(session, home, seller, categories=[CLEANING])
            cast.mandatory(session, home, categories=[CLEANING])
            cast.product(session, seller, category_code=GARDEN)
    with database.reading() as session, cast.counted_queries(database) as sent:
        conflict_queries.list_conflicts(session, home.id, cast.TODAY, "da")
    assert len(sent) == QUERIES
    with database.reading() as session, cast.counted_queries(database) as sent:
        counted(session, home.id, cast.TODAY)
    assert len(sent) == QUERIES - 1  # no names, but the last event


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser in which procurement staff of Slagelse are signed in."""
    with database.transaction() as session:
        person = cast.staff(session, world(session))
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def test_page_says_what_is_wrong_when_and_what_to_do(client: Any) -> None:
    page = client.get("/daekning/konflikter").text
    for words in (
        "To faste aftaler på samme kategori", "Frivillig aftale helt under en fast",
        "Aftale med en suspenderet virksomhed", "Hul mellem en aftale og den næste",
        "En aftale og den næste overlapper", "Aftale med en virksomhed, der ikke er verificeret",
        "Varer uden for deres aftale (1)", "Mellem aftaler (6)", "Vandrepokal", "Skal løses",
        "13. jun. 2027 – 22. jun. 2027", "Lad den første aftale løbe længere",
    ):  # fmt: skip
        assert words in page, words
    assert "N-1" not in page
    assert page.count('<article class="panel">') == 7


def test_conflicts_are_counted_where_staff_look_for_agreements(client: Any) -> None:
    assert 'Konflikter <span class="count">7</span>' in client.get("/daekning").text
    assert "6 konflikter mellem aftaler" in client.get("/aftaler").text
    later = client.get("/daekning?dag=2027-06-20").text
    assert 'Konflikter <span class="count">1</span>' in later
    assert "/daekning/konflikter?dag=2027-06-20" in later


def test_what_is_no_day_is_named_and_today_is_shown(client: Any) -> None:
    page = client.get("/daekning/konflikter?dag=igår")
    assert page.status_code == 422
    assert 'href="#field-dag"' in page.text
    assert "fra og med 24. nov. 2026" in page.text


def test_municipality_without_conflicts_is_told_so(client: Any) -> None:
    page = client.get("/daekning/konflikter?dag=2040-01-01").text
    assert "Ingen konflikter" in page
    assert "panel-grid" not in page
