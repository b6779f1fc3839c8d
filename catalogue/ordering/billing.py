"""What an enterprise invoices of an order, as its rows tell it; the rules are `billing_rules`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from catalogue.core.money import line_net_ore
from catalogue.core.text import COPENHAGEN

from . import billing_rules, document_rules, rules, shipment_rules
from .billing_rules import Known, Moved, Part, Price
from .document_rules import VatShare
from .models import Order, OrderLine
from .rules import Totals

Weights = Mapping[int, Sequence[tuple[str, int]]]  # codings of lines with their own, by position


@dataclass(frozen=True)
class Billed:
    """A line of an invoice; several are of one line of the order when several codings bear it."""

    line: OrderLine
    number: str
    quantity: Decimal
    net_ore: int
    code: str | None


@dataclass(frozen=True)
class Bill:
    """What is invoiced of an order, and the day it was delivered."""

    lines: list[Billed]
    account_coding: str | None  # of what has none of its own
    delivered_on: date | None
    deviates: bool  # from what was ordered

    @property
    def vat(self) -> list[VatShare]:
        """Return the VAT by rate."""
        return document_rules.vat_by_rate((each.net_ore, each.line.vat_rate) for each in self.lines)

    @property
    def totals(self) -> Totals:
        """Return the sums."""
        return rules.totals((each.net_ore, each.line.vat_rate) for each in self.lines)

    @property
    def agreement_numbers(self) -> list[str]:
        """List the agreements of what is invoiced, each once."""
        return list(dict.fromkeys(each.line.agreement_number for each in self.lines))

    @property
    def by_coding(self) -> dict[str | None, int]:
        """Sum up what each coding bears, when some line is booked on its own; else nothing."""
        found: dict[str | None, int] = {}
        for each in self.lines:
            code = each.code or self.account_coding
            found[code] = found.get(code, 0) + each.net_ore
        return found if any(each.code for each in self.lines) else {}


def of(order: Order, weights: Weights) -> Bill:
    """Return what is invoiced of an order, loaded with its lines, events and shipments.

    What came or was done of a line counts where that is known, else what was sent of it, else what
    was ordered. Lines of nothing are left out.
    """
    known = {each.position: _known(order, each) for each in order.lines}
    many = {position: billing_rules.quantity(each) for position, each in known.items()}
    lines = [
        billed
        for each in order.lines
        if many[each.position]
        for billed in _billed(each, many[each.position], weights.get(each.position, ()))
    ]
    deviates = any(each.ordered != many[position] for position, each in known.items())
    return Bill(lines, order.account_coding, _delivered_on(order), deviates)


def _known(order: Order, line: OrderLine) -> Known:
    sent = None
    if order.shipments and line.kind != "service":
        sent = shipment_rules.total(
            {
                each.position: each.quantity if each.received_quantity is None
                else each.received_quantity
                for each in shipment.lines
            }
            for shipment in order.shipments
        ).get(line.position, Decimal(0))  # fmt: skip
    return Known(line.quantity, line.received_quantity, sent)


def _billed(line: OrderLine, quantity: Decimal, weights: Sequence[tuple[str, int]]) -> list[Billed]:
    net = line_net_ore(line.price_ore, quantity, line.price_base_quantity)
    price = Price(line.price_ore, line.price_base_quantity)
    parts = billing_rules.split(Part(quantity, net), price, weights)
    return [
        Billed(
            line, f"{line.position}.{place}" if len(parts) > 1 else str(line.position),
            each.quantity, each.net_ore, each.code,
        )
        for place, each in enumerate(parts, start=1)
    ]  # fmt: skip


def _delivered_on(order: Order) -> date | None:
    moved = [
        Moved(each.dispatched_on, _day(each.received_at) if each.received_at else None)
        for each in order.shipments
    ]
    turns = [(str(each.state), _day(each.at)) for each in order.turns]
    has_work = any(each.kind == "service" for each in order.lines)
    return billing_rules.delivered_on(moved, turns, has_work=has_work)


def _day(at: datetime) -> date:
    return at.astimezone(COPENHAGEN).date()
