"""Change what a product says: at once, or in a draft beside it when somebody reads it first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict, Invalid
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who

from . import gate, prices, revisions, shelf
from .models import Product
from .rules import ProductFacts


def open_beside(session: Session, who: Who, product_id: int, now: datetime) -> Product:
    """Return the product to be changed, locked, or a new draft beside it when it must be checked.

    Raises Missing, and Conflict when a change to it has been begun: that one is to be gone on with.
    """
    product = revisions.lock(session, who.enterprise_id, product_id)
    if not gate.is_held(session, who, product):
        return product
    if revisions.find_open(session, product.id) is not None:
        raise Conflict(_("A change to this product has been begun. Go on with that one."))
    return revisions.begin(session, who, product_id, now)


def write(
    session: Session,
    who: Who,
    product: Product,
    change: tuple[dict[str, Any], ProductFacts],
    now: datetime,
) -> Product:
    """Let a product, which is locked, say other facts; `change`: what it told before, and they.

    Raises NotReady when a published product would lack something, and Invalid when a price would
    rise that agreements bind.
    """
    before, facts = change
    refuse_rise(session, product, facts, now)
    shelf.put_facts(product, facts)
    prices.pass_on(session, product, now)
    shelf.note_change(session, who, product, before, now)
    return product


def refuse_rise(session: Session, product: Product, facts: ProductFacts, now: datetime) -> None:
    """Raise Invalid when facts would raise a price that agreements bind."""
    problem = prices.rise_problem(product, facts)
    today = today_in_copenhagen(now)
    if problem and prices.is_bound(session, product, today):
        raise Invalid({"price": [problem]})
