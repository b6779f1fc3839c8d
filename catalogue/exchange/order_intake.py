"""Orders that a municipality's own system sends by a document (T01): placed like all orders.

What the document names as a price is what its buyer has accepted. One that says something that
our orders cannot hold is refused as a whole, with the line and what to do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core import audit
from catalogue.core.errors import Conflict, Invalid
from catalogue.core.text import Text, gettext
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import direct
from catalogue.ordering.direct import Wanted
from catalogue.ordering.models import Order
from catalogue.ordering.service import CannotBePlaced, Placing
from catalogue.products.models import Product, ProductState

from .order_delivery import numbers_of, read_delivery
from .order_document import Actor, AskedLine, AskedOrder
from .peppol_document import CVR_SCHEME, GTIN_SCHEME, Identifier
from .peppol_prices import CURRENCY, UNITS
from .route_models import DocumentRoute, TakenOrder

LONGEST_NUMBER = 80
MOST = 1_000_000  # of a product in a line
_HALF = Decimal("0.5")  # of an øre


class AnotherOrder(Conflict):
    """An order of this number came before, and said something else."""

    title = _("An order of this number came before")


@dataclass(frozen=True)
class _Line:
    """A line as it was sent, and the product that it means."""

    asked: AskedLine
    product: Product


def take(session: Session, route: DocumentRoute, asked: AskedOrder, now: datetime) -> Order:
    """Place an order that a system sent, or return the one that it was made into before.

    `route` is that of the municipality, locked: the same number twice is one order. Raises
    AnotherOrder, Invalid for what our orders cannot hold, CannotBePlaced with the line.
    """
    digest = hashlib.sha256(repr(asked).encode()).hexdigest()
    if (before := find(session, route, asked.number)) is not None:
        return _same(session, before, digest)
    home = session.get_one(Municipality, route.municipality_id)
    _check(asked, home)
    lines = _find_products(session, _seller(session, asked.seller), asked.lines)
    placing = Placing(
        buyer_of(route), read_delivery(asked, route.contact_email), _key(route, asked), now
    )
    order = _place(session, placing, lines)
    positions = {each.product_id: str(each.position) for each in order.lines}
    session.add(
        TakenOrder(
            order_id=order.id, municipality_id=home.id, number=asked.number, digest=digest,
            lines={positions[each.product.id]: each.asked.number for each in lines},
            taken_at=now,
        )
    )  # fmt: skip
    audit.record(
        session, "documents.order_taken", ("order", order.id), person_id=route.person_id, now=now,
        facts=audit.changes({}, {"orders": [order.number], "number_there": asked.number}),
        municipality_id=home.id,
    )  # fmt: skip
    return order


def find(session: Session, route: DocumentRoute, number: str) -> TakenOrder | None:
    """Return what an order of that number became. One query."""
    query = select(TakenOrder).where(
        TakenOrder.municipality_id == route.municipality_id, TakenOrder.number == number
    )
    return session.scalars(query).first()


def buyer_of(route: DocumentRoute) -> Who:
    """Return who acts by what the system of a municipality sends."""
    return Who(
        person_id=route.person_id, name=gettext(_("The municipality's own system").message),
        email=route.contact_email or "", role=Role.BUYER, municipality_id=route.municipality_id,
    )  # fmt: skip


def refused(text: Text) -> Invalid:
    """Return the refusal of a document."""
    return Invalid({"document": [text]}, text)


def price_ore(line: AskedLine, base_quantity: int) -> int | None:
    """Return the price of a line in whole øre for as many units as ours is for; None: it has none.

    What was sent may be rounded, to øre or to as many decimals as it has, for fewer units: the
    highest that it may stand for counts.
    """
    if line.price is None:
        return None
    base = line.base.number if line.base else Decimal(1)
    if base <= 0:
        raise refused(_("Line %(line)s: the price cannot be read.", line=line.number))
    exact = line.price * 100 * base_quantity / base
    half = _HALF.scaleb(2 - max(2, _decimals(line.price)))
    slack = half * base_quantity / base if base < base_quantity else Decimal(0)
    return int((exact + slack).quantize(Decimal(1), ROUND_HALF_UP))


def _decimals(price: Decimal) -> int:
    return -int(price.as_tuple().exponent)


def _same(session: Session, before: TakenOrder, digest: str) -> Order:
    order = session.get_one(Order, before.order_id)
    if before.digest != digest:
        raise AnotherOrder(
            _("Order %(number)s came before as %(ours)s, and said something else. Give a new order"
              " a number of its own.", number=before.number, ours=order.number)
        )  # fmt: skip
    return order


def _check(asked: AskedOrder, home: Municipality) -> None:
    if len(asked.number) > LONGEST_NUMBER:
        raise refused(_("The number of the order is longer than %(limit)s.", limit=LONGEST_NUMBER))
    if asked.currency != CURRENCY:
        raise refused(_("The currency must be %(currency)s.", currency=CURRENCY))
    named = numbers_of(asked.buyer, CVR_SCHEME)
    if named and home.cvr not in named:
        raise refused(_("The buyer is another municipality: %(cvr)s.", cvr=", ".join(named)))
    if asked.allowances or any(each.allowances for each in asked.lines):
        raise refused(
            _("Allowances and charges cannot be taken: prices are those of the agreement.")
        )


def _seller(session: Session, seller: Actor) -> Enterprise:
    named = numbers_of(seller, CVR_SCHEME)
    query = select(Enterprise).where(Enterprise.cvr.in_(named))
    found = list(session.scalars(query))
    if len(found) != 1:
        raise refused(
            _("The seller must be an enterprise of the catalogue, by its CVR number (scheme 0184).")
        )
    return found[0]


def _find_products(session: Session, seller: Enterprise, lines: Sequence[AskedLine]) -> list[_Line]:
    """Return the products that lines mean, by item number, else by GTIN. One query."""
    query = select(Product).where(
        Product.enterprise_id == seller.id, Product.state == ProductState.PUBLISHED
    )
    numbers = [each.seller_number for each in lines if each.seller_number]
    gtins = [gtin for each in lines if (gtin := _gtin(each.standard))]
    wanted = Product.item_number.in_(numbers) | Product.gtin.in_(gtins)
    shelf = list(session.scalars(query.where(wanted)))
    by_number = {each.item_number: each for each in shelf}
    by_gtin = {each.gtin: each for each in shelf if each.gtin}
    found = [_Line(each, _product(each, by_number, by_gtin)) for each in lines]
    _refuse_twice(found)
    return found


def _gtin(given: Identifier | None) -> str:
    return given.number if given and given.scheme in ("", GTIN_SCHEME) else ""


def _product(
    line: AskedLine, by_number: Mapping[str, Product], by_gtin: Mapping[str, Product]
) -> Product:
    found = by_number.get(line.seller_number)
    if found is None and not line.seller_number:
        found = by_gtin.get(_gtin(line.standard))
    if found is None:
        raise refused(
            _("Line %(line)s: the seller has no product %(number)s. Send its item number or GTIN"
              " as in the catalogue file.", line=line.number,
              number=line.seller_number or _gtin(line.standard) or "–")
        )  # fmt: skip
    quantity = line.quantity.number if line.quantity else Decimal(0)
    if not 0 < quantity <= MOST or quantity != round(quantity, 3):
        raise refused(_("Line %(line)s: the quantity cannot be read.", line=line.number))
    if line.quantity is None or UNITS.get(line.quantity.unit) != found.unit:
        raise refused(_("Line %(line)s: the unit is another than that of the product.",
                        line=line.number))  # fmt: skip
    return found


def _refuse_twice(found: Iterable[_Line]) -> None:
    seen = set()
    for each in found:
        if each.product.id in seen:
            raise refused(_("Line %(line)s: the product stands twice. Send it as one line.",
                            line=each.asked.number))  # fmt: skip
        seen.add(each.product.id)


def _place(session: Session, placing: Placing, lines: Sequence[_Line]) -> Order:
    wanted = [
        Wanted(
            each.product.id,
            each.asked.quantity.number if each.asked.quantity else Decimal(0),
            price_ore(each.asked, each.product.price_base_quantity),
        )
        for each in lines
    ]
    by_product = {each.product.id: each.asked.number for each in lines}
    try:
        (order,) = direct.place(session, placing, wanted)
    except CannotBePlaced as error:
        raise _in_words(error, by_product) from None
    return order


def _in_words(error: CannotBePlaced, by_product: Mapping[int, str]) -> CannotBePlaced:
    """Return the refusal with the lines as the document counts them."""
    faults: list[dict[str, Any]] = error.facts.get("lines", [])
    said = [
        str(_("Line %(line)s: %(reason)s", line=by_product[each["product_id"]],
              reason=each["detail"]))
        for each in faults
    ]  # fmt: skip
    return CannotBePlaced("\n".join(said) or str(error.detail))


def _key(route: DocumentRoute, asked: AskedOrder) -> str:
    told = f"T01 {route.municipality_id} {asked.number}"
    return hashlib.sha256(told.encode()).hexdigest()
