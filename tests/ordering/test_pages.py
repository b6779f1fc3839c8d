"""The pages of ordering, driven by a browser without JavaScript."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from drawn import placing_key
from flask import Flask
from ordering.world import FORM, World, make, second_enterprise
from sqlalchemy import func, select

from catalogue.ordering.models import Order
from catalogue.products.models import Product


@pytest.fixture
def world(app: Flask) -> World:
    """The world of ordering, committed."""
    with app.extensions["catalogue"].database.transaction() as session:
        return make(session)


def browser(app: Flask, person: Any) -> Any:
    """Open a browser in which `person` is signed in."""
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def add(client: Any, product: Product, quantity: str = "1") -> Any:
    """Put a product into the basket."""
    return client.post("/kurv/tilfoej", data={"product_id": product.id, "quantity": quantity})


def key_of(client: Any) -> str:
    """Open the check-out and return the key of its form."""
    return placing_key(client.get("/kurv/bestil").text)


def place(client: Any, key: str, **changes: str) -> Any:
    """Send the check-out form."""
    return client.post("/kurv/bestil", data=FORM | {"placing_key": key} | changes)


def test_order_goes_from_basket_to_receipt_of_the_goods(app: Flask, world: World) -> None:
    buyer, worker = browser(app, world.buyer), browser(app, world.worker)
    assert add(buyer, world.product, "2").headers["Location"].endswith("/kurv")
    page = buyer.get("/kurv").text
    assert "Legehus i lærk" in page
    assert "31.250,00" in page  # 2 x 12.500 kr. and VAT

    receipt = place(buyer, key_of(buyer))
    assert receipt.status_code == 303
    assert "0330-2026-00001" in buyer.get(receipt.headers["Location"]).text

    assert "0330-2026-00001" in worker.get("/indkomne-ordrer").text
    order = "/indkomne-ordrer/0330-2026-00001"
    assert "Børnehuset Regnbuen" in worker.get(order).text
    for step in ("bekraeft", "afsend"):
        assert worker.post(f"{order}/{step}").status_code == 303
    assert buyer.post("/ordrer/0330-2026-00001/modtag").status_code == 303
    page = buyer.get("/ordrer/0330-2026-00001").text
    assert "Modtaget" in page
    assert world.worker.name in page


def test_refused_product_leads_back_with_reason_and_where_to_buy(app: Flask, world: World) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        cast.mandatory(session, world.home, where_to_buy="Bestil hos Storleverandøren.\nRing 1.")
    client = browser(app, world.buyer)
    answer = client.post(
        "/kurv/tilfoej",
        data={"product_id": world.product.id, "quantity": "1"},
        headers={"Referer": "http://localhost/ordrer?page=2"},
    )
    assert answer.headers["Location"] == "/ordrer?page=2"
    assert "Bestil hos Storleverandøren." in client.get("/ordrer").text
    shown = client.get(f"/varer/{world.product.id}", follow_redirects=True).text
    assert "Bestil hos Storleverandøren.<br>Ring 1." in shown


@pytest.mark.parametrize("came_from", ["https://evil.example/kurv", "http://[/kurv"])
def test_refused_product_never_leads_to_another_site(
    app: Flask, world: World, came_from: str
) -> None:
    client = browser(app, world.buyer)
    answer = client.post(
        "/kurv/tilfoej",
        data={"product_id": world.product.id, "quantity": "zwei"},
        headers={"Referer": came_from},
    )
    assert answer.headers["Location"] == "/kurv"
    assert "Antallet kunne ikke læses: Skriv et tal" in client.get("/kurv").text


def test_wrong_quantity_is_shown_at_its_field(app: Flask, world: World) -> None:
    client = browser(app, world.buyer)
    add(client, world.product)
    name = f"quantity_{world.product.id}"
    answer = client.post("/kurv/antal", data={name: "mange"})
    assert answer.status_code == 422
    assert f'id="field-{name}-error"' in answer.text
    assert 'value="mange"' in answer.text


def test_each_quantity_is_read_aloud_with_its_product(app: Flask, world: World) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        other = second_enterprise(session, world)
    client = browser(app, world.buyer)
    for each in (world.product, other):
        add(client, each)
    read = f'Antal<span class="sr-only"> {other.title}</span></label>'
    assert read in client.get("/kurv").text
    wrong = {f"quantity_{each.id}": "mange" for each in (world.product, other)}
    told = client.post("/kurv/antal", data=wrong).text
    for each in (world.product, other):
        assert f'href="#field-quantity_{each.id}">{each.title}: ' in told
    client.post("/lister/tilfoej", data={"product_id": other.id, "name": "Fast"})
    assert read in client.get("/lister/1").text


def test_quantity_with_comma_is_kept_as_typed(app: Flask, world: World) -> None:
    client = browser(app, world.buyer)
    add(client, world.product)
    name = f"quantity_{world.product.id}"
    client.post("/kurv/antal", data={name: "2,125"})
    assert 'value="2,125"' in client.get("/kurv").text


def test_risen_price_is_shown_and_accepted_by_a_button(app: Flask, world: World) -> None:
    client = browser(app, world.buyer)
    add(client, world.product)
    with app.extensions["catalogue"].database.transaction() as session:
        product = session.get_one(Product, world.product.id)
        product.price_ore, product.version = 1_300_000, 2
    page = client.get("/kurv").text
    assert "Prisen er steget fra 12.500,00" in page
    assert client.get("/kurv/bestil").headers["Location"] == "/kurv"
    client.post("/kurv/godkend-priser", data={f"version_{world.product.id}": "2"})
    assert "Prisen er steget" not in client.get("/kurv").text
    assert client.get("/kurv/bestil").status_code == 200


def test_what_has_come_to_be_on_request_stands_at_no_price(app: Flask, world: World) -> None:
    buyer = browser(app, world.buyer)
    add(buyer, world.product, "2")
    with app.extensions["catalogue"].database.transaction() as session:
        session.get_one(Product, world.product.id).price_ore = None
    page = buyer.get("/kurv").text
    assert "Pris efter tilbud" in page
    assert "0,00\xa0kr. pr." not in page
    assert '<div class="line-sum"></div>' in page


def test_price_that_rises_while_the_form_is_filled_in_stops_the_order(
    app: Flask, world: World
) -> None:
    client = browser(app, world.buyer)
    add(client, world.product)
    key = key_of(client)
    with app.extensions["catalogue"].database.transaction() as session:
        session.get_one(Product, world.product.id).price_ore = 1_300_000
    page = place(client, key, note="Stil det i skuret").text
    assert "Intet er bestilt" in page
    assert "Stil det i skuret" in page  # nothing that was typed is lost
    assert key in page
    assert "Prisen er steget" in client.get("/kurv").text
    assert orders(app) == 0


def test_no_more_of_a_product_lies_in_the_basket_than_a_form_may_ask_for(
    app: Flask, world: World
) -> None:
    client = browser(app, world.buyer)
    add(client, world.product, "600000")
    refused = add(client, world.product, "600000")
    page = refused.text if refused.status_code != 303 else client.get(refused.location).text
    assert "Skriv højst 1000000" in page
    assert 'value="600000"' in client.get("/kurv").text


def test_form_with_faults_keeps_what_was_typed_and_its_key(app: Flask, world: World) -> None:
    client = browser(app, world.buyer)
    add(client, world.product)
    key = key_of(client)
    answer = place(client, key, gln="5798009811579", postcode="42", reference="")
    assert answer.status_code == 422
    for name in ("gln", "postcode", "reference"):
        assert f'id="field-{name}-error"' in answer.text
    assert 'value="Børnehuset Regnbuen"' in answer.text
    assert key in answer.text
    assert orders(app) == 0


def test_form_without_key_is_refused(app: Flask, world: World) -> None:
    client = browser(app, world.buyer)
    add(client, world.product)
    assert client.post("/kurv/bestil", data=FORM).status_code == 422
    assert orders(app) == 0


def test_resent_form_leads_to_the_same_receipt(app: Flask, world: World) -> None:
    client = browser(app, world.buyer)
    add(client, world.product)
    key = key_of(client)
    assert place(client, key).headers["Location"] == place(client, key).headers["Location"]
    assert orders(app) == 1


def test_second_order_starts_from_the_delivery_of_the_first(app: Flask, world: World) -> None:
    client = browser(app, world.buyer)
    add(client, world.product)
    place(client, key_of(client))
    add(client, world.product)
    page = client.get("/kurv/bestil").text
    assert 'value="Børnehuset Regnbuen"' in page
    assert "Ring før levering" not in page


def test_stale_step_is_a_conflict(app: Flask, world: World) -> None:
    buyer, worker = browser(app, world.buyer), browser(app, world.worker)
    add(buyer, world.product)
    place(buyer, key_of(buyer))
    address = "/indkomne-ordrer/0330-2026-00001/bekraeft"
    assert worker.post(address).status_code == 303
    assert worker.post(address).status_code == 409


def test_rejection_without_reason_is_asked_for_it(app: Flask, world: World) -> None:
    buyer, worker = browser(app, world.buyer), browser(app, world.worker)
    add(buyer, world.product)
    place(buyer, key_of(buyer))
    order = "/indkomne-ordrer/0330-2026-00001"
    answer = worker.post(f"{order}/afvis", data={"reason": " "})
    assert answer.status_code == 422
    assert 'id="field-reason-error"' in answer.text
    assert worker.post(f"{order}/afvis", data={"reason": "Udsolgt"}).status_code == 303
    assert "Udsolgt" in buyer.get("/ordrer/0330-2026-00001").text


def test_note_and_reason_are_shown_in_their_lines(app: Flask, world: World) -> None:
    buyer, worker = browser(app, world.buyer), browser(app, world.worker)
    add(buyer, world.product)
    place(buyer, key_of(buyer), note="To til køkkenet\r\nÉn til <kontoret>")
    order = "/indkomne-ordrer/0330-2026-00001"
    assert "To til køkkenet<br>Én til &lt;kontoret&gt;" in worker.get(order).text
    worker.post(f"{order}/afvis", data={"reason": "Udsolgt.\r\nPrøv i maj."})
    assert "Udsolgt.<br>Prøv i maj." in buyer.get("/ordrer/0330-2026-00001").text


def test_orders_of_others_are_not_found(app: Flask, world: World) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        vejle = cast.municipality(session, "Vejle")
        other_worker = cast.worker(session, cast.enterprise(session, "Grennessminde"))
        strangers = [cast.buyer(session, vejle), cast.staff(session, vejle)]
    buyer = browser(app, world.buyer)
    add(buyer, world.product)
    key = key_of(buyer)
    place(buyer, key)
    for stranger in strangers:
        client = browser(app, stranger)
        assert client.get("/ordrer/0330-2026-00001").status_code == 404
        assert "0330-2026-00001" not in client.get("/ordrer").text
    assert browser(app, strangers[0]).get(f"/kvittering/{key}").status_code == 404
    client = browser(app, other_worker)
    order = "/indkomne-ordrer/0330-2026-00001"
    assert client.get(order).status_code == 404
    for step in ("bekraeft", "afvis", "afsend"):
        assert client.post(f"{order}/{step}", data={"reason": "x"}).status_code == 404


def test_staff_read_all_orders_of_their_municipality(app: Flask, world: World) -> None:
    buyer = browser(app, world.buyer)
    add(buyer, world.product)
    place(buyer, key_of(buyer))
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.staff(session, world.home)
    client = browser(app, staff)
    assert "0330-2026-00001" in client.get("/ordrer").text
    page = client.get("/ordrer/0330-2026-00001").text
    assert world.buyer.name in page
    assert "/annuller" not in page
    assert client.post("/ordrer/0330-2026-00001/annuller").status_code == 403


def test_basket_of_two_enterprises_says_it_becomes_two_orders(app: Flask, world: World) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        other = second_enterprise(session, world)
    client = browser(app, world.buyer)
    add(client, world.product)
    add(client, other)
    assert "2 ordrer" in client.get("/kurv").text
    receipt = place(client, key_of(client)).headers["Location"]
    page = client.get(receipt).text
    assert "0330-2026-00001" in page
    assert "0330-2026-00002" in page


def test_empty_pages_say_what_to_do(app: Flask, world: World) -> None:
    buyer, worker = browser(app, world.buyer), browser(app, world.worker)
    assert "Din kurv er tom" in buyer.get("/kurv").text
    assert buyer.get("/kurv/bestil").status_code == 303
    assert "Du har ingen ordrer endnu" in buyer.get("/ordrer").text
    assert "Ingen ordrer endnu" in worker.get("/indkomne-ordrer").text


def test_orders_can_be_narrowed_to_a_state(app: Flask, world: World) -> None:
    client = browser(app, world.buyer)
    add(client, world.product)
    place(client, key_of(client))
    assert "0330-2026-00001" in client.get("/ordrer?state=placed").text
    assert "0330-2026-00001" not in client.get("/ordrer?state=received").text
    assert client.get("/ordrer?state=nonsense&page=-4").status_code == 200


def orders(app: Flask) -> int:
    """Count all orders."""
    with app.extensions["catalogue"].database.reading() as session:
        return session.scalar(select(func.count()).select_from(Order)) or 0


def test_order_again_goes_straight_to_check_out_when_nothing_changed(
    app: Flask, world: World
) -> None:
    buyer = browser(app, world.buyer)
    add(buyer, world.product)
    place(buyer, key_of(buyer), institution="Rådhuset")
    add(buyer, world.product)
    place(buyer, key_of(buyer), institution="Børnehuset Solen")

    again = "/ordrer/0330-2026-00001/igen"
    straight = buyer.post(f"{again}/alt").headers["Location"]
    assert straight.endswith("/kurv/bestil?som=0330-2026-00001")
    assert 'value="Rådhuset"' in buyer.get(straight).text
    assert buyer.post(f"{again}/alt").headers["Location"].endswith(again), "the basket has lines"

    buyer.post("/kurv/fjern", data={"product_id": world.product.id})
    with app.extensions["catalogue"].database.transaction() as session:
        session.get_one(Product, world.product.id).price_ore += 100
    assert buyer.post(f"{again}/alt").headers["Location"].endswith(again), "the price has risen"
    assert "Din kurv er tom" in buyer.get("/kurv").text
