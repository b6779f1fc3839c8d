"""The catalogue of an agreement: what an enterprise sells under it, at the prices agreed.

In it stands what buyers of the municipality may order: published products that the agreement
covers, that are delivered there and that no mandatory agreement keeps from being ordered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Municipality
from catalogue.agreements import queries as agreements
from catalogue.agreements.models import Agreement, AgreementKind, Category
from catalogue.agreements.queries import OrderableColumns
from catalogue.agreements.rules import InForce, Judgement, judge
from catalogue.core.errors import Conflict, Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise
from catalogue.media import deriving
from catalogue.media import rules as media_rules
from catalogue.media.models import Image
from catalogue.media.store import Store
from catalogue.products import prices, shelf
from catalogue.products.models import Product, ProductImage, ProductState
from catalogue.products.prices import Asked
from catalogue.products.queries import delivered_where

from . import peppol_lines
from .peppol_document import Catalogue, Party, Period, by_cvr
from .peppol_lines import Offer, Shown

PICTURE_WIDTH_PX = 640


class NothingToSend(Conflict):
    """A catalogue must have at least one line, and be of an agreement that still runs."""

    title = _("There is no catalogue for this agreement")


@dataclass(frozen=True)
class Deal:
    """A voluntary agreement with its two parties."""

    agreement: Agreement
    enterprise: Enterprise
    municipality: Municipality


def list_own(session: Session, enterprise_id: int | None, today: date) -> list[Deal]:
    """List the enterprise's agreements that run or will, by municipality. One query."""
    query = _deals().where(Agreement.enterprise_id == enterprise_id, Agreement.ends_on >= today)
    found = session.execute(query.order_by(Municipality.name, Agreement.number))
    return [Deal(*row) for row in found]


def get_deal(session: Session, who: Who, agreement_id: int) -> Deal:
    """Return an agreement of the asking enterprise or municipality; raises Missing."""
    mine = (
        Agreement.municipality_id == who.municipality_id
        if who.role == Role.STAFF
        else Agreement.enterprise_id == who.enterprise_id
    )
    row = session.execute(_deals().where(Agreement.id == agreement_id, mine)).first()
    if row is None:
        raise Missing(_("There is no such agreement."))
    return Deal(*row)


def draw(session: Session, store: Store, deal: Deal, today: date) -> Catalogue:
    """Return the catalogue of an agreement as of today, or of its first day; raises NothingToSend.

    The number of queries does not depend on how many products there are.
    """
    agreement = deal.agreement
    if agreement.ends_on < today:
        raise NothingToSend(_("The agreement has ended."))
    day = max(today, agreement.starts_on)
    offers = _offers(session, store, deal, day)
    if not offers:
        raise NothingToSend(
            _("No published product is covered by the agreement and may be ordered.")
        )
    return Catalogue(
        number=f"{agreement.number}-{today:%Y%m%d}",
        issued_on=today,
        provider=_enterprise(deal.enterprise),
        receiver=_municipality(deal.municipality),
        lines=tuple(peppol_lines.line_of(place, each) for place, each in enumerate(offers, 1)),
        validity=Period(day, agreement.ends_on),
        contract=agreement.number,
        name=agreement.title,
        action="Replace",
    )


def _deals() -> Any:  # SQLAlchemy 2.0 and 2.1 write the type of this query differently
    return (
        select(Agreement, Enterprise, Municipality)
        .join(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .join(Municipality, Municipality.id == Agreement.municipality_id)
        .where(Agreement.kind == AgreementKind.VOLUNTARY, Agreement.is_draft.is_(False))
    )


def _offers(session: Session, store: Store, deal: Deal, day: date) -> list[Offer]:
    products = _products(session, deal, day)
    asked = [Asked(each, deal.agreement.id) for each in products]
    costs = prices.list_prices(session, asked, day)
    names = _category_names(session, products)
    pictures = _pictures(session, store, products)
    return [
        Offer(
            shelf.facts_but_area(each),
            costs[each.id],
            day,
            names.get(each.category_code or "", ""),
            pictures.get(each.id),
        )
        for each in products
    ]


def _products(session: Session, deal: Deal, day: date) -> list[Product]:
    """List the products that are ordered on the agreement on the day.

    What another agreement with the enterprise covers more closely is ordered on that, at its price.
    """
    municipality_id = deal.municipality.id
    columns = OrderableColumns(
        Product.state == ProductState.PUBLISHED, Product.enterprise_id, Product.category_code
    )
    query = (
        select(Product)
        .where(Product.enterprise_id == deal.enterprise.id)
        .where(agreements.orderable_where(columns, municipality_id, day))
        .where(delivered_where(municipality_id))
        .order_by(Product.item_number)
        .options(selectinload(Product.images))
    )
    applies = agreements.in_force(session, municipality_id, day, among=[deal.enterprise.id])
    return [
        each
        for each in session.scalars(query)
        if (under := _judge(applies, each).voluntary) and under.agreement_id == deal.agreement.id
    ]


def _judge(applies: InForce, product: Product) -> Judgement:
    return judge(
        applies, published=True, enterprise_id=product.enterprise_id,
        category_code=product.category_code,
    )  # fmt: skip


def _category_names(session: Session, products: list[Product]) -> dict[str, str]:
    codes = {each.category_code for each in products}
    rows = session.execute(select(Category.code, Category.label_da).where(Category.code.in_(codes)))
    return {code: label for code, label in rows}


def _pictures(session: Session, store: Store, products: list[Product]) -> dict[int, Shown]:
    """Return the first picture of each product as a JPEG small enough to travel in the file."""
    first = {each.id: each.images[0] for each in products if each.images}
    ids = {own.image_id for own in first.values()}
    images = {each.id: each for each in session.scalars(select(Image).where(Image.id.in_(ids)))}
    shown = {key: _shown(store, images[own.image_id], own) for key, own in first.items()}
    return {product_id: each for product_id, each in shown.items() if each is not None}


def _shown(store: Store, image: Image, own: ProductImage) -> Shown | None:
    """Return a picture; None when its file is gone, which must not keep the prices back."""
    widths = media_rules.widths(image.width)
    width = max((each for each in widths if each <= PICTURE_WIDTH_PX), default=widths[0])
    try:
        found = deriving.show(store, image.sha256, width, "jpg")
    except Missing:
        return None
    return Shown(found.content, own.alt, image.sha256)


def _enterprise(enterprise: Enterprise) -> Party:
    return Party(
        endpoint=by_cvr(enterprise.cvr),
        name=enterprise.name,
        company=by_cvr(enterprise.cvr),
        street=enterprise.street,
        city=enterprise.city,
        postcode=enterprise.postcode,
        country="DK",
    )


def _municipality(municipality: Municipality) -> Party:
    number = by_cvr(municipality.cvr)
    return Party(number, f"{municipality.name} Kommune", number, country="DK")
