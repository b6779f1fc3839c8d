"""The enterprise's page of variants: all of a product in one form, saved at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response, request

from catalogue.core.errors import Conflict, Invalid
from catalogue.core.http import (
    DRAFTERS,
    flash,
    go,
    now,
    once,
    reading,
    render,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.seen import mark_of, refuse_unless_seen
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold
from catalogue.media.decoding import UnusablePicture

from . import prices, queries, schema, service, variant_form, variant_rules, variants
from .models import Product, ProductState
from .screens import NAMES, blueprint, receive_picture
from .service import NewPicture
from .variants import Table


@route(blueprint, "/varer-hos-os/<int:product_id>/varianter", access=DRAFTERS)
def variants_of(product_id: int) -> Response:
    """Show the variants of a product in a form, with blank lines for more."""
    return _draw(product_id)


@route(blueprint, "/varer-hos-os/<int:product_id>/varianter", access=DRAFTERS, methods=["POST"])
@once
def save_variants(product_id: int) -> Response:
    """Save all variants of a product with their new pictures, or show more blank lines."""
    files = {name for name, file in request.files.items() if file.filename}
    lines = variant_form.typed_lines(request.form, files)
    if "more" in request.form:
        return _draw(product_id, lines)
    with reading() as session:
        service.get_own(session, who().enterprise_id, product_id)
    try:
        table = _pictured(variant_form.read(lines), lines)
        with transaction() as session:
            product = service.get_own(session, who().enterprise_id, product_id)
            hold(session, product)
            refuse_unless_seen(_mark_of(product), request.form.get("seen"))
            saved = variants.save(session, who(), product_id, table, now())
    except Invalid as error:
        return _draw(product_id, lines, _placed(error.problems))
    except Conflict as error:  # it waits, or is another by now: what was typed is not lost
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
    errors = dict(problems or {})
    for place, line in enumerate(shown):
        if line.get("picture"):  # a browser sends a file once
            errors.setdefault(f"picture_{place}", [_("Choose the picture again")])
    drawn_of = request.form.get("seen") if problems or "more" in request.form else None
    return render(
        "products/variants.html",
        422 if problems else 200,
        seen=drawn_of or _mark_of(product),
        product=product,
        facts=facts,
        price=prices.listed(product),
        lines=variant_form.with_blanks(shown),
        pictures=pictures,
        errors=errors,
        most=variant_rules.MOST_VARIANTS,
        **NAMES | {"labels": variant_form.labels(len(shown))},
    )


def _mark_of(product: Product) -> str:
    return mark_of({"lines": variant_form.lines_of(service.facts_of(product))})


def _pictured(table: Table, lines: Sequence[dict[str, str]]) -> Table:
    """Receive the pictures that were sent with the lines; raises Invalid by field."""
    pictures, problems = dict[int, NewPicture](), dict[str, list[Any]]()
    for place, line in enumerate(lines[1:], start=1):
        if not line["picture"]:
            continue
        if not line["alt"]:
            problems[f"alt_{place}"] = [_("Say what the picture shows")]
        try:
            alt = schema.read_alt(line["alt"])
            received = receive_picture(request.files[line["picture"]])
            pictures[place - 1] = NewPicture(received, alt)
        except UnusablePicture as error:
            problems[f"picture_{place}"] = [error.detail or error.title]
        except Invalid as error:
            problems[f"alt_{place}"] = list(error.problems["images"])
    if problems:
        raise Invalid(problems)
    return replace(table, pictures=pictures, at_most=state().settings.images_per_product)


def _placed(problems: Any) -> dict[str, Any]:
    """Return problems by the fields of this page: what is wrong with the whole stands on top."""
    there = {name for name in problems if name.rpartition("_")[2].isdecimal()}
    placed = {name: problems[name] for name in problems if name in there}
    others = [text for name, texts in problems.items() if name not in there for text in texts]
    return ({"variants": others} if others else {}) | placed
