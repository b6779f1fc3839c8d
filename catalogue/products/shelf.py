"""What the verbs and the price list share: facts to rows and back, versions, fitness for the shelf.

Who may do it, and whether the number is free, is asked before (service.py, plan.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from catalogue.core import audit, jobs
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.queries import reviewed_where
from catalogue.media import service as media
from catalogue.media.service import Received

from . import details, gate, prices, rules
from .completeness import Assessment, assess
from .models import (
    Product,
    ProductImage,
    ProductKind,
    ProductMunicipality,
    ProductState,
    ProductVersion,
    Unit,
)
from .rules import ProductFacts

# Facts that are columns of the row as they are.
_COLUMNS = tuple(
    name
    for name in ProductFacts.__dataclass_fields__
    if name not in ("municipality_ids", "tiers", *details.STORED)
)
# Facts that many products do not have: told only when there is something to tell.
_RARE = ("gtin", "paused_until", "tiers")
_RARELY_TOLD = ("gtin", "tiers", "attachments")


class NotReady(Invalid):
    """The product lacks what buyers need to see; the problems say what, by field."""

    title = _("The product cannot be published yet")


@dataclass(frozen=True)
class NewPicture:
    """A received picture and what it shows."""

    received: Received
    alt: str = ""


def whole() -> tuple[ExecutableOption, ...]:
    """Return the options of a query that loads all that a product tells."""
    return selectinload(Product.images), selectinload(Product.delivery_area)


def start(session: Session, enterprise_id: int, facts: ProductFacts, now: datetime) -> Product:
    """Add the row of a new draft to the session; the item number is known to be free."""
    product = Product(
        enterprise_id=enterprise_id,
        state=ProductState.DRAFT,
        version=0,
        created_at=now,
        updated_at=now,
    )
    product.images, product.delivery_area = [], []
    put_facts(product, facts)
    session.add(product)
    return product


def put_facts(product: Product, facts: ProductFacts) -> None:
    """Write facts into the row; the one place where they become columns."""
    given = asdict(facts)
    for name in _COLUMNS:
        setattr(product, name, given[name])
    product.tiers = [list(each) for each in facts.tiers] or None
    product.details = details.stored(given)
    product.kind, product.unit = ProductKind(facts.kind), Unit(facts.unit)
    known = {each.municipality_id: each for each in product.delivery_area}
    wanted = frozenset() if facts.delivers_everywhere else facts.municipality_ids
    product.delivery_area = [
        known.get(each) or ProductMunicipality(municipality_id=each) for each in sorted(wanted)
    ]


def facts_of(product: Product) -> ProductFacts:
    """Return what the row says, as rules take it."""
    area = frozenset(each.municipality_id for each in product.delivery_area)
    return replace(facts_but_area(product), municipality_ids=area)


def facts_but_area(product: Product) -> ProductFacts:
    """Return what the row alone says: all facts but the municipalities it is delivered to."""
    columns = {name: getattr(product, name) for name in _COLUMNS}
    tiers = prices.tiers_of(product)
    return ProductFacts(**columns, tiers=tiers, **details.read(product.details))


def told(product: Product) -> dict[str, Any]:
    """Return all that a product tells, as versions and the audit keep it."""
    given = asdict(facts_of(product))
    facts = {name: given[name] for name in (*_COLUMNS, "municipality_ids") if name not in _RARE}
    facts["municipality_ids"] = sorted(facts["municipality_ids"])
    facts |= details.stored(given) or {}
    if product.paused_until:
        facts["paused_until"] = product.paused_until.isoformat()
    facts |= {name: value for name in _RARELY_TOLD if (value := getattr(product, name))}
    pictures = [{"image_id": each.image_id, "alt": each.alt} for each in product.images]
    return facts | {"state": str(product.state), "currency": product.currency, "images": pictures}


def problems_of(product: Product) -> list[rules.Problem]:
    """List what the product lacks for being published."""
    return rules.problems(facts_of(product), [each.alt for each in product.images])


def assessment_of(product: Product) -> Assessment:
    """Tell how complete a product is, and what to add first."""
    return assess(facts_of(product), [each.alt for each in product.images])


def put_pictures(
    session: Session, product: Product, pictures: Sequence[NewPicture], now: datetime
) -> int:
    """Put pictures on a product, or a text on those it has; return how many were new."""
    own = {each.image_id: each for each in product.images}
    new = 0
    for picture in pictures:
        image = media.register(session, product.enterprise_id, picture.received, now)
        if image.id in own:
            own[image.id].alt = picture.alt or own[image.id].alt
            continue
        own[image.id] = ProductImage(
            image_id=image.id, alt=picture.alt, position=len(product.images) + 1
        )
        product.images.append(own[image.id])
        new += 1
    return new


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
    """Copy the product as it stands on the shelf (or has left it), and have it indexed."""
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
