"""The buyers' pages: results, one product, and what visitors are shown first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.rules import InForce, ancestors
from catalogue.core.errors import Missing
from catalogue.core.http import (
    FINDERS,
    Page,
    flash,
    framing,
    go,
    go_to,
    here_with,
    now,
    reading,
    render,
    route,
    state,
    today,
    who,
)
from catalogue.core.text import LOCALES
from catalogue.core.text import lazy as _
from catalogue.core.text import slug as slug_of
from catalogue.core.who import Role
from catalogue.products import prices
from catalogue.products import service as products
from catalogue.products.models import ProductState
from catalogue.products.rules import UNIT_NAMES, is_paused, next_season
from catalogue.products.words import FACT_NAMES

from . import (
    amounts,
    choice_pages,
    comparing,
    comparison_pages,
    demand_pages,
    documents,
    filters,
    inquiry_pages,
    naming,
    nothing,
    profile_pages,
    rules,
    schema,
    service,
    suggest_pages,
    why,
    word_pages,
)
from .naming import Named
from .nothing import Nothing
from .noting import note_later, note_opened, why_in_vain
from .public import front, heads
from .public.occasions import OCCASIONS
from .queries import Card, Sheet
from .query import Hits
from .screens import Hit, blueprint, chosen, draw_hit, standstill

__all__ = [
    "blueprint", "choice_pages", "comparison_pages", "demand_pages", "inquiry_pages",
    "profile_pages", "suggest_pages", "word_pages",
]  # fmt: skip
RESULTS, ASK = "catalogue.search.results", "catalogue.search.ask"
IGNORED_NAMES = {"category": schema.NAMES["kategori"], "enterprise_id": schema.NAMES["enterprise"]}


class HitsPage(Page):
    """A page of hits: its number travels as `side`."""

    def url(self, number: int) -> str:
        """Return the address of another page of the same hits."""
        return here_with(side=str(number))


@route(blueprint, "/soeg", access=FINDERS)
def results() -> Response:
    """Show what was found for the query in the address; an amount in it becomes a filter."""
    if spoken := amounts.read(request.args.get("q", "")[: schema.LONGEST_TEXT]):
        return go_to(filters.as_spoken(spoken))
    asked = schema.read_query(
        request.args.to_dict(flat=False),
        municipality_id=_municipality_id(),
        page_size=state().settings.hits_per_page,
    )
    unfolded = request.args.get("laengere") == "ja"
    with reading() as session:
        in_force = _in_force(session)
        hits = service.find(session, state().parts, asked.query, in_force)
        cards, further = service.list_hits(session, hits, in_force, further=unfolded)
        named = naming.get_tree(session).by_code
        lacking = None if cards else nothing.explain(session, state().parts, hits, in_force)
    if hits.degraded:
        service.heal(state().database, now())
    ignored = [*asked.ignored, *(IGNORED_NAMES[name] for name in hits.ignored)]
    if ignored:
        names = ", ".join(str(name) for name in ignored)
        flash(_("This could not be used and was left out: %(names)s", names=names), "info")
    response = render(
        "search/results.html",
        **_results(hits, named, cards, further),
        **_steps(hits, lacking, in_force),
    )
    if not unfolded:  # else the same was asked and shown a moment ago
        note_later(response, hits, why_in_vain(hits, cards, lacking))
    return response


@route(blueprint, "/varer/<int:product_id>", access=FINDERS)
def product_plain(product_id: int) -> Response:
    """Lead to the full address of a product."""
    with reading() as session:
        sheet = _sheet(session, product_id)
    return go(
        "catalogue.search.product", product_id=product_id, slug=slug_of(sheet.card.product.title)
    )


@route(blueprint, "/varer/<int:product_id>/<slug>", access=FINDERS)
def product(product_id: int, slug: str) -> Response:
    """Show a product: pictures, facts, and how to order it or why it may not be ordered."""
    with reading() as session:
        sheet = _sheet(session, product_id)
    shown = sheet.card.product
    if slug != slug_of(shown.title):  # an old title in the address
        return go("catalogue.search.product", product_id=product_id, slug=slug_of(shown.title))
    if shown.state == ProductState.WITHDRAWN:
        return render("search/withdrawn.html", 410, product=shown, enterprise=sheet.card.enterprise)
    facts = products.facts_but_area(shown)
    response = render(
        "search/product.html",
        sheet=sheet,
        product=shown,
        enterprise=sheet.card.enterprise,
        category=sheet.card.category,
        refusal=sheet.card.refusal,
        priced=sheet.card.priced,
        facts=facts,
        tiers=prices.list_tiers(sheet.card.priced.price, sheet.card.priced.tiers),
        pause=standstill(sheet.card),
        next_season=next_season(facts, today()),
        paused_ids={
            each.product.id
            for each in sheet.card.family
            if is_paused(each.product.paused_until, today()) or each.left == 0
        },
        unit_label=UNIT_NAMES[shown.unit],
        may_order=who().role == Role.BUYER,
        **FACT_NAMES,
    )
    note_opened(response, product_id)
    return response


def welcome() -> Response:
    """Show visitors what this is, with some of what can be bought."""
    with reading() as session:
        shown = front.get_front(session, today())
    told = {"@type": "WebSite", "name": str(_("Catalogue")), "inLanguage": list(LOCALES)}
    url = f"{state().settings.address()}/"
    head = heads.draw(url, told | {"url": url})
    return render(
        "search/welcome.html", front=shown, occasions=OCCASIONS, units=UNIT_NAMES, head=head
    )


def _municipality_id() -> int:
    municipality_id = who().municipality_id
    if municipality_id is None:  # a role of the FINDERS always has one
        raise Missing()
    return municipality_id


def _in_force(session: Session) -> InForce:
    return agreements.in_force(session, _municipality_id(), today())


def _sheet(session: Session, product_id: int) -> Sheet:
    return service.get_sheet(session, product_id, municipality_id=_municipality_id(), day=today())


def _results(
    hits: Hits, named: Mapping[str, Named], cards: list[Card], further: list[Card]
) -> dict[str, Any]:
    query = hits.query
    sort = rules.sort_in_force(query.sort, ranked=hits.ranked)
    reader = why.Reader(hits.why.chain, hits.why.plan) if hits.why and query.text else None

    def drawn(some: list[Card]) -> list[Hit]:
        return [draw_hit(chosen(each, query.text), _matched(reader, each, named)) for each in some]

    return {
        "query": query,
        "site_query": query.text,
        "hits": hits,
        "facets": hits.facets,
        "cards": drawn(cards),
        "further": drawn(further),
        "page": HitsPage(query.page, hits.total, query.page_size),
        "chips": filters.chips(hits),
        "bands": [filters.band(band) for band in hits.facets.price_bands if band.count],
        "amounts": {
            "from": filters.kroner(query.price_from_ore),
            "to": filters.kroner(query.price_to_ore),
        },
        "carried": _carried(),
        "held": comparing.read_ids(request.args.getlist(comparison_pages.PARAMETER)),
        "sort": sort,
        "sorts": [
            each for each in rules.SORT_NAMES.items() if hits.ranked or each[0] != "relevance"
        ],
        "sort_reason": rules.SORT_REASONS[sort],
        "kinds": filters.options(hits.facets.kinds),
    }


def _steps(hits: Hits, lacking: Nothing | None, in_force: InForce) -> dict[str, Any]:
    """Return why there are no hits, and the addresses of the steps that help."""
    if lacking is None:
        return {"nothing": None}
    wanted = nothing.bare(hits.query)
    given = {"q": wanted.text, "kategori": wanted.category, "enterprise": wanted.enterprise_id}
    bare = url_for(RESULTS) + "?" + urlencode({name: each for name, each in given.items() if each})
    asked: dict[str, Any] = {"q": hits.query.text or None, "kategori": hits.query.category}
    return {
        "nothing": lacking,
        "has_agreement": bool(in_force.voluntary),
        "bare_url": bare,
        "hidden_url": f"{bare}&vis=alle" if lacking.hidden_beyond else _showing_hidden(),
        "ask_url": partial(url_for, ASK, **asked) if _may_ask() else None,
    }


def _may_ask() -> bool:
    return who().role == Role.BUYER and framing.opens(ASK)


def _showing_hidden() -> str:
    return here_with(vis="alle", side=None)


def _carried() -> list[tuple[str, str]]:
    """List the filters of the address that another form must send along."""
    given = request.args.items(multi=True)
    return [(name, value) for name, value in given if value and name in schema.NAMES]


def _matched(reader: why.Reader | None, card: Card, named: Mapping[str, Named]) -> tuple[str, ...]:
    """Return the words of a card that answer: of all that is indexed of it, what is short first."""
    if reader is None:
        return ()
    shown = card.product
    family = [each.product for each in card.family or (card,)]
    numbers = [number for each in family for number in (each.item_number, each.gtin) if number]
    code = shown.category_code or ""
    places = [named[each] for each in (*ancestors(code), code) if each in named]
    own = places[-1:]
    texts = [shown.title, *numbers, shown.summary, *(each.label_da for each in own),
             card.enterprise.name, shown.description, *documents.variant_texts(shown),
             *(each.label_da for each in places), *(each.label_en for each in own)]  # fmt: skip
    codes = [each.code for each in places]
    return reader.matched(texts, codes, *(each.label() for each in own))
