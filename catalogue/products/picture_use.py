"""Which images and attachments are named by products, by earlier versions, or as a logo."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from catalogue.enterprises.models import Enterprise
from catalogue.media.collecting import Named
from catalogue.media.models import Image

from .attaching import hashes_in_use
from .check_models import Revision
from .models import Product, ProductImage, ProductVersion

_AT_A_TIME = 500


def in_use(session: Session, image_ids: Collection[int]) -> set[int]:
    """Return those of the images that something names.

    A version tells what buyers saw when they ordered, so its pictures stay for good.
    """
    asked = set(image_ids)
    named = set(session.scalars(select(ProductImage.image_id).distinct()))
    named |= set(session.scalars(select(Enterprise.logo_image_id).distinct()))
    left = sorted(asked - named)
    found = asked & named
    for start in range(0, len(left), _AT_A_TIME):
        part = left[start : start + _AT_A_TIME]
        found |= _in_versions(session, part) & set(part)
    return found


def is_elsewhere(session: Session, product_id: int) -> set[int]:
    """Return the images of a product that another product of its enterprise shows too.

    A change that waits and the product it changes are one, and so are its variants.
    """
    own = select(ProductImage.image_id).where(ProductImage.product_id == product_id)
    same = union(
        select(Revision.product_id).where(Revision.draft_id == product_id),
        select(Revision.draft_id).where(Revision.product_id == product_id),
        select(Product.id).where(Product.variant_of_id == product_id),
    )
    query = select(ProductImage.image_id).where(
        ProductImage.image_id.in_(own),
        ProductImage.product_id != product_id,
        ProductImage.product_id.not_in(same),
    )
    return set(session.scalars(query))


def _in_versions(session: Session, image_ids: Collection[int]) -> set[int]:
    """Return the images in earlier versions of the products of the images' owners."""
    owners = select(Image.enterprise_id).where(Image.id.in_(image_ids))
    query = (
        select(ProductVersion.facts)
        .join(Product, Product.id == ProductVersion.product_id)
        .where(Product.enterprise_id.in_(owners))
        .execution_options(yield_per=1000)
    )
    return {
        picture["image_id"]
        for facts in session.scalars(query)
        for picture in facts.get("images", ())
    }


NAMED = Named(in_use, hashes_in_use)
