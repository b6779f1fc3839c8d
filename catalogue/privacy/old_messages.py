"""What hangs on an order and is in people's own words: it goes when the order is old."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from catalogue.ordering.message_models import MessageFile, MessageRead, OrderMessage
from catalogue.ordering.shipment_models import Shipment

from .rows import Old


def of_orders(ids: Select[Any]) -> Iterator[Old]:
    """Tell what of the messages and shipments of these orders is to go, in a possible order."""
    written = select(OrderMessage.id).where(OrderMessage.order_id.in_(ids))
    yield Old(MessageFile, MessageFile.message_id.in_(written))
    yield Old(MessageRead, MessageRead.order_id.in_(ids))
    yield Old(OrderMessage, OrderMessage.order_id.in_(ids))
    nobody = {"note": None, "received_by": None, "recipient": None}
    yield Old(Shipment, Shipment.order_id.in_(ids), nobody)
