"""Stock: how many of a product are left, as its enterprise counts them and orders take them.

Whether a product is orderable is not decided by stock: like the smallest order it bounds the
quantity. `ordering/stock.py` takes what orders hold and gives it back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.text import Text, number
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import shelf
from .models import Product, ProductKind, ProductState
from .stock_models import ProductStock

COUNTABLE = (ProductState.PUBLISHED, ProductState.SUBMITTED, ProductState.DRAFT)


@dataclass(frozen=True)
class Counted:
    """A product in the enterprise's list of its stock; `left` None: it is not counted."""

    product: Product
    left: Decimal | None
    counted_at: datetime | None


def beyond(quantity: Decimal, left: Decimal | None) -> Text | None:
    """Return what is wrong when more are asked for than are left, else None. Pure."""
    if left is None or quantity <= left:
        return None
    if not left:
        return _("It is sold out for now. Take it out, or ask the enterprise when it is back.")
    return _("Only %(left)s left. Order no more than that.", left=number(left))


def find_left(session: Session, product_id: int) -> Decimal | None:
    """Return how many of a product are left; None when they are not counted. One query."""
    return session.scalar(select(ProductStock.left).where(ProductStock.product_id == product_id))


def lock(session: Session, product_ids: Collection[int]) -> dict[int, ProductStock]:
    """Return the counted ones of those products, locked in one order for all who lock them."""
    found = session.scalars(_of(), {"products": list(product_ids)})
    return {each.product_id: each for each in found}


@cache
def _of() -> Any:
    return locking(bindparam("products", expanding=True))


def locking(product_ids: Any) -> Any:
    """Return what locks the counted ones of products, told by a parameter or by a query."""
    return (
        select(ProductStock)
        .where(ProductStock.product_id.in_(product_ids))
        .order_by(ProductStock.product_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def list_counted(session: Session, enterprise_id: int | None) -> list[Counted]:
    """List the goods of the enterprise by title, each variant for itself. One query."""
    query = (
        select(Product, ProductStock.left, ProductStock.counted_at)
        .outerjoin(ProductStock, ProductStock.product_id == Product.id)
        .where(Product.enterprise_id == enterprise_id, Product.kind == ProductKind.GOODS)
        .where(Product.state.in_(COUNTABLE))
        .order_by(Product.title, Product.variant_key, Product.id)
    )
    return [Counted(*row) for row in session.execute(query)]


def count(session: Session, who: Who, told: Mapping[int, Decimal | None], now: datetime) -> int:
    """Write how many of its products the enterprise has left; None: they are not counted any more.

    What is told is what can still be ordered: orders that stand have theirs already. Returns how
    many products changed; products of others are passed over.
    """
    enterprise_id = shelf.lock_enterprise(session, who)
    own = session.scalars(
        select(Product.id).where(Product.enterprise_id == enterprise_id, Product.id.in_(told))
    ).all()
    rows = lock(session, own)
    changed = 0
    for product_id in sorted(own):
        row, left = rows.get(product_id), told[product_id]
        before = row.left if row else None
        if before == left:
            continue
        changed += 1
        _put(session, row, (product_id, left), now)
        _tell(session, who, product_id, (before, left), now)
    session.flush()
    return changed


def _put(
    session: Session, row: ProductStock | None, told: tuple[int, Decimal | None], now: datetime
) -> None:
    product_id, left = told
    if left is None:
        session.delete(row)
    elif row is None:
        session.add(ProductStock(product_id=product_id, left=left, counted_at=now))
    else:
        row.left, row.counted_at = left, now


def _tell(
    session: Session,
    who: Who,
    product_id: int,
    change: tuple[Decimal | None, Decimal | None],
    now: datetime,
) -> None:
    before, after = ({} if each is None else {"left": str(each)} for each in change)
    audit.record(
        session,
        "product.counted",
        ("product", product_id),
        person_id=who.person_id,
        now=now,
        facts=audit.changes(before, after),
    )
