"""The views of versions: what changed, what was seen on a day, and back to a former one."""

from __future__ import annotations

from datetime import date

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    DRAFTERS,
    flash,
    go,
    now,
    reading,
    render,
    route,
    transaction,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _

from . import service
from . import versions as former
from .models import ProductState
from .screens import NAMES, blueprint, draw_edit

HERE = "/varer-hos-os/<int:product_id>/versioner"


@route(blueprint, HERE, access=DRAFTERS)
def versions(product_id: int) -> Response:
    """List the versions of a product, and tell which one buyers saw on a day."""
    typed = request.args.get("dag", "")
    day = _day(typed)
    with reading() as session:
        product = service.get_own(session, who().enterprise_id, product_id)
        rows = former.list_versions(session, product_id)
        seen = former.find_seen_on(session, product_id, day) if day else None
    errors = {"dag": [_("Write a date, such as 2026-12-31")]} if typed and day is None else {}
    return render(
        "products/versions.html", 422 if errors else 200, product=product, rows=rows, day=day,
        seen=seen, typed=typed, errors=errors, most=former.SHOWN_FIELDS, **NAMES,
    )  # fmt: skip


@route(blueprint, f"{HERE}/<int:version>", access=DRAFTERS)
def version(product_id: int, version: int) -> Response:
    """Show a version beside the one before it, or beside the one asked for."""
    other = request.args.get("mod", type=whole)
    with reading() as session:
        product = service.get_own(session, who().enterprise_id, product_id)
        beside = former.beside(session, product_id, version, other)
    return render("products/version.html", product=product, beside=beside)


@route(blueprint, f"{HERE}/<int:version>/genopret", access=DRAFTERS, methods=["POST"])
def revert(product_id: int, version: int) -> Response:
    """Let the product say again what it said in a version."""
    try:
        with transaction() as session:
            changed = former.revert(session, who(), product_id, version, now())
    except Invalid as error:
        return draw_edit(product_id, problems=error.problems)
    if changed.id != product_id:
        flash(_("Your change is kept as a draft. Buyers see it when it has been approved."))
    elif changed.state == ProductState.PUBLISHED:
        flash(_("It is again as it was in version %(number)s. Buyers see it now.", number=version))
    else:
        flash(_("It is again as it was in version %(number)s.", number=version))
    return go("catalogue.products.edit", product_id=changed.id)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
