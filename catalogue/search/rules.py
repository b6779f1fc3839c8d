"""Names and small decisions of search: orders of the list, kinds in the plural, demands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from catalogue.core.text import lazy as _

from .query import Sort


class Described(Protocol):
    """What completeness is judged by."""

    summary: str
    description: str
    category_code: str | None
    price_ore: int | None
    delivery_days: int | None


@dataclass(frozen=True)
class Wanted:
    """What a buyer asks for; `enterprise_id` None: all enterprises are asked."""

    text: str
    details: str = ""
    category_code: str | None = None
    needed_on: date | None = None
    enterprise_id: int | None = None


@dataclass(frozen=True)
class Given:
    """What an enterprise answers to a demand; the price is in whole øre excluding VAT."""

    text: str
    price_ore: int | None = None
    product_id: int | None = None


KIND_NAMES = {"goods": _("Goods"), "service": _("Services")}
SORT_NAMES = {
    Sort.RELEVANCE: _("Best match first"),
    Sort.PRICE: _("Lowest price first"),
    Sort.PRICE_DESC: _("Highest price first"),
    Sort.NEWEST: _("Newest first"),
}
# The order of hits is stated openly: a public buyer must be able to explain a choice.
SORT_REASONS = {
    Sort.RELEVANCE: _(
        "Sorted by how well the words fit, most for the title, and by likeness in kind to the"
        " best ones, then by how completely the product is described, then the newest first."
        " Nobody can pay for a better place."
    ),
    Sort.PRICE: _("Sorted by price excluding VAT, the lowest first."),
    Sort.PRICE_DESC: _("Sorted by price excluding VAT, the highest first."),
    Sort.NEWEST: _("Sorted by when the product was first published, the newest first."),
}


def sort_in_force(sort: Sort, text: str) -> Sort:
    """Return the order of the hits: without words nothing matches best, so the newest first."""
    return Sort.NEWEST if sort == Sort.RELEVANCE and not text else sort


def completeness(product: Described, pictures: int) -> int:
    """Return how completely a product is described, 0 to 100: what lets a buyer decide at once.

    It orders products that match equally well, and nothing else.
    """
    return (
        20 * bool(product.summary)
        + 20 * (len(product.description) >= 150)
        + 20 * bool(pictures)
        + 10 * (pictures > 2)
        + 10 * bool(product.category_code)
        + 10 * (product.price_ore is not None)
        + 10 * (product.delivery_days is not None)
    )
