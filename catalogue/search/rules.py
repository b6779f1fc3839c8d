"""Names and small decisions of search: orders of the list, kinds in the plural."""

from __future__ import annotations

from catalogue.core.text import lazy as _

from .query import Sort

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
        "Products with your words in the title stand first, then those with them in category,"
        " summary and description. Nobody can pay for a better place."
    ),
    Sort.PRICE: _("Sorted by price excluding VAT, the lowest first."),
    Sort.PRICE_DESC: _("Sorted by price excluding VAT, the highest first."),
    Sort.NEWEST: _("Sorted by when the product was first published, the newest first."),
}


def sort_in_force(sort: Sort, text: str) -> Sort:
    """Return the order of the hits: without words nothing matches best, so the newest first."""
    return Sort.NEWEST if sort == Sort.RELEVANCE and not text else sort
