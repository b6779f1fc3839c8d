"""The verbs: draft, save, publish and withdraw a product, and mind its pictures.

A change of what buyers see writes a version, work for the index and an audit event in the same
transaction, and is refused when the product would no longer be fit to be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who
from catalogue.media import service as media
from catalogue.media.service import Received

from . import changing, gate, revisions, rules, shelf
from .changing import refuse_rise
from .models import Product, ProductState
from .rules import ProductFacts
from .shelf import (
    NewPicture,
    NotReady,
    assessment_of,
    facts_but_area,
    facts_of,
    problems_of,
    record_version,
)

# What others and the pages ask of this module, wherever it is written.
__all__ = [
    "Described", "NewPicture", "NotReady", "NotVerified", "Replacement", "Upload", "add_images",
    "assessment_of", "create_draft", "describe_images", "facts_but_area", "facts_of", "get_own",
    "problems_of", "publish", "record_version", "refuse_rise", "remove_image", "replace_image",
    "save", "save_beside", "withdraw",
]  # fmt: skip


class NotVerified(Conflict):
    """The enterprise itself may not publish yet."""

    title = _("Your enterprise is not verified yet")


@dataclass(frozen=True)
class Upload:
    """Pictures to add, and how many a product may have."""

    pictures: Sequence[NewPicture]
    at_most: int


@dataclass(frozen=True)
class Described:
    """A picture of a product by its id: what it shows and its place in the row."""

    product_image_id: int
    alt: str
    position: int


@dataclass(frozen=True)
class Replacement:
    """A picture of a product by its ids, and what is to be shown in its place."""

    product_id: int
    product_image_id: int
    received: Received


def get_own(session: Session, enterprise_id: int | None, product_id: int) -> Product:
    """Return a product of the enterprise with pictures and delivery area; raises Missing."""
    return _get(session, enterprise_id, product_id, locked=False)


def create_draft(session: Session, who: Who, facts: ProductFacts, now: datetime) -> Product:
    """Make a draft; without an item number it is given the next free one.

    Raises Invalid when the item number is taken or the facts contradict each other.
    """
    enterprise_id = shelf.lock_enterprise(session, who)
    if not facts.item_number:
        facts = replace(facts, item_number=_free_item_number(session, enterprise_id))
    _check_item_number(session, enterprise_id, facts.item_number)
    product = shelf.start(session, enterprise_id, facts, now)
    session.flush()
    shelf.note_deed(session, who, "product.created", product, {}, now)
    return product


def save(
    session: Session, who: Who, product_id: int, facts: ProductFacts, now: datetime
) -> Product:
    """Change what is said of a product; a blank item number keeps the present one.

    Raises NotReady, with nothing written, when a published product would lack something, and
    Invalid when a price would rise that agreements bind.
    """
    product = _get(session, who.enterprise_id, product_id, locked=True)
    if not facts.item_number:
        facts = replace(facts, item_number=product.item_number)
    if facts == facts_of(product):
        return product
    if facts.item_number != product.item_number:
        _check_item_number(session, shelf.lock_enterprise(session, who), facts.item_number)
    return changing.write(session, who, product, (shelf.told(product), facts), now)


def save_beside(
    session: Session, who: Who, product_id: int, facts: ProductFacts, now: datetime
) -> Product:
    """Keep what is said of a published product in a draft beside it, when it must be checked.

    Raises as `changing.open_beside`.
    """
    draft = changing.open_beside(session, who, product_id, now)
    if facts.item_number == session.get_one(Product, product_id).item_number:
        facts = replace(facts, item_number="")  # a draft has one of its own
    return save(session, who, draft.id, facts, now)


def publish(session: Session, who: Who, product_id: int, now: datetime) -> Product:
    """Show a product to buyers, or what a change makes of one; return what they see.

    Raises NotReady, NotVerified, MustBeChecked. Published already: no change.
    """
    product = _get(session, who.enterprise_id, product_id, locked=True)
    if product.state == ProductState.PUBLISHED:
        return product
    if (revision := revisions.find(session, product.id)) is not None:
        shown = revisions.lock(session, who.enterprise_id, revision.product_id)
        gate.check_change(session, who, product)
        gate.check_change(session, who, shown)
        return revisions.apply(session, who, product, now)
    if not shelf.is_verified(session, who.enterprise_id, today_in_copenhagen(now)):
        raise NotVerified(
            _("You can publish as soon as the municipality has verified your enterprise.")
        )
    shelf.put_on_shelf(session, who, product, shelf.told(product), now)
    return product


def withdraw(session: Session, who: Who, product_id: int, now: datetime) -> Product:
    """Take a product from the shelf; buyers can no longer order it. Drafts are never on it."""
    product = _get(session, who.enterprise_id, product_id, locked=True)
    if product.state in (ProductState.DRAFT, ProductState.SUBMITTED):
        raise Conflict(_("The product is a draft; there is nothing to withdraw."))
    if product.state == ProductState.WITHDRAWN:
        return product
    before = shelf.told(product)
    product.state = ProductState.WITHDRAWN
    product.updated_at = now
    record_version(session, product, person_id=who.person_id, now=now)
    shelf.note_deed(session, who, "product.withdrawn", product, before, now)
    return product


def add_images(session: Session, who: Who, product_id: int, upload: Upload, now: datetime) -> int:
    """Put pictures behind those the product has; return how many were new.

    Raises Invalid for too many, NotReady when a published product gets one without text.
    """
    product = _get(session, who.enterprise_id, product_id, locked=True)
    before = shelf.told(product)
    new = shelf.put_pictures(session, product, upload.pictures, now).new
    if len(product.images) > upload.at_most:
        text = _("A product has at most %(limit)s pictures", limit=upload.at_most)
        raise Invalid({"images": [text]})
    if new:
        session.flush()
        shelf.note_change(session, who, product, before, now)
    return new


def describe_images(
    session: Session, who: Who, product_id: int, described: Sequence[Described], now: datetime
) -> None:
    """Set alternative texts and order; pictures that are not named keep theirs.

    Raises Missing for a picture that is not of this product.
    """
    product = _get(session, who.enterprise_id, product_id, locked=True)
    before = shelf.told(product)
    own = {each.id: each for each in product.images}
    for each in described:
        if each.product_image_id not in own:
            raise Missing(_("There is no such picture."))
        own[each.product_image_id].alt = each.alt
        own[each.product_image_id].position = each.position
    _number(product)
    if before != shelf.told(product):
        shelf.note_change(session, who, product, before, now)


def replace_image(session: Session, who: Who, replacement: Replacement, now: datetime) -> None:
    """Show another image in the place of a picture, such as another part of its original.

    Raises Missing for a picture that is not of this product, Invalid when the product shows the
    new image already.
    """
    product = _get(session, who.enterprise_id, replacement.product_id, locked=True)
    found = [each for each in product.images if each.id == replacement.product_image_id]
    if not found:
        raise Missing(_("There is no such picture."))
    image = media.register(session, product.enterprise_id, replacement.received, now)
    if any(each.image_id == image.id for each in product.images if each is not found[0]):
        raise Invalid({"images": [_("The product has these pictures already.")]})
    if image.id == found[0].image_id:
        return
    before = shelf.told(product)
    found[0].image_id = image.id
    session.flush()
    shelf.note_change(session, who, product, before, now)


def remove_image(
    session: Session, who: Who, product_id: int, product_image_id: int, now: datetime
) -> None:
    """Take a picture off a product; raises Missing, or NotReady for the last of a published one."""
    product = _get(session, who.enterprise_id, product_id, locked=True)
    kept = [each for each in product.images if each.id != product_image_id]
    if len(kept) == len(product.images):
        raise Missing(_("There is no such picture."))
    before = shelf.told(product)
    product.images = kept
    _number(product)
    shelf.note_change(session, who, product, before, now)


def _get(session: Session, enterprise_id: int | None, product_id: int, *, locked: bool) -> Product:
    query = (
        select(Product)
        .where(Product.id == product_id, Product.enterprise_id == enterprise_id)
        .where(Product.variant_of_id.is_(None))  # variants are changed with what leads them
        .options(selectinload(Product.delivery_area))
    )
    if locked:  # PostgreSQL locks no rows of what may be missing, as pictures joined may
        query = query.options(selectinload(Product.images)).with_for_update()
        query = query.execution_options(populate_existing=True)
    else:
        query = query.options(joinedload(Product.images))
    found = session.scalars(query).unique().one_or_none()
    if found is None:
        raise Missing(_("The product does not exist, or it belongs to another enterprise."))
    return found


def _check_item_number(session: Session, enterprise_id: int, item_number: str) -> None:
    query = select(Product.title).where(
        Product.enterprise_id == enterprise_id, Product.item_number == item_number
    )
    title = session.scalar(query)
    if title is not None:
        raise Invalid({"item_number": [_("“%(title)s” has this item number", title=title)]})


def _free_item_number(session: Session, enterprise_id: int) -> str:
    query = select(Product.item_number).where(Product.enterprise_id == enterprise_id)
    return rules.next_item_number(session.scalars(query))


def _number(product: Product) -> None:
    """Number the pictures 1, 2, … by their places; equal places keep their order."""
    product.images.sort(key=lambda each: each.position)
    for position, each in enumerate(product.images, start=1):
        each.position = position
