"""Orders as they stand in the database, of one line, on any day and in any state."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import count

import cast
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements.models import Agreement
from catalogue.ordering.models import Order, OrderLine, OrderState
from catalogue.products.models import Product

_sequences = count(1)


def order(
    session: Session,
    at: Municipality,
    product: Product,
    agreement: Agreement,
    net_ore: int,
    placed_at: datetime = cast.NOW,
    state: OrderState = OrderState.PLACED,
) -> Order:
    """Make an order of one line."""
    sequence = next(_sequences)
    made = Order(
        number=f"{at.code}-{sequence}", municipality_id=at.id, year=2026, sequence=sequence,
        enterprise_id=product.enterprise_id, buyer_id=cast.buyer(session, at).id,
        placing_key=str(sequence), placed_at=placed_at, state=state, gln=cast.GLN,
        institution="Børnehuset", street="Skovvej 3", postcode="4200", city="Slagelse",
        contact_name="Bo", contact_email="bo@slagelse.example", reference="BO",
        net_ore=net_ore, vat_ore=net_ore // 4,
    )  # fmt: skip
    made.lines = [
        OrderLine(
            position=1, product_id=product.id, product_version=1, item_number="1", title="Vare",
            category_code=product.category_code, unit="piece", quantity=Decimal(1),
            price_ore=net_ore, vat_rate=25, net_ore=net_ore, agreement_id=agreement.id,
            agreement_number=agreement.number,
        )
    ]  # fmt: skip
    session.add(made)
    session.flush()
    return made
