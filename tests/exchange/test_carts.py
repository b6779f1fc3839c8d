"""Shopping carts of Peppol (T77): a basket is told as it is, and published examples are kept."""

from __future__ import annotations

import base64
from decimal import Decimal
from pathlib import Path

import cast
import pytest
from conftest import CatalogueClient, on_sqlite
from exchange import peppol_kit
from exchange.punchouts import call, connected, fields, post
from flask import Flask
from ordering.world import make, put, second_enterprise
from sqlalchemy.orm import Session

from catalogue.exchange import cart_document, documents, punchout_lines
from catalogue.exchange.cart_document import Amount
from catalogue.exchange.peppol_document import Quantity
from catalogue.exchange.punchout_models import Encoding
from catalogue.ordering import basket, items

EXAMPLES = sorted((peppol_kit.FOLDER / "examples" / "T77").glob("*.xml"))


@peppol_kit.needed
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_published_carts_keep_their_facts_when_written_anew(path: Path) -> None:
    found = documents.read(path.read_bytes(), documents.CART)
    again = documents.write(found, documents.CART)
    assert documents.read(again, documents.CART) == found
    assert peppol_kit.fatal(again, "T77") == []


def test_lines_become_a_cart_for_each_enterprise(session: Session) -> None:
    world = make(session)
    put(session, world, "2.5")
    other = second_enterprise(session, world)
    basket.add(session, world.who, other.id, Decimal(3), cast.NOW)
    session.flush()
    lines = punchout_lines.of_items(session, items.check(session, world.who, cast.TODAY))
    carts = cart_document.draw(lines, world.home, ("K-1", "kage"), cast.NOW)
    assert sorted(each.number for each in carts) == ["K-1-1", "K-1-2"]
    (cart,) = [each for each in carts if each.provider.legal_name == world.enterprise.name]
    (line,) = cart.lines
    assert (line.price, line.quantity) == (
        Amount(Decimal("12500.00"), "DKK"),
        Quantity(Decimal("2.5"), "H87"),
    )
    assert (cart.contract, line.tax.category, cart.reference) == (
        world.agreement.number, "S", "kage",
    )  # fmt: skip
    for each in carts:
        written = documents.write(each, documents.CART)
        assert documents.read(written, documents.CART) == each
        if peppol_kit.IS_THERE:
            assert peppol_kit.fatal(written, "T77") == []


@on_sqlite
def test_basket_goes_back_as_carts_where_the_system_asks_for_them(
    app: Flask, client: CatalogueClient
) -> None:
    to = connected(app, encoding=Encoding.PEPPOL)
    here = call(client, to).headers["Location"].removesuffix("/soeg")
    post(client, f"{here}/kurv/tilfoej", product_id=str(to.world.product.id), quantity="2")
    back = post(client, f"{here}/kurv/retur").text
    assert 'action="https://erp.slagelse.example/hook"' in back
    told = dict(fields(back))
    assert told["session"] == "a b"  # what stood in the address comes back beside
    cart = documents.read(base64.b64decode(told["UBL_CART[1]"]), documents.CART)
    assert cart.receiver.legal_name == "Slagelse Kommune"
    assert not any(name.startswith("NEW_ITEM") for name in told)
