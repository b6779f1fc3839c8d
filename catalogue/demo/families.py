"""Variants of the world's products, as their enterprises would save them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who
from catalogue.products import variant_form, variants
from catalogue.products.models import Product

if TYPE_CHECKING:
    from .load import World


def tell(session: Session, world: World, families: list[dict[str, Any]]) -> None:
    """Give the products of the file their variants; `image` counts the product's pictures."""
    for row in families:
        query = select(Product).where(Product.item_number == row["item_number"])
        product = session.scalars(query.options(selectinload(Product.images))).one()
        own = {name: row.get(name, "") for name in ("size", "colour", "trait")}
        lines = [own, *(_line(world, product, each) for each in row["variants"])]
        who = Who(enterprise_id=product.enterprise_id)
        variants.save(session, who, product.id, variant_form.read(lines), world.now)
    session.flush()


def _line(world: World, product: Product, told: dict[str, Any]) -> dict[str, str]:
    line = {name: str(value) for name, value in told.items() if name != "paused_days"}
    place = told.get("image", 1)
    if place <= len(product.images):
        line["image"] = str(product.images[place - 1].image_id)
    if days := told.get("paused_days"):
        again_on = today_in_copenhagen(world.now) + timedelta(days=days)
        line["paused_until"] = again_on.isoformat()
    return line
