"""What the search field offers while one types, for the script of the page."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request, url_for

from catalogue.agreements import queries as agreements
from catalogue.core.errors import Missing
from catalogue.core.http import FINDERS, reading, route, state, today, who
from catalogue.core.text import gettext
from catalogue.core.text import slug as slug_of

from .schema import LONGEST_TEXT
from .screens import blueprint
from .suggest import Suggestions, suggest


@route(blueprint, "/soeg/forslag", access=FINDERS)
def suggestions() -> Response:
    """Answer with groups of what fits the words typed so far: `label`, `items` of text, url, kind.

    Groups without items are left out.
    """
    municipality_id = who().municipality_id
    if municipality_id is None:  # a role of the FINDERS always has one
        raise Missing()
    text = request.args.get("q", "")[:LONGEST_TEXT]
    with reading() as session:
        in_force = agreements.in_force(session, municipality_id, today())
        found = suggest(session, state().parts, text, in_force)
    response: Response = jsonify([group for group in _groups(found) if group["items"]])
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


def _groups(found: Suggestions) -> list[dict[str, Any]]:
    products = [
        _item("product", each.name, "product", product_id=each.key, slug=slug_of(each.name))
        for each in found.products
    ]
    searches = [_item("search", text, "results", q=text) for text in found.searches]
    categories = [
        _item("category", each.name, "results", kategori=each.key) for each in found.categories
    ]
    enterprises = [
        _item("enterprise", each.name, "results", enterprise=each.key) for each in found.enterprises
    ]
    enterprises += [
        _item("profile", each.name, "profile", enterprise_id=each.key, slug=slug_of(each.name))
        for each in found.profiles
    ]
    return [
        {"label": gettext("Products"), "items": products},
        {"label": gettext("Searches"), "items": searches},
        {"label": gettext("Categories"), "items": categories},
        {"label": gettext("Enterprises"), "items": enterprises},
    ]


def _item(kind: str, text: str, view: str, **address: Any) -> dict[str, str]:
    return {"kind": kind, "text": text, "url": url_for(f"catalogue.search.{view}", **address)}
