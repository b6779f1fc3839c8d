"""Application and plugin are one: under a prefix, below a dispatcher, twice in one process."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cast
import pytest
from conftest import CatalogueClient, KeptTemplates
from flask import Flask
from sqlalchemy import select
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from catalogue import Catalogue, NotCarried, OrderCarrier, create_app
from catalogue.core.http.overriding import WrongOverride
from catalogue.core.text import Text
from catalogue.core.who import Role
from catalogue.exchange import mail_kinds, notices
from catalogue.exchange.notice_models import Notice
from catalogue.exchange.notices import News, audience

BASE = "catalogue/_base.html"
BEGIN = '{% extends "shipped/catalogue/_base.html" %}'


def _host(folder: Path) -> Flask:
    host = Flask("host")
    host.config.update(SECRET_KEY="of the host", CATALOGUE_DATA_FOLDER=str(folder))
    return host


def _nowhere(_parcel: Any) -> None:
    raise NotCarried("there is nobody")


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path, kept_templates: KeptTemplates
) -> Iterator[dict[str, Flask]]:
    """Two Catalogues on databases of their own: one below /a, one below /b/indkob.

    Each is asked as one of its own clients asks, with the path of the dispatcher before it.
    """
    made = {}
    for name, prefix in (("a", ""), ("b", "/indkob")):
        folder = tmp_path_factory.mktemp(name)
        shutil.copy(empty_sqlite, folder / "catalogue.sqlite")
        config = {"CATALOGUE_DATA_FOLDER": str(folder), "CATALOGUE_SECRET_KEY": "of both"}
        made[name] = create_app(config | {"CATALOGUE_URL_PREFIX": prefix}, clock=lambda: cast.NOW)
        made[name].extensions["catalogue"].templates.bytecode_cache = kept_templates
        made[name].test_client_class = CatalogueClient
    paths = {f"/{name}": app.wsgi_app for name, app in made.items()}
    dispatcher = DispatcherMiddleware(lambda *_any: [], paths)  # type: ignore[list-item]
    for app in made.values():
        app.wsgi_app = dispatcher  # type: ignore[method-assign]
    yield made
    for app in made.values():
        app.extensions["catalogue"].database.dispose()


def _sign_in(app: Flask, root: str) -> tuple[CatalogueClient, Any]:
    with app.extensions["catalogue"].database.transaction() as session:
        person = cast.buyer(session)
    client = app.test_client()
    assert isinstance(client, CatalogueClient)
    client.without_csrf = True
    token = re.search(r'csrf_token" value="([^"]+)"', client.get(f"{root}/log-ind").text)
    assert token
    form = {"email": person.email, "password": cast.PASSWORD, "csrf_token": token[1]}
    return client, client.post(f"{root}/log-ind", data=form)


@pytest.mark.parametrize(("name", "root"), [("a", "/a"), ("b", "/b/indkob")])
def test_below_a_dispatcher_addresses_redirects_and_cookies_have_the_whole_path(
    pair: dict[str, Flask], name: str, root: str
) -> None:
    client, entered = _sign_in(pair[name], root)
    assert entered.location == f"{root}/"
    for each in entered.headers.getlist("Set-Cookie"):
        assert f"Path={root};" in f"{each};"
    page = client.get(f"{root}/", follow_redirects=True)
    assert page.request.path == f"{root}/"
    found = re.findall(r'(?:href|src|action|data-suggest)="([^"#][^"]*)"', page.text)
    assert [each for each in found if not each.startswith((f"{root}/", "?"))] == []
    contract = client.get(f"{root}/api/v1/openapi.json").json
    assert contract["servers"] == [{"url": root}]
    unknown = client.get(f"{root}/api/v1/nothing")
    assert unknown.json["instance"] == f"{root}/api/v1/nothing"


def test_a_notice_leads_below_the_dispatcher(pair: dict[str, Flask]) -> None:
    client, _entered = _sign_in(pair["b"], "/b/indkob")
    with pair["b"].extensions["catalogue"].database.transaction() as session:
        home = cast.municipality(session)
        news = News("n", mail_kinds.ORDER, Text("Order placed"), "ordrer/0330-2026-00001")
        notices.put(session, audience(Role.BUYER, home.id), news, cast.NOW)
        notice_id = session.scalars(select(Notice.id)).one()
    led = client.get(f"/b/indkob/beskeder/{notice_id}").location
    assert led == "/b/indkob/ordrer/0330-2026-00001"


def test_who_signed_in_at_one_is_nobody_at_the_other(pair: dict[str, Flask]) -> None:
    client, _entered = _sign_in(pair["a"], "/a")
    assert client.get("/a/kurv").status_code == 200
    assert client.get("/b/indkob/kurv").status_code == 303
    other = pair["b"].test_client()
    with client.session_transaction() as here, other.session_transaction() as there:
        there.update(here)  # even with what the first one's cookie holds, and one key for both
    assert other.get("/b/indkob/kurv").status_code == 303


def test_mounting_twice_in_one_application_is_refused(tmp_path: Path) -> None:
    host = _host(tmp_path)
    Catalogue(host, url_prefix="/a")
    with pytest.raises(RuntimeError, match="mounted in this application already"):
        Catalogue(host, url_prefix="/b")


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [
        ("catalogue/error.html", BEGIN, "replaces nothing; a host may extend catalogue/_base"),
        (BASE, "<p>all anew</p>", "must begin with {% extends"),
        (BASE, '{% extends "catalogue/_base.html" %}', "must begin with {% extends"),
        (BASE, BEGIN + "{% block content %}{% endblock %}", "fills content; a host may fill"),
    ],
)
def test_a_template_that_fills_what_is_not_meant_for_it_is_refused(
    tmp_path: Path, name: str, written: str, said: str
) -> None:
    path = tmp_path / "own" / name
    path.parent.mkdir(parents=True)
    path.write_text(written)
    with pytest.raises(WrongOverride, match=re.escape(said)):
        Catalogue(_host(tmp_path), templates=tmp_path / "own")


@pytest.mark.parametrize("name", ["folder", "none", "Ledger", "x", "a_name_too_long"])
def test_a_carrier_of_a_host_has_a_name_that_a_route_can_keep(tmp_path: Path, name: str) -> None:
    ways = {name: OrderCarrier("Another way", _nowhere)}
    with pytest.raises(ValueError, match="2 to 12 of a-z, 0-9 and _"):
        Catalogue(_host(tmp_path), order_carriers=ways)
