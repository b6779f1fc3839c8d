"""The views of copying: one product, or many for a new season."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import DRAFTERS, flash, go, now, reading, render, route, transaction, who
from catalogue.core.text import lazy as _
from catalogue.core.text import ngettext

from . import copying, queries
from .copying import Season
from .models import ProductState
from .queries import Portion
from .screens import NAMES, blueprint

MOST = 500  # products on the page where one chooses


@route(blueprint, "/varer-hos-os/<int:product_id>/kopi", access=DRAFTERS, methods=["POST"])
def copy_product(product_id: int) -> Response:
    """Copy a product as a new draft."""
    with transaction() as session:
        made = copying.copy_own(session, who(), product_id, now())
    flash(_("This is the copy, with an item number of its own. Change what is different."))
    return go("catalogue.products.edit", product_id=made.id)


@route(blueprint, "/varer-hos-os/kopier", access=DRAFTERS)
def choose_copies() -> Response:
    """Show the products to choose those that are copied."""
    return _draw({})


@route(blueprint, "/varer-hos-os/kopier", access=DRAFTERS, methods=["POST"])
def copy_products() -> Response:
    """Copy the chosen products as drafts."""
    chosen = frozenset(
        int(each)
        for each in request.form.getlist("products")
        if each.isdecimal() and len(each) < 19
    )
    season = Season(
        chosen, request.form.get("old", "").strip(), request.form.get("new", "").strip()
    )
    try:
        with transaction() as session:
            made = copying.copy_all(session, who(), season, now())
    except Invalid as error:
        return _draw(error.problems)
    flash(ngettext("%(num)s draft is made.", "%(num)s drafts are made.", len(made)))
    return go("catalogue.products.products", tilstand=ProductState.DRAFT)


def _draw(errors: dict[str, Any]) -> Response:
    with reading() as session:
        rows = queries.list_own(session, who().enterprise_id, Portion(limit=MOST))
    ticked = request.form.getlist("products")
    words = request.values.get("q", "").strip()
    shown = [
        each
        for each in rows
        if words.casefold() in each.product.title.casefold()
        and not each.product.item_number.endswith(copying.CHANGE)  # no product of its own
    ]
    return render(
        "products/copies.html", 422 if errors else 200, rows=shown, ticked=ticked, words=words,
        values=request.form, errors=errors, **NAMES,
    )  # fmt: skip
