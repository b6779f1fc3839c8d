"""A check-out in one tab while the basket is changed in another."""

from __future__ import annotations

import re

import pytest
from drawn import found, placing_key
from flask import Flask
from ordering.test_pages import add, browser, orders, place
from ordering.world import World, make

_SEEN = re.compile(r'name="seen" value="([^"]*)"')


@pytest.fixture
def world(app: Flask) -> World:
    """The world of ordering, committed."""
    with app.extensions["catalogue"].database.transaction() as session:
        return make(session)


def test_basket_that_was_changed_in_another_tab_is_shown_before_it_is_ordered(
    app: Flask, world: World
) -> None:
    client = browser(app, world.buyer)
    add(client, world.product, "2")
    page = client.get("/kurv/bestil").text
    typed = {"seen": found(_SEEN, page), "reference": "Tastet"}
    add(client, world.product, "0,5")
    faulty = place(client, placing_key(page), **typed | {"postcode": "42"})
    assert found(_SEEN, faulty.text) == typed["seen"]  # nobody has told her yet
    answer = place(client, placing_key(page), **typed)
    assert "Intet er bestilt: Kurven er ændret" in answer.text
    assert 'value="Tastet"' in answer.text
    assert orders(app) == 0
    seen = {"seen": found(_SEEN, answer.text)}
    receipt = place(client, placing_key(answer.text), **typed | seen).headers["Location"]
    assert orders(app) == 1
    assert place(client, placing_key(page), **typed).headers["Location"] == receipt  # sent twice


def test_basket_that_holds_again_what_was_seen_is_ordered(app: Flask, world: World) -> None:
    client = browser(app, world.buyer)
    add(client, world.product, "2")
    page = client.get("/kurv/bestil").text
    for quantity in ("5", "2,000"):
        client.post("/kurv/antal", data={f"quantity_{world.product.id}": quantity})
    assert place(client, placing_key(page), seen=found(_SEEN, page)).status_code == 303
