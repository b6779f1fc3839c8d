"""What a browser, a proxy or a stranger's site could be made to do at the border, and is not."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import cast
import pytest
from conftest import on_sqlite
from drawn import csrf_token
from flask import Flask
from flask.testing import FlaskClient

from catalogue.accounts import passwords, tokens
from catalogue.accounts.models import Person
from catalogue.app import create_app
from catalogue.core.http import border
from catalogue.core.who import Role

SITE = "https://indkob.example.dk"
Opened = Callable[..., FlaskClient]


@pytest.fixture
def opened(app: Flask) -> Opened:
    """Opens a browser at an application with other settings, on the database of the test."""

    def open_(**settings: str) -> FlaskClient:
        given = {f"CATALOGUE_{name.upper()}": value for name, value in settings.items()}
        made = create_app(dict(app.config) | given, clock=lambda: cast.NOW)
        made.test_client_class = app.test_client_class
        return made.test_client()

    return open_


def test_policy_lets_nothing_run_but_our_own_files() -> None:
    told = dict(each.split(" ", 1) for each in border.CONTENT_POLICY.split("; "))
    assert told == {
        "default-src": "'self'", "img-src": "'self' data: blob:", "object-src": "'none'",
        "base-uri": "'none'", "form-action": "'self'", "frame-ancestors": "'none'",
    }  # fmt: skip


@on_sqlite
def test_site_over_https_is_asked_over_https_alone(opened: Opened) -> None:
    assert "Strict-Transport-Security" not in opened().get("/log-ind").headers
    site = opened(public_url=SITE)
    for address in ("/log-ind", "/findes-ikke", "/api/v1/orders", "/static/catalogue.css"):
        with site.get(address) as answer:
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000", address


@on_sqlite
@pytest.mark.parametrize(
    ("settings", "name", "path"),
    [
        ({}, "catalogue_session", "/"),
        ({"public_url": SITE}, "__Host-catalogue_session", "/"),
        ({"public_url": SITE, "url_prefix": "/indkob"}, "__Secure-catalogue_session", "/indkob"),
    ],
)
def test_cookie_is_taken_from_this_host_alone(
    opened: Opened, settings: dict[str, str], name: str, path: str
) -> None:
    answer = opened(**settings).get(f"{settings.get('url_prefix', '')}/log-ind")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=")
    parts = set(cookie.split("; ")[1:])
    assert parts == {"Secure", "HttpOnly", f"Path={path}", "SameSite=Lax"}


@on_sqlite
def test_token_of_one_browser_opens_no_form_in_another(app: Flask, client: FlaskClient) -> None:
    theirs, own = (csrf_token(each.get("/log-ind").text) for each in (app.test_client(), client))
    client.without_csrf = True  # type: ignore[attr-defined]  # of our own client
    for token, status in ((theirs, 403), (own, 303)):
        form = {"locale": "en", "csrf_token": token}
        assert client.post("/sprog", data=form).status_code == status


@on_sqlite
def test_no_other_site_may_read_what_we_answer(app: Flask, client: FlaskClient) -> None:
    asking = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    for method in ("GET", "OPTIONS"):
        for address in ("/", "/soeg", "/api/v1/orders", "/api/v1/openapi.json", "/feed.jsonld"):
            answer = client.open(address, method=method, headers=asking)
            told = [each for each, _value in answer.headers if "access-control" in each.lower()]
            assert told == [], (method, address)


@on_sqlite
def test_name_in_the_host_header_leads_nobody_away(app: Flask, client: FlaskClient) -> None:
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for address in ("/soeg", "/log-ind", "/", "/findes-ikke", "/api/v1", "//soeg", "/soeg/"):
        answer = client.get(address, headers=evil)
        assert "evil.example" not in answer.text + answer.headers.get("Location", ""), address
    led = client.get("/soeg", headers=evil).headers["Location"]
    assert led.startswith("/log-ind?next=")


@on_sqlite
@pytest.mark.parametrize(
    ("settings", "root"),
    [
        ({"public_url": SITE}, SITE),
        ({"public_url": f"{SITE}/", "url_prefix": "/indkob"}, f"{SITE}/indkob"),
    ],
)
def test_addresses_that_machines_keep_lie_where_we_are(
    app: Flask, opened: Opened, settings: dict[str, str], root: str
) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.who(session, cast.staff(session))
        wanted = tokens.Wanted("Brugerkatalog", ["persons:write"], 90, Role.STAFF, "it@b.example")
        secret = tokens.create(session, staff, wanted, cast.NOW)[1]
    headers = {"Host": "evil.example", "Authorization": f"Bearer {secret}"}
    site, prefix = opened(**settings), settings.get("url_prefix", "")

    people = site.get(f"{prefix}/api/scim/v2/Users", headers=headers)
    refused = site.get(f"{prefix}/api/v1/findes-ikke", headers=headers)

    (person,) = people.get_json()["Resources"]
    assert person["meta"]["location"] == f"{root}/api/scim/v2/Users/{person['id']}"
    assert refused.get_json()["type"] == f"{root}/api/v1/problems/missing"
    assert "evil" not in f"{people.text}{people.headers}{refused.text}{refused.headers}"


@on_sqlite
def test_installation_that_was_told_no_address_names_the_one_it_was_asked_by(
    client: FlaskClient,
) -> None:
    refused = client.get("/api/v1/findes-ikke")
    assert refused.get_json()["type"] == "http://localhost/api/v1/problems/missing"


@on_sqlite
@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\u2028"])
def test_line_ends_in_an_address_add_no_header(client: FlaskClient, sign: str) -> None:
    trap = f"/soeg{sign}Set-Cookie: x=1"
    answer = client.post("/sprog", data={"locale": "en", "next": trap})
    told = answer.headers
    assert all(not value.startswith("x=1") for value in told.getlist("Set-Cookie"))
    assert "\n" not in told["Location"] and "\r" not in told["Location"]


@on_sqlite
@pytest.mark.parametrize(
    "trap",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\/evil.example",
     "///evil.example", "javascript:alert(1)", " //evil.example", "/\t/evil.example",
     "/\n/evil.example", "http:evil.example", "evil.example", "/%09//evil.example",
     "data:text/html,x", "//[", "//[::1", "http://[", "//\u2100"],
)  # fmt: skip
def test_way_back_is_a_path_of_this_site(client: FlaskClient, trap: str) -> None:
    led = client.post("/sprog", data={"locale": "en", "next": trap}).headers["Location"]
    assert led in ("/", "/%09//evil.example")  # the last is a path of ours, where nothing is


@on_sqlite
def test_guessing_is_counted_by_the_address_that_the_proxy_tells(opened: Opened) -> None:
    def guess(site: FlaskClient, told: str) -> int:
        typed = {"email": f"x{time.perf_counter_ns()}@b.example", "password": "forkert kodeord"}
        headers = {"X-Forwarded-For": told}
        return int(site.post("/log-ind", data=typed, headers=headers).status_code)

    strict = {"sign_in_attempts_per_address": "2"}
    alone = opened(**strict)
    assert [guess(alone, f"10.0.0.{n}") for n in range(3)] == [422, 422, 429]
    behind = opened(**strict, trusted_proxies="1")
    assert [guess(behind, f"10.0.1.{n}") for n in range(3)] == [422, 422, 422]
    lying = [guess(behind, f"10.9.9.{n}, 10.0.2.1") for n in range(3)]
    assert lying == [422, 422, 429]


def test_time_tells_nobody_who_has_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = passwords.PasswordHasher().hash("et andet kodeord")
    tried: dict[str, Any] = {
        "nobody": None,
        "no password": Person(password_hash=passwords.NONE),
        "wrong password": Person(password_hash=slow),
    }
    taken = {}
    for name, person in tried.items():
        began = time.perf_counter()
        assert not passwords.matches(person, "forkert kodeord")
        taken[name] = time.perf_counter() - began
    assert min(taken.values()) > max(taken.values()) / 8, taken


@on_sqlite
def test_refusals_and_sign_ins_are_logged_without_whom(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "catalogue")
    with app.extensions["catalogue"].database.transaction() as session:
        person = cast.buyer(session, email="mette@slagelse.example")
    for password in ("forkert\r\nkodeord", cast.PASSWORD):
        client.post("/log-ind", data={"email": person.email, "password": password})
    client.get("/daekning")
    told = [(each.getMessage(), vars(each)) for each in caplog.records]
    told_of = [text for text, _facts in told if text != "request"]
    assert told_of == ["sign-in", "sign-in", "refused"]
    facts = [facts for text, facts in told if text != "request"]
    assert [each["outcome"] for each in facts[:2]] == ["wrong", "signed_in"]
    assert (facts[2]["endpoint"], facts[2]["person_id"]) == (
        "catalogue.coverage.overview",
        person.id,
    )
    assert "mette" not in str(told)


@pytest.mark.parametrize(
    ("address", "status"),
    [("/afmeld/a%00b", 404), ("/ordrer?q=a%00b", 200), ("/ordrer?q=%%000000", 200)],
)
def test_sign_that_a_database_refuses_is_no_fault(
    app: Flask, client: FlaskClient, address: str, status: int
) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        person = cast.buyer(session)
    cast.sign_in_as(client, person)
    assert client.get(address).status_code == status


def test_sign_that_a_database_refuses_is_left_out_of_forms(app: Flask, client: FlaskClient) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        worker = cast.worker(session, cast.enterprise(session))
        buyer = cast.buyer(session)
    cast.sign_in_as(client, buyer)
    assert client.post("/lister/ny", data={"name": "Jul", "ordre": "a\0b"}).status_code == 404
    cast.sign_in_as(client, worker)
    file = (BytesIO(b"Varenummer;Titel;Pris\nA-1;Bord;1\n"), "pri\0ser.csv")
    sent = client.post("/varer-hos-os/import", data={"price_list": file})
    assert "priser.csv" in client.get(sent.headers["Location"]).text
