"""Orders that a purchasing system sends in by cXML, after the buyer's basket went back to it.

They are placed by the same verb as all orders and judged by the same rules; the price that the
purchasing system names is what its buyer has accepted.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Conflict
from catalogue.core.fields import load
from catalogue.core.text import day as day_text
from catalogue.core.text import gettext, money, reading_in, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.ordering import basket as baskets
from catalogue.ordering import items as judging
from catalogue.ordering import service as ordering
from catalogue.ordering.items import Item
from catalogue.ordering.models import Order
from catalogue.ordering.rules import Delivery
from catalogue.ordering.schema import DeliverySchema
from catalogue.products.models import Product

from . import punchout_messages as messages
from .cxml import UnreadableMessage
from .cxml_reading import Asking, OrderSent, Wanted
from .peppol_prices import UNITS
from .punchout_connections import buyer_of
from .punchout_models import PunchOutConnection, PunchOutMessage, PunchOutOrder
from .punchout_products import find_product
from .punchout_sessions import MOST

CALLS = ("regular", "release")  # a release is of an agreement, as all orders are here


class OrderNotTaken(Conflict):
    """The order cannot be placed as it was sent; nothing was ordered."""

    title = _("The order cannot be taken")


def take_order(
    session: Session,
    connection: PunchOutConnection,
    sent: tuple[Asking, OrderSent],
    now: datetime,
) -> list[str]:
    """Make a message into one order for each enterprise, and return their numbers.

    The same order again, by the same message or one with a new payloadID, returns the same numbers
    and orders nothing. Raises UnreadableMessage, Replayed, OrderNotTaken, Invalid for a delivery
    that lacks something, and what placing raises.
    """
    asking, order = sent
    messages.lock(session, connection)
    if (before := messages.find(session, connection, asking)) is not None:
        return _numbers_of(session, before)
    _check_kind(order)
    if (same := messages.find_order(session, connection, order.order_id)) is not None:
        return _as_before(session, same, asking)
    who = buyer_of(connection, order=hashlib.sha256(asking.payload_id.encode()).hexdigest()[:20])
    delivery = _read_delivery(connection, order)
    message = messages.take(session, connection, asking, now)
    found = [_find(session, each) for each in order.lines]
    for product, wanted in zip(found, order.lines, strict=True):
        _put(session, who, product, wanted, now)
    _check_prices(judging.check(session, who, today_in_copenhagen(now)), found, order.lines)
    placed = ordering.place(session, who, delivery, _key(connection, asking), now)
    session.add_all(PunchOutOrder(order_id=each.id, message_id=message.id) for each in placed)
    message.facts = _facts(order, found) | {"parties": asking.parties}
    _record(session, connection, placed, now)
    return [each.number for each in placed]


def _as_before(session: Session, same: PunchOutMessage, asking: Asking) -> list[str]:
    """Return the numbers of an order that came before; raises Replayed if it was another."""
    numbers = _numbers_of(session, same)
    if same.digest == asking.digest:
        return numbers
    raise messages.Replayed(
        _("An order with this orderID came before, as %(numbers)s. Send another order under another"
          " orderID; to change that one, call the enterprise.", numbers=", ".join(numbers))
    )  # fmt: skip


def _facts(order: OrderSent, found: Sequence[Product]) -> dict[str, Any]:
    """Return what news of the order will be told by: its numbers and units over there."""
    return {
        "order_id": order.order_id,
        "ordered_at": order.ordered_at,
        "lines": [
            [product.id, wanted.number, str(wanted.quantity), wanted.unit]
            for product, wanted in zip(found, order.lines, strict=True)
        ],
    }


def _check_kind(order: OrderSent) -> None:
    if order.kind != "new":
        raise UnreadableMessage(
            _("Orders that change or take back others are not offered: call the enterprise."), 450
        )
    if order.call not in CALLS:
        raise UnreadableMessage(
            _("Only regular orders are taken: nothing can be ordered from a frame later."), 450
        )
    if order.currency != "DKK":
        raise UnreadableMessage(_("Orders are taken in DKK only."), 406)
    ((number, times),) = Counter(each.number for each in order.lines).most_common(1) or [("", 0)]
    if times > 1:  # the confirmation names lines by it
        raise UnreadableMessage(
            _("Line %(line)s: give each line a lineNumber of its own.", line=number), 406
        )


def _read_delivery(connection: PunchOutConnection, order: OrderSent) -> Delivery:
    given: dict[str, str | None] = {
        "gln": connection.gln,
        "contact_email": connection.contact_email,
        "contact_name": order.delivery.get("institution"),
        **order.delivery,
    }
    with reading_in("da"):  # the enterprise reads it, not who sent it
        wished = _wished(order)
    given["note"] = " – ".join(filter(None, (order.delivery.get("note"), wished))) or None
    return Delivery(**load(DeliverySchema(), given))


def _wished(order: OrderSent) -> str:
    """Return when the order is asked to come; lines of other enterprises are not told apart."""
    days = sorted(day for each in order.lines if (day := each.wished_on or order.wished_on))
    if not days:
        return ""
    first, last = day_text(days[0]), day_text(days[-1])
    if first == last:
        return gettext("Asked to come on %(day)s", day=first)
    return gettext("Asked to come from %(first)s to %(last)s", first=first, last=last)


def _find(session: Session, wanted: Wanted) -> Product:
    product = find_product(session, wanted)
    if product is None:
        raise OrderNotTaken(
            _("Line %(line)s: the product %(number)s is not known. Send SupplierPartID and"
              " SupplierPartAuxiliaryID as they came with the basket.",
              line=wanted.number, number=wanted.item_number)
        )  # fmt: skip
    # Systems that do not know a unit write it as a piece, or by a name of their own.
    if UNITS.get(wanted.unit.upper(), "piece") not in ("piece", product.unit):
        raise OrderNotTaken(
            _("Line %(line)s: the unit is another than that of the product.", line=wanted.number)
        )
    return product


def _put(session: Session, who: Who, product: Product, wanted: Wanted, now: datetime) -> None:
    if not 0 < wanted.quantity <= MOST or wanted.quantity != round(wanted.quantity, 3):
        raise OrderNotTaken(_("Line %(line)s: the quantity cannot be read.", line=wanted.number))
    try:
        baskets.add(session, who, product.id, wanted.quantity, now)
    except baskets.NotOrderable as error:
        raise OrderNotTaken(
            _("Line %(line)s: %(reason)s", line=wanted.number, reason=str(error.detail))
        ) from None


def _check_prices(items: Sequence[Item], found: Sequence[Product], lines: Sequence[Wanted]) -> None:
    """Raise OrderNotTaken where a price is higher today than the one the order names.

    A price that has fallen is passed on.
    """
    charged = {each.product.id: each.charged for each in items}
    for product, wanted in zip(found, lines, strict=True):
        price = charged[product.id]
        today_ore = Decimal(price.ore) / price.base_quantity
        if wanted.price_ore is None or today_ore > wanted.price_ore + wanted.slack_ore:
            raise OrderNotTaken(
                _("Line %(line)s: the price is %(price)s today. Open the catalogue again and"
                  " order at that price.", line=wanted.number, price=money(round(today_ore)))
            )  # fmt: skip


def _key(connection: PunchOutConnection, asking: Asking) -> str:
    return hashlib.sha256(f"{connection.id}:{asking.payload_id}".encode()).hexdigest()


def _numbers_of(session: Session, message: PunchOutMessage) -> list[str]:
    query = (
        select(Order.number)
        .join(PunchOutOrder, PunchOutOrder.order_id == Order.id)
        .where(PunchOutOrder.message_id == message.id)
    )
    numbers = list(session.scalars(query.order_by(Order.id)))
    if not numbers:
        raise messages.Replayed(_("This message came before, and made no order."))
    return numbers


def _record(
    session: Session, connection: PunchOutConnection, placed: Sequence[Order], now: datetime
) -> None:
    facts = {"orders": [each.number for each in placed]}
    audit.record(
        session, "punchout.order_taken", ("punchout_connection", connection.id),
        person_id=connection.person_id, now=now, facts=audit.changes({}, facts),
        municipality_id=connection.municipality_id,
    )  # fmt: skip
