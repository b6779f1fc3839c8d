"""Whether an order that was asked for earlier may still be ordered, by today's rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements import refusals
from catalogue.agreements.models import Agreement
from catalogue.agreements.rules import InForce
from catalogue.core.text import Text, day, money
from catalogue.core.text import lazy as _
from catalogue.products.models import Product

from . import ceilings
from .items import judge_product
from .models import Order, OrderLine


def problems(session: Session, order: Order, today: date) -> list[Text]:
    """List why the order may not be placed today, on rows that stay as they are until the end.

    Products are judged anew; prices stay as they were asked for. The order's own amount is among
    what is reserved on the ceilings.
    """
    products, parties = _lock(session, order)
    applies = agreements.in_force(session, order.municipality_id, today)
    found = [_problem(line, products[line.product_id], parties, applies) for line in order.lines]
    return [each for each in found if each is not None] + _passed(session, order, today)


def _problem(
    line: OrderLine, product: Product, parties: Mapping[int, Agreement], applies: InForce
) -> Text | None:
    judgement = judge_product(applies, product)
    same = judgement.voluntary and judgement.voluntary.agreement_id == line.agreement_id
    if judgement.orderable and same:
        return None
    agreement = parties[line.agreement_id]
    if agreement.ends_on < applies.day:
        return _(
            "Agreement %(number)s ended on %(day)s, so %(title)s may not be ordered on it. Strike"
            " the line, send the order back, or do not approve it.",
            number=line.agreement_number,
            day=day(agreement.ends_on),
            title=line.title,
        )
    why = refusals.explain(judgement).title if not judgement.orderable else ""
    return _(
        "%(title)s may not be ordered on agreement %(number)s any more. %(why)s Strike the line,"
        " send the order back, or do not approve it.",
        title=line.title,
        number=line.agreement_number,
        why=f"{why}." if why else "",
    )


def _passed(session: Session, order: Order, today: date) -> list[Text]:
    ids = {line.agreement_id for line in order.lines}
    return [
        _(
            "Agreement %(number)s has a ceiling of %(ceiling)s, and %(bound)s is ordered and"
            " reserved. Strike lines, or ask for a higher ceiling.",
            number=used.number,
            ceiling=money(used.ceiling_ore),
            bound=money(used.bound_ore),
        )
        for used in ceilings.list_used(session, ids, today)
        if used.bound_ore > used.ceiling_ore
    ]


def _lock(session: Session, order: Order) -> tuple[dict[int, Product], dict[int, Agreement]]:
    """Lock in the order of placing: products shared, then the agreements with their ceilings."""
    ids = [line.product_id for line in order.lines]
    products = session.scalars(
        select(Product)
        .where(Product.id.in_(ids))
        .order_by(Product.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).all()
    parties = session.scalars(
        select(Agreement)
        .where(Agreement.id.in_([line.agreement_id for line in order.lines]))
        .order_by(Agreement.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return {each.id: each for each in products}, {each.id: each for each in parties}
