"""What machines fetch of the public part: the feed of products, the map of the site, robots.txt.

No cookie is looked at; answers may be kept by whoever stands between, and are told apart by ETag
and Last-Modified.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from catalogue.core.errors import Missing
from catalogue.core.http import COOKIELESS, dating, reading, route, state, today
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _
from catalogue.core.text import slug

from . import heads, queries, rules, telling
from .queries import Part
from .telling import Address

blueprint = Blueprint("machines", __name__)
PER_PAGE = 200
KEPT = "public, max-age=600"
PAGES = ("", "virksomheder", "virksomheder/ansoeg", "was")  # beside profiles and products
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
Urls = Iterator[tuple[str, datetime | None]]


@route(blueprint, "/feed.jsonld", access=COOKIELESS)
def feed() -> Response:
    """Send a page of the products on open shelves; `efter` is the last id of the page before."""
    settings, after = state().settings, max(0, request.args.get("efter", 0, type=whole))
    with reading() as session:
        found = queries.list_after(session, min(after, 2**62), today(), PER_PAGE + 1)
    shown = found[:PER_PAGE]
    here = settings.address("feed.jsonld")
    following = f"{here}?efter={shown[-1].product.id}" if len(found) > PER_PAGE else None
    items = [
        (
            rules.ware(
                telling.ware_of(settings.address, each, [each.image] if each.image else []),
                telling.profile_address(settings.address, each.enterprise), each.enterprise.name,
                today(),
            ),
            each.product.updated_at,
        )
        for each in shown
    ]  # fmt: skip
    told = rules.feed(f"{here}?efter={after}" if after else here, items, following)
    response = Response(json.dumps(told, ensure_ascii=False), mimetype="application/ld+json")
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    response.add_etag()
    return _keep(response)


@route(blueprint, "/sitemap.xml", access=COOKIELESS)
def sitemap() -> Response:
    """Send the list of the map's parts."""
    with reading() as session:
        parts = [("virksomheder", each) for each in
                 queries.list_enterprise_parts(session, today())]  # fmt: skip
        parts += [("varer", each) for each in queries.list_product_parts(session, today())]
    address = state().settings.address
    lines = [f"<sitemap><loc>{escape(address('sitemap', 'sider.xml'))}</loc></sitemap>"]
    for name, part in parts:
        place = escape(address("sitemap", f"{name}-{part.number}.xml"))
        at = part.changed_at.isoformat(timespec="seconds")
        lines.append(f"<sitemap><loc>{place}</loc><lastmod>{at}</lastmod></sitemap>")
    body = f'{_HEAD}<sitemapindex xmlns="{_SITEMAP}">{"".join(lines)}</sitemapindex>\n'
    response = Response(body, mimetype="application/xml")
    response.add_etag()
    return _keep(response)


@route(blueprint, "/sitemap/sider.xml", access=COOKIELESS)
def sitemap_pages() -> Response:
    """Send the part of the map that holds the pages which are always there."""
    address = state().settings.address
    body = "".join(_urlset((address(path) + ("" if path else "/"), None) for path in PAGES))
    response = Response(body, mimetype="application/xml")
    response.add_etag()
    return _keep(response)


@route(blueprint, "/sitemap/virksomheder-<int:part>.xml", access=COOKIELESS)
def sitemap_enterprises(part: int) -> Response:
    """Send a part of the map that holds profiles and open shelves."""
    return _send_part(part, queries.list_enterprise_parts, _enterprise_urls)


@route(blueprint, "/sitemap/varer-<int:part>.xml", access=COOKIELESS)
def sitemap_products(part: int) -> Response:
    """Send a part of the map that holds public pages of products."""
    return _send_part(part, queries.list_product_parts, _product_urls)


@route(blueprint, "/robots.txt", access=COOKIELESS)
def robots() -> Response:
    """Tell robots where the map is, and that searches and shelves in frames are not for them."""
    shut = [url_for(f"catalogue.{name}") for name in ("search.results", "accounts.sign_in")]
    front = url_for("catalogue.front")
    lines = ["User-agent: *", *(f"Disallow: {each}" for each in (*shut, f"{front}indlejr/")),
             f"Sitemap: {state().settings.address('sitemap.xml')}", ""]  # fmt: skip
    return _keep(Response("\n".join(lines), mimetype="text/plain"))


_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _send_part(
    number: int,
    list_parts: Callable[[Session, date], list[Part]],
    list_urls: Callable[[Session, int, date, Address], Urls],
) -> Response:
    """Send a part row by row; who has it as it is gets nothing anew. Two queries."""
    here, day = state(), today()
    address = here.settings.address
    with reading() as session:
        part = next((each for each in list_parts(session, day) if each.number == number), None)
    if part is None:
        raise Missing(_("There is no such part of the map."))

    def write() -> Iterator[str]:
        with here.database.reading() as session:
            yield from _urlset(list_urls(session, number, day, address))

    told = f"{part.count} {part.changed_at.isoformat()} {address()}"
    response = Response(write(), mimetype="application/xml")
    response.set_etag(hashlib.sha256(told.encode()).hexdigest()[:24], weak=True)
    return _keep(response)


def _enterprise_urls(session: Session, number: int, day: date, address: Address) -> Urls:
    for id_, name, shows, changed_at in queries.stream_enterprises(session, number, day):
        profile = address("virksomheder", str(id_), slug(name))
        yield profile, changed_at
        if shows:
            yield f"{profile}/varer", changed_at


def _product_urls(session: Session, number: int, day: date, address: Address) -> Urls:
    for id_, title, maker, name, changed_at in queries.stream_products(session, number, day):
        profile = address("virksomheder", str(maker), slug(name))
        yield f"{profile}/varer/{id_}/{slug(title)}", changed_at


def _urlset(urls: Any) -> Iterator[str]:
    """Yield a part of the map: each page in each language, with its other languages."""
    yield f'{_HEAD}<urlset xmlns="{_SITEMAP}" xmlns:xhtml="{_XHTML}">'
    for url, changed_at in urls:
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{name}" href={quoteattr(other)}/>'
            for name, other in heads.alternates(url)
        )
        at = f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>" if changed_at else ""
        for name, place in heads.alternates(url):
            if name != "x-default":
                yield f"<url><loc>{escape(place)}</loc>{at}{others}</url>"
    yield "</urlset>\n"


def _keep(response: Response) -> Response:
    """Let an answer be kept for some minutes, and be asked about by its tag or its time."""
    return dating.keep(response, KEPT)
