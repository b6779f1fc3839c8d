"""What visitors see: open shelves, what is found on them, and the enterprises. Without ordering."""

from __future__ import annotations

from flask import Blueprint, Response, request

from catalogue.accounts import queries as accounts
from catalogue.core.errors import Missing
from catalogue.core.http import EVERYONE, Page, go, reading, render, route, state, today, who
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _
from catalogue.core.text import slug as slug_of
from catalogue.products import prices
from catalogue.products.rules import UNIT_NAMES, is_paused

from ..query import Query
from . import finding, heads, nearby, queries, rules, shelf_counts, telling
from .occasions import OCCASIONS

blueprint = Blueprint("public", __name__)
PER_PAGE = 24
LONGEST_WORDS = 200


@route(blueprint, "/udvalg", access=EVERYONE)
def selection() -> Response:
    """Show what everybody may see, by words or by an occasion."""
    occasion = {each.slug: each for each in OCCASIONS}.get(request.args.get("anledning", ""))
    words = request.args.get("q", "").strip()[:LONGEST_WORDS]
    number = max(1, min(request.args.get("page", 1, type=whole), 10_000))
    query = Query(text=words or (occasion.words if occasion else ""), page=number,
                  page_size=PER_PAGE)  # fmt: skip
    with reading() as session:
        hits, shown = finding.find(session, state().parts, query, today())
    url = state().settings.address("udvalg")
    if occasion:
        url = f"{url}?anledning={occasion.slug}"
    return render(
        "search/selection.html", head=heads.draw(url), words=words, occasion=occasion,
        occasions=OCCASIONS, hits=hits, shown=shown, page=Page(number, hits.total, PER_PAGE),
        units=UNIT_NAMES,
    )  # fmt: skip


@route(blueprint, "/virksomheder", access=EVERYONE)
def enterprises() -> Response:
    """List the enterprises of the catalogue, those near a municipality first."""
    with reading() as session:
        near = nearby.find_near(session, request.args.get("kommune"), who().municipality_id)
        counts = shelf_counts.read(session, today())
        page = Page(request.args.get("page", 1, type=whole), len(counts.shelves), PER_PAGE)
        places = nearby.list_places(session, counts, near, offset=page.offset, limit=page.size)
        towns = accounts.list_municipalities(session)
    url = state().settings.address("virksomheder")
    return render(
        "search/enterprises.html", near=near, places=places, page=page,
        towns=[(each.code, each.name) for each in towns], head=heads.draw(url),
    )  # fmt: skip


@route(blueprint, "/virksomheder/<int:enterprise_id>/<slug>/varer", access=EVERYONE)
def shelf(enterprise_id: int, slug: str) -> Response:
    """List what an enterprise shows to everybody."""
    with reading() as session:
        total = queries.count_shelf(session, enterprise_id, today())
        page = Page(request.args.get("page", 1, type=whole), total, PER_PAGE)
        shown = queries.list_shelf(
            session, enterprise_id, today(), offset=page.offset, limit=page.size
        )
    if not shown:
        raise Missing(_("This enterprise shows its products to signed-in buyers only."))
    enterprise = shown[0].enterprise
    if slug != slug_of(enterprise.name):
        return go("catalogue.public.shelf", enterprise_id=enterprise_id,
                  slug=slug_of(enterprise.name))  # fmt: skip
    url = telling.shelf_address(state().settings.address, enterprise)
    if page.number > 1:
        url = f"{url}?page={page.number}"
    return render(
        "search/public_shelf.html", shown=shown, enterprise=enterprise, page=page,
        units=UNIT_NAMES, head=heads.draw(url),
    )  # fmt: skip


@route(
    blueprint, "/virksomheder/<int:enterprise_id>/<maker>/varer/<int:product_id>/<slug>",
    access=EVERYONE,
)  # fmt: skip
def product(enterprise_id: int, maker: str, product_id: int, slug: str) -> Response:
    """Show a product to everybody: pictures, text, list price, and the way to order it."""
    address = state().settings.address
    with reading() as session:
        shown = queries.find_shown(session, product_id, today())
        pictures = queries.list_shown_pictures(session, product_id)
    if shown is None or shown.enterprise.id != enterprise_id:
        raise Missing(_("This product is shown to signed-in buyers only."))
    names = slug_of(shown.enterprise.name), slug_of(shown.product.title)
    if (maker, slug) != names:
        return go("catalogue.public.product", enterprise_id=enterprise_id, maker=names[0],
                  product_id=product_id, slug=names[1])  # fmt: skip
    told = rules.ware(
        telling.ware_of(address, shown, pictures),
        telling.profile_address(address, shown.enterprise), shown.enterprise.name, today(),
    )  # fmt: skip
    return render(
        "search/public_product.html", shown=shown, product=shown.product,
        enterprise=shown.enterprise, pictures=pictures, price=prices.listed(shown.product),
        unit_label=UNIT_NAMES[shown.product.unit],
        is_paused=is_paused(shown.product.paused_until, today()),
        head=heads.draw(telling.product_address(address, shown), told),
    )  # fmt: skip
