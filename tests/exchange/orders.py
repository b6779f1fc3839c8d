"""Orders for tests of their documents: as many as Hypothesis can think of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import cast
from exchange.catalogues import CVR, one_line
from hypothesis import strategies as st
from ordering.world import DELIVERY

from catalogue.accounts.models import Municipality
from catalogue.core.money import line_net_ore
from catalogue.enterprises.models import Enterprise
from catalogue.exchange.told import Told
from catalogue.ordering import rules
from catalogue.ordering.models import Order, OrderEvent, OrderLine, OrderState
from catalogue.ordering.policy_models import OrderChange
from catalogue.ordering.shipment_models import Shipment, ShipmentLine
from catalogue.products.models import Unit

HOME = Municipality(name="Slagelse", cvr="29188505")
note = st.none() | st.text(st.sampled_from("abcæøå &<>\"'\n\t\x0b😀1."), max_size=30)
quantities = st.integers(1, 99_999_999).map(lambda each: Decimal(each).scaleb(-3))


@st.composite
def lines(draw: st.DrawFn, position: int) -> OrderLine:
    """Draw a line with a quantity of up to three decimals and a price for one or several units."""
    price, base = draw(st.integers(0, 10**9)), draw(st.sampled_from([1, 3, 7, 10, 100, 1000]))
    quantity = draw(quantities)
    return OrderLine(
        position=position, item_number=draw(one_line), title=draw(one_line), unit=draw(
            st.sampled_from(list(Unit))
        ).value,
        category_code=cast.PLAY_HOUSES, quantity=quantity, price_ore=price,
        price_base_quantity=base, vat_rate=draw(st.sampled_from([25, 0])),
        net_ore=line_net_ore(price, quantity, base),
        agreement_number=draw(st.sampled_from(["A-2026-1", "A-2026-2"])),
    )  # fmt: skip


@st.composite
def orders(draw: st.DrawFn, most: int = 12) -> Told:
    """Draw an order with its sides, placed; its sums are reckoned as orders reckon them."""
    found = [draw(lines(position)) for position in range(1, draw(st.integers(1, most)) + 1)]
    sums = rules.totals((each.net_ore, each.vat_rate) for each in found)
    seller = Enterprise(
        cvr=CVR, name=draw(one_line), street=draw(one_line), postcode="4200", city="Slagelse",
        email="post@legehytten.example", phone=draw(st.sampled_from([None, "12345678"])),
    )  # fmt: skip
    order = Order(
        number="0330-2026-00017", placed_at=cast.NOW, state="placed", gln=cast.GLN,
        institution=draw(one_line), street=draw(one_line), postcode="4200", city="Slagelse",
        contact_name=draw(one_line), contact_email="bo@slagelse.example",
        contact_phone=draw(st.sampled_from([None, "58573600"])), reference=draw(one_line),
        account_coding=draw(st.none() | one_line), note=draw(note), currency="DKK",
        net_ore=sums.net_ore, vat_ore=sums.vat_ore, delivery_on=draw(st.sampled_from(
            [None, date(2026, 12, 24)]
        )), lines=found,
        events=[OrderEvent(id=7, state="placed", at=cast.NOW, reason=None)],
    )  # fmt: skip
    return Told(order, seller, HOME)


def one_order() -> Told:
    """Return an order of two and a half play houses."""
    line = OrderLine(
        position=1, item_number="V-1", title="Legehus i lærk", unit="piece",
        category_code=cast.PLAY_HOUSES, quantity=Decimal("2.500"), price_ore=1_250_000,
        price_base_quantity=1, vat_rate=25, net_ore=3_125_000, agreement_number="A-2026-1",
    )  # fmt: skip
    seller = Enterprise(
        cvr=CVR, name="Legehytten", street="Savværksvej 1", postcode="4200", city="Slagelse",
        email="post@legehytten.example",
    )  # fmt: skip
    order = Order(
        **vars(DELIVERY), number="0330-2026-00017", placed_at=cast.NOW, state="placed",
        currency="DKK", net_ore=3_125_000, vat_ore=781_250, lines=[line],
        events=[OrderEvent(id=7, state="placed", at=cast.NOW, reason=None)],
    )  # fmt: skip
    return Told(order, seller, HOME)


@st.composite
def proposed(draw: st.DrawFn) -> Told:
    """Draw an order for which the enterprise proposes a later day, less or a lower price."""
    told = draw(orders(4))
    new = {}
    for line in told.order.lines:
        share = draw(st.sampled_from([None, {"quantity": "0"}, {"quantity": "0.5"},
                                      {"price_ore": line.price_ore // 2}]))  # fmt: skip
        if share:
            new[str(line.position)] = share
    change = OrderChange(lines=new, delivery_on=draw(st.none() | st.dates()), reason="Træ mangler")
    told.order.events[-1].reason = change.reason
    return Told(told.order, told.enterprise, told.municipality, change)


@st.composite
def delivered(draw: st.DrawFn, most: int = 12) -> Told:
    """Draw an order that went in up to three shipments, of which all, some or nothing came.

    Lines are goods or work, and some are split over up to four codings.
    """
    told = draw(orders(most))
    order = told.order
    order.state = OrderState(draw(st.sampled_from(["sending", "dispatched", "received", "closed"])))
    for line in order.lines:
        line.kind = draw(st.sampled_from(["goods", "service"]))
        if order.state in ("received", "closed"):
            line.received_quantity = draw(st.none() | _about(line.quantity))
    order.shipments = [
        Shipment(
            number=number, dispatched_on=cast.TODAY + timedelta(days=number),
            received_at=draw(st.sampled_from([None, cast.NOW + timedelta(days=number + 2)])),
            lines=[
                ShipmentLine(
                    position=line.position, quantity=draw(_about(line.quantity)),
                    received_quantity=draw(st.none() | _about(line.quantity)),
                )
                for line in order.lines
                if line.kind == "goods" and draw(st.booleans())
            ],
        )
        for number in range(1, draw(st.integers(0, 3)) + 1)
    ]  # fmt: skip
    weights = {line.position: draw(weighing) for line in order.lines if draw(st.booleans())}
    return replace(told, weights=weights)


weighing = st.dictionaries(one_line, st.integers(0, 10**6), min_size=1, max_size=4).map(
    lambda each: [*each.items()]
)


def _about(quantity: Decimal) -> st.SearchStrategy[Decimal]:
    """Return quantities from nothing to a little more than that."""
    thousandths = int(quantity * 1000)
    return st.integers(0, thousandths + 500).map(lambda each: Decimal(each).scaleb(-3))
