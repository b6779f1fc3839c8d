"""The enterprise's page of variants: all of a product in one form, saved at once."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.errors import Conflict, Invalid
from catalogue.core.http import DRAFTERS, flash, go, now, reading, render, route, transaction, who
from catalogue.core.text import lazy as _

from . import prices, queries, service, variant_form, variant_rules, variants
from .models import ProductState
from .screens import NAMES, blueprint


@route(blueprint, "/varer-hos-os/<int:product_id>/varianter", access=DRAFTERS)
def variants_of(product_id: int) -> Response:
    """Show the variants of a product in a form, with blank lines for more."""
    return _draw(product_id)


@route(blueprint, "/varer-hos-os/<int:product_id>/varianter", access=DRAFTERS, methods=["POST"])
def save_variants(product_id: int) -> Response:
    """Save all variants of a product, or show more blank lines."""
    lines = variant_form.typed_lines(request.form)
    if "more" in request.form:
        return _draw(product_id, lines)
    try:
        table = variant_form.read(lines)
        with transaction() as session:
            saved = variants.save(session, who(), product_id, table, now())
    except Invalid as error:
        return _draw(product_id, lines, _placed(error.problems))
    except Conflict as error:  # it waits for an answer: what was typed is not lost
        flash(error.detail, "warning")
        return _draw(product_id, lines)
    if saved.id != product_id:
        flash(_("Your change is kept as a draft. Buyers see it when it has been approved."))
    elif saved.state == ProductState.PUBLISHED:
        flash(_("Saved. Buyers see it now."))
    else:
        flash(_("Saved."))
    return go("catalogue.products.edit", product_id=saved.id, _anchor="field-variants")


def _draw(
    product_id: int, lines: list[dict[str, str]] | None = None, problems: Any = None
) -> Response:
    with reading() as session:
        product = service.get_own(session, who().enterprise_id, product_id)
        pictures = queries.list_pictures(session, product_id)
    facts = service.facts_of(product)
    shown = variant_form.lines_of(facts) if lines is None else lines
    return render(
        "products/variants.html",
        422 if problems else 200,
        product=product,
        facts=facts,
        price=prices.listed(product),
        lines=variant_form.with_blanks(shown),
        pictures=pictures,
        errors=problems or {},
        most=variant_rules.MOST_VARIANTS,
        **NAMES | {"labels": variant_form.labels(len(shown))},
    )


def _placed(problems: Any) -> dict[str, Any]:
    """Return problems by the fields of this page: what is wrong with the whole stands on top."""
    there = {name for name in problems if name.rpartition("_")[2].isdecimal()}
    placed = {name: problems[name] for name in problems if name in there}
    others = [text for name, texts in problems.items() if name not in there for text in texts]
    return ({"variants": others} if others else {}) | placed
