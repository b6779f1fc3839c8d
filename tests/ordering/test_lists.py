"""Favourites, named and shared lists, and ordering again, through the pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cast
import pytest
from flask import Flask
from ordering.test_pages import add, browser, key_of, place
from ordering.world import World, make, second_enterprise
from sqlalchemy import update

from catalogue.ordering.models import OrderLine
from catalogue.products.models import Product, ProductState


@dataclass
class Town:
    """The world of ordering with browsers of a buyer, a colleague and one elsewhere."""

    app: Flask
    world: World
    second: Product
    buyer: Any
    colleague: Any
    neighbour: Any

    def change(self, **facts: Any) -> None:
        """Change the world's product."""
        with self.app.extensions["catalogue"].database.transaction() as session:
            product = session.get_one(Product, self.world.product.id)
            for name, value in facts.items():
                setattr(product, name, value)


@pytest.fixture
def town(app: Flask) -> Town:
    """A buyer with two colleagues: one in her municipality, one in Vejle."""
    with app.extensions["catalogue"].database.transaction() as session:
        world = make(session)
        second = second_enterprise(session, world)
        colleague = cast.buyer(session, world.home)
        neighbour = cast.buyer(session, cast.municipality(session, "Vejle"))
    browsers = [browser(app, each) for each in (world.buyer, colleague, neighbour)]
    return Town(app, world, second, *browsers)


def put_on(client: Any, product: Product, **more: str) -> str:
    """Put a product on a list and return the address of the list."""
    answer = client.post("/lister/tilfoej", data={"product_id": product.id, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_favourites_are_made_on_first_use_and_are_one_list(town: Town) -> None:
    first = put_on(town.buyer, town.world.product)
    assert put_on(town.buyer, town.second) == first
    page = town.buyer.get(first).text
    assert "Favoritter" in page
    assert "Læg 2 linjer i kurven" in page
    assert first not in town.colleague.get("/lister").text
    assert town.colleague.get(first).status_code == 404


def test_whole_list_goes_into_the_basket_with_its_quantities(town: Town) -> None:
    here = put_on(town.buyer, town.world.product, name="Ny stue", quantity="3")
    put_on(town.buyer, town.second, list_id=here.rsplit("/", 1)[1])
    town.buyer.post(f"{here}/antal", data={f"quantity_{town.second.id}": "2,5"})
    assert town.buyer.post(f"{here}/bestil").headers["Location"] == "/kurv"
    page = town.buyer.get("/kurv").text
    assert "2 linjer er lagt i din kurv" in page
    assert 'value="3"' in page
    assert 'value="2,5"' in page


def test_what_may_not_be_ordered_is_left_out_with_where_to_buy(town: Town) -> None:
    here = put_on(town.buyer, town.world.product)
    with town.app.extensions["catalogue"].database.transaction() as session:
        cast.mandatory(session, town.world.home, where_to_buy="Bestil hos Storleverandøren.")
    assert "Bestil hos Storleverandøren." in town.buyer.get(here).text
    assert town.buyer.post(f"{here}/bestil").headers["Location"] == here
    assert "Intet af det kan bestilles i dag" in town.buyer.get(here).text


def test_shared_list_is_ordered_by_colleagues_and_changed_by_its_owner_alone(town: Town) -> None:
    form = {"name": "Til børnehaver", "shared": "1"}
    here = town.buyer.post("/lister/ny", data=form).headers["Location"]
    put_on(town.buyer, town.world.product, list_id=here.rsplit("/", 1)[1])
    assert "Delt af" in town.colleague.get("/lister").text
    assert town.colleague.post(f"{here}/bestil").headers["Location"] == "/kurv"
    for deed in ("navn", "antal", "fjern", "slet"):
        data = {"name": "Min", "product_id": town.world.product.id}
        assert town.colleague.post(f"{here}/{deed}", data=data).status_code == 404, deed
    added = {"product_id": town.second.id, "list_id": here.rsplit("/", 1)[1]}
    assert town.colleague.post("/lister/tilfoej", data=added).status_code == 404
    assert town.neighbour.get(here).status_code == 404
    assert town.neighbour.post(f"{here}/bestil").status_code == 404


def test_list_is_renamed_and_emptied_and_deleted(town: Town) -> None:
    here = put_on(town.buyer, town.world.product)
    town.buyer.post("/lister/ny", data={"name": "Optaget"})
    taken = town.buyer.post(f"{here}/navn", data={"name": "Optaget"})
    assert taken.status_code == 422
    assert "Du har allerede en liste med det navn" in taken.text
    town.buyer.post(f"{here}/navn", data={"name": "Fest"})
    town.buyer.post(f"{here}/fjern", data={"product_id": town.world.product.id})
    page = town.buyer.get(here).text
    assert '<h1 lang="da">Fest</h1>' in page
    assert "Listen er tom" in page
    town.buyer.post(f"{here}/slet")
    assert town.buyer.get(here).status_code == 404


def test_order_becomes_a_list(town: Town) -> None:
    add(town.buyer, town.world.product, "4")
    place(town.buyer, key_of(town.buyer))
    form = {"name": "Forår", "ordre": "0330-2026-00001"}
    here = town.buyer.post("/lister/ny", data=form).headers["Location"]
    assert 'value="4"' in town.buyer.get(here).text
    assert town.colleague.post("/lister/ny", data=form).status_code == 404
    with town.app.extensions["catalogue"].database.transaction() as session:
        session.execute(update(OrderLine).values(product_id=None))  # as of a quote
    assert 'href="/lister/ny' not in town.buyer.get("/ordrer/0330-2026-00001").text
    assert town.buyer.post("/lister/ny", data=form | {"name": "Intet"}).status_code == 422


def test_order_again_tells_what_has_changed_and_fills_the_basket(town: Town) -> None:
    add(town.buyer, town.world.product, "2")
    add(town.buyer, town.second)
    place(town.buyer, key_of(town.buyer))
    order = next(
        number for number in ("0330-2026-00001", "0330-2026-00002")
        if town.world.product.title in town.buyer.get(f"/ordrer/{number}").text
    )  # fmt: skip
    town.change(price_ore=1_300_000, version=2)
    page = town.buyer.get(f"/ordrer/{order}/igen").text
    assert f"<title>Bestil igen: {order}" in page
    assert "Dyrere" in page
    assert "Den var 12.500,00" in page
    assert town.buyer.get("/kurv/bestil").status_code == 303  # nothing lies there yet
    assert town.buyer.post(f"/ordrer/{order}/igen").headers["Location"] == f"/kurv?som={order}"
    assert "26.000,00" in town.buyer.get("/kurv").text
    assert town.colleague.get(f"/ordrer/{order}/igen").status_code == 404


def test_order_of_which_nothing_is_left_stays_on_its_page(town: Town) -> None:
    add(town.buyer, town.world.product)
    place(town.buyer, key_of(town.buyer))
    town.change(state=ProductState.WITHDRAWN)
    here = "/ordrer/0330-2026-00001/igen"
    assert town.buyer.post(here).headers["Location"] == here
    page = town.buyer.get(here).text
    assert "Intet af ordren kan bestilles i dag" in page
    assert f'action="{here}"' not in page


def test_order_from_a_list_begins_as_the_order_it_was_made_of(town: Town) -> None:
    form = {"institution": "Rådhuset", "reference": "ANNA", "account_coding": "99-1"}
    add(town.buyer, town.world.product, "4")
    place(town.buyer, key_of(town.buyer), **form)
    first = "0330-2026-00001"
    here = town.buyer.post("/lister/ny", data={"name": "Forår", "ordre": first}).headers["Location"]
    add(town.buyer, town.second)
    place(town.buyer, key_of(town.buyer), institution="Skolen", reference="BO")

    page = town.buyer.get(here).text
    assert "som ligner den mest" in page
    assert f'href="/ordrer/{first}"' in page
    basket = town.buyer.post(f"{here}/bestil").headers["Location"]
    assert basket == f"/kurv?som={first}"
    assert f"Bestillingen begynder som ordre {first}" in town.buyer.get(basket).text
    quantity, change = f"quantity_{town.world.product.id}", f"/kurv/antal?som={first}"
    assert f'action="{change}"' in town.buyer.get(basket).text
    assert town.buyer.post(change, data={quantity: "5"}).headers["Location"] == basket
    wrong = town.buyer.post(change, data={quantity: "x"})
    assert f'href="/kurv/bestil?som={first}"' in wrong.text
    assert f'href="/kurv/bestil?som={first}"' in town.buyer.get(basket).text
    checkout = town.buyer.get(f"/kurv/bestil?som={first}").text
    for value in form.values():
        assert f'value="{value}"' in checkout, value
    assert 'value="Skolen"' in town.buyer.get("/kurv/bestil").text  # as any other order does


def test_a_basket_begins_as_nobody_elses_order(town: Town) -> None:
    add(town.buyer, town.world.product)
    place(town.buyer, key_of(town.buyer))
    shared = {"name": "Til alle", "ordre": "0330-2026-00001", "shared": "1"}
    here = town.buyer.post("/lister/ny", data=shared).headers["Location"]
    assert "som ligner den mest" not in town.colleague.get(here).text
    assert town.colleague.post(f"{here}/bestil").headers["Location"] == "/kurv"
    assert town.colleague.get("/kurv?som=0330-2026-00001").status_code == 404
    assert town.colleague.get("/kurv/bestil?som=0330-2026-00001").status_code == 404
