"""OCI by real requests: called up, bought, sent back; and what an outsider cannot do."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urlencode

import cast
import pytest
from exchange.punchouts import FRAME, HOOK, call, connected, fields, post
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from catalogue.core.audit import AuditEvent
from catalogue.exchange.punchout_models import PunchOutSession, SessionState
from catalogue.ordering.models import Order
from catalogue.products import stock
from catalogue.products.models import Product


def test_basket_is_bought_and_goes_back_to_the_purchasing_system(
    app: Flask, client: FlaskClient
) -> None:
    to = connected(app)
    answer = call(client, to, http_content_charset="utf-8", **{"~TARGET": "_parent"})
    here = answer.headers["Location"].removesuffix("/soeg")
    assert re.fullmatch(r"/punchout/\d+", here)
    cookie = answer.headers["Set-Cookie"]
    for each in ("HttpOnly", "Secure", "SameSite=None", "Partitioned", f"Path={here}"):
        assert each in cookie
    product = client.get(f"{here}/varer/{to.world.product.id}/legehus-i-laerk")
    policy = product.headers["Content-Security-Policy"]
    assert f"frame-ancestors {FRAME}" in policy
    assert "X-Frame-Options" not in product.headers
    assert f'action="{here}/kurv/tilfoej"' in product.text  # all links stay in the session
    assert "Forespørg" not in product.text
    added = post(client, f"{here}/kurv/tilfoej", product_id=str(to.world.product.id), quantity="2")
    assert added.headers["Location"] == f"{here}/kurv"
    back = post(client, f"{here}/kurv/retur")
    assert back.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "form-action https://erp.slagelse.example;" in back.headers["Content-Security-Policy"]
    assert 'action="https://erp.slagelse.example/hook" target="_parent"' in back.text
    sent = fields(back.text)
    assert sent[:2] == [("sap-client", "100"), ("session", "a b")]
    facts = dict(sent)
    assert facts["NEW_ITEM-PRICE[1]"] == "12500.00"
    assert facts["NEW_ITEM-QUANTITY[1]"] == "2"
    assert facts["NEW_ITEM-CONTRACT[1]"] == to.world.agreement.number
    assert facts["NEW_ITEM-EXT_PRODUCT_ID[1]"] == str(to.world.product.id)
    with app.extensions["catalogue"].database.reading() as session:
        assert session.scalars(select(Order)).all() == []
        visit = session.scalars(select(PunchOutSession)).one()
        assert (visit.state, visit.line_count, visit.net_ore) == ("returned", 1, 2_500_000)
        seen = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert seen[-3:] == ["punchout.begun", "punchout.opened", "punchout.returned"]
    over = client.get(f"{here}/soeg")
    assert (over.status_code, "Besøget er slut" in over.text) == (403, True)
    with client.get(f"{here}/static/catalogue.css") as look:
        assert look.status_code == 200
    assert "kurv" not in over.text.lower().partition("<main")[0]


def test_a_visit_leads_nobody_to_a_quote_that_it_cannot_ask_for(
    app: Flask, client: FlaskClient
) -> None:
    to = connected(app)
    here = call(client, to).headers["Location"].removesuffix("/soeg")
    post(client, f"{here}/kurv/tilfoej", product_id=str(to.world.product.id), quantity="1")
    with app.extensions["catalogue"].database.transaction() as session:
        session.get_one(Product, to.world.product.id).price_ore = None
    for page in (f"{here}/varer/{to.world.product.id}/legehus-i-laerk", f"{here}/kurv"):
        said = client.get(page).text
        assert "Der kan ikke bedes om en pris fra et indkøbssystem" in said
        assert "så svarer virksomheden med en pris" not in said
        assert "Bed virksomheden om et tilbud" not in said


def test_page_of_the_way_back_loaded_again_sends_the_same(app: Flask, client: FlaskClient) -> None:
    to = connected(app)
    here = call(client, to).headers["Location"].removesuffix("/soeg")
    added = post(client, f"{here}/kurv/tilfoej", product_id=str(to.world.product.id), quantity="1")
    token = dict(fields(client.get(added.headers["Location"]).text))["csrf_token"]
    first, second = (
        client.post(f"{here}/kurv/retur", data={"csrf_token": token}).data for _ in range(2)
    )
    assert first == second
    assert "charset=iso-8859-1" in client.post(
        f"{here}/kurv/retur", data={"csrf_token": token}
    ).headers["Content-Type"]  # fmt: skip
    assert "Legehus i lærk".encode("iso-8859-1") in first


def test_cancelled_session_sends_a_form_without_items(app: Flask, client: FlaskClient) -> None:
    to = connected(app)
    here = call(client, to, http_content_charset="utf-8").headers["Location"].removesuffix("/soeg")
    post(client, f"{here}/kurv/tilfoej", product_id=str(to.world.product.id), quantity="1")
    back = post(client, f"{here}/kurv/afbryd")
    assert fields(back.text) == [("sap-client", "100"), ("session", "a b")]
    with app.extensions["catalogue"].database.reading() as session:
        assert session.scalars(select(PunchOutSession)).one().state == SessionState.CANCELLED


def test_two_sessions_in_one_browser_have_a_basket_each(app: Flask, client: FlaskClient) -> None:
    to = connected(app)
    one, other = (call(client, to).headers["Location"].removesuffix("/soeg") for _ in range(2))
    post(client, f"{one}/kurv/tilfoej", product_id=str(to.world.product.id), quantity="1")
    assert "Legehus i lærk" in client.get(f"{one}/kurv").text
    assert "Legehus i lærk" not in client.get(f"{other}/kurv").text


def test_cookie_of_one_session_opens_no_other(app: Flask, client: FlaskClient) -> None:
    to = connected(app)
    one, other = (call(client, to).headers["Location"].removesuffix("/soeg") for _ in range(2))
    held = client.get_cookie("catalogue_punchout", path=one)
    assert held is not None
    thief = app.test_client()
    thief.set_cookie("catalogue_punchout", held.value, path=other)
    assert thief.get(f"{other}/kurv").status_code == 403
    thief.set_cookie("catalogue_punchout", held.value, path=one)
    assert thief.get(f"{one}/kurv").status_code == 200


@pytest.mark.parametrize("page", ["/ordrer", "/kurv/bestil", "/lister", "/roller", "/tilbud"])
def test_session_opens_nothing_but_the_shop(app: Flask, client: FlaskClient, page: str) -> None:
    here = call(client, connected(app)).headers["Location"].removesuffix("/soeg")
    assert client.get(f"{here}{page}").status_code == 403


def test_every_link_of_the_shop_opens(app: Flask, client: FlaskClient) -> None:
    to = connected(app)
    here = call(client, to).headers["Location"].removesuffix("/soeg")
    product = to.world.product.id
    for page in ("/soeg", "/soeg?q=xyzzyq", f"/varer/{product}", f"/sammenlign?vare={product}"):
        drawn = client.get(f"{here}{page}", follow_redirects=True).text
        for link in set(re.findall(rf'href="({here}/(?!billeder/|static/)[^"#]*)', drawn)):
            assert client.get(unescape(link), follow_redirects=True).status_code == 200, link


def test_session_gives_no_way_into_the_pages_outside(app: Flask, client: FlaskClient) -> None:
    call(client, connected(app))
    answer = client.get("/soeg")
    assert (answer.status_code, answer.headers["X-Frame-Options"]) == (303, "DENY")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_person_who_signed_in_here_has_no_framed_pages(app: Flask, client: FlaskClient) -> None:
    to = connected(app)
    call(app.test_client(), to)
    cast.sign_in_as(client, to.world.buyer)
    assert client.get("/punchout/1/kurv").status_code == 403
    assert client.post("/kurv/retur").status_code == 404  # there is nothing to go back to


def test_form_of_a_session_needs_the_token_of_its_page(app: Flask, client: FlaskClient) -> None:
    here = call(client, connected(app)).headers["Location"].removesuffix("/soeg")
    assert client.post(f"{here}/kurv/retur", data={}).status_code == 403


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"PASSWORD": "forkert"}, 403, "nøgle"),
        ({"UserName": "kolding"}, 403, "nøgle"),
        ({"hook_url": "https://evil.example:8/x?y"}, 409, "kurven på https://evil.example:8, som"),
        ({"hook_url": "evil"}, 409, "kurven på evil, som"),
        ({"hook_url": ""}, 409, "siger ikke, hvor kurven skal tilbage til"),
    ],
)
def test_call_that_is_not_as_agreed_begins_no_session(
    app: Flask, client: FlaskClient, changes: dict[str, str], status: int, words: str
) -> None:
    answer = call(client, connected(app), **changes)
    assert answer.status_code == status
    assert words in answer.text
    assert f"frame-ancestors {FRAME}" in answer.headers["Content-Security-Policy"]
    with app.extensions["catalogue"].database.reading() as session:
        assert session.scalars(select(PunchOutSession)).all() == []


def test_call_by_get_works_as_one_by_post(app: Flask, client: FlaskClient) -> None:
    to = connected(app)
    asked = {"USERNAME": "slagelse", "password": to.secret, "HOOK_URL": HOOK}
    answer = client.get(f"/punchout/oci/{to.key}", query_string=asked)
    assert answer.headers["Location"].endswith("/soeg")


def test_validate_tells_what_may_be_ordered_today(app: Flask, client: FlaskClient) -> None:
    to = connected(app)
    asked = {"FUNCTION": "VALIDATE", "PRODUCTID": str(to.world.product.id), "QUANTITY": "3",
             "http_content_charset": "utf-8"}  # fmt: skip
    assert dict(fields(call(client, to, **asked).text))["NEW_ITEM-QUANTITY[1]"] == "3"
    for number in ("9" * 60, "1E+99999", "NaN"):
        unheard = asked | {"QUANTITY": number}
        assert not dict(fields(call(client, to, **unheard).text)).get("NEW_ITEM-DESCRIPTION[1]")
    with app.extensions["catalogue"].database.transaction() as session:
        lapsed: Any = session.merge(to.world.agreement)
        lapsed.ends_on = cast.TODAY - timedelta(days=1)
    assert [name for name, _ in fields(call(client, to, **asked).text)] == ["sap-client", "session"]


@pytest.mark.parametrize(("left", "offered", "validated"), [(2, True, False), (0, False, False)])
def test_background_functions_offer_no_more_than_there_is(
    app: Flask, client: FlaskClient, left: int, offered: bool, validated: bool
) -> None:
    to = connected(app)
    with app.extensions["catalogue"].database.transaction() as session:
        counted = {to.world.product.id: Decimal(left)}
        stock.count(session, to.world.worker_who, counted, cast.NOW)
    three = {"FUNCTION": "VALIDATE", "PRODUCTID": str(to.world.product.id), "QUANTITY": "3"}
    words = {"FUNCTION": "BACKGROUND_SEARCH", "SEARCHSTRING": "legehus"}
    for asked, wanted in ((three, validated), (words, offered)):
        answer = call(client, to, http_content_charset="utf-8", **asked)
        assert ("NEW_ITEM-PRICE[1]" in dict(fields(answer.text))) is wanted, asked


@pytest.mark.parametrize(
    ("words", "charset", "found"),
    [
        ("lærk", "utf-8", True),
        ("lærk", "iso-8859-1", True),  # what SAP sends when nothing else was agreed
        ("gyngestativ", "utf-8", False),
        (" ", "utf-8", False),  # no words are no question
    ],
)
def test_background_search_returns_what_is_found_and_may_be_ordered(
    app: Flask, client: FlaskClient, words: str, charset: str, found: bool
) -> None:
    to = connected(app)
    with app.extensions["catalogue"].database.transaction() as session:
        stranger = cast.enterprise(session, "Uden aftale")
        cast.product(session, stranger, "Bænk i lærk")
    asked = {"username": "slagelse", "password": to.secret, "hook_url": HOOK,
             "Function": "background_search", "SearchString": words,
             "http_content_charset": charset}  # fmt: skip
    client.without_csrf = True  # type: ignore[attr-defined]  # of our own client
    answer = client.post(
        f"/punchout/oci/{to.key}", data=urlencode(asked, encoding=charset),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert answer.headers["Content-Type"] == f"text/html; charset={charset}"
    page = answer.data.decode(charset)
    assert 'action="https://erp.slagelse.example/hook" target="_top"' in page
    hook, facts = fields(page)[:2], dict(fields(page)[2:])
    assert hook == [("sap-client", "100"), ("session", "a b")]
    expected = [str(to.world.product.id)] if found else []
    ids = [value for name, value in facts.items() if name.startswith("NEW_ITEM-EXT_PRODUCT_ID")]
    assert ids == expected
    if found:
        assert facts["NEW_ITEM-DESCRIPTION[1]"] == "Legehus i lærk"
        assert (facts["NEW_ITEM-QUANTITY[1]"], facts["NEW_ITEM-PRICE[1]"]) == ("1", "12500.00")
        assert facts["NEW_ITEM-CONTRACT[1]"] == to.world.agreement.number
    with app.extensions["catalogue"].database.reading() as session:
        assert session.scalars(select(PunchOutSession)).all() == []


def test_detail_shows_a_product_that_cannot_be_bought_there(
    app: Flask, client: FlaskClient
) -> None:
    to = connected(app)
    answer = call(client, to, FUNCTION="detail", PRODUCTID=str(to.world.product.id))
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "kurv/tilfoej" not in page.text


def test_agreement_that_lapses_meanwhile_keeps_the_basket_from_going_back(
    app: Flask, client: FlaskClient
) -> None:
    to = connected(app)
    here = call(client, to).headers["Location"].removesuffix("/soeg")
    post(client, f"{here}/kurv/tilfoej", product_id=str(to.world.product.id), quantity="1")
    with app.extensions["catalogue"].database.transaction() as session:
        cast.mandatory(session, to.world.home)
    answer = post(client, f"{here}/kurv/retur")
    assert answer.headers["Location"] == f"{here}/kurv"
    assert "Nothing" not in (page := client.get(f"{here}/kurv").text)
    assert "fast aftale" in page
    assert "Send kurven til" not in page
