"""What hangs on an order and names people or is in their own words: it goes when it is old."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from catalogue.exchange.route_models import ReceivedDocument
from catalogue.ordering.message_models import MessageFile, MessageRead, OrderMessage
from catalogue.ordering.models import Approval, Order, OrderLine
from catalogue.ordering.policy_models import OrderChange
from catalogue.ordering.shipment_models import Shipment, ShipmentLine
from catalogue.ordering.side_models import OrderSides

from .rows import Old

GONE = "–"  # where a name stood that is not kept any more


def of_orders(ids: Select[Any]) -> Iterator[Old]:
    """Tell what of all that hangs on these orders is to go, in a possible order."""
    written = select(OrderMessage.id).where(OrderMessage.order_id.in_(ids))
    yield Old(MessageFile, MessageFile.message_id.in_(written))
    yield Old(MessageRead, MessageRead.order_id.in_(ids))
    yield Old(OrderMessage, OrderMessage.order_id.in_(ids))
    yield Old(OrderSides, OrderSides.order_id.in_(ids))
    nobody = {"note": None, "received_by": None, "recipient": None}
    yield Old(Shipment, Shipment.order_id.in_(ids), nobody)
    shipments = select(Shipment.id).where(Shipment.order_id.in_(ids))
    yield Old(ShipmentLine, ShipmentLine.shipment_id.in_(shipments), {"deviation": None})
    yield Old(OrderLine, OrderLine.order_id.in_(ids), {"deviation": None})
    yield Old(Approval, Approval.order_id.in_(ids), {"person_name": GONE})
    yield Old(OrderChange, OrderChange.order_id.in_(ids), {"reason": GONE})
    numbers = select(Order.number).where(Order.id.in_(ids))
    yield Old(ReceivedDocument, ReceivedDocument.order_number.in_(numbers), {"name": GONE})
