"""The pages of frames: chosen, called off, seen by both sides, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import cast
from drawn import placing_key
from flask import Flask
from ordering import quoting
from ordering.test_pages import browser
from ordering.world import FORM

PARTS = {"coding_1_1": "1111", "part_1_1": "60 %", "coding_1_2": "2222", "part_1_2": ""}


def asked(app: Flask) -> tuple[quoting.World, str]:
    """Have one quote that can be chosen; return the address of its choice."""
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        world = quoting.make(session)
        made = quoting.ask(session, world)
        quote = quoting.send(session, world, 0, made)
    state.clock = lambda: cast.NOW + timedelta(days=11)
    return world, f"/tilbud/{made.id}/vaelg/{quote.id}"


def test_buyer_chooses_a_frame_and_calls_it_off_and_the_enterprise_sees_what_is_left(
    app: Flask,
) -> None:
    world, address = asked(app)
    buyer, worker = browser(app, world.buyer), browser(app, world.workers[0])
    chosen = {"reason": "Laveste pris", "revision": "1", "frame": "1", "frame_kind": "quantity"}
    assert buyer.post(address, data=chosen | {"frame_until": "2020-01-01"}).status_code == 422
    made = buyer.post(address, data=chosen | {"frame_until": "2027-06-30"})
    frame = made.headers["Location"]
    form = FORM | {"placing_key": key_in(buyer.get(frame)), "quantity_1": "13"}
    refused = buyer.post(frame, data=form)
    assert refused.status_code == 422 and "kun 12,5 tilbage" in refused.text
    order = buyer.post(frame, data=form | {"quantity_1": "10", "quantity_2": ""})
    assert "Trukket på rammen: Pasning af bede" in buyer.get(order.headers["Location"]).text
    page = worker.get(frame).text
    assert "0330-2026-00001" in page and "2,5" in page and '<form class="form"' not in page
    assert "/rammer/" in worker.get("/tilbudsforespoergsler/1").text
    buyer.post(f"{frame}/afslut")
    assert "Rammen blev afsluttet" in buyer.get(frame).text


def test_quote_is_ordered_with_a_line_split_over_two_codings(app: Flask) -> None:
    world, address = asked(app)
    buyer = browser(app, world.buyer)
    wrong = FORM | {"reason": "Laveste pris", "revision": "1"} | PARTS | {"part_1_2": "50 %"}
    assert buyer.post(address, data=wrong).status_code == 422
    order = buyer.post(address, data=wrong | PARTS)
    page = buyer.get(order.headers["Location"]).text.replace("\u00a0", " ")
    assert "1111 (3.375,00 kr.), 2222 (2.250,00 kr.)" in page


def test_who_may_no_longer_order_a_quote_is_told_before_the_form(app: Flask) -> None:
    world, address = asked(app)
    buyer = browser(app, world.buyer)
    assert buyer.get(address).status_code == 200
    with app.extensions["catalogue"].database.transaction() as session:
        cast.mandatory(session, world.home, categories=["77300000"])
    for ask in (buyer.get, buyer.post):
        assert ask(address).headers["Location"] == "/tilbud/1"
        assert "Dette skal købes på en fast aftale" in buyer.get("/tilbud/1").text


def test_a_frame_under_a_mandatory_agreement_says_where_to_buy_in_place_of_its_form(
    app: Flask,
) -> None:
    world, address = asked(app)
    buyer = browser(app, world.buyer)
    chosen = {"reason": "Laveste pris", "revision": "1", "frame": "1", "frame_kind": "quantity"}
    frame = buyer.post(address, data=chosen | {"frame_until": "2027-06-30"}).headers["Location"]
    assert 'id="call-off"' in buyer.get(frame).text
    with app.extensions["catalogue"].database.transaction() as session:
        cast.mandatory(session, world.home, categories=["77300000"])
    page = buyer.get(frame).text
    assert "Dette skal købes på en fast aftale" in page
    assert 'id="call-off"' not in page


def key_in(page: Any) -> str:
    """Return the key of the form on a page."""
    return placing_key(page.text)
