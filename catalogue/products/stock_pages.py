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
        told = stock_schema.read(request.form)
        with transaction() as session:
            changed = stock.count(session, who(), told, now())
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
    names = {f"{stock_schema.PREFIX}{each.product.id}": each for each in shown["rows"]}
    typed = request.form if problems else {}
    return render(
        "products/stock.html",
        422 if problems else 200,
        **shown,
        values={name: typed.get(name, typed_number(each.left)) for name, each in names.items()},
        labels={name: each.product.name for name, each in names.items()},
        errors=problems or {},
        prefix=stock_schema.PREFIX,
        **{name: NAMES[name] for name in ("unit_names", "state_names")},
    )
