"""cXML by real requests: set-up, basket, orders that come back, and news of them."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import Any

import cast
import pytest
from exchange import punchouts
from exchange.punchouts import KIT, connected, fields, item, order, post, send, set_up, status
from exchange.test_punchout_rules import line, needs_kit
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import select

from catalogue.accounts.queries import hash_of
from catalogue.exchange import cxml, cxml_reading, cxml_writing, punchout_connections
from catalogue.exchange.cxml import Envelope, Party
from catalogue.exchange.cxml_writing import Told
from catalogue.exchange.punchout_models import Encoding, Kind, PunchOutSecret
from catalogue.ordering.rules import Price
from catalogue.products.models import Product

ENVELOPE = Envelope(Party("A", "a"), Party("B", "b"), "1@a", cast.NOW, secret="s")
TOLD = Told("RK-77", "2026-11-24T10:00:00+01:00", "o-1", "0330-2026-00001", 1_250_000,
            [("10", cxml_reading.Decimal("2"), "EA")], "Udsolgt & væk", "")  # fmt: skip


def start(client: FlaskClient, answer: Any) -> str:
    """Open the start page of a set-up, and return the beginning of the session's addresses."""
    address = answer.findtext("Response/PunchOutSetupResponse/StartPage/URL")
    opened = client.get(re.sub(r"https?://[^/]+", "", address))
    assert opened.status_code == 303, opened.text
    found = re.match(r"/punchout/\d+", opened.headers["Location"])
    assert found
    return found[0]


def test_all_that_is_sent_is_valid_by_the_dtd_of_its_kind() -> None:
    lines = [line(), line(is_service=True, unspsc="60141100", price=Price(100, 3, "hour"))]
    sent = {
        cxml_writing.answer("1", cast.NOW, 401, "æøå"): "cXML",
        cxml_writing.start_page("1", cast.NOW, "https://a/b?c&d"): "cXML",
        cxml_writing.profile("1", cast.NOW, "https://a"): "cXML",
        cxml_writing.basket(ENVELOPE, "kage", "edit", lines): "cXML",
        cxml_writing.basket(ENVELOPE, "kage", "edit", []): "cXML",
        cxml_writing.confirmation(ENVELOPE, TOLD, accepted=True): "Fulfill",
        cxml_writing.confirmation(ENVELOPE, TOLD, accepted=False): "Fulfill",
        cxml_writing.status_update(ENVELOPE, TOLD, "Afsendt"): "cXML",
    }
    assert {cxml.check(etree.fromstring(each), dtd) == [] for each, dtd in sent.items()} == {True}


def test_price_that_cannot_be_said_for_one_says_for_how_many() -> None:
    message = cxml_writing.basket(ENVELOPE, "kage", "edit", [
        line(price=Price(1_000, 100, "piece")), line(price=Price(100, 3, "piece")),
    ])  # fmt: skip
    found = etree.fromstring(message).findall(".//ItemDetail")
    assert [each.findtext("UnitPrice/Money") for each in found] == ["0.10", "1.00"]
    assert [each.find("PriceBasisQuantity") is None for each in found] == [True, False]


@needs_kit
@pytest.mark.parametrize("name", ["PunchOutSetupRequest", "OrderRequest", "OrderRequest_builder"])
def test_messages_that_others_wrote_are_read(name: str) -> None:
    content = (KIT / "cxml" / "examples" / f"{name}.xml").read_bytes()
    asking, asked = cxml_reading.read(content)
    assert asking.payload_id
    if name == "PunchOutSetupRequest":
        wanted = cxml_reading.read_set_up(asked)
        assert [each.item_number for each in wanted.lines] == ["5555", "6666"]
        assert wanted.return_url == "https://prominate-platform.com/hook-url"
    else:
        sent = cxml_reading.read_order(asked)
        assert sent.order_id
        assert all(each.price_ore for each in sent.lines)


@needs_kit
def test_order_by_an_extended_dtd_is_read_too() -> None:
    content = (KIT / "cxml" / "extended" / "OrderRequest_Custom.xml").read_bytes()
    assert cxml_reading.read_order(cxml_reading.read(content)[1]).lines


@needs_kit
def test_set_up_that_others_wrote_opens_the_shop(app: Flask, client: FlaskClient) -> None:
    to = connected(
        app, Kind.CXML, identity="inbound@prominate-platform.com",
        return_hosts=["prominate-platform.com"],
    )  # fmt: skip
    with app.extensions["catalogue"].database.transaction() as session:
        secret = session.scalars(select(PunchOutSecret)).one()
        secret.secret_hash = hash_of("s3cr3t")
    answer = send(client, to, (KIT / "cxml/examples/PunchOutSetupRequest.xml").read_bytes())
    here = start(client, answer)
    assert "2 linjer kunne ikke" in client.get(f"{here}/soeg").text  # of another shop


@pytest.mark.parametrize("encoding", [Encoding.URLENCODED, Encoding.BASE64])
def test_basket_goes_back_as_a_message(app: Flask, client: FlaskClient, encoding: Encoding) -> None:
    to = connected(app, Kind.CXML, encoding=encoding)
    here = start(client, send(client, to, set_up(to)))
    post(client, f"{here}/kurv/tilfoej", product_id=str(to.world.product.id), quantity="2")
    back = post(client, f"{here}/kurv/retur").text
    assert 'action="https://erp.slagelse.example/cart?x=1" target="_self"' in back
    ((name, value),) = fields(back)
    assert name == f"cXML-{encoding}"
    content = base64.b64decode(value) if encoding == Encoding.BASE64 else value.encode()
    message = etree.fromstring(content)
    assert cxml.check(message) == []
    assert message.findtext(".//BuyerCookie") == "kage"
    assert message.findtext(".//Total/Money") == "25000.00"
    assert message.findtext(".//SupplierPartAuxiliaryID") == str(to.world.product.id)
    extra = {each.get("name"): each.text for each in message.iterfind(".//Extrinsic")}
    assert extra["agreementNumber"] == to.world.agreement.number


def test_line_that_is_too_small_by_now_is_not_said_to_be_off_the_shelf(
    app: Flask, client: FlaskClient
) -> None:
    to = connected(app, Kind.CXML)
    with app.extensions["catalogue"].database.transaction() as session:
        session.get_one(Product, to.world.product.id).minimum_quantity = 5
    lines = item(to.world.product, quantity="3")
    here = start(client, send(client, to, set_up(to, operation="edit", items=lines)))
    assert "den kan ikke bestilles, som den var" in client.get(f"{here}/kurv").text


def test_basket_comes_to_be_edited_and_goes_back_changed(app: Flask, client: FlaskClient) -> None:
    to = connected(app, Kind.CXML)
    lines = item(to.world.product, quantity="3") + item(to.world.product).replace(
        to.world.product.item_number, "V-findes-ikke"
    )
    here = start(client, send(client, to, set_up(to, operation="edit", items=lines)))
    page = client.get(f"{here}/kurv").text
    assert "Én linje kunne ikke" in page
    name = f"quantity_{to.world.product.id}"
    assert re.search(rf'name="{name}"[^>]*value="3"', page)
    post(client, f"{here}/kurv/antal", **{name: "4"})
    ((_name, value),) = fields(post(client, f"{here}/kurv/retur").text)
    assert etree.fromstring(value.encode()).find(".//ItemIn").get("quantity") == "4"


def test_basket_that_is_looked_at_cannot_be_changed(app: Flask, client: FlaskClient) -> None:
    to = connected(app, Kind.CXML)
    sent = set_up(to, operation="inspect", items=item(to.world.product))
    here = start(client, send(client, to, sent))
    assert "Legehus i lærk" in client.get(f"{here}/kurv").text
    product_id = str(to.world.product.id)
    assert post(client, f"{here}/kurv/fjern", product_id=product_id).status_code == 403
    assert post(client, f"{here}/kurv/retur").status_code == 403
    ((_name, value),) = fields(post(client, f"{here}/kurv/afbryd").text)
    assert etree.fromstring(value.encode()).findall(".//ItemIn") == []


def test_start_page_opens_once_and_not_for_long(app: Flask, client: FlaskClient) -> None:
    to = connected(app, Kind.CXML)
    first, second = (send(client, to, set_up(to, payload=each)) for each in ("1", "2"))
    start(client, first)
    address = first.findtext("Response/PunchOutSetupResponse/StartPage/URL")
    again = app.test_client().get(re.sub(r"https?://[^/]+", "", address))
    assert again.status_code == 404
    assert f"frame-ancestors {punchouts.FRAME}" in again.headers["Content-Security-Policy"]
    app.extensions["catalogue"].clock = lambda: cast.NOW + timedelta(minutes=11)
    address = second.findtext("Response/PunchOutSetupResponse/StartPage/URL")
    assert client.get(re.sub(r"https?://[^/]+", "", address)).status_code == 404


def test_start_page_lies_where_we_are_and_not_where_a_host_header_says(
    app: Flask, client: FlaskClient
) -> None:
    to = connected(app, Kind.CXML)
    client.without_csrf = True  # type: ignore[attr-defined]
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer = client.post(f"/punchout/cxml/{to.key}", data=set_up(to), headers=evil)
    address = etree.fromstring(answer.data).findtext("Response/PunchOutSetupResponse/StartPage/URL")
    assert address.startswith(app.extensions["catalogue"].settings.address("punchout", "start"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"secret": "forkert"}, "401"),
        ({"url": "https://evil.example/"}, "403"),
        ({"operation": "source"}, "450"),
        ({"payload": ""}, "400"),
    ],
)
def test_set_up_that_is_not_as_agreed_is_refused_by_its_code(
    app: Flask, client: FlaskClient, changes: dict[str, str], code: str
) -> None:
    to = connected(app, Kind.CXML)
    assert status(send(client, to, set_up(to, **changes))) == code


def test_request_that_is_not_offered_or_not_cxml_gets_a_code_too(
    app: Flask, client: FlaskClient
) -> None:
    to = connected(app, Kind.CXML)
    strange = set_up(to).replace(b"PunchOutSetupRequest", b"QuoteRequest")
    client.without_csrf = True  # type: ignore[attr-defined]
    for sent, code in ((strange, "450"), (b"hej", "400"), (b"", "400")):
        answer = client.post(f"/punchout/cxml/{to.key}", data=sent)
        assert status(etree.fromstring(answer.data)) == code


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("<UnitOfMeasure>", '<PriceBasisQuantity quantity="1E-999999"/><UnitOfMeasure>'),
        ('quantity="1"', 'quantity="1_0"'),
        ('quantity="1"', 'quantity="1,5"'),  # as Danish writes it: no 15
        (">12500.00<", ">12500,00<"),
        ("<ItemDetail>", '<ItemDetail xmlns="10">'),  # a namespace that is no whole address
    ],
)
def test_order_with_what_cannot_be_reckoned_or_hashed_gets_a_code_too(
    app: Flask, client: FlaskClient, good: str, bad: str
) -> None:
    to = connected(app, Kind.CXML)
    sent = order(to, item(to.world.product)).decode()
    assert good in sent
    assert status(send(client, to, sent.replace(good, bad).encode())) == "400"


@pytest.mark.parametrize("place", ["<UnitOfMeasure>", "<Request>", "<Header>"])
def test_reference_to_an_entity_ends_no_process(
    app: Flask, client: FlaskClient, place: str
) -> None:
    to = connected(app, Kind.CXML)
    head = '<?xml version="1.0"?><!DOCTYPE cXML SYSTEM "http://xml.cxml.org/cXML.dtd">'
    sent = order(to, item(to.world.product)).decode()
    sent = head + re.sub(r"^<\?xml[^>]*>|<!DOCTYPE[^>]*>", "", sent)
    assert place in sent
    assert status(send(client, to, sent.replace(place, f"{place}&foo;").encode())) == "400"


def test_set_up_that_is_played_again_is_refused(app: Flask, client: FlaskClient) -> None:
    to = connected(app, Kind.CXML)
    assert status(send(client, to, set_up(to))) == "200"
    assert status(send(client, to, set_up(to))) == "409"


def test_new_key_lets_the_old_one_hold_until_its_day(app: Flask, client: FlaskClient) -> None:
    to = connected(app, Kind.CXML)
    here = app.extensions["catalogue"]
    with here.database.transaction() as session:
        staff = cast.who(session, cast.staff(session, to.world.home))
        new = punchout_connections.rotate(session, staff, to.connection_id, cast.NOW)
    tries = [("1", to.secret), ("2", new)]
    assert {status(send(client, to, set_up(to, payload=p, secret=s))) for p, s in tries} == {"200"}
    here.clock = lambda: cast.NOW + timedelta(days=15)
    assert status(send(client, to, set_up(to, payload="3"))) == "401"
    assert status(send(client, to, set_up(to, payload="4", secret=new))) == "200"
