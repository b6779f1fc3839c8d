"""Find the product that a purchasing system names: by our number, else by the item number."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.ids import is_id
from catalogue.products.models import Product, ProductState

from .cxml_reading import Wanted


def find_product(session: Session, wanted: Wanted) -> Product | None:
    """Return the product; None when there is none, or an item number is that of several.

    Item numbers are the enterprises' own, so that only our number tells for certain which is meant;
    one that does not go with the item number is none.
    """
    if is_id(wanted.product_id):
        found = session.get(Product, int(wanted.product_id))
        same = found is not None and found.item_number == wanted.item_number
        return found if same else None
    query = select(Product).where(
        Product.item_number == wanted.item_number, Product.state == ProductState.PUBLISHED
    )
    all_ = session.scalars(query.limit(2)).all()
    return all_[0] if len(all_) == 1 else None
