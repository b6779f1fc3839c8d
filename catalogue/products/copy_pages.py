"""The views of copying: one product, or many for a new season, which are reopened too."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    DRAFTERS,
    flash,
    go,
    now,
    once,
    reading,
    render,
    route,
    transaction,
    who,
)
from catalogue.core.ids import is_id
from catalogue.core.text import lazy as _
from catalogue.core.text import ngettext

from . import copying, details, queries, reopening, seasons
from .copying import Season
from .models import ProductState
from .queries import OwnRow, Portion
from .screens import NAMES, blueprint

MOST = 500  # products on the page where one chooses


@route(blueprint, "/varer-hos-os/<int:product_id>/kopi", access=DRAFTERS, methods=["POST"])
@once
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
@once
def copy_products() -> Response:
    """Copy the chosen products as drafts."""
    try:
        with transaction() as session:
            made = copying.copy_all(session, who(), _season(), now())
    except Invalid as error:
        return _draw(error.problems)
    flash(ngettext("%(num)s draft is made.", "%(num)s drafts are made.", len(made)))
    return go("catalogue.products.products", tilstand=ProductState.DRAFT)


@route(blueprint, "/varer-hos-os/genaabn", access=DRAFTERS, methods=["POST"])
def reopen_products() -> Response:
    """Put the chosen products that are withdrawn on the shelf again."""
    try:
        with transaction() as session:
            done = reopening.reopen_all(session, who(), _season(), now())
    except Invalid as error:
        return _draw(error.problems)
    if count := len(done.published):
        flash(ngettext("%(num)s product is published.", "%(num)s products are published.", count))
    if count := len(done.submitted):
        flash(ngettext("%(num)s product is sent in.", "%(num)s products are sent in.", count))
    for title, reason in done.left:
        flash(_("“%(title)s” stays withdrawn: %(reason)s", title=title, reason=reason), "warning")
    return go("catalogue.products.products")


def _season() -> Season:
    sent = request.form
    ids = [each for each in sent.getlist("products") if is_id(each)]
    old, new = (sent.get(name, "").strip() for name in ("old", "new"))
    return Season(frozenset(map(int, ids)), old, new)


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
    if request.args.get("alle"):
        ticked = [str(each.product.id) for each in shown]
    return render(
        "products/copies.html", 422 if errors else 200, rows=shown, ticked=ticked, words=words,
        values=request.form, errors=errors, seasons_of=_list_seasons(shown), **NAMES,
    )  # fmt: skip


def _list_seasons(rows: list[OwnRow]) -> dict[int, str]:
    """Return the seasons of those products that have one, in words."""
    told = {row.product.id: details.read(row.product.details) for row in rows}
    return {
        product_id: seasons.words(facts["season_from"], facts["season_to"])
        for product_id, facts in told.items()
        if facts.get("season_from") and facts.get("season_to")
    }
