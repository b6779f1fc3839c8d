"""Former versions of a product: what changed when, what was seen on a day, and back to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core.errors import Conflict, Missing
from catalogue.core.text import COPENHAGEN
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.media.models import Image

from . import copying, differing, gate, prices, revisions, rows, service, shelf, telling
from .models import Product, ProductVersion
from .telling import Line

SHOWN_FIELDS = 6  # names of changed fields in a line of the list


@dataclass(frozen=True)
class Listed:
    """A version in the list: who made it, and which fields it changed."""

    version: int
    at: datetime
    by: str
    changed: Sequence[Any]
    state: str


@dataclass(frozen=True)
class Beside:
    """Two versions side by side; `old` None: it was the first."""

    old: ProductVersion | None
    new: ProductVersion
    lines: Sequence[Line]


def list_versions(session: Session, product_id: int) -> list[Listed]:
    """List the versions of a product, the newest first. One query."""
    rows = session.execute(
        select(ProductVersion, Person.name)
        .outerjoin(Person, Person.id == ProductVersion.person_id)
        .where(ProductVersion.product_id == product_id)
        .order_by(ProductVersion.version)
    ).all()
    found: list[Listed] = []
    former: dict[str, Any] | None = None
    for each, name in rows:
        pairs = differing.compare(former, each.facts) if former is not None else []
        changed = [differing.label(pair.name) for pair in pairs if pair.differs]
        found.append(Listed(each.version, each.at, name or "", changed, each.facts["state"]))
        former = each.facts
    return found[::-1]


def beside(session: Session, product_id: int, version: int, other: int | None) -> Beside:
    """Return a version beside another (None: the one before it); raises Missing."""
    kept = select(ProductVersion).where(ProductVersion.product_id == product_id)
    new = session.scalars(kept.where(ProductVersion.version == version)).first()
    if new is None:
        raise Missing(_("There is no such version."))
    asked = version - 1 if other is None else other
    old = session.scalars(kept.where(ProductVersion.version == asked)).first()
    if old is None and other is not None:
        raise Missing(_("There is no such version."))
    told = old.facts if old else None
    return Beside(old, new, telling.lines(session, told, new.facts))


def find_seen_on(session: Session, product_id: int, day: date) -> ProductVersion | None:
    """Return the version that was in force at the end of a day in Copenhagen."""
    end = datetime.combine(day + timedelta(days=1), time.min, COPENHAGEN).astimezone(UTC)
    query = select(ProductVersion).where(
        ProductVersion.product_id == product_id, ProductVersion.at < end
    )
    return session.scalars(query.order_by(ProductVersion.version.desc()).limit(1)).first()


def revert(session: Session, who: Who, product_id: int, version: int, now: datetime) -> Product:
    """Let a product say again what it said in a version; return it, or the change that waits.

    Its item number and state stay; pictures come back as long as they are kept. Raises Missing,
    NotReady, Waiting, Invalid for a price that must not rise, and Conflict when a change has been
    begun.
    """
    product = revisions.lock(session, who.enterprise_id, product_id)
    kept = beside(session, product_id, version, None).new
    if gate.is_held(session, who, product):
        if revisions.find_open(session, product_id) is not None:
            raise Conflict(_("A change to this product has been begun. Go on with that one."))
        product = revisions.begin(session, who, product_id, now)
    before = shelf.told(product)
    told = {name: value for name, value in kept.facts.items() if name != "item_number"}
    facts = copying.facts_from(told, shelf.facts_of(product))
    service.refuse_rise(session, product, facts, now)
    shelf.put_facts(product, facts)
    rows.put_images(product, _kept_images(session, kept.facts["images"]))
    product.attachments = kept.facts.get("attachments")
    prices.pass_on(session, product, now)
    session.flush()
    if before != shelf.told(product):
        shelf.note_change(session, who, product, before, now)
    return product


def _kept_images(session: Session, told: Sequence[dict[str, Any]]) -> list[tuple[int, str]]:
    ids = [each["image_id"] for each in told]
    known = set(session.scalars(select(Image.id).where(Image.id.in_(ids))))
    return [(each["image_id"], each["alt"]) for each in told if each["image_id"] in known]
