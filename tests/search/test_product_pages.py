"""The pages of one product and of an enterprise, the front page, and who may look at them."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from flask import Flask
from search.shelf import Shop, buyer, shop

from catalogue.core.db import Database
from catalogue.core.who import Role
from catalogue.enterprises.models import EnterpriseState

__all__ = ["buyer", "shop"]


def test_a_product_page_has_facts_and_an_order_form(shop: Shop, buyer: Any) -> None:
    page = buyer.get(f"/varer/{shop.orderable}/legehus-i-laerk").text
    assert f'name="product_id" value="{shop.orderable}"' in page
    assert 'action="/kurv/tilfoej"' in page
    assert "12.500,00" in page
    assert "ekskl. moms" in page
    assert "Hele landet" in page


def test_what_an_enterprise_wrote_is_danish_on_english_pages_too(shop: Shop, buyer: Any) -> None:
    buyer.post("/sprog", data={"locale": "en"})
    page = buyer.get(f"/varer/{shop.orderable}/legehus-i-laerk").text
    assert '<html lang="en"' in page
    assert '<h1 lang="da">' in page
    assert 'product-card-title" lang="da">' in buyer.get("/soeg").text


def test_a_refused_product_says_why_and_where_to_buy(shop: Shop, buyer: Any) -> None:
    page = buyer.get(f"/varer/{shop.refused}/rengoering").text
    assert "Ring til Rent Hus på 12 34 56 78." in page
    assert 'name="product_id"' not in page


def test_delivery_elsewhere_is_noted_but_no_refusal(shop: Shop, buyer: Any) -> None:
    page = buyer.get(f"/varer/{shop.gift}/jubilaeumsgave").text
    assert "Leveres ikke til Slagelse" in page
    assert 'name="product_id"' in page


def test_an_old_title_leads_to_the_present_address(shop: Shop, buyer: Any) -> None:
    for address in (f"/varer/{shop.orderable}", f"/varer/{shop.orderable}/gammel-titel"):
        response = buyer.get(address)
        assert response.status_code == 303
        assert response.location == f"/varer/{shop.orderable}/legehus-i-laerk"


def test_a_withdrawn_product_is_gone_and_says_so(shop: Shop, buyer: Any) -> None:
    response = buyer.get(f"/varer/{shop.withdrawn}/vaek")
    assert response.status_code == 410
    assert "ikke længere i kataloget" in response.text
    assert 'name="product_id"' not in response.text


def test_a_draft_has_no_page(shop: Shop, buyer: Any) -> None:
    assert buyer.get(f"/varer/{shop.draft}/kladde").status_code == 404


@pytest.mark.parametrize("kind", [Role.APPROVER, Role.STAFF])
def test_others_of_the_municipality_look_but_do_not_order(
    shop: Shop, client: Any, database: Database, kind: Role
) -> None:
    with database.transaction() as session:
        person = cast.person(session)
        cast.role(session, person, kind, municipality=cast.municipality(session))
    cast.sign_in_as(client, person)
    page = client.get(f"/varer/{shop.orderable}/legehus-i-laerk").text
    assert 'name="product_id"' not in page
    assert "Skift til rollen som indkøber" in page


def test_an_enterprise_may_not_search(shop: Shop, client: Any, database: Database) -> None:
    with database.transaction() as session:
        person = cast.worker(session, cast.enterprise(session, "Nabo"))
    cast.sign_in_as(client, person)
    assert client.get("/soeg").status_code == 403


def test_visitors_are_asked_to_sign_in_and_sent_back(shop: Shop, client: Any) -> None:
    response = client.get("/soeg?q=gave")
    assert response.status_code == 303
    assert "next=" in response.location


def test_the_front_page_shows_visitors_verified_enterprises_without_prices(
    shop: Shop, client: Any, database: Database
) -> None:
    with database.transaction() as session:
        applied = cast.enterprise(session, "Ansøgeren", state=EnterpriseState.APPLIED)
        cast.product(session, applied, "Hemmelig vare")
    page = client.get("/").text
    assert "Legehytten" in page
    assert "Hemmelig vare" not in page
    assert "12.500,00" not in page
    assert "/varer/" not in page


def test_english_readers_get_english(shop: Shop, client: Any, database: Database) -> None:
    with database.transaction() as session:
        person = cast.buyer(session, locale="en")
    cast.sign_in_as(client, person)
    page = client.get("/soeg").text
    assert "Also show products you may not order" in page


def test_a_profile_shows_pictures_and_links_products_for_those_who_may_search(
    shop: Shop, client: Any, buyer: Any, app: Flask
) -> None:
    visitor = app.test_client().get(f"/virksomheder/{shop.seller}", follow_redirects=True)
    assert visitor.request.path == f"/virksomheder/{shop.seller}/legehytten"
    assert "Legehus i lærk" in visitor.text
    assert 'alt="Legehus i lærk"' in visitor.text
    assert "/varer/" not in visitor.text
    assert "Kladde" not in visitor.text
    seen = buyer.get(f"/virksomheder/{shop.seller}/legehytten").text
    assert f"/varer/{shop.orderable}/legehus-i-laerk" in seen
