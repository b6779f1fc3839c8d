"""What the verbs and the price list share: versions, and fitness for the shelf.

Who may do it, and whether the number is free, is asked before (service.py, plan.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import audit, jobs
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.queries import reviewed_where
from catalogue.media import service as media
from catalogue.media.service import Received

from . import families, gate, rules
from .completeness import Assessment, assess
from .models import Product, ProductImage, ProductState, ProductVersion
from .rows import facts_but_area, facts_of, put_facts, start, told, whole

# What others ask of this module, wherever it is written.
__all__ = [
    "NewPicture", "NotReady", "Put", "assessment_of", "check_ready", "facts_but_area", "facts_of",
    "is_verified", "lock_enterprise", "note_change", "note_deed", "problems_of", "put_facts",
    "put_on_shelf", "put_pictures", "record_version", "start", "told", "whole",
]  # fmt: skip


class NotReady(Invalid):
    """The product lacks what buyers need to see; the problems say what, by field."""

    title = _("The product cannot be published yet")


@dataclass(frozen=True)
class NewPicture:
    """A received picture and what it shows; `name` is what people know it by, where it has one."""

    received: Received
    alt: str = ""
    name: str = field(default="", compare=False, repr=False)


class Put(NamedTuple):
    """What putting pictures on a product has done: how many were new, their ids by hash."""

    new: int
    ids: dict[str, int]


def problems_of(product: Product) -> list[rules.Problem]:
    """List what the product lacks for being published."""
    return rules.problems(facts_of(product), [each.alt for each in product.images])


def assessment_of(product: Product) -> Assessment:
    """Tell how complete a product is, and what to add first."""
    return assess(facts_of(product), [each.alt for each in product.images])


def put_pictures(
    session: Session, product: Product, pictures: Sequence[NewPicture], now: datetime
) -> Put:
    """Put pictures on a product, or a text on those it has."""
    own = {each.image_id: each for each in product.images}
    new, ids = 0, dict[str, int]()
    for picture in pictures:
        image = media.register(session, product.enterprise_id, picture.received, now)
        ids[picture.received.sha256] = image.id
        if image.id in own:
            own[image.id].alt = picture.alt or own[image.id].alt
            continue
        own[image.id] = ProductImage(
            image_id=image.id, alt=picture.alt, position=len(product.images) + 1
        )
        product.images.append(own[image.id])
        new += 1
    return Put(new, ids)


def put_on_shelf(
    session: Session, who: Who, product: Product, before: dict[str, Any], now: datetime
) -> None:
    """Publish a product whose enterprise is known to be verified; raises NotReady.

    Raises MustBeChecked when nobody has checked it who should. `before` is what the product told
    before the deed.
    """
    check_ready(product)
    gate.check_publishing(session, who, product)
    product.state = ProductState.PUBLISHED
    product.published_at = product.published_at or now
    product.updated_at = now
    record_version(session, product, person_id=who.person_id, now=now)
    note_deed(session, who, "product.published", product, before, now)


def note_change(
    session: Session, who: Who, product: Product, before: dict[str, Any], now: datetime
) -> None:
    """Follow up a change: a published product stays fit to be seen and gets a new version.

    Raises Waiting and MustBeChecked, with nothing written, when it may not change now.
    `before` is what the product told before the change.
    """
    gate.check_change(session, who, product)
    product.updated_at = now
    if product.state == ProductState.PUBLISHED:
        check_ready(product)
        record_version(session, product, person_id=who.person_id, now=now)
    note_deed(session, who, "product.changed", product, before, now)


def note_deed(
    session: Session, who: Who, action: str, product: Product, before: dict[str, Any], now: datetime
) -> None:
    """Write into the audit what the deed changed of what the product told `before`."""
    audit.record(
        session, action, ("product", product.id), person_id=who.person_id, now=now,
        facts=audit.changes(before, told(product)),
    )  # fmt: skip


def record_version(
    session: Session, product: Product, *, person_id: int | None, now: datetime
) -> None:
    """Copy the product as it stands on the shelf (or has left it), and have it indexed.

    Its variants follow.
    """
    product.version += 1
    session.add(
        ProductVersion(
            product_id=product.id,
            version=product.version,
            at=now,
            person_id=person_id,
            facts=told(product),
        )
    )
    families.follow(session, product, person_id=person_id, now=now)
    jobs.put(session, "search.index", {"product_id": product.id}, now=now)


def lock_enterprise(session: Session, who: Who) -> int:
    """Let one person at a time hand out item numbers of an enterprise; return its id.

    Raises Missing when `who` does not act for an enterprise.
    """
    query = select(Enterprise.id).where(Enterprise.id == who.enterprise_id).with_for_update()
    enterprise_id = session.scalar(query)
    if enterprise_id is None:
        raise Missing(_("Only an enterprise has products."))
    return enterprise_id


def is_verified(session: Session, enterprise_id: int | None, today: date) -> bool:
    """Tell whether the enterprise is verified, and so may publish."""
    query = select(Enterprise.id).where(Enterprise.id == enterprise_id, reviewed_where(today))
    return session.scalar(query) is not None


def check_ready(product: Product) -> None:
    """Raise NotReady when the product lacks what buyers need to see."""
    if found := problems_of(product):
        raise NotReady(rules.by_field(found))
