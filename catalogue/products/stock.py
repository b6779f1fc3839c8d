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
from catalogue.core.errors import Invalid
from catalogue.core.text import Text, number
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import shelf
from .models import Product, ProductKind, ProductState
from .stock_models import ProductStock
from .stock_schema import PREFIX

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


def count(
    session: Session,
    who: Who,
    told: Mapping[int, Decimal | None],
    now: datetime,
    seen: Mapping[int, Decimal | None] | None = None,
) -> int:
    """Write how many of its products the enterprise has left; None: they are not counted any more.

    What is told is what can still be ordered: orders that stand have theirs already. Returns how
    many products changed; products of others are passed over. `seen` is what a form of many
    products was drawn with: those left as they were drawn are not written, for orders may have
    taken some since. Raises Invalid by field for one that was counted anew and has changed since.
    """
    enterprise_id = shelf.lock_enterprise(session, who)
    own = session.scalars(
        select(Product.id).where(Product.enterprise_id == enterprise_id, Product.id.in_(told))
    ).all()
    rows = lock(session, own)
    standing = {each: row.left for each, row in rows.items()}
    changed = 0
    for product_id in _to_write({each: told[each] for each in own}, standing, seen or {}):
        row, left = rows.get(product_id), told[product_id]
        before = standing.get(product_id)
        changed += 1
        _put(session, row, (product_id, left), now)
        _tell(session, who, product_id, (before, left), now)
    session.flush()
    return changed


def _to_write(
    told: Mapping[int, Decimal | None],
    standing: Mapping[int, Decimal],
    seen: Mapping[int, Decimal | None],
) -> list[int]:
    """Return which counts are news; raises Invalid where another number was seen. Pure."""
    written = [
        each
        for each, left in sorted(told.items())
        if left != standing.get(each) and (each not in seen or left != seen[each])
    ]
    problems: dict[str, list[Text | str]] = {
        f"{PREFIX}{each}": [_changed_since(standing.get(each))]
        for each in written
        if each in seen and seen[each] != standing.get(each)
    }
    if problems:
        raise Invalid(problems)
    return written


def _changed_since(left: Decimal | None) -> Text:
    if left is None:
        return _("It is not counted any more since you opened the page. Save again to count it.")
    return _(
        "Left now: %(left)s. It has changed since you opened the page. Write how many can still"
        " be ordered, and save again.",
        left=number(left),
    )


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
