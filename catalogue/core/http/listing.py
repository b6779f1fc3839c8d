"""How lists that are looked through are drawn and sent; `core.listing` says what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response, request, url_for

from catalogue.core.ids import whole
from catalogue.core.listing import Listing, Row

from .drawing import Page
from .state import today

PER_PAGE = 50


def look_through(
    listing: Listing[Row], rows: Sequence[Row], size: int = PER_PAGE
) -> dict[str, Any]:
    """Return what a template needs of a list, narrowed and in order as the address asks.

    `rows` are those of the page, `found` all that fit, `any_rows` tells whether there are others.
    """
    sought = listing.read(request.args)
    found = listing.narrow(rows, sought)
    page = Page(request.args.get("page", 1, type=whole), len(found), size)
    return {
        "rows": found[page.slice], "found": found, "page": page, "sought": sought,
        "sorts": listing.choices(), "any_rows": bool(rows),
    }  # fmt: skip


def send_list(listing: Listing[Row], rows: Sequence[Row], name: str) -> Response:
    """Send the same rows, all of them, as a file for spreadsheets."""
    found = listing.narrow(rows, listing.read(request.args))
    return send_csv(listing.as_csv(found), name)


def file_url(endpoint: str, **names: Any) -> str:
    """Return the address of the file of what the present address shows."""
    values: dict[str, Any] = request.args.to_dict() | names
    return url_for(endpoint, **values)


def send_csv(text: str, name: str, day: date | None = None) -> Response:
    """Send a file for spreadsheets, named by what it holds and the day, today unless given."""
    response = Response(text, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{day or today()}.csv"'
    return response
