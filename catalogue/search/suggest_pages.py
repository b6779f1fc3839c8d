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
from .suggest import suggest


@route(blueprint, "/soeg/forslag", access=FINDERS)
def suggestions() -> Response:
    """Answer with a list of what fits the words typed so far: text, kind in words, address."""
    municipality_id = who().municipality_id
    if municipality_id is None:  # a role of the FINDERS always has one
        raise Missing()
    text = request.args.get("q", "")[:LONGEST_TEXT]
    with reading() as session:
        in_force = agreements.in_force(session, municipality_id, today())
        found = suggest(session, state().parts, text, in_force)
    items = [
        _item(title, gettext("Product"), "product", product_id=id_, slug=slug_of(title))
        for id_, title in found.products
    ]
    items += [
        _item(name, gettext("Category"), "results", kategori=code)
        for code, name in found.categories
    ]
    items += [
        _item(name, gettext("Enterprise"), "results", enterprise=id_)
        for id_, name in found.enterprises
    ]
    response: Response = jsonify(items)
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


def _item(text: str, kind: str, view: str, **address: Any) -> dict[str, str]:
    return {"text": text, "kind": kind, "url": url_for(f"catalogue.search.{view}", **address)}
