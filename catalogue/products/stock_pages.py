"""The enterprise's page of its stock: all of its goods in one form, saved at once."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    ENTERPRISES,
    flash,
    go,
    look_through,
    now,
    reading,
    render,
    route,
    send_list,
    transaction,
    who,
)
from catalogue.core.listing import MOST_ROWS
from catalogue.core.text import ngettext, typed_number

from . import lists, stock, stock_schema
from .screens import NAMES, blueprint


@route(blueprint, "/varer-hos-os/lager", access=ENTERPRISES)
def stock_list() -> Response:
    """Show how many of its goods the enterprise has left, to be counted anew."""
    return _draw()


@route(blueprint, "/varer-hos-os/lager", access=ENTERPRISES, methods=["POST"])
def count_stock() -> Response:
    """Write what the enterprise has counted; all of it, or nothing when a number is wrong."""
    try:
        told, seen = stock_schema.read(request.form), stock_schema.read_seen(request.form)
        with transaction() as session:
            changed = stock.count(session, who(), told, now(), seen)
    except Invalid as error:
        return _draw(error.problems)
    flash(ngettext("Stock of %(num)s product saved.", "Stock of %(num)s products saved.", changed))
    return go("catalogue.products.stock_list")


@route(blueprint, "/varer-hos-os/lager.csv", access=ENTERPRISES)
def stock_csv() -> Response:
    """Send the same goods as a file for spreadsheets."""
    with reading() as session:
        rows = stock.list_counted(session, who().enterprise_id)
    return send_list(lists.STOCK, rows, "lager")


def _draw(problems: dict[str, Any] | None = None) -> Response:
    with reading() as session:
        rows = stock.list_counted(session, who().enterprise_id)
    shown = look_through(lists.STOCK, rows, size=MOST_ROWS)
    counts = {str(each.product.id): typed_number(each.left) for each in shown["rows"]}
    typed = {each: _typed(each, left, problems or {}) for each, left in counts.items()}
    prefix = stock_schema.PREFIX
    return render(
        "products/stock.html",
        422 if problems else 200,
        **shown,
        typed=typed,
        labels={f"{prefix}{each.product.id}": each.product.name for each in shown["rows"]},
        errors=problems or {},
        prefix=prefix,
        seen_prefix=stock_schema.SEEN,
        **{name: NAMES[name] for name in ("unit_names", "state_names")},
    )


def _typed(number: str, left: str, problems: dict[str, Any]) -> tuple[str, str]:
    """Return what a field holds, and what it is said to have been drawn with.

    Fields that were left as they were drawn show what there is now, and so does what was seen of
    those that are told that it has changed.
    """
    name = f"{stock_schema.PREFIX}{number}"
    seen = request.form.get(f"{stock_schema.SEEN}{number}", left)
    if not problems or request.form.get(name, seen) == seen:
        return left, left
    return request.form[name], left if name in problems else seen
