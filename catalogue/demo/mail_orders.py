"""The mails about orders, drawn from the demonstration world without a database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import jinja2

from catalogue.accounts.models import Person
from catalogue.core.money import line_net_ore, vat_ore
from catalogue.enterprises.models import Enterprise
from catalogue.exchange import letter_words, letters, mail, order_reminder_mail, shipment_mail
from catalogue.exchange.letters import Letter, Reader
from catalogue.exchange.links import Issued
from catalogue.exchange.posting import Mail
from catalogue.exchange.purchase_letters import Bundle
from catalogue.ordering.models import Order, OrderEvent, OrderLine, OrderState
from catalogue.ordering.shipment_models import Shipment, ShipmentLine

from . import mail_acting
from .mail_story import DAY, NOW, SETTINGS, STAFF_MAIL, Story

LATER_ON = date(2026, 12, 14)  # the day that the enterprise proposes
_NOT_TOLD = {"awaiting", "returned", "declined"}  # the enterprise, as a rule
_MUST_SAY_WHY = {"returned", "declined", "rejected", "proposed"}


def draw(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    """Draw one of every mail about orders."""
    for draw_kind in (_orders, _purchases, _reminders, _acting, _shipments):
        yield from draw_kind(told, templates)


def _orders(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    steps: list[tuple[str | None, str, Reader]] = [
        (None, state, reader) for state, reader in letter_words.WORDINGS
    ]
    steps += [
        (step, state, reader)
        for (step, state), readers in letter_words.STEP_WORDINGS.items()
        for reader in readers
    ]
    known = {(state, reader) for step, state, reader in steps if step}
    steps += [("resubmit", *each) for each in letter_words.CHANGED if each not in known]
    for step, state, reader in steps:
        letter = _letter(told, order(told, state, step), reader)
        answered = reader == Reader.ENTERPRISE and state == OrderState.PLACED
        link = Issued("hemmeligt", NOW + 14 * DAY) if answered else None
        yield mail.compose(SETTINGS, templates, letter, NOW, link)


def _purchases(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    for reader, states in (
        (Reader.BUYER, ("placed", "placed")),
        (Reader.BUYER, ("placed", "awaiting")),
        (Reader.APPROVER, ("awaiting", "awaiting")),
    ):
        found = []
        for place, state in enumerate(states, start=1):
            one = order(told, state, None)
            one.number = f"0330-2026-{place:05}"
            letter = _letter(told, one, reader)
            letter.names["enterprise"] = told.enterprises[place - 1]
            found.append(letter)
        yield mail.compose_purchase(SETTINGS, templates, Bundle(found, f"purchase-1.{reader}"), NOW)


def _reminders(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    late = order(told, OrderState.PLACED, None)
    late.placed_at = NOW - 5 * DAY
    enterprise = Enterprise(id=1, name=told.enterprise["name"], email=told.enterprise["email"])
    owed = order_reminder_mail.Owed(1, 3, late.placed_at, late, enterprise, told.town)
    link = Issued("hemmeligt", NOW + 14 * DAY)
    yield order_reminder_mail.compose(SETTINGS, templates, owed, NOW, link)


def _acting(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    yield from mail_acting.draw(told, order(told, "dispatched", None), templates)


def _shipments(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    buyer = Person(id=1, name=told.buyer["name"], email=told.buyer["email"], locale=told.locale)
    for state, count in (("sending", 1), ("dispatched", 2), ("dispatched", 1)):
        sent = order(told, state, None)
        sent.lines[0].position = 1
        sent.shipments = [
            Shipment(id=number, number=number, dispatched_on=NOW.date(), carrier="GLS",
                     tracking=f"3700 1234 56{number}", note="Kommer på to paller.",
                     lines=[ShipmentLine(position=1, quantity=Decimal(1))])
            for number in range(1, count + 1)
        ]  # fmt: skip
        owed = shipment_mail.Owed(sent.shipments[-1], sent, told.enterprise["name"], buyer)
        yield shipment_mail.compose(SETTINGS, templates, owed, NOW)


def _letter(told: Story, made: Order, reader: Reader) -> Letter:
    names = {
        "number": made.number,
        "enterprise": told.enterprise["name"],
        "municipality": told.town,
        "buyer": told.buyer["name"],
        "waits": told.approver["name"],
    }
    to = {
        Reader.BUYER: (told.buyer["email"], 1),
        Reader.APPROVER: (told.approver["email"], 2),
        Reader.ENTERPRISE: (told.enterprise["email"], None),
        Reader.STAFF: (STAFF_MAIL, None),
    }
    recipient, person_id = to[reader]
    day = LATER_ON if made.state == OrderState.PROPOSED else None
    return letters.Letter(
        made, reader, recipient, told.language(reader), names, person_id, proposed_on=day
    )


def order(told: Story, state: str, step: str | None) -> Order:
    """Return an order in a state to which a step led."""
    product, buyer = told.product, told.buyer
    net_ore = line_net_ore(product["price_ore"], Decimal(2))
    line = OrderLine(
        title=product["title"],
        unit=product["unit"],
        quantity=Decimal(2),
        net_ore=net_ore,
        vat_rate=25,
    )
    reason = "Vi mangler en dag i uge 50." if state in _MUST_SAY_WHY else None
    return Order(
        id=1,
        number="0330-2026-00001",
        municipality_id=1,
        enterprise_id=1,
        buyer_id=1,
        state=OrderState(state),
        placed_at=NOW,
        withheld=step is None and state in _NOT_TOLD,
        institution="Den Lille Skole",
        street="Skolevej 1",
        postcode="4200",
        city=told.town,
        contact_name=buyer["name"],
        contact_email=buyer["email"],
        gln="5798009811578",
        reference=buyer["name"],
        net_ore=net_ore,
        vat_ore=vat_ore([(net_ore, 25)]),
        lines=[line],
        events=[OrderEvent(state=OrderState(state), step=step, reason=reason)],
    )
