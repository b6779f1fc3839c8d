"""Changes that wait: a draft beside the published product, which takes its place when approved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who

from . import copying, prices, rows, shelf
from .check_models import Revision
from .check_rules import merge
from .models import Product, ProductState


def find(session: Session, draft_id: int) -> Revision | None:
    """Return what a draft is to change; None for a product of its own."""
    return session.get(Revision, draft_id)


def find_open(session: Session, product_id: int) -> int | None:
    """Return the id of the draft that is to change a product, if there is one."""
    return session.scalar(select(Revision.draft_id).where(Revision.product_id == product_id))


def list_changing(session: Session, enterprise_id: int) -> frozenset[int]:
    """Return the products of an enterprise that a change has been begun of. One query."""
    query = select(Revision.product_id).join(Product, Product.id == Revision.product_id)
    return frozenset(session.scalars(query.where(Product.enterprise_id == enterprise_id)))


def begin(session: Session, who: Who, product_id: int, now: datetime) -> Product:
    """Make a draft beside a published product to change it by; return the one there is already.

    Raises Missing, and Conflict for a product that is not on the shelf: it is changed as it is.
    """
    product = lock(session, who.enterprise_id, product_id)
    open_id = find_open(session, product.id)
    if open_id is not None:
        return lock(session, who.enterprise_id, open_id)
    if product.state != ProductState.PUBLISHED:
        raise Conflict(_("Buyers do not see this product; change it as it is."))
    draft = copying.copy(session, product, copying.change_number(product), now)
    session.flush()
    base = shelf.told(draft)
    session.add(Revision(draft_id=draft.id, product_id=product.id, base=base, begun_at=now))
    session.flush()
    shelf.note_deed(session, who, "product.created", draft, {}, now)
    return draft


def discard(session: Session, who: Who, draft_id: int, now: datetime) -> int:
    """Throw a change away that is not being read; return the product that stays as it is.

    Raises Missing, Conflict.
    """
    draft = lock(session, who.enterprise_id, draft_id)
    revision = find(session, draft_id)
    if revision is None:
        raise Missing(_("There is no such change."))
    if draft.state == ProductState.SUBMITTED:
        raise Conflict(_("It waits for an answer. Take it back first."))
    shelf.note_deed(session, who, "product.change_discarded", draft, {}, now)
    _drop(session, draft, revision)
    return revision.product_id


def apply(session: Session, who: Who, draft: Product, now: datetime) -> Product:
    """Put a change on the shelf; return the product, which has a new version.

    Raises NotReady, and Invalid when a price would rise that agreements bind.
    """
    revision = session.get_one(Revision, draft.id)
    product = lock(session, draft.enterprise_id, revision.product_id)
    refuse_rise(session, product, draft, now)
    before = shelf.told(product)
    wanted = _wanted(revision, draft, product)
    _drop(session, draft, revision)
    shelf.put_facts(product, copying.facts_from(wanted, shelf.facts_of(product)))
    if wanted["images"] != before["images"]:
        rows.put_images(product, [(each["image_id"], each["alt"]) for each in wanted["images"]])
    product.attachments = wanted.get("attachments")
    prices.pass_on(session, product, now)
    product.updated_at = now
    if product.state == ProductState.PUBLISHED:
        shelf.check_ready(product)
        shelf.record_version(session, product, person_id=who.person_id, now=now)
    shelf.note_deed(session, who, "product.changed", product, before, now)
    return product


def refuse_rise(session: Session, product: Product, draft: Product, now: datetime) -> None:
    """Raise Invalid when a change would raise a price that agreements bind."""
    facts = copying.facts_from(told_after(session, draft, product), shelf.facts_of(product))
    problem = prices.rise_problem(product, facts)
    if problem and prices.is_bound(session, product, today_in_copenhagen(now)):
        raise Invalid({"price": [problem]})


def told_after(session: Session, draft: Product, product: Product) -> dict[str, Any]:
    """Return what a product would tell after a change of it."""
    return _wanted(session.get_one(Revision, draft.id), draft, product)


def lock(session: Session, enterprise_id: int | None, product_id: int) -> Product:
    """Return a product of the enterprise, locked, with pictures and area; raises Missing."""
    query = (
        select(Product)
        .where(Product.id == product_id, Product.enterprise_id == enterprise_id)
        .where(Product.variant_of_id.is_(None))
        .options(*shelf.whole())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.scalars(query).first()
    if found is None:
        raise Missing(_("The product does not exist, or it belongs to another enterprise."))
    return found


def _wanted(revision: Revision, draft: Product, product: Product) -> dict[str, Any]:
    """Return what the product would tell: its present facts with those that the draft changed."""
    wanted = merge(revision.base, shelf.told(draft), shelf.told(product))
    return wanted | {"state": str(product.state)}  # a draft's own state changes nobody else's


def _drop(session: Session, draft: Product, revision: Revision) -> None:
    session.delete(revision)
    session.flush()
    session.delete(draft)
    session.flush()
