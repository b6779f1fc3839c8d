"""Write the judged rows of a price list: new products, and changes of those there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.who import Who

from . import checks, families, gate, prices, revisions, service, shelf
from .entries import Entry, Outcome
from .models import Product, ProductState
from .rules import ProductFacts


def write(session: Session, who: Who, entries: Iterable[Entry], now: datetime) -> None:
    """Write what rows create and change; the others are passed over.

    What the rows of a family make of their product is written once. The caller has judged them in
    this transaction, with the products locked.
    """
    wanted = products_of(entries)
    made = [
        (shelf.start(session, who.enterprise_id or 0, _facts(each), now), each)
        for each in wanted
        if each.outcome == Outcome.CREATED
    ]
    session.flush()  # all new rows at once: one by one takes three times as long
    for product, entry in made:
        _create(session, who, product, entry, now)
    changed = [each for each in wanted if each.outcome == Outcome.CHANGED]
    query = select(Product).where(Product.id.in_([each.product_id for each in changed]))
    products = {each.id: each for each in session.scalars(query.options(*shelf.whole()))}
    for entry in changed:
        _change(session, who, products[entry.product_id or 0], entry, now)


def products_of(entries: Iterable[Entry]) -> list[Entry]:
    """List what becomes of products by rows that create or change something, each product once."""
    news = [each for each in entries if each.outcome in (Outcome.CREATED, Outcome.CHANGED)]
    return list({id(each.whole or each): each.whole or each for each in news}.values())


def _create(session: Session, who: Who, made: Product, entry: Entry, now: datetime) -> None:
    _put_pictures(session, made, entry, now)
    shelf.note_deed(session, who, "product.created", made, {}, now)
    if entry.state == ProductState.PUBLISHED:
        shelf.put_on_shelf(session, who, made, shelf.told(made), now)
    elif entry.state == ProductState.SUBMITTED:
        session.flush()
        checks.submit(session, who, made.id, now)


def _change(session: Session, who: Who, product: Product, entry: Entry, now: datetime) -> None:
    if entry.state == ProductState.WITHDRAWN and product.state == ProductState.PUBLISHED:
        service.withdraw(session, who, product.id, now)
        return
    if gate.is_held(session, who, product):
        _change_beside(session, who, product, entry, now)
        return
    before = shelf.told(product)
    shelf.put_facts(product, _facts(entry))
    if prices.FIELDS & set(entry.fields):
        prices.pass_on(session, product, now)
    _put_pictures(session, product, entry, now)
    if entry.state == ProductState.PUBLISHED and product.state == ProductState.DRAFT:
        shelf.put_on_shelf(session, who, product, before, now)
        return
    shelf.note_change(session, who, product, before, now)
    if entry.state == ProductState.SUBMITTED and product.state == ProductState.DRAFT:
        checks.submit(session, who, product.id, now)


def _change_beside(
    session: Session, who: Who, product: Product, entry: Entry, now: datetime
) -> None:
    """Send the change of a published product in; buyers see the present version meanwhile."""
    draft = revisions.begin(session, who, product.id, now)
    before = shelf.told(draft)
    shelf.put_facts(draft, replace(_facts(entry), item_number=draft.item_number))
    _put_pictures(session, draft, entry, now)
    shelf.note_change(session, who, draft, before, now)
    checks.submit(session, who, draft.id, now)


def _put_pictures(session: Session, product: Product, entry: Entry, now: datetime) -> None:
    """Put pictures on a product, and let its variants be shown by those they chose."""
    ids = shelf.put_pictures(session, product, entry.pictures, now).ids
    if entry.chosen:
        chosen = {key: ids[sha256] for key, sha256 in entry.chosen}
        shelf.put_facts(product, families.with_pictures(shelf.facts_of(product), chosen))


def _facts(entry: Entry) -> ProductFacts:
    if entry.facts is None:
        raise ValueError(f"row {entry.row} is refused; there is nothing to write")
    return entry.facts
