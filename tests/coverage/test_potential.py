"""Potential: what the catalogue could deliver for a planned purchase, and the page of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import cast
import pytest
from flask import Flask
from ordering.past import order
from sqlalchemy.orm import Session

from catalogue.agreements import limits
from catalogue.agreements.models import CarveOut, FormerTerms
from catalogue.agreements.rules import prefix
from catalogue.core.db import Database
from catalogue.coverage import potential_queries
from catalogue.coverage.potential_queries import Potential
from catalogue.coverage.potential_schema import Plan
from catalogue.coverage.watch_queries import Asked
from catalogue.coverage.ways import Cover, Standing, Way
from catalogue.enterprises.models import EnterpriseState
from catalogue.products.models import ProductMunicipality, ProductState

TOYS, PLAYGROUNDS, SWINGS = "37500000", "37535000", "37535210"
ASKED = {"beloeb": "200.000", "fra": "2026-12-01", "til": "2027-11-30"}


def look(session: Session, code: str = PLAYGROUNDS, amount_ore: int = 200_000_00) -> Potential:
    """Ask for a purchase of one year in Slagelse."""
    home = cast.municipality(session)
    asked = Asked(home.id, cast.TODAY, years=4, near_percent=80)
    plan = Plan(amount_ore, home.id, date(2026, 11, 24), date(2027, 11, 23))
    return potential_queries.potential(session, asked, code, plan)


def test_enterprises_are_found_by_products_at_below_and_above_the_category(
    session: Session,
) -> None:
    seller = cast.enterprise(session, turnover_ore=400_000_00, turnover_year=2025)
    for code in (PLAYGROUNDS, SWINGS, TOYS, "90910000"):
        cast.product(session, seller, category_code=code)
    cast.product(session, seller, category_code=SWINGS, state=ProductState.DRAFT)
    asleep = cast.enterprise(session, "Pause", state=EnterpriseState.SUSPENDED)
    cast.product(session, asleep, category_code=SWINGS)
    (found,) = look(session).candidates
    assert (found.products, found.close, found.delivering) == (3, 2, 3)
    assert found.share_percent == 50
    assert found.is_verified


def test_only_products_delivered_to_the_place_count_as_delivering(session: Session) -> None:
    home, other = cast.municipality(session), cast.municipality(session, "Vejle")
    seller, far = cast.enterprise(session), cast.enterprise(session, "Fjern")
    near = cast.product(session, seller, delivers_everywhere=False, delivery_days=30)
    away = cast.product(session, seller, delivers_everywhere=False, delivery_days=2)
    session.add(ProductMunicipality(product_id=near.id, municipality_id=home.id))
    session.add(ProductMunicipality(product_id=away.id, municipality_id=other.id))
    cast.product(session, far, delivers_everywhere=False)
    session.flush()
    first, second = look(session).candidates
    assert (first.name, first.delivering, first.fastest_days) == ("Legehytten", 1, 30)
    assert (second.name, second.delivering, second.fastest_days) == ("Fjern", 0, None)


def test_voluntary_agreement_is_open_while_its_ceiling_has_room(session: Session) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    house = cast.product(session, seller)
    agreement = cast.voluntary(session, home, seller, categories=[TOYS], ceiling_ore=300_000_00)
    order(session, home, house, agreement, 90_000_00)
    found = look(session)
    assert [offer.left_ore for offer in found.offers] == [210_000_00]
    assert found.case.before_ore == 90_000_00
    assert found.candidates[0].ordered_ore == 90_000_00
    assert standing(found, Way.VOLUNTARY) == Standing.OPEN
    assert standing(look(session, amount_ore=210_000_01), Way.VOLUNTARY) == Standing.CHECK


def test_mandatory_agreement_on_a_part_is_told_as_a_part(session: Session) -> None:
    home = cast.municipality(session)
    cast.mandatory(session, home, categories=[SWINGS])
    cast.mandatory(session, home, categories=["90910000"])
    found = look(session)
    assert found.case.mandatory == Cover.PART
    assert len(found.mandatory) == 1


def test_ceiling_over_months_has_room_again_when_they_are_over(session: Session) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    house = cast.product(session, seller)
    agreement = cast.voluntary(
        session, home, seller, categories=[TOYS], starts_on=date(2024, 1, 1),
        ceiling_ore=300_000_00, ceiling_months=12,
    )  # fmt: skip
    order(session, home, house, agreement, 290_000_00, datetime(2025, 3, 1, tzinfo=UTC))
    order(session, home, house, agreement, 50_000_00, datetime(2026, 3, 1, tzinfo=UTC))
    found = look(session)
    assert [offer.left_ore for offer in found.offers] == [250_000_00]
    assert standing(found, Way.VOLUNTARY) == Standing.OPEN


def test_ceiling_is_the_one_of_the_first_day(session: Session) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    cast.product(session, seller)
    agreement = cast.voluntary(session, home, seller, categories=[TOYS], ceiling_ore=900_000_00)
    session.add(
        FormerTerms(
            agreement_id=agreement.id, from_on=agreement.starts_on, until_on=date(2026, 12, 31),
            title="Legeplads", ends_on=agreement.ends_on, ceiling_ore=100_000_00,
            reason="Loftet hæves til nytår", amended_at=cast.NOW,
        )
    )  # fmt: skip
    session.flush()
    (offer,) = look(session).offers
    assert (offer.title, offer.left_ore) == ("Legeplads", 100_000_00)


@pytest.mark.parametrize(
    ("code", "of_one", "cover"),
    [(None, False, Cover.NONE), (TOYS, False, Cover.NONE), (SWINGS, False, Cover.PART),
     (None, True, Cover.PART), ("90910000", False, Cover.FULL)],
)  # fmt: skip
def test_what_is_carved_out_need_not_be_bought_on_the_mandatory_agreement(
    session: Session, code: str | None, of_one: bool, cover: Cover
) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    cast.product(session, seller, category_code=SWINGS)
    cast.voluntary(session, home, seller, categories=[TOYS])
    mandatory = cast.mandatory(session, home, categories=[TOYS])
    for each in {TOYS, SWINGS, code} - {None}:
        cast.category(session, each or "")
    session.add(
        CarveOut(
            agreement_id=mandatory.id, category_code=code, prefix=prefix(code) if code else "",
            enterprise_id=seller.id if of_one else None, reason="Små beløb er undtaget",
            starts_on=cast.TODAY, ends_on=cast.TODAY, made_at=cast.NOW,
        )
    )  # fmt: skip
    session.flush()
    found = look(session)
    assert found.case.mandatory == cover
    assert [each.agreement_id for each in found.mandatory] == [mandatory.id] * (cover != "none")
    expected = Standing.CLOSED if cover == Cover.FULL else Standing.OPEN
    assert standing(found, Way.VOLUNTARY) == expected


def standing(found: Potential, way: Way) -> Standing:
    """Return how one way stands."""
    return next(each.standing for each in found.judged if each.way == way)


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser in which procurement staff of Slagelse are signed in."""
    with database.transaction() as session:
        limits.import_limits(session, cast.NOW)
        home = cast.municipality(session)
        cast.category(session, cast.PLAY_HOUSES, "Legepladsudstyr")
        cast.category(session, "37535210", "Legepladsgynger")
        cast.category(session, cast.GIFTS, "Gaver")
        seller = cast.enterprise(
            session, turnover_ore=300_000_00, turnover_year=2025, capacity="To huse om måneden"
        )
        cast.product(session, seller)
        cast.voluntary(session, home, seller, number="F-1")
        cast.mandatory(session, home, categories=[cast.GIFTS])
        person = cast.staff(session, home)
    opened = app.test_client()
    opened.home_id = home.id
    cast.sign_in_as(opened, person)
    return opened


def test_page_tells_enterprises_turnover_and_ways_with_their_sources(client: Any) -> None:
    assert client.get("/daekning/mulighed").status_code == 200
    page = client.get(
        "/daekning/mulighed", query_string=ASKED | {"kategori": "37535200", "sted": client.home_id}
    )
    assert page.status_code == 200
    for text in ("To huse om måneden", "66 % af 300.000,00", "En stor del", "F-1",
                 "Kommunens grænse for direkte køb er ikke indtastet", "500.000,00",
                 "Vejledende, ikke juridisk rådgivning", "Udbudsloven § 54"):  # fmt: skip
        assert text in page.text


def test_mandatory_agreement_tells_where_to_buy(client: Any) -> None:
    page = client.get(
        "/daekning/mulighed", query_string=ASKED | {"kategori": cast.GIFTS, "sted": client.home_id}
    ).text
    assert "Bestil i indkøbssystemet." in page
    assert page.index("Fast aftale") < page.index("Frivillig aftale")
    assert "Ingen virksomhed har varer i kategorien" in page


def test_word_of_several_categories_is_asked_about_and_the_choice_is_kept(client: Any) -> None:
    words = ASKED | {"kategori": "legeplads", "sted": client.home_id}
    page = client.get("/daekning/mulighed", query_string=words)
    assert page.status_code == 422
    assert 'value="37535210"' in page.text
    chosen = words | {"spurgt": "legeplads", "valgt": "37535210"}
    page = client.get("/daekning/mulighed", query_string=chosen)
    assert page.status_code == 200
    assert "Legepladsgynger" in page.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"beloeb": "mange"}, "beloeb"),
        ({"beloeb": ""}, "beloeb"),
        ({"kategori": ""}, "kategori"),
        ({"kategori": "findesikke"}, "kategori"),
        ({"kategori": "99999999"}, "kategori"),
        ({"sted": "999999"}, "sted"),
        ({"til": "2026-11-30"}, "til"),
        ({"fra": "1999-11-30"}, "fra"),
    ],
)
def test_faults_of_the_plan_are_named_at_their_fields(
    client: Any, changes: dict[str, str], field: str
) -> None:
    asked = ASKED | {"kategori": "37535200", "sted": str(client.home_id)} | changes
    page = client.get("/daekning/mulighed", query_string=asked)
    assert page.status_code == 422
    assert f'href="#field-{field}"' in page.text


def test_page_takes_its_queries_however_many_enterprises_there_are(
    client: Any, database: Database
) -> None:
    address = "/daekning/mulighed"
    asked = ASKED | {"kategori": "37535200", "sted": client.home_id}
    client.get(address, query_string=asked)  # what applies is read and remembered
    with cast.counted_queries(database) as before:
        client.get(address, query_string=asked)
    with database.transaction() as session:
        home = cast.municipality(session)
        for number in range(4):
            seller = cast.enterprise(session, f"Virksomhed {number}")
            house = cast.product(session, seller)
            agreement = cast.voluntary(session, home, seller)
            order(session, home, house, agreement, 10_00)
    client.get(address, query_string=asked)
    with cast.counted_queries(database) as after:
        page = client.get(address, query_string=asked).text
    assert "Virksomhed 3" in page
    assert len(after) == len(before)
