"""Signals of what was decided, for a host's own code: sent after the commit, in the process of it.

Each is sent once, with the Flask application as sender, so that two applications in one process
keep apart. What is committed when the process dies is not told again: whoever must miss nothing
reads the API. Signals stand at module level, as Flask's own do; they hold receivers, no state.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from blinker import NamedSignal, Namespace
from flask import Flask
from sqlalchemy.orm import Session

from catalogue.core import audit, faults
from catalogue.exchange.webhooks.rules import news_of

log = logging.getLogger("catalogue.events")

_signals = Namespace()
order_placed = _signals.signal("order-placed", "The enterprise is asked to answer an order.")
order_confirmed = _signals.signal("order-confirmed", "What is ordered will come as agreed.")
order_rejected = _signals.signal("order-rejected", "The enterprise refused an order.")
order_cancelled = _signals.signal("order-cancelled", "An order was taken back, or not approved.")
order_dispatched = _signals.signal("order-dispatched", "Goods are on their way.")
order_received = _signals.signal("order-received", "The buyer received the goods.")
product_published = _signals.signal("product-published", "Buyers see a product.")
product_withdrawn = _signals.signal("product-withdrawn", "Buyers see a product no more.")
agreement_agreed = _signals.signal("agreement-agreed", "An agreement binds, for its period.")
enterprise_verified = _signals.signal("enterprise-verified", "An enterprise may sell.")

# By the event that webhooks are told too, or else by the deed of the audit.
OF_NEWS = {
    "order.placed": order_placed,
    "order.confirmed": order_confirmed,
    "order.rejected": order_rejected,
    "order.cancelled": order_cancelled,
    "order.dispatched": order_dispatched,
    "order.received": order_received,
    "product.published": product_published,
    "product.withdrawn": product_withdrawn,
    "agreement.agreed": agreement_agreed,
    "enterprise.verified": enterprise_verified,
}


@dataclass(frozen=True)
class Event:
    """What was done with which object: ids and values of the business, never personal data.

    `facts["before"]` and `facts["after"]` hold the fields that changed. `person_id` None: nobody,
    it was done by the worker.
    """

    action: str
    object_type: str
    object_id: int
    at: datetime
    person_id: int | None
    municipality_id: int | None
    facts: Mapping[str, Any]


def tell(app: Flask, session: Session) -> None:
    """Send the signals of what a transaction has committed, in the order it was done.

    A receiver that raises is logged and stops nobody: what was decided is decided.
    """
    for columns in audit.sealed(session):
        signal = find_signal(columns["action"], columns["facts"])
        if signal is None or not signal.receivers:
            continue  # as a rule: a price list alone makes thousands
        event = Event(**{each.name: columns[each.name] for each in fields(Event)})
        for receiver in signal.receivers_for(app):
            try:
                receiver(app, event=event)
            except Exception:  # the border to code that is not ours: logged, and no more
                faults.note(log, "receiver failed", action=event.action)


def find_signal(action: str, facts: Mapping[str, Any]) -> NamedSignal | None:
    """Return the signal that tells of an event, or None: most are told by the audit alone."""
    if facts.get("after", {}).get("draft"):
        return None  # it binds nobody yet
    return OF_NEWS.get(news_of(action, facts) or action)
