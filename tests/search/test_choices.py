"""Comparing products, and the record of a choice for the case file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cast
import pytest
import tagged
from flask import Flask
from pypdf import PdfReader
from search import worlds
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from catalogue.core import proof
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.products.models import Product, ProductMunicipality, ProductState
from catalogue.search import comparing
from catalogue.search.choice_models import ChoiceRecord

REASON = "Laveste pris med levering inden 1. marts."


@dataclass
class Shop:
    """Ids of what there is, and browsers of the buyer, a colleague, staff and one elsewhere."""

    house: int
    hut: int
    refused: int
    database: Database
    buyer: Any
    colleague: Any
    staff: Any
    neighbour: Any

    def keep(self, address: str, **said: Any) -> Any:
        """Send the form of a record as it is drawn at that address."""
        form = self.buyer.get(address).text
        seen = re.search(r'name="seen" value="(\w+)"', form)
        assert seen
        data = {"seen": seen[1], "chosen_id": self.house, "reason": REASON, "title": "Legehus"}
        return self.buyer.post(address, data=data | said)


@pytest.fixture
def shop(app: Flask, database: Database) -> Iterator[Shop]:
    """Two play houses that may be ordered, one delivered elsewhere, and refused cleaning."""
    state = app.extensions["catalogue"]
    with database.transaction() as session:
        home, there = cast.municipality(session), cast.municipality(session, "Vejle")
        seller, other = cast.enterprise(session), cast.enterprise(session, "Grennessminde")
        house = cast.product(session, seller, "Legehus i lærk")
        hut = cast.product(
            session, other, "Legehus i gran", price_ore=900_000, delivers_everywhere=False
        )
        refused = cast.product(session, seller, "Rengøring", category_code="90910000")
        session.add(ProductMunicipality(product_id=hut.id, municipality_id=there.id))
        for each in (seller, other):
            cast.voluntary(session, home, each, number=f"V-{each.name}")
        cast.mandatory(session, home, categories=["90910000"], where_to_buy="Ring til Rent Hus.")
        worlds.put(session, [house, hut, refused])
        people = [
            cast.buyer(session),
            cast.buyer(session),
            cast.staff(session),
            cast.staff(session, there),
        ]
        ids = (house.id, hut.id, refused.id)
    worlds.work(database, state.parts)
    browsers = [app.test_client() for _ in people]
    for client, person in zip(browsers, people, strict=True):
        cast.sign_in_as(client, person)
    yield Shop(*ids, database, *browsers)
    state.parts["search"].close()


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["3", "1", "3"], (3, 1)),
        (["x", "-1", "0", "2.0", "٣", ""], ()),
        (["9" * 40, "5"], (5,)),
    ],
)
def test_ids_of_an_address_are_read_once_and_in_order(
    given: list[str], read: tuple[int, ...]
) -> None:
    assert comparing.read_ids(given) == read


def test_products_stand_side_by_side_with_price_delivery_and_refusal(shop: Shop) -> None:
    page = shop.buyer.get(f"/sammenlign?vare={shop.house}&vare={shop.hut}&vare={shop.refused}").text
    heads = re.findall(r'<th scope="col">.*?</th>', page, re.DOTALL)
    assert [re.sub(r"<.*?>|\s+", " ", each).strip() for each in heads] == [
        "Legehus i lærk", "Legehus i gran", "Rengøring",
    ]  # fmt: skip
    for said in ("12.500,00", "9.000,00", "Leveres ikke til Slagelse", "Ring til Rent Hus."):
        assert said in page
    assert page.count('action="/kurv/tilfoej"') == 2


def test_colleague_opens_the_same_comparison_and_staff_cannot_order(shop: Shop) -> None:
    address = f"/sammenlign?vare={shop.house}"
    assert "Legehus i lærk" in shop.colleague.get(address).text
    page = shop.staff.get(address).text
    assert "/kurv/tilfoej" not in page
    assert "/valgnotater/nyt" not in page


def test_four_are_compared_and_what_is_withdrawn_is_left_out(shop: Shop) -> None:
    with shop.database.transaction() as session:
        session.get_one(Product, shop.hut).state = ProductState.WITHDRAWN
    many = "".join(f"&vare={number}" for number in (shop.house, shop.hut, 901, 902, shop.refused))
    page = shop.buyer.get(f"/sammenlign?{many}").text
    assert page.count('scope="col"') == 1
    assert "de første fire er vist" in page
    assert "ikke længere er til salg" in page
    assert "Intet at sammenligne endnu" in shop.buyer.get("/sammenlign?vare=x").text


def test_what_is_ticked_stays_ticked_in_the_next_search(shop: Shop) -> None:
    page = shop.buyer.get(f"/soeg?q=legehus&vare={shop.hut}&vare={shop.refused}").text
    ticked = rf'value="{shop.hut}" form="compare" checked'
    assert re.search(ticked, page)
    assert f'name="vare" value="{shop.refused}"' in page  # not among these hits, and not lost
    more = shop.buyer.get(f"/sammenlign?q=legehus&vare={shop.hut}").text
    assert f"/soeg?q=legehus&amp;vare={shop.hut}" in more


def test_record_keeps_what_was_found_though_everything_changes_after(shop: Shop) -> None:
    address = f"/valgnotater/nyt?q=legehus&levering=os&vare={shop.hut}"
    here = shop.keep(address, case_number="26/1234").headers["Location"]
    with shop.database.transaction() as session:
        product = session.get_one(Product, shop.house)
        product.title, product.price_ore, product.version = "Drivhus", 1, 2
    page = shop.buyer.get(here).text
    for said in (
        "Legehus i lærk", "12.500,00", "Legehus i gran", "9.000,00", "Legehytten", REASON,
        "26/1234", "”legehus”", "Leverer til os", "V-Legehytten", "som det blev gemt",
    ):  # fmt: skip
        assert said in page, said
    assert "Drivhus" not in page
    assert here in shop.buyer.get("/valgnotater").text
    assert here in shop.staff.get("/valgnotater").text


def test_record_reads_on_paper_as_on_the_screen(shop: Shop) -> None:
    here = shop.keep(f"/valgnotater/nyt?vare={shop.house}&vare={shop.hut}").headers["Location"]
    answer = shop.buyer.get(f"{here}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.data))
    words = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))
    for said in ("Legehus i lærk", "12.500,00", "Legehus i gran", REASON, "Fingeraftryk"):
        assert said in words, said
    assert tagged.faults(answer.data, "Legehus") == []


def test_none_of_them_is_a_choice_too(shop: Shop) -> None:
    here = shop.keep("/valgnotater/nyt?q=legehus", chosen_id="0").headers["Location"]
    assert "Ingen af dem" in shop.buyer.get(here).text


FAULTS = [
    ({"reason": " "}, "reason"),
    ({"reason": "Til Bo, 010190-1111."}, "reason"),
    ({"title": ""}, "title"),
    ({"chosen_id": ""}, "chosen_id"),
    ({"chosen_id": "999999"}, "chosen_id"),
]


def test_faulty_form_keeps_nothing_and_shows_what_was_typed(shop: Shop) -> None:
    for said, field in FAULTS:
        answer = shop.keep("/valgnotater/nyt?q=legehus", **{"case_number": "26/9"} | said)
        assert answer.status_code == 422, said
        assert f'href="#field-{field}"' in answer.text
        assert 'value="26/9"' in answer.text
    assert kept(shop) == []


def test_price_that_changes_while_she_writes_is_shown_before_anything_is_kept(shop: Shop) -> None:
    address = f"/valgnotater/nyt?vare={shop.house}"
    form = shop.buyer.get(address).text
    seen = re.search(r'name="seen" value="(\w+)"', form)
    assert seen
    with shop.database.transaction() as session:
        session.get_one(Product, shop.house).price_ore = 1_300_000
    data = {"seen": seen[1], "chosen_id": shop.house, "reason": REASON, "title": "Legehus"}
    answer = shop.buyer.post(address, data=data)
    assert answer.status_code == 422
    assert "13.000,00" in answer.text
    assert kept(shop) == []


def test_record_is_read_by_its_buyer_and_her_staff_alone(shop: Shop) -> None:
    here = shop.keep("/valgnotater/nyt?q=legehus").headers["Location"]
    assert shop.staff.get(here).status_code == 200
    for stranger in (shop.colleague, shop.neighbour):
        assert stranger.get(here).status_code == 404
        assert stranger.get(f"{here}.pdf").status_code == 404
        assert here not in stranger.get("/valgnotater").text


def test_record_tells_that_a_misspelt_word_was_mended(shop: Shop) -> None:
    here = shop.keep("/valgnotater/nyt?q=lgehus").headers["Location"]
    page = shop.buyer.get(here).text
    assert "”lgehus”" in page
    assert "Viste resultater for ”legehus”" in page


def test_form_without_search_or_products_leads_to_the_search(shop: Shop) -> None:
    assert shop.buyer.get("/valgnotater/nyt").headers["Location"] == "/soeg"


def test_database_refuses_to_change_a_record_and_the_audit_knows_it(shop: Shop) -> None:
    shop.keep("/valgnotater/nyt?q=legehus")
    (record,) = kept(shop)
    with (
        pytest.raises(DatabaseError, match="never changed"),
        shop.database.transaction() as session,
    ):
        session.execute(text("UPDATE catalogue_choice_records SET reason = 'Venner'"))
    with shop.database.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "choice_record.kept")
        ).one()
    assert event.facts["after"]["digest"] == record.digest
    assert REASON not in str(event.facts)
    with shop.database.reading() as session:
        assert proof.prove(session).fault is None


def test_record_slipped_in_for_another_is_told(shop: Shop) -> None:
    here = shop.keep("/valgnotater/nyt?q=legehus").headers["Location"]
    (record,) = kept(shop)
    with shop.database.transaction() as session:
        session.execute(text("DELETE FROM catalogue_choice_records"))
        values = {
            column.key: getattr(record, column.key) for column in ChoiceRecord.__table__.columns
        }
        session.add(ChoiceRecord(**values | {"reason": "Venner"}))
    assert "ikke, som det blev gemt" in shop.staff.get(here).text


def kept(shop: Shop) -> list[ChoiceRecord]:
    """List all records."""
    with shop.database.reading() as session:
        return list(session.scalars(select(ChoiceRecord)))
