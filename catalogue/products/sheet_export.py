"""What an enterprise downloads: its products as a price list, or an empty one to fill in."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts import queries as accounts
from catalogue.agreements import category_words
from catalogue.core.text import current_locale

from . import queries, rules, sheet_cells, sheet_columns, shelf
from .check_models import Revision
from .models import Product
from .price_list import EXAMPLE_VARIANT
from .rules import ProductFacts
from .sheet_cells import Names
from .sheet_file import Line
from .variant_rules import Variant

_SHOWN = {
    "da": ("EKSEMPEL", "Legehus i lærk (eksempel)", "Et legehus til børnehaven.",
           "Bygget af dansk lærk, leveres samlet.", "legehus-forfra.jpg; legehus-indefra.jpg",
           "Legehuset set forfra; Legehuset indefra", "2 × 2 m"),
    "en": ("EXAMPLE", "Play house of larch (example)", "A play house for a kindergarten.",
           "Built of Danish larch, delivered assembled.", "house-front.jpg; house-inside.jpg",
           "The house from the front; The house inside", "2 × 2 m"),
}  # fmt: skip
_SHOWN_VARIANT = {
    "da": ("ubehandlet", "svenskrød", "legehus-roedt.jpg", "Legehuset malet svenskrødt"),
    "en": ("untreated", "barn red", "house-red.jpg", "The house painted barn red"),
}
_EXAMPLE_CODE = "37535200"


def list_lines(session: Session, enterprise_id: int) -> list[Line]:
    """List the products of the enterprise as lines, oldest first, in the reader's language.

    A draft that is to change another product is none of its own. A fixed number of queries.
    """
    query = (
        select(Product)
        .where(Product.enterprise_id == enterprise_id, Product.variant_of_id.is_(None))
        .where(Product.id.not_in(select(Revision.draft_id)))
        .order_by(Product.id)
        .options(*shelf.whole())
    )
    names = read_names(session)
    return [line for product in session.scalars(query) for line in _lines(product, names)]


def example() -> list[Line]:
    """Return the lines of an empty list, a product and a variant, passed over when it is read."""
    number, title, summary, text, images, alts, size = _SHOWN[current_locale()]
    plain, red, picture, shown = _SHOWN_VARIANT[current_locale()]
    variant = Variant(1, number + EXAMPLE_VARIANT, colour=red, price_ore=1_340_000)
    facts = ProductFacts(
        item_number=number, title=title, summary=summary, description=text, price_ore=1_250_000,
        category_code=_EXAMPLE_CODE, delivery_days=21, made_to_order=True, dimensions=size,
        colour=plain, variants=(variant,),
    )  # fmt: skip
    return [
        sheet_cells.cells_of(facts, Names({}, {})) | {"images": images, "alts": alts},
        sheet_cells.variant_cells(facts, variant) | {"images": picture, "alts": shown},
    ]


def list_offered(session: Session, enterprise_id: int) -> list[str]:
    """List all categories as `code name`: those of the enterprise, those in use, then the rest."""
    labels = read_names(session).categories
    own = select(Product.category_code).where(Product.enterprise_id == enterprise_id).distinct()
    first = sorted(code for code in session.scalars(own) if code)
    first += [each.code for each in queries.list_categories_in_use(session)]
    return [f"{code} {labels[code]}" for code in dict.fromkeys([*first, *sorted(labels)])]


def read_names(session: Session) -> Names:
    """Return what categories and municipalities are called, in the reader's language."""
    locale = current_locale()
    labels = category_words.list_labels(session)
    return Names(
        {code: each.name(locale) for code, each in labels.items()},
        {each.id: each.name for each in accounts.list_municipalities(session)},
    )


def _lines(product: Product, names: Names) -> Iterator[Line]:
    """Yield the line of a product, and below it those of its variants."""
    facts, state = shelf.facts_of(product), str(rules.STATE_NAMES[product.state])
    pictures = [(each.image_id, each.alt) for each in product.images]
    told = {sheet_columns.STATE.name: state}
    yield sheet_cells.cells_of(facts, names) | sheet_cells.picture_cells(pictures) | told
    shown = {image_id for image_id, _alt in pictures}
    for each in facts.variants:
        own = [(each.image_id, "")] if each.image_id in shown else []
        yield sheet_cells.variant_cells(facts, each) | sheet_cells.picture_cells(own) | told
