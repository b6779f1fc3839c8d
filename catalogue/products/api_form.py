"""From what programs send to the form of a product, and from a product to what programs get."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Municipality
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _
from catalogue.core.text import typed_kroner

from . import attached, queries, seasons, sheet_cells, shelf
from .api_schema import ProductListedSchema, ProductShownSchema
from .form import Typed
from .models import Product, ProductState
from .price_rules import Tier

# What forms call what programs name otherwise, for where errors point.
NAMES = {
    "price": "price_ore", "category": "category_code", "municipalities": "delivers_to",
    "delivers_everywhere": "delivers_to",
}  # fmt: skip
_SOME_YEAR = "2024-"  # a day of every year is typed as one of a year that has all days


def typed_of(session: Session, body: Mapping[str, Any], locale: str) -> Typed:
    """Return the form that says what a program sent; raises Invalid for unknown municipalities."""
    values: dict[str, str] = {}
    for name, value in body.items():
        if name not in ("labels", "delivers_to"):
            values[_FORM_NAMES.get(name, name)] = _typed(name, value)
    labels = tuple(each["code"] for each in body.get("labels") or ())
    if "labels" in body:
        proofs = {each["code"]: each["proof"] for each in body["labels"] or ()}
        values |= {"proof_fsc": ""} | {f"proof_{code}": proof for code, proof in proofs.items()}
    ids: list[str] = []
    if "delivers_to" in body:
        ids = _municipality_ids(session, body["delivers_to"] or ())
        values["delivers_everywhere"] = "0" if ids else "1"
    return Typed(values, tuple(ids), locale, labels)


def list_own(
    session: Session, enterprise_id: int | None, state: str | None, after: int | None, limit: int
) -> list[Product]:
    """List products of the enterprise by id, from the one after `after` on. One query."""
    query = (
        select(Product)
        .where(Product.enterprise_id == enterprise_id, Product.variant_of_id.is_(None))
        .where(Product.id > (after or 0))
        .order_by(Product.id)
        .limit(limit)
    )
    if state is not None:
        query = query.where(Product.state == ProductState(state))
    return list(session.scalars(query))


def lock_own(session: Session, enterprise_id: int | None, product_id: int) -> None:
    """Lock a product of the enterprise, so that what is read of it stays until it is changed."""
    own = (Product.id == product_id, Product.enterprise_id == enterprise_id)
    session.execute(select(Product.id).where(*own).with_for_update())


def show_listed(product: Product) -> dict[str, Any]:
    """Return a product as the list has it."""
    return dict(ProductListedSchema().dump(product))


def show(session: Session, product: Product) -> dict[str, Any]:
    """Return all that a product says, with its pictures and what it lacks."""
    session.flush()
    loaded = session.scalars(
        select(Product)
        .where(Product.id == product.id)
        .options(selectinload(Product.images), selectinload(Product.delivery_area))
        .execution_options(populate_existing=True)
    ).one()
    facts = shelf.facts_of(loaded)
    codes = _codes(session, facts.municipality_ids)
    told = {
        **vars(facts),
        **{name: getattr(loaded, name) for name in ("id", "state", "version", "updated_at")},
        "delivers_to": None if facts.delivers_everywhere else codes,
        "attachments": attached.of(loaded.attachments),
        "images": queries.list_pictures(session, loaded.id),
        "lacking": [
            {"pointer": f"#/{NAMES.get(field, field)}", "detail": str(text)}
            for field, text in shelf.problems_of(loaded)
        ],
    }
    return dict(ProductShownSchema().dump(told))


_FORM_NAMES = {"price_ore": "price", "category_code": "category"}


def _typed(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if name == "price_ore":
        return typed_kroner(value)
    if name in seasons.FIELDS:
        return f"{_SOME_YEAR}{value}"
    if name == "tiers":
        return sheet_cells.write_tiers([Tier(**each) for each in value])
    return str(value)


def _municipality_ids(session: Session, codes: Sequence[str]) -> list[str]:
    query = select(Municipality.code, Municipality.id).where(Municipality.code.in_(codes))
    found = {code: id_ for code, id_ in session.execute(query)}
    if unknown := sorted(set(codes) - set(found)):
        text = _("No municipality has the code %(codes)s", codes=", ".join(unknown))
        raise Invalid({"delivers_to": [text]})
    return [str(each) for each in found.values()]


def _codes(session: Session, ids: Collection[int]) -> list[str]:
    query = select(Municipality.code).where(Municipality.id.in_(ids)).order_by(Municipality.code)
    return list(session.scalars(query))
