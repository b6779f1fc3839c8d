"""The enterprise's own list of products as it is looked through: its orders, and its file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func

from catalogue.core import listing
from catalogue.core.listing import kroner
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .models import Product
from .queries import OwnRow
from .rules import STATE_NAMES, UNIT_NAMES

# By the value in the address; the first is what the list begins with.
SORTS: dict[str, tuple[Text, tuple[Any, ...]]] = {
    "aendret": (_("Changed last"), ()),
    "navn": (_("Name"), (func.lower(Product.title),)),
    "nummer": (_("Item number"), (Product.item_number,)),
    "pris": (_("Lowest price first"), (Product.price_ore.is_(None), Product.price_ore)),
    "tilstand": (_("State"), (Product.state,)),
}
_COLUMNS: listing.Columns[OwnRow] = (
    (_("Item number"), lambda row: row.product.item_number),
    (_("Name"), lambda row: row.product.title),
    (_("State"), lambda row: STATE_NAMES[row.product.state]),
    (_("Price excl. VAT"), lambda row: kroner(row.product.price_ore)),
    (_("Per"), lambda row: row.product.price_base_quantity),
    (_("Unit"), lambda row: UNIT_NAMES.get(row.product.unit)),
    (_("Category"), lambda row: row.product.category_code),
    (_("Changed last"), lambda row: row.product.updated_at),
    (_("What is missing"), lambda row: "; ".join(map(str, row.lacking))),
)


def as_csv(rows: Iterable[OwnRow]) -> str:
    """Return products as a file for spreadsheets."""
    return listing.as_csv(_COLUMNS, rows)
