"""The border of the API: tokens alone, limits that are told, addresses that there are not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import cast
import pytest
from api.callers import Caller, problem_of
from api.conftest import Town
from api.test_agreements import BODY as AGREEMENT

from catalogue.core.http.problem_types import TYPES


def test_cookie_of_a_person_opens_nothing(town: Town) -> None:
    client: Any = town.app.test_client()
    cast.sign_in_as(client, town.people["buyer"])
    refused = client.get("/api/v1/orders")
    assert problem_of(refused) == "unauthenticated"
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert client.get("/ordrer").status_code == 200


def test_requests_are_counted_and_the_limit_is_told(town: Town) -> None:
    state = town.app.extensions["catalogue"]
    state.settings = replace(state.settings, api_requests_per_minute=2)
    first = town.buyer.get("/orders")
    assert first.headers["RateLimit-Policy"] == '"default";q=2;w=60'
    assert first.headers["RateLimit"] == '"default";r=1;t=60'
    assert town.buyer.get("/orders").status_code == 200
    third = town.buyer.get("/orders")
    assert problem_of(third) == "too-many-requests"
    assert third.headers["Retry-After"] == "60"
    assert town.staff.get("/orders").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "name", "allowed"),
    [
        ("GET", "/findes-ikke", "missing", None),
        ("GET", "/products/99999999999999999999", "missing", None),
        ("DELETE", "/orders", "method-not-allowed", "GET, HEAD, POST, OPTIONS"),
        ("GET", "/token", "method-not-allowed", "POST, OPTIONS"),
    ],
)
def test_what_there_is_not_is_a_problem_too(
    town: Town, method: str, path: str, name: str, allowed: str | None
) -> None:
    refused = town.buyer.send(method, path)
    assert problem_of(refused) == name
    assert refused.headers.get("Allow") == allowed
    assert refused.get_json()["title"] == TYPES[name].title.message  # in English, as asked for


@pytest.mark.parametrize(
    ("sent", "media", "name"),
    [
        (b"{", "application/json", "unreadable"),
        (b'{"title": "\\ud800"}', "application/json", "unreadable"),
        (b'{"title": NaN}', "application/json", "unreadable"),
        (b"[" * 100_000, "application/json", "unreadable"),
        (b"title=x", "application/x-www-form-urlencoded", "media-type"),
    ],
)
def test_body_that_is_none_is_told(town: Town, sent: bytes, media: str, name: str) -> None:
    assert problem_of(
        town.shop.send("POST", "/products", data=sent, content_type=media)
    ) == name  # fmt: skip


def test_cursor_that_was_not_given_out_is_refused(town: Town) -> None:
    for cursor in ("xyz", "-1", "9" * 19):
        assert problem_of(town.shop.get(f"/products?cursor={cursor}")) == "unreadable"


def test_problem_speaks_the_language_that_is_asked_for(town: Town) -> None:
    told = town.buyer.get("/orders/0330-2026-00099", Accept_Language="da").get_json()
    assert told["title"] == "Det findes ikke"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [("categories", [], "Send mindst 1"), ("categories", ["37535200"] * 501, "Send højst 500"),
     ("starts_on", "2026-13-01", "Det skal have formatet date")],
)  # fmt: skip
def test_what_breaks_the_contract_is_told_in_the_language_that_is_asked_for(
    town: Town, name: str, value: Any, told: str
) -> None:
    body = AGREEMENT | {name: value}
    answer = town.staff.send("POST", "/agreements", body, headers={"Accept-Language": "da"})
    errors = answer.get_json()["errors"]
    assert {"pointer": f"#/{name}", "detail": told} in errors


def test_what_breaks_several_rules_is_told_once(town: Town) -> None:
    """ "" is too short and has no sign to be seen; 5 is no text and none of the kinds."""
    body = {"title": "", "kind": 5, "paused_until": ""}
    danish = {"Accept-Language": "da"}
    errors = town.shop.send("POST", "/products", body, headers=danish).get_json()["errors"]
    assert [each["pointer"] for each in errors] == ["#/title", "#/kind", "#/paused_until"]
    assert errors[1]["detail"] == "Vælg en af: goods, service, null"


def test_every_type_of_problem_has_a_page(town: Town) -> None:
    client = town.app.test_client()
    for name, kind in TYPES.items():
        page = client.get(f"/api/v1/problems/{name}")
        assert page.status_code == 200
        assert str(kind.remedy) in page.text
    assert client.get("/api/v1/problems/none").status_code == 404


def test_errors_of_features_have_types_that_are_told() -> None:
    from catalogue.core.errors import CatalogueError

    left, names = [CatalogueError], set()
    while left:
        each = left.pop()
        names.add(each.problem)
        left += each.__subclasses__()
    assert names <= TYPES.keys()


def test_same_key_of_another_token_is_another_key(town: Town) -> None:
    key = {"Idempotency_Key": "a-key-of-our-own-choice"}
    first = town.shop.post("/products", {"title": "Kladde"}, **key).get_json()
    again = town.shop.post("/products", {"title": "Kladde"}, **key).get_json()
    assert again["id"] == first["id"]
    with town.app.extensions["catalogue"].database.reading() as session:
        stored = session.connection().exec_driver_sql("SELECT body FROM catalogue_api_answers")
        assert [json.loads(each)["id"] for (each,) in stored] == [first["id"]]
    other: Caller = town.staff
    assert problem_of(other.post("/products", {"title": "x"}, **key)) == "not-allowed"


@pytest.mark.parametrize(("path", "count"), [("/products", 3), ("/orders", 3)])
def test_a_list_takes_as_many_statements_however_long(town: Town, path: str, count: int) -> None:
    database = town.app.extensions["catalogue"].database
    for _each in range(2):
        with cast.counted_queries(database) as seen:
            assert town.shop.get(path).status_code == 200
        assert len(seen) == count  # who holds the token, its request counted, and the rows
        town.shop.post("/products", {"title": "Kladde"})
