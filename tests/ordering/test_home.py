"""A buyer's front page: hers alone, what waits for her first."""

from __future__ import annotations

import cast
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from ordering.past import order
from ordering.world import make

from catalogue.core.http import State
from catalogue.ordering import home
from catalogue.ordering.models import OrderState


@on_sqlite
def test_buyer_sees_what_waits_for_her_what_is_under_way_and_what_to_order_again(
    app: Flask, client: CatalogueClient
) -> None:
    state: State = app.extensions["catalogue"]
    with state.database.transaction() as session:
        world = make(session)
        numbers = {}
        for each in ("placed", "dispatched", "received", "cancelled"):
            made = order(session, world.home, world.product, world.agreement, 100,
                         state=OrderState(each))  # fmt: skip
            made.buyer_id = world.buyer.id
            numbers[each] = made.number
        others = order(session, world.home, world.product, world.agreement, 100).number
        found = home.get_home(session, state.parts, world.who, cast.TODAY)
        assert [each.order.state for each in found.under_way] == ["dispatched", "placed"]
        assert [each.order.number for each in found.again] == [numbers["received"]]
        buyer = world.buyer
    cast.sign_in_as(client, buyer)
    page = client.get("/").text
    assert f"/ordrer/{numbers['received']}/igen" in page
    assert "Bekræft modtagelse" in page
    assert numbers["cancelled"] not in page
    assert others not in page
    state.parts["search"].close()


@on_sqlite
def test_new_buyer_without_agreements_is_told_what_she_can_do(
    client: CatalogueClient, app: Flask
) -> None:
    state: State = app.extensions["catalogue"]
    with state.database.transaction() as session:
        buyer = cast.buyer(session)
    cast.sign_in_as(client, buyer)
    page = client.get("/").text
    assert "Der er intet at bestille endnu" in page
    assert "Ny her?" in page
    state.parts["search"].close()
