"""What an enterprise downloads: its products as a price list, or an empty one to fill in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts import queries as accounts
from catalogue.agreements import category_words
from catalogue.core.text import current_locale

from . import queries, rules, sheet_cells, sheet_columns, shelf
from .check_models import Revision
from .models import Product
from .rules import ProductFacts
from .sheet_cells import Names
from .sheet_file import Line

_SHOWN = {
    "da": ("EKSEMPEL", "Legehus i lærk (eksempel)", "Et legehus til børnehaven.",
           "Bygget af dansk lærk, leveres samlet.", "legehus-forfra.jpg; legehus-indefra.jpg",
           "Legehuset set forfra; Legehuset indefra", "2 × 2 m"),
    "en": ("EXAMPLE", "Play house of larch (example)", "A play house for a kindergarten.",
           "Built of Danish larch, delivered assembled.", "house-front.jpg; house-inside.jpg",
           "The house from the front; The house inside", "2 × 2 m"),
}  # fmt: skip
_EXAMPLE_CODE = "37535200"


def list_lines(session: Session, enterprise_id: int) -> list[Line]:
    """List the products of the enterprise as lines, oldest first, in the reader's language.

    A draft that is to change another product is none of its own. A fixed number of queries.
    """
    query = (
        select(Product)
        .where(Product.enterprise_id == enterprise_id)
        .where(Product.id.not_in(select(Revision.draft_id)))
        .order_by(Product.id)
        .options(*shelf.whole())
    )
    names = read_names(session)
    return [_line(product, names) for product in session.scalars(query)]


def example() -> list[Line]:
    """Return the one line of an empty list, which is passed over when it is read."""
    number, title, summary, text, images, alts, size = _SHOWN[current_locale()]
    facts = ProductFacts(
        item_number=number, title=title, summary=summary, description=text, price_ore=1_250_000,
        category_code=_EXAMPLE_CODE, delivery_days=21, made_to_order=True, dimensions=size,
    )  # fmt: skip
    return [sheet_cells.cells_of(facts, Names({}, {})) | {"images": images, "alts": alts}]


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


def _line(product: Product, names: Names) -> Line:
    pictures = [(each.image_id, each.alt) for each in product.images]
    return {
        **sheet_cells.cells_of(shelf.facts_of(product), names),
        **sheet_cells.picture_cells(pictures),
        sheet_columns.STATE.name: str(rules.STATE_NAMES[product.state]),
    }
