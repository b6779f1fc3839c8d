"""The products of the world with their pictures, as if their enterprises had put them up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from catalogue.core.text import today_in_copenhagen
from catalogue.enterprises.models import Enterprise
from catalogue.media import service as media
from catalogue.media.models import Image
from catalogue.media.store import Store
from catalogue.products import schema, shelf
from catalogue.products.models import Product, ProductImage, ProductMunicipality, ProductState
from catalogue.products.stock_models import ProductStock

from . import papers
from .drawing import Drawn

if TYPE_CHECKING:
    from .load import World


def stock(
    session: Session,
    store: Store,
    world: World,
    rows: list[dict[str, Any]],
    pictures: Drawn,
) -> None:
    """Put every product of `rows` on the shelf of its enterprise, the first ones newest."""
    told = {each["item_number"]: each for each in world.told}
    for place, row in enumerate(rows):
        at = world.now - timedelta(days=2 + 2 * place)
        made = _product(world, row, at)
        _tell(made, told.get(row["item_number"], {}), world.now)
        made.attachments = papers.keep(store, world.papers.get(row["item_number"], ()))
        owner = world.enterprises[row["enterprise"]]
        for position, each in enumerate(row["images"], start=1):
            content = pictures.motifs[each["motif"], each["variant"]]
            image = keep(session, store, owner, content, world.now)
            made.images.append(ProductImage(image_id=image.id, position=position, alt=each["alt"]))
        session.add(made)
        session.flush()
        if "left" in row:
            session.add(ProductStock(product_id=made.id, left=row["left"], counted_at=world.now))
        if made.state != ProductState.DRAFT:
            shelf.record_version(session, made, person_id=None, now=at)


def keep(session: Session, store: Store, owner: Enterprise, content: bytes, now: datetime) -> Image:
    """Keep a picture that we have drawn as one of `owner`."""
    return media.keep_drawn(session, store, owner.id, content, now)


def _tell(made: Product, told: dict[str, Any], now: datetime) -> None:
    """Add what more is told of a product, read as a price list is."""
    values = schema.read_some({"title": made.title} | told)
    if values.get("on_request"):
        values["price_ore"] = None
    if days := told.get("paused_days"):
        values["paused_until"] = today_in_copenhagen(now) + timedelta(days=days)
    shelf.put_facts(made, replace(shelf.facts_of(made), **values))


def _product(world: World, row: dict[str, Any], at: datetime) -> Product:
    everywhere = row["delivery"] == "country"
    codes = [] if everywhere else row["delivery"]
    state = ProductState(row["state"])
    at -= timedelta(days=sum(map(ord, row["item_number"])) % 90)  # not all came on one day
    made = Product(
        enterprise_id=world.enterprises[row["enterprise"]].id,
        item_number=row["item_number"],
        kind=row["kind"],
        title=row["title"],
        summary=row["summary"],
        description=row["description"],
        category_code=row["category"],
        unit=row["unit"],
        price_ore=row["price_ore"],
        vat_rate=row["vat_rate"],
        vat_exempt_reason=row.get("vat_exempt_reason"),
        minimum_quantity=row["minimum_quantity"],
        delivery_days=row["delivery_days"],
        delivers_everywhere=everywhere,
        state=state,
        version=0,
        published_at=None if state == ProductState.DRAFT else at,
        is_demo=True,
        created_at=at,
        updated_at=at,
    )
    made.images = []
    made.delivery_area = [
        ProductMunicipality(municipality_id=world.municipalities[code].id) for code in codes
    ]
    return made
