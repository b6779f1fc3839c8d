"""Every line of docs/api.md does what it says."""

from __future__ import annotations

import io
import re
import shlex
from pathlib import Path
from typing import Any

import cast
from api.callers import Caller, caller
from api.conftest import Town
from conftest import on_sqlite
from products.world import encoded

from catalogue.accounts import token_rules
from catalogue.core.who import Role
from catalogue.products.models import Product

PAGE = Path(__file__).parent.parent.parent / "docs" / "api.md"
LINE = re.compile(r"^curl (.*?) +# ([0-9]{3})$", re.MULTILINE)
OPTIONS = {
    "-X": "method",
    "-H": "header",
    "-d": "data",
    "-F": "file",
    "-u": "user",
    "--json": "json",
}


@on_sqlite
def test_every_line_of_the_page_does_what_it_says(town: Town) -> None:
    names = _names(town)
    lines = LINE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(lines) == PAGE.read_text(encoding="utf-8").count("\ncurl ")
    for line, status in lines:
        answer = _run(Caller(town.app, ""), line, names)
        assert answer.status_code == int(status), f"{line}\n{answer.text}"
        told = answer.get_json()
        names["ETAG"] = answer.headers.get("ETag", names.get("ETAG", ""))
        if "lacking" in told and not told["images"]:  # the new draft, with what it lacks
            names["PRODUCT"] = str(told["id"])
            _complete(town, told["id"])
        if "orders" in told:
            names["ORDER"] = told["orders"][0]["number"]


def _names(town: Town) -> dict[str, str]:
    system = caller(town.app, town.people["shop"], system_role=Role.ENTERPRISE, email="a@b.example")
    return {
        "BUYER": town.buyer.secret,
        "SHOP": town.shop.secret,
        "STAFF": town.staff.secret,
        "CLIENT_ID": token_rules.client_id(system.token_id),
        "CLIENT_SECRET": system.secret,
        "API": "",
    }


def _run(program: Caller, line: str, names: dict[str, str]) -> Any:
    """Send what a line of curl sends."""
    given: dict[str, list[str]] = {}
    named = re.compile(r"\$([A-Z_]+)")
    # As a shell does: words first, then what names stand for.
    parts = iter(named.sub(lambda name: names[name[1]], each) for each in shlex.split(line))
    for part in parts:
        given.setdefault(OPTIONS.get(part, "url"), []).append(
            next(parts) if part in OPTIONS else part
        )
    headers = dict(each.split(": ", 1) for each in given.get("header", []))
    more: dict[str, Any] = {}
    if "json" in given:
        more = {"data": given["json"][0], "content_type": "application/json"}
    if "data" in given:
        more = {"data": dict(each.split("=", 1) for each in given["data"])}
    if "file" in given:
        fields = dict(each.split("=", 1) for each in given["file"])
        more = {"data": fields | {"image": (io.BytesIO(encoded("red")), "kasse.jpg")}}
    if "user" in given:
        more["auth"] = tuple(given["user"][0].split(":", 1))
        program.headers = {}
    usual = "POST" if more else "GET"
    client: Any = program.app.test_client(use_cookies=False)
    client.without_csrf = True
    method = given.get("method", [usual])[0]
    return client.open(f"/api/v1{given['url'][0]}", method=method, headers=headers, **more)


def _complete(town: Town, product_id: int) -> None:
    """Say of the page's product what its one line leaves out."""
    with town.app.extensions["catalogue"].database.transaction() as session:
        product = session.get_one(Product, product_id)
        product.summary = product.description = "En kasse."
        product.category_code, product.delivery_days = cast.PLAY_HOUSES, 7
