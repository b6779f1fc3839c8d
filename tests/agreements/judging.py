"""What may be ordered, told by the rule, by SQL and by pairs, which tests hold equal."""

from __future__ import annotations

from datetime import date, timedelta

import cast
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements import queries, refusals
from catalogue.agreements.judging import orderable_pairs
from catalogue.agreements.queries import OrderableColumns
from catalogue.agreements.rules import InForce, Judgement, Reason, judge
from catalogue.enterprises.models import (
    Enterprise,
    MunicipalDecision,
    Recognition,
)
from catalogue.products.models import Product, ProductState

# A small real sub-tree, a neighbour, and a code that skips a level (30192121 below 30192100).
CODES = (
    "37000000", "37500000", "37530000", "37535000", "37535200", "37535210", "37520000",
    "18000000", "18530000", "30192100", "30192121",
)  # fmt: skip
DAY = timedelta(days=1)


def by_sql(session: Session, municipality_id: int, day: date) -> set[int]:
    """Return the ids of the products that the set-based form lets through."""
    columns = OrderableColumns(
        Product.state == ProductState.PUBLISHED, Product.enterprise_id, Product.category_code
    )
    where = queries.orderable_where(columns, municipality_id, day)
    return set(session.scalars(select(Product.id).where(where)))


def by_pairs(session: Session, municipality_id: int, day: date) -> set[int]:
    """Return the ids of the published products whose pair of enterprise and category may."""
    products = session.execute(
        select(Product.id, Product.enterprise_id, Product.category_code)
        .where(Product.state == ProductState.PUBLISHED, Product.category_code.is_not(None))
    ).all()  # fmt: skip
    pairs = {id_: (enterprise_id, code or "") for id_, enterprise_id, code in products}
    applies = queries.in_force(session, municipality_id, day)
    found = orderable_pairs(applies, pairs.values())
    return {id_ for id_, pair in pairs.items() if pair in found}


def by_rule(session: Session, municipality_id: int, day: date) -> dict[int, Judgement]:
    """Return the judgement of every product, by id."""
    applies = queries.in_force(session, municipality_id, day)
    products = session.scalars(select(Product)).all()
    judged = {each.id: judged_under(applies, each) for each in products}
    for enterprise_id in {each.enterprise_id for each in products}:  # what is read of one is enough
        own = queries.in_force(session, municipality_id, day, among=[enterprise_id])
        for each in products:
            if each.enterprise_id == enterprise_id:
                assert judged_under(own, each) == judged[each.id]
    return judged


def judged_under(applies: InForce, product: Product) -> Judgement:
    """Return the judgement of a product under what applies."""
    return judge(
        applies,
        published=product.state == ProductState.PUBLISHED,
        enterprise_id=product.enterprise_id,
        category_code=product.category_code,
    )


def reason(session: Session, home: Municipality, product: Product, day: date) -> Reason | None:
    """Return why the product may not be ordered (None: it may), the same in both forms."""
    judgement = by_rule(session, home.id, day)[product.id]
    assert judgement.orderable == (product.id in by_sql(session, home.id, day))
    if not judgement.orderable:
        refusal = refusals.explain(judgement)
        assert str(refusal.title) and str(refusal.detail)
        assert bool(refusal.where_to_buy) == (judgement.reason == Reason.MANDATORY)
    return judgement.reason


def decision(seller: Enterprise, home: Municipality, recognition: Recognition) -> MunicipalDecision:
    return MunicipalDecision(
        enterprise_id=seller.id,
        municipality_id=home.id,
        recognition=recognition,
        reason="Vores egen vurdering",
        decided_at=cast.NOW,
    )
