"""What the enterprise's pages share: the blueprint, words of values, and how a form is drawn."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from catalogue.accounts import queries as accounts
from catalogue.core.http import reading, render, state, today, who
from catalogue.core.text import current_locale
from catalogue.media import rules as media_rules

from . import form as forms
from . import picture_use, prices, queries, rules, service

blueprint = Blueprint("products", __name__)
NAMES: dict[str, Any] = {
    "state_names": rules.STATE_NAMES,
    "unit_names": rules.UNIT_NAMES,
    "kind_names": rules.KIND_NAMES,
    "labels": rules.FIELD_NAMES,
}
EMPTY: dict[str, Any] = asdict(rules.ProductFacts(item_number="", title="")) | {
    "category": "",
    "price": "",
    "vat_exempt_reason": "",
    "delivery_days": "",
    "delivers_everywhere": "1",
    "municipalities": [],
}


def draw_form(
    values: dict[str, Any], problems: dict[str, Any] | None = None, candidates: Any = ()
) -> Response:
    """Draw the form of a new product; status 422 when there are problems."""
    with reading() as session:
        choices = _choices(session, candidates)
    return render(
        "products/new.html",
        422 if problems else 200,
        values=values,
        errors=problems or {},
        **choices,
        **NAMES,
    )


def draw_edit(
    product_id: int,
    values: dict[str, Any] | None = None,
    problems: dict[str, Any] | None = None,
    candidates: Any = (),
) -> Response:
    """Draw the page of a product with `values` typed, or as it is stored; 422 for problems."""
    with reading() as session:
        product = service.get_own(session, who().enterprise_id, product_id)
        category = queries.find_category(session, product.category_code)
        pictures = queries.list_pictures(session, product_id)
        elsewhere = picture_use.is_elsewhere(session, product_id)
        bound = prices.bound_ids(session, product.enterprise_id, today())
        choices = _choices(session, candidates)
    stored = forms.values_of(product, category, current_locale())
    return render(
        "products/edit.html",
        422 if problems else 200,
        product=product,
        pictures=pictures,
        hints={
            each.id: media_rules.hints(
                each.width, each.height, each.looks, used_elsewhere=each.image_id in elsewhere
            )
            for each in pictures
        },
        bound=product.id in bound,
        lacking=service.problems_of(product),
        at_most=state().settings.images_per_product,
        values=stored if values is None else values,
        errors=problems or {},
        **choices,
        **NAMES,
    )


def _choices(session: Session, candidates: Any) -> dict[str, Any]:
    return {
        "candidates": candidates,
        "in_use": queries.list_categories_in_use(session),
        "municipalities": [
            (str(each.id), each.name) for each in accounts.list_municipalities(session)
        ],
    }
