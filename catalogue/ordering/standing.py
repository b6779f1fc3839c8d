"""Whether an order that was asked for earlier may still be ordered, by today's rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements import refusals
from catalogue.agreements.models import Agreement, FormerTerms
from catalogue.agreements.rules import InForce, Judgement, judge
from catalogue.core.text import Text, day, money
from catalogue.core.text import lazy as _
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product

from . import ceilings
from .ceilings import Used
from .items import judge_product
from .models import Order, OrderLine


@dataclass(frozen=True)
class Look:
    """An order beside today's rules: its agreements, their ceilings, and what is in the way."""

    applies: InForce
    agreements: Mapping[int, Agreement]
    used: Sequence[Used]
    problems: list[Text]


def look(session: Session, order: Order, today: date, among: Collection[int] | None = None) -> Look:
    """Tell whether the order may be placed today: products are judged anew, prices stay as asked.

    The order's own amount is among what is reserved on the ceilings. Two queries, and one more
    where an agreement has a ceiling. The order is one of the session, its lines written.
    `among`: enterprises that alone matter, as `agreements.in_force` has it.
    """
    rows = _read(session, order, today)
    products = {row.Product.id: row.Product for row in rows if row.Product is not None}
    parties = {row.Agreement.id: row.Agreement for row in rows}
    trusted = frozenset({order.enterprise_id} if any(row.verified for row in rows) else ())
    applies = agreements.in_force(session, order.municipality_id, today, trusted, among=among)
    found = [
        _problem(line, _judge(applies, order, line, products), parties[line.agreement_id], applies)
        for line in order.lines
    ]
    known = {agreements.ceiling_of(row) for row in rows} - {None}
    used = ceilings.list_taken(session, [each for each in known if each is not None], today)
    return Look(applies, parties, used, [each for each in found if each is not None] + passed(used))


def _read(session: Session, order: Order, today: date) -> Sequence[Any]:
    """Return products and agreements of the lines of an order, with their terms of the day."""
    verified = (
        select(Enterprise.id)
        .where(Enterprise.id == order.enterprise_id)
        .where(enterprises.verified_where(order.municipality_id, today))
        .exists()
    )
    return session.execute(
        select(Agreement, Product, Agreement.id, Agreement.number, verified.label("verified"),
               *agreements.ceiling_columns())
        .select_from(OrderLine)
        .join(Agreement, Agreement.id == OrderLine.agreement_id)
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .outerjoin(FormerTerms, agreements.former_on(today))
        .where(OrderLine.order_id == order.id)
        .order_by(OrderLine.position)
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip


def problems_locked(session: Session, order: Order, today: date) -> list[Text]:
    """List why the order may not be placed, on rows that stay as they are until the transaction
    ends.

    Locked in the order of placing: products shared, then the agreements with their ceilings.
    """
    lock(session, order)
    return look(session, order, today, among=[order.enterprise_id]).problems


def lock(session: Session, order: Order) -> dict[int, Product]:
    """Lock the products of an order and then its agreements, as placing does; return the products.

    The ceilings cannot change until the transaction ends.
    """
    products = _products(session, order, select(Product).with_for_update(read=True))
    _parties(session, order, select(Agreement).with_for_update())
    return products


def passed(used: Iterable[Used]) -> list[Text]:
    """List the ceilings that are passed, with what to do about it."""
    return [
        _(
            "Agreement %(number)s has a ceiling of %(ceiling)s, and %(bound)s is ordered and"
            " reserved. Strike lines, or ask for a higher ceiling.",
            number=each.number,
            ceiling=money(each.ceiling_ore),
            bound=money(each.bound_ore),
        )
        for each in used
        if each.bound_ore > each.ceiling_ore
    ]


def _judge(
    applies: InForce, order: Order, line: OrderLine, products: Mapping[int, Product]
) -> Judgement:
    if line.product_id is not None:
        return judge_product(applies, products[line.product_id])
    return judge(  # a line of a quote, which is no product: the quote stands for it
        applies, published=True, enterprise_id=order.enterprise_id, category_code=line.category_code
    )


def _problem(
    line: OrderLine, judgement: Judgement, agreement: Agreement, applies: InForce
) -> Text | None:
    same = judgement.voluntary and judgement.voluntary.agreement_id == line.agreement_id
    if judgement.orderable and same:
        return None
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
        why=why,
    )


# The type of a query differs between SQLAlchemy 2.0 and 2.1.
def _products(session: Session, order: Order, query: Any) -> dict[int, Product]:
    ids = [line.product_id for line in order.lines]
    query = query.where(Product.id.in_(ids)).order_by(Product.id)
    found = session.scalars(query.execution_options(populate_existing=True))
    return {each.id: each for each in found}


def _parties(session: Session, order: Order, query: Any) -> dict[int, Agreement]:
    ids = [line.agreement_id for line in order.lines]
    query = query.where(Agreement.id.in_(ids)).order_by(Agreement.id)
    found = session.scalars(query.execution_options(populate_existing=True))
    return {each.id: each for each in found}
