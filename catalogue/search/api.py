"""Finding for systems: the same query, order and refusals as on the page of hits.

Searches of programs are not noted: what is looked for again each night is no demand.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements import schema as days
from catalogue.agreements.rules import InForce
from catalogue.core.errors import Invalid
from catalogue.core.http import FINDERS, contract, now, reading, state, today, who
from catalogue.core.http.answering import open_api, read_asked, show
from catalogue.core.http.operations import Operation, Trait, serve
from catalogue.core.text import Text, current_locale
from catalogue.core.text import lazy as _

from . import service
from .api_schema import (
    DayQuerySchema,
    HitSchema,
    HitsSchema,
    OrderabilitySchema,
    ProductSheetSchema,
    SearchQuerySchema,
    SuggestionsSchema,
    TypedQuerySchema,
)
from .queries import Card, Sheet
from .query import Query, Sort
from .screens import standstill
from .suggest import Named, suggest

blueprint = open_api("search_api", __name__)
READ = "search:read"
LAST_PAGE = 10_000
DAY_NAME = {"dag": "day"}
NOWHERE: dict[str, Text] = {
    "category": _("There is no category of this code; write 8 digits of CPV"),
    "enterprise_id": _("The enterprise does not exist."),
}
_GROUPS = ("products", "categories", "enterprises", "profiles")


@serve(
    blueprint, "GET", "/search",
    Operation(
        "Find products that may be ordered, or all with why not", FINDERS, READ,
        query=SearchQuerySchema, answer=HitsSchema, traits=frozenset({Trait.CURSOR}),
    ),
)  # fmt: skip
def search() -> Response:
    """Find products; a cursor leads on as far as there are hits.

    Raises Invalid for a category or an enterprise that there is not. The page shows hits without
    it and says so; a program would take them for what it asked for.
    """
    given = contract.read_query()
    query, wide = _read(given), given.get("further", False)
    with reading() as session:
        in_force = _in_force(session, today())
        hits = service.find(session, state().parts, query, in_force)
        if hits.ignored:
            raise Invalid({name: [NOWHERE[name]] for name in hits.ignored})
        cards, further = service.list_hits(session, hits, in_force, further=wide)
    if hits.degraded:
        service.heal(state().database, now())
    more = hits.total > query.page * query.page_size and query.page < LAST_PAGE
    told = {
        **vars(hits),
        "items": [_card(each) for each in cards],
        "further": [_card(each) for each in further],
        "next": str(query.page + 1) if more else None,
    }
    return show(HitsSchema().dump(told))


@serve(
    blueprint, "GET", "/search/suggestions",
    Operation(
        "What the search field offers while one types", FINDERS, READ, query=TypedQuerySchema,
        answer=SuggestionsSchema, traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def list_suggestions() -> Response:
    """Offer what fits the words typed so far and may be ordered."""
    typed = contract.read_query().get("q", "")
    with reading() as session:
        found = suggest(session, state().parts, typed, _in_force(session, today()))
    searches = [Named("", each) for each in found.searches]
    told = {name: getattr(found, name) for name in _GROUPS} | {"searches": searches}
    return show(SuggestionsSchema().dump(told))


@serve(
    blueprint, "GET", "/search/products/<int:product_id>",
    Operation(
        "Get a product as buyers read it", FINDERS, READ, answer=ProductSheetSchema,
        traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def get_sheet(product_id: int) -> Response:
    """Show what a buyer reads of a product."""
    with reading() as session:
        sheet = _sheet(session, product_id, today())
    images = [
        {"sha256": each.sha256, "alt": each.alt, "width": each.width, "height": each.height}
        for each in sheet.images
    ]
    product = sheet.card.product
    told = {"state": product.state, "description": product.description, "images": images}
    more = {"delivers_here": sheet.delivers_here}
    return show(ProductSheetSchema().dump(_card(sheet.card) | told | more))


@serve(
    blueprint, "GET", "/orderability/<int:product_id>",
    Operation(
        "Whether a product may be ordered on a day", FINDERS, READ, query=DayQuerySchema,
        answer=OrderabilitySchema, traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def get_orderability(product_id: int) -> Response:
    """Judge a product by the agreements in force on a day."""
    query = contract.read_query()
    with contract.named(DAY_NAME):
        day = days.read_day({"dag": query.get("day")}, today())
    with reading() as session:
        card = _sheet(session, product_id, day).card
    told = _judged(card) | {"product_id": product_id, "day": day}
    return show(OrderabilitySchema().dump(told))


def _read(given: dict[str, Any]) -> Query:
    asked = read_asked(given)
    page = min(asked.after or 1, LAST_PAGE)
    low, high = given.get("price_from_ore"), given.get("price_to_ore")
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Query(
        text=given.get("q", "").strip(),
        category=given.get("category"),
        enterprise_id=given.get("enterprise_id"),
        kind=given.get("kind"),
        price_from_ore=low,
        price_to_ore=high,
        delivers_to=who().municipality_id if given.get("delivers_here") else None,
        sort=Sort(given.get("sort", Sort.RELEVANCE)),
        show_all=given.get("show_all", False),
        page=page,
        page_size=asked.limit,
    )


def _in_force(session: Session, day: date) -> InForce:
    return agreements.in_force(session, who().municipality_id or 0, day)


def _sheet(session: Session, product_id: int, day: date) -> Sheet:
    home = who().municipality_id or 0
    return service.get_sheet(session, product_id, municipality_id=home, day=day)


def _card(card: Card) -> dict[str, Any]:
    product = card.product
    told = {name: getattr(product, name) for name in _PLAIN}
    return dict(
        HitSchema().dump(
            told
            | _judged(card)
            | {
                "category": card.category.label(current_locale()) if card.category else "",
                "enterprise": card.enterprise,
                "price": card.priced.price,
                "left": card.left,
                "paused": _text(standstill(card)),
                "variants": [each.product.id for each in card.family],
            }
        )
    )


def _judged(card: Card) -> dict[str, Any]:
    """Return whether a product may be ordered, by which agreement, or why not."""
    voluntary, refusal = card.judgement.voluntary, card.refusal
    reason = None
    if refusal is not None:
        reason = {
            "code": card.judgement.reason,
            "title": str(refusal.title),
            "detail": str(refusal.detail),
            "where_to_buy": _text(refusal.where_to_buy),
            "agreement_number": refusal.agreement_number,
        }
    return {
        "orderable": refusal is None,
        "agreement_number": voluntary.number if voluntary and refusal is None else None,
        "reason": reason,
    }


def _text(said: Any) -> str | None:
    return str(said) if said else None


_PLAIN = ("id", "title", "summary", "item_number", "kind", "category_code", "vat_rate",
          "minimum_quantity", "delivery_days")  # fmt: skip
