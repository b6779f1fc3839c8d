"""What visitors and search engines see: nothing of a closed shelf, all of an open one, as data."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

import cast
import pytest
from cast import NOW, TODAY
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from pyld import jsonld
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductKind, Unit
from catalogue.search.public import heads, machines, queries, rules, service
from catalogue.search.public.rules import Ware

SCHEMA = "https://schema.org/"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
# What schema.org's own context says of the words used here; tests ask nobody elsewhere for it.
VOCABULARY = {"@context": {"@vocab": SCHEMA, "url": {"@type": "@id"}, "image": {"@type": "@id"},
                           "availability": {"@type": "@id"}, "logo": {"@type": "@id"}}}  # fmt: skip


def expanded(data: Any) -> Any:
    """Return JSON-LD as its algorithm reads it; whatever it cannot read is missing then."""

    def load(url: str, _options: Any) -> Any:
        assert url == "https://schema.org"
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url,
                "document": VOCABULARY}  # fmt: skip

    return jsonld.expand(data, {"documentLoader": load})


def data_of(page: str) -> Any:
    """Return the data block of a page."""
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    return json.loads(block)


def opened(session: Session, name: str = "Legehytten") -> Enterprise:
    """Make an enterprise that shows its shelf to everybody."""
    made = cast.enterprise(session, name)
    who = replace(cast.who(session, cast.worker(session, made)), role=Role.ENTERPRISE)
    service.open_shelf(session, who, NOW)
    return made


def test_visitors_see_what_is_published_by_verified_enterprises_with_open_shelves(
    session: Session,
) -> None:
    shown = cast.product(session, opened(session), "Legehus")
    cast.product(session, cast.enterprise(session, "Lukket"), "Ikke for alle")
    lapsed = opened(session, "Udløbet")
    lapsed.verified_until = TODAY - timedelta(days=1)
    cast.product(session, lapsed, "Ikke længere")
    cast.product(session, opened(session, "Kladder"), "Kladde", state="draft")
    found = queries.list_after(session, 0, TODAY, 10)
    assert [each.product.id for each in found] == [shown.id]
    assert queries.find_shown(session, shown.id + 1, TODAY) is None
    assert [each.count for each in queries.list_product_parts(session, TODAY)] == [1]
    assert [each.count for each in queries.list_enterprise_parts(session, TODAY)] == [5]


def test_a_closed_shelf_shows_nothing_at_once(session: Session) -> None:
    made = opened(session)
    cast.product(session, made)
    who = cast.who(session, cast.worker(session, made))
    service.open_shelf(session, who, NOW)  # open already
    service.close_shelf(session, who, NOW)
    service.close_shelf(session, who, NOW)
    session.flush()
    assert queries.list_after(session, 0, TODAY, 10) == []


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--", "a & b", "\u2028"])
def test_no_text_ends_the_element_around_the_data(text: str) -> None:
    document = rules.document({"@type": "Product", "name": text})
    assert not re.search("[<>&\u2028\u2029]", document)
    assert json.loads(document)["name"] == text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, None),
        ({"made_to_order": True}, "MadeToOrder"),
        ({"made_to_order": False}, "InStock"),
        ({"left": 3}, "InStock"),
        ({"left": 0, "made_to_order": False}, "OutOfStock"),
        ({"paused_until": TODAY + timedelta(days=1)}, "OutOfStock"),
        ({"paused_until": TODAY, "left": 1}, "InStock"),
    ],
)
def test_availability_is_told_where_the_enterprise_tells_it(
    change: dict[str, Any], said: str | None
) -> None:
    price = rules.Price(10_050, 2, Unit.HOUR)
    told = Ware("https://x/1", "goods", "Vare", "", "V-1", "", [], price, 25, 1, None)
    offer = rules.ware(replace(told, **change), "https://x", "Firma", TODAY)["offers"]
    assert offer.get("availability") == (said and f"https://schema.org/{said}")
    assert offer["priceSpecification"]["price"] == "100.50"


def test_address_in_another_language_keeps_the_rest_of_it() -> None:
    assert heads.in_language("https://x/a?page=2", "en") == "https://x/a?page=2&sprog=en"
    assert heads.in_language("https://x/a", "da") == "https://x/a"


@on_sqlite
def test_public_page_tells_people_and_machines_the_same(
    app: Flask, client: CatalogueClient
) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        made = opened(session)
        title = "Legehus </script> & mere"
        cast.product(session, made, title, delivery_days=21, gtin="5712345000004")
        cast.product(session, made, "Havehjælp", kind=ProductKind.SERVICE, vat_rate=0)
    page = client.get("/virksomheder/1/legehytten/varer/1/legehus-script-og-mere").text
    assert "12.500,00" in page
    (product,) = expanded(data_of(page))
    assert product["@type"] == [f"{SCHEMA}Product"]
    assert product[f"{SCHEMA}name"][0]["@value"] == title
    spec = product[f"{SCHEMA}offers"][0][f"{SCHEMA}priceSpecification"][0]
    assert spec[f"{SCHEMA}price"][0]["@value"] == "12500.00"
    assert spec[f"{SCHEMA}valueAddedTaxIncluded"][0]["@value"] is False
    profile = client.get("/virksomheder/1/legehytten").text
    (organization,) = expanded(data_of(profile))
    assert organization["@id"] == product[f"{SCHEMA}manufacturer"][0]["@id"]
    english = client.get("/virksomheder/1/legehytten/varer?sprog=en").text
    assert '<html lang="en">' in english
    assert 'rel="canonical" href="http://127.0.0.1:8000/virksomheder/1/legehytten/varer?sprog=en"' \
        in english  # fmt: skip
    assert 'hreflang="da" href="http://127.0.0.1:8000/virksomheder/1/legehytten/varer"' in english
    for closed in ("/virksomheder/1/legehytten/varer/9/x", "/virksomheder/2/x/varer"):
        assert client.get(closed).status_code == 404
    old = client.get("/virksomheder/1/gammelt/varer/1/navn")
    assert old.headers["Location"].endswith("/legehytten/varer/1/legehus-script-og-mere")


@on_sqlite
def test_feed_is_json_ld_in_pages_and_kept_by_its_tag(
    app: Flask, client: CatalogueClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machines, "PER_PAGE", 2)
    with app.extensions["catalogue"].database.transaction() as session:
        made = opened(session)
        for number in range(3):
            cast.product(session, made, f"Vare {number}")
    first = client.get("/feed.jsonld")
    assert first.content_type == "application/ld+json"
    assert "Set-Cookie" not in first.headers
    (feed,) = expanded(first.get_json())
    assert len(feed[f"{SCHEMA}dataFeedElement"]) == 2
    following = feed["http://www.w3.org/ns/hydra/core#next"][0]["@id"]
    assert first.headers["Link"] == f'<{following}>; rel="next"'
    last = client.get(following.removeprefix("http://127.0.0.1:8000"))
    (feed,) = expanded(last.get_json())
    assert len(feed[f"{SCHEMA}dataFeedElement"]) == 1
    assert "Link" not in last.headers
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/feed.jsonld", headers=tag).status_code == 304


@on_sqlite
def test_time_tells_that_nothing_has_changed_and_that_something_has_left(
    app: Flask, client: CatalogueClient
) -> None:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        made = opened(session)
        gone = cast.product(session, made, "Vare")
        cast.product(session, made, "Bliver")
    for place in ("/feed.jsonld", "/sitemap/varer-0.xml", "/sitemap.xml"):
        state.clock = lambda: NOW
        assert "Last-Modified" not in client.get(place).headers  # it may change this second
        state.clock = lambda: NOW + timedelta(hours=1)
        told = client.get(place).headers["Last-Modified"]
        assert parsedate_to_datetime(told) == NOW + timedelta(seconds=1)
        same = {"If-Modified-Since": told}
        assert client.get(place, headers=same).status_code == 304
        assert client.get(place, headers=same | {"If-None-Match": '"other"'}).status_code == 200
    with state.database.transaction() as session:
        session.delete(session.get_one(Product, gone.id))
    for place in ("/feed.jsonld", "/sitemap/varer-0.xml"):
        assert client.get(place, headers=same).status_code == 200


@on_sqlite
def test_map_of_the_site_leads_to_every_public_page_in_both_languages(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        made = opened(session)
        cast.product(session, made, "Legehus & co")
        far = cast.product(session, made, "Langt væk", id=queries.PART_IDS * 3)
    index = ElementTree.fromstring(client.get("/sitemap.xml").data)
    parts = [each.text or "" for each in index.iter(f"{SITEMAP}loc")]
    assert [each.rsplit("/", 1)[1] for each in parts] == [
        "sider.xml", "virksomheder-0.xml", "varer-0.xml", "varer-3.xml",
    ]  # fmt: skip
    places = []
    for part in parts:
        with cast.counted_queries(database) as seen:
            answer = client.get(part.removeprefix("http://127.0.0.1:8000"))
            places += [each.text or "" for each in
                       ElementTree.fromstring(answer.data).iter(f"{SITEMAP}loc")]  # fmt: skip
        assert len(seen) <= 2
        tag = {"If-None-Match": answer.headers["ETag"]}
        again = client.get(part.removeprefix("http://127.0.0.1:8000"), headers=tag)
        assert again.status_code == 304
    assert len(places) == len(set(places)) == 2 * (4 + 2 + 2)
    assert places[-2].endswith(f"/virksomheder/1/legehytten/varer/{far.id}/langt-vaek")
    for place in places:
        assert client.get(place.removeprefix("http://127.0.0.1:8000")).status_code == 200, place
    assert client.get("/sitemap/varer-1.xml").status_code == 404
    robots = client.get("/robots.txt").text
    assert "Disallow: /soeg\n" in robots
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in robots


def test_only_who_may_order_is_led_on_to_order_it(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        made = opened(session)
        product = cast.product(session, made, "Legehus")
        people = {"buyer": cast.buyer(session), "worker": cast.worker(session, made)}
        people["administrator"] = cast.administrator(session)
    page = f"/virksomheder/{made.id}/legehytten/varer/{product.id}/legehus"
    way = f'href="/varer/{product.id}/legehus"'
    assert way in client.get(page).text
    shown = {}
    for name, person in people.items():
        reader = app.test_client()
        cast.sign_in_as(reader, person)
        shown[name] = way in reader.get(page).text
    assert shown == {"buyer": True, "worker": False, "administrator": False}
