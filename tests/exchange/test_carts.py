"""Shopping carts of Peppol (T77): a basket is told as it is, and published examples are kept."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import cast
import pytest
from exchange import peppol_kit
from ordering.world import make, put, second_enterprise
from sqlalchemy.orm import Session

from catalogue.exchange import cart_document, documents
from catalogue.exchange.cart_document import Amount
from catalogue.exchange.peppol_document import Quantity
from catalogue.ordering import basket, items

EXAMPLES = sorted((peppol_kit.FOLDER / "examples" / "T77").glob("*.xml"))


@peppol_kit.needed
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_published_carts_keep_their_facts_when_written_anew(path: Path) -> None:
    found = documents.read(path.read_bytes(), documents.CART)
    again = documents.write(found, documents.CART)
    assert documents.read(again, documents.CART) == found
    assert peppol_kit.fatal(again, "T77") == []


def test_lines_of_an_enterprise_become_its_cart(session: Session) -> None:
    world = make(session)
    put(session, world, "2.5")
    other = second_enterprise(session, world)
    basket.add(session, world.who, other.id, Decimal(3), cast.NOW)
    session.flush()
    found = items.check(session, world.who, cast.TODAY)
    own = [each for each in found if each.product.enterprise_id == world.enterprise.id]
    cart = cart_document.draw(own, world.enterprise, world.home, "K-1", cast.NOW)
    (line,) = cart.lines
    assert (line.price, line.quantity) == (
        Amount(Decimal("12500.00"), "DKK"),
        Quantity(Decimal("2.5"), "H87"),
    )
    assert (cart.contract, line.tax.category) == (world.agreement.number, "S")
    written = documents.write(cart, documents.CART)
    assert documents.read(written, documents.CART) == cart
    if peppol_kit.IS_THERE:
        assert peppol_kit.fatal(written, "T77") == []
