"""The mails about who acts on an order, drawn from the demonstration world without a database."""

from __future__ import annotations

from collections.abc import Iterator

import jinja2

from catalogue.accounts.models import Person
from catalogue.exchange import approval_reminding, handing_mail
from catalogue.exchange.posting import Mail
from catalogue.ordering.models import Order, OrderEvent

from .mail_story import DAY, NOW, SETTINGS, TODAY, Story


def draw(told: Story, order: Order, templates: jinja2.Environment) -> Iterator[Mail]:
    """Draw that an order was handed over, to both its buyers, and that it still waits."""
    shop, buyer = told.enterprise["name"], told.buyer["name"]
    event = OrderEvent(person_name="Jens Kruse", reason=f"Hans Lund → {buyer}: Hans er rejst")
    former = Person(id=7, name="Hans Lund", email="hans@slagelse.example", locale=told.locale)
    taker = Person(id=order.buyer_id, name=buyer, email=told.buyer["email"], locale=told.locale)
    for reader in (taker, former):
        owed = handing_mail.Owed(order, event, 1, reader, shop)
        yield handing_mail.compose(SETTINGS, templates, owed, NOW)
    approver = Person(id=2, name="", email=told.approver["email"], locale=told.locale)
    order.withheld = True
    late = approval_reminding.Owed(order, approver, buyer, shop, TODAY - 4 * DAY, "late:1.1")
    yield approval_reminding.compose(SETTINGS, templates, late, NOW)
