"""Orders that come as cXML: placed once, as a test not at all, and judged by the rules of today."""

from __future__ import annotations

from datetime import date

import cast
import pytest
from exchange.punchouts import connected, item, order, post, send, set_up, status
from exchange.test_punchout_cxml import start
from flask import Flask
from flask.testing import FlaskClient
from ordering.test_addresses import ADDRESS
from sqlalchemy import select

from catalogue.exchange import cxml_reading, punchout_connections, punchout_orders
from catalogue.exchange.punchout_messages import NotKnown
from catalogue.exchange.punchout_models import Kind, PunchOutConnection
from catalogue.ordering import addresses, budgets
from catalogue.ordering.address_schema import AddressFacts
from catalogue.ordering.budget_rules import Terms
from catalogue.ordering.models import Order
from catalogue.products.models import Product


def test_order_that_comes_back_is_placed_once(app: Flask, client: FlaskClient) -> None:
    to = connected(app, Kind.CXML)
    sent = order(to, item(to.world.product, quantity="2"))
    first, again = (send(client, to, sent).findtext("Response/Status") for _ in range(2))
    assert first == again
    with app.extensions["catalogue"].database.reading() as session:
        made = session.scalars(select(Order)).one()
    assert made.number in first
    assert (made.net_ore, made.reference, made.gln) == (2_500_000, "RK-77", cast.GLN)
    assert (made.institution, made.contact_name) == ("Børnehuset Regnbuen", "Bo Berg")
    other = order(to, item(to.world.product, quantity="3"))
    assert status(send(client, to, other)) == "409"  # the same payloadID for something else


def test_order_under_a_new_payload_is_the_same_order(app: Flask, client: FlaskClient) -> None:
    to = connected(app, Kind.CXML)
    first = send(client, to, order(to, item(to.world.product, quantity="2")))
    same = order(to, item(to.world.product, quantity="2"), payload="o-2")
    again = send(client, to, same)
    assert again.findtext("Response/Status") == first.findtext("Response/Status")
    with app.extensions["catalogue"].database.reading() as session:
        (made,) = session.scalars(select(Order)).all()
    other = send(client, to, order(to, item(to.world.product, quantity="3"), payload="o-3"))
    assert status(other) == "409"
    assert made.number in (other.findtext("Response/Status") or "")
    new = order(to, item(to.world.product, quantity="3"), payload="o-4").replace(b"RK-77", b"RK-78")
    assert status(send(client, to, new)) == "200"


def test_basket_of_a_visit_tells_no_budget_of_whom_the_system_ordered_for_last(
    app: Flask, client: FlaskClient
) -> None:
    to = connected(app, Kind.CXML)
    assert status(send(client, to, order(to, item(to.world.product)))) == "200"
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.who(session, cast.staff(session, to.world.home))
        addresses.keep(session, to.world.who, AddressFacts(**ADDRESS), cast.NOW)
        year = Terms(cast.GLN, date(2026, 1, 1), date(2026, 12, 31), 100)
        budgets.enter(session, staff, year, cast.NOW)
    here = start(client, send(client, to, set_up(to)))
    post(client, f"{here}/kurv/tilfoej", product_id=str(to.world.product.id), quantity="1")
    page = client.get(f"{here}/kurv").text
    assert "Legehus i lærk" in page
    assert "Budget" not in page


def test_order_that_is_a_test_is_judged_and_orders_nothing(app: Flask, client: FlaskClient) -> None:
    to = connected(app, Kind.CXML)
    real = order(to, item(to.world.product))
    test = real.replace(b"<Request>", b'<Request deploymentMode="test">')
    told = send(client, to, test)
    assert (status(told), "deploymentMode" in told.findtext("Response/Status")) == ("200", True)
    dear = order(to, item(to.world.product, price="1.00"))
    assert status(send(client, to, dear.replace(b"<Request>", b'<Request deploymentMode="test">')))\
        == "406"  # fmt: skip
    database = app.extensions["catalogue"].database
    with database.reading() as session:
        assert session.scalars(select(Order)).all() == []
    assert status(send(client, to, real)) == "200"
    with database.reading() as session:
        assert len(session.scalars(select(Order)).all()) == 1


@pytest.mark.parametrize("kind", ["update", "delete"])
def test_order_is_neither_changed_nor_deleted_by_another_message(
    app: Flask, client: FlaskClient, kind: str
) -> None:
    to = connected(app, Kind.CXML)
    sent = order(to, item(to.world.product))
    send(client, to, sent)
    later = order(to, item(to.world.product, quantity="2"), payload="o-2")
    later = later.replace(b'orderID="RK-77"', f'orderID="RK-77" type="{kind}"'.encode())
    assert status(send(client, to, later)) == "450"
    with app.extensions["catalogue"].database.reading() as session:
        assert session.scalars(select(Order)).one().net_ore == 1_250_000


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('type="changed"', "400"),
        ('orderType="blanket"', "450"),
        ('orderType="release"', "200"),
        ('requestedDeliveryDate="i morgen"', "400"),
    ],
)
def test_order_of_another_kind_is_not_taken_for_a_regular_one(
    app: Flask, client: FlaskClient, said: str, code: str
) -> None:
    to = connected(app, Kind.CXML)
    sent = order(to, item(to.world.product))
    sent = sent.replace(b'orderID="RK-77"', f'orderID="RK-77" {said}'.encode())
    assert status(send(client, to, sent)) == code
    with app.extensions["catalogue"].database.reading() as session:
        assert len(session.scalars(select(Order)).all()) == (code == "200")


@pytest.mark.parametrize(
    ("header", "line", "note"),
    [
        ("2026-12-01T00:30:00+01:00", "", "Ring først – Ønskes leveret 1. dec. 2026"),
        ("", "2026-12-02", "Ring først – Ønskes leveret 2. dec. 2026"),
        (
            "2026-12-01T08:00:00+01:00",
            "2026-12-02",
            "Ring først – Ønskes leveret fra 1. dec. 2026 til 2. dec. 2026",
        ),
        ("", "", "Ring først"),
    ],
)
def test_day_that_an_order_is_asked_to_come_on_reaches_the_enterprise(
    app: Flask, client: FlaskClient, header: str, line: str, note: str
) -> None:
    to = connected(app, Kind.CXML)
    dated = item(to.world.product, number="20")
    if line:
        dated = dated.replace("<ItemOut ", f'<ItemOut requestedDeliveryDate="{line}" ')
    lines = dated if not header else item(to.world.product) + dated
    sent = order(to, lines).replace(
        b"</OrderRequestHeader>", b"<Comments>Ring f\xc3\xb8rst</Comments></OrderRequestHeader>"
    )
    if header:
        dated_too = f'orderID="RK-77" requestedDeliveryDate="{header}"'
        sent = sent.replace(b'orderID="RK-77"', dated_too.encode())
    assert status(send(client, to, sent)) == "200"
    with app.extensions["catalogue"].database.reading() as session:
        assert session.scalars(select(Order)).one().note == note


def test_lines_to_several_addresses_or_in_several_currencies_are_refused(
    app: Flask, client: FlaskClient
) -> None:
    to = connected(app, Kind.CXML)
    sent = order(to, item(to.world.product))
    euros = sent.replace(b'<Money currency="DKK">12500.00', b'<Money currency="EUR">12500.00')
    assert status(send(client, to, euros)) == "406"
    ship = sent[sent.index(b"<ShipTo>") : sent.index(b"</ShipTo>") + len(b"</ShipTo>")]
    in_line = sent.replace(b"</ItemOut>", ship + b"</ItemOut>")
    elsewhere = in_line.replace(b"Skovvej 3", b"Andenvej 9").replace(b"Andenvej 9", b"Skovvej 3", 1)
    assert b"Andenvej 9" in elsewhere
    assert status(send(client, to, elsewhere)) == "406"
    assert status(send(client, to, in_line.replace(ship, b"", 1))) == "200"
    with app.extensions["catalogue"].database.reading() as session:
        made = session.scalars(select(Order)).one()
    assert (made.street, made.institution) == ("Skovvej 3", "Børnehuset Regnbuen")


def test_lines_that_share_a_number_are_refused(app: Flask, client: FlaskClient) -> None:
    to = connected(app, Kind.CXML)
    twice = item(to.world.product, number="10") * 2
    answer = send(client, to, order(to, twice))
    assert status(answer) == "406"
    assert "10" in "".join(answer.itertext())
    other = item(to.world.product, number="10") + item(to.world.product, number="20")
    assert status(send(client, to, order(to, other, payload="o-2"))) == "200"


@pytest.mark.parametrize(
    ("unit", "code"),
    [("EA", "200"), ("H87", "200"), ("pce", "200"), ("", "200"), ("Stk", "200"), ("XBX", "406"),
     ("HUR", "406"), ("kgm", "406")],
)  # fmt: skip
def test_other_unit_than_that_of_the_product_is_refused(
    app: Flask, client: FlaskClient, unit: str, code: str
) -> None:
    to = connected(app, Kind.CXML)
    sent = order(to, item(to.world.product)).replace(b"Measure>EA<", f"Measure>{unit}<".encode())
    assert status(send(client, to, sent)) == code


@pytest.mark.parametrize(
    ("line_changes", "order_changes", "code"),
    [
        ({"price": "12499.00"}, {}, "406"),
        ({"quantity": "0"}, {}, "406"),
        ({}, {"currency": "EUR"}, "406"),
        ({"price": "13000.00"}, {}, "200"),  # it has fallen since
    ],
)
def test_order_is_judged_by_the_rules_of_today(
    app: Flask, client: FlaskClient, line_changes: dict[str, str], order_changes: dict[str, str],
    code: str,
) -> None:  # fmt: skip
    to = connected(app, Kind.CXML)
    sent = order(to, item(to.world.product, **line_changes), **order_changes)
    assert status(send(client, to, sent)) == code
    with app.extensions["catalogue"].database.reading() as session:
        assert len(session.scalars(select(Order)).all()) == (code == "200")


@pytest.mark.parametrize(
    ("price", "today_ore", "code"),
    [
        ("0.0333", 333, "200"),  # as it went out with the basket
        ("0.03", 333, "200"),  # rounded to øre over there
        ("0.0333", 380, "406"),  # risen by a seventh, though by less than half an øre each
        ("0.03", 380, "406"),
    ],
)
def test_price_of_less_than_an_oere_more_each_is_a_risen_one(
    app: Flask, client: FlaskClient, price: str, today_ore: int, code: str
) -> None:
    to = connected(app, Kind.CXML)
    with app.extensions["catalogue"].database.transaction() as session:
        product = session.get_one(Product, to.world.product.id)
        product.price_ore, product.price_base_quantity = today_ore, 100
    sent = order(to, item(to.world.product, price=price, quantity="1000"))
    assert status(send(client, to, sent)) == code


def test_order_is_not_taken_when_its_connection_was_closed_since_it_was_let_in(
    app: Flask,
) -> None:
    to = connected(app, Kind.CXML)
    asking, asked = cxml_reading.read(order(to, item(to.world.product)))
    sent = (asking, cxml_reading.read_order(asked))
    database = app.extensions["catalogue"].database
    with database.reading() as session:
        let_in = session.get_one(PunchOutConnection, to.connection_id)
    with database.transaction() as session:
        staff = cast.who(session, cast.staff(session, to.world.home))
        punchout_connections.close(session, staff, to.connection_id, cast.NOW)
    with database.transaction() as session, pytest.raises(NotKnown):
        punchout_orders.take_order(session, let_in, sent, cast.NOW)
