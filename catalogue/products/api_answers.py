"""What the operations of products share: the blueprint, and how they read and answer a product."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response, url_for

from catalogue.core.http import who
from catalogue.core.http.answering import Deed, need_match, open_api
from catalogue.core.http.operations import Trait

from . import api_form, api_schema, service
from .models import Product

blueprint = open_api("products_api", __name__)
READ, WRITE = "products:read", "products:write"
SHOWN = api_schema.ProductShownSchema
ONE = "/products/<int:product_id>"
TAGGED, KEYED = frozenset({Trait.TAG}), frozenset({Trait.TAG, Trait.KEY})


def get_seen(doing: Deed, product_id: int) -> Product:
    """Return an own product, locked, when the ETag of the request is that of its present state."""
    api_form.lock_own(doing.session, who().enterprise_id, product_id)
    found = service.get_own(doing.session, who().enterprise_id, product_id)
    need_match(api_form.show(doing.session, found))
    return found


def answer_product(doing: Deed, product: Product, status: int = 200) -> Response:
    """Answer with a product as it is after a deed."""
    location = url_for("catalogue.products_api.get_product", product_id=product.id)
    return doing.answer(api_form.show(doing.session, product), status, location=location)


def dump_left(left: Decimal | None) -> dict[str, Any]:
    """Return how many are left as programs read it."""
    return {"left": None if left is None else float(left)}
