"""Every line of docs/api.md does what it says."""

from __future__ import annotations

import io
import re
import shlex
from contextlib import suppress
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import cast
from api.callers import Caller, caller
from api.conftest import Town
from conftest import on_sqlite
from products.world import encoded

from catalogue.accounts import token_rules
from catalogue.accounts.models import Person
from catalogue.core.who import Role
from catalogue.ordering import policy
from catalogue.ordering.policy import RuleTerms
from catalogue.products.models import Product

PAGE = Path(__file__).parent.parent.parent / "docs" / "api.md"
LINE = re.compile(r"^curl (.*?) +# ([0-9]{3})$", re.MULTILINE)
LIST = "Varenummer;Titel;Pris\nDOK-1;Skammel;100\n"
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
        told = answer.get_json(silent=True) or {}  # a document is XML
        names["ETAG"] = answer.headers.get("ETag", names.get("ETAG", ""))
        if "lacking" in told and not told["images"]:  # the new draft, with what it lacks
            names["PRODUCT"] = str(told["id"])
            _complete(town, told["id"])
        names |= _learned(told)


def _names(town: Town) -> dict[str, str]:
    system = caller(town.app, town.people["shop"], system_role=Role.ENTERPRISE, email="a@b.example")
    return {
        "BUYER": town.buyer.secret,
        "APPROVER": caller(town.app, _approver(town)).secret,
        "SHOP": town.shop.secret,
        "STAFF": town.staff.secret,
        "CLIENT_ID": token_rules.client_id(system.token_id),
        "CLIENT_SECRET": system.secret,
        "API": "",
    }


def _learned(told: dict[str, Any]) -> dict[str, str]:
    """Return by name what later lines say of an answer."""
    paths = {
        "ORDER": [("orders", 0, "number"), ("order_number",)],
        "ENTERPRISE": [("enterprises", 0, "enterprise_id")],
        "REQUEST": [("items", 0, "id")] if "quoted_ore" in str(told) else [],
        "QUESTION": [("questions", 0, "id")],
        "QUOTE": [("quote", "id")],
        "DIGEST": [("digest",)],
        "PROPOSAL": [("id",)] if "stage" in told else [],
        "AGREEMENT": [("id",)] if "ceiling_ore" in told else [],
        "PRICELIST": [("id",)] if "rows_done" in told else [],
        "LIST": [("id",)] if "own" in told else [],
        "DEMAND": [("id",)] if "closed_reason" in told else [],
        "WEBHOOK": [("id",)] if "secret" in told else [],
    }
    found: dict[str, str] = {}
    for name, ways in paths.items():
        for way in ways:
            with suppress(KeyError, IndexError, TypeError):
                value = reduce(getitem, way, told)
                found |= {name: str(value)} if value is not None else {}
    return found


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
        more = {"data": {name: _file(value) for name, value in fields.items()}}
    if "user" in given:
        more["auth"] = tuple(given["user"][0].split(":", 1))
        program.headers = {}
    usual = "POST" if more else "GET"
    client: Any = program.app.test_client(use_cookies=False)
    client.without_csrf = True
    method = given.get("method", [usual])[0]
    return client.open(f"/api/v1{given['url'][0]}", method=method, headers=headers, **more)


def _file(value: str) -> Any:
    """Return what a field of a form sends: text, or the file that `@` names."""
    if not value.startswith("@"):
        return value
    content = encoded("red") if value.endswith(".jpg") else LIST.encode()
    return io.BytesIO(content), value[1:]


def _approver(town: Town) -> Person:
    """Have an approver decide what comes to 5,000 kr."""
    with town.app.extensions["catalogue"].database.transaction() as session:
        made = cast.person(session, "Anne Bak")
        cast.role(session, made, Role.APPROVER, municipality=cast.municipality(session))
        terms = RuleTerms("Store ordrer", 500_000, None, None, None, (made.id,), 3, None)
        policy.create_rule(session, cast.who(session, town.people["staff"]), terms, cast.NOW)
        return made


def _complete(town: Town, product_id: int) -> None:
    """Say of the page's product what its one line leaves out."""
    with town.app.extensions["catalogue"].database.transaction() as session:
        product = session.get_one(Product, product_id)
        product.summary = product.description = "En kasse."
        product.category_code, product.delivery_days = cast.PLAY_HOUSES, 7
