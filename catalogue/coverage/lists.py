"""The lists behind the numbers of coverage as they are looked through."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import func

from catalogue.core.listing import Columns, Listing, alphabetical, kroner
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.rules import STATE_NAMES
from catalogue.products.models import Product
from catalogue.products.rules import STATE_NAMES as PRODUCT_STATES
from catalogue.products.rules import UNIT_NAMES
from catalogue.search.rules import OUTCOME_NAMES

from .behind import Deliverer, Offered, OrderedLine
from .demand_rules import Group
from .seen_queries import Row
from .watch import Level, Watched
from .watch_queries import LineOfOrder


def _steps(row: Row, name: str) -> int:
    return row.steps[name]


Orders = dict[str, tuple[Text, tuple[Any, ...]]]
# Lines of orders and products can be many, so they are narrowed and sorted by their queries.
LINE_SORTS: Orders = {
    "nyeste": (_("Newest first"), ()),
    "beloeb": (_("Largest amount first"), (OrderLine.net_ore.desc(),)),
    "virksomhed": (_("Enterprise"), (Enterprise.name_folded,)),
    "institution": (_("Institution"), (func.lower(Order.institution),)),
}
LINE_COLUMNS: Columns[OrderedLine] = (
    (_("Order number"), lambda line: line.number),
    (_("Placed on"), lambda line: line.placed_at),
    (_("State"), lambda line: STATE_NAMES[line.state]),
    (_("Enterprise"), lambda line: line.enterprise_name),
    (_("Institution"), lambda line: line.institution),
    (_("Product"), lambda line: line.title),
    (_("Category"), lambda line: line.category_code),
    (_("Amount excl. VAT"), lambda line: kroner(line.net_ore)),
)
PRODUCT_SORTS: Orders = {
    "navn": (_("Name"), (Product.title,)),
    "virksomhed": (_("Enterprise"), (Enterprise.name_folded,)),
    "kategori": (_("Category"), (Product.category_code,)),
    "pris": (_("Lowest price first"), (Product.price_ore.is_(None), Product.price_ore)),
}
PRODUCT_COLUMNS: Columns[Offered] = (
    (_("Product"), lambda one: one.title),
    (_("Enterprise"), lambda one: one.enterprise_name),
    (_("Category"), lambda one: one.category_code),
    (_("Price excl. VAT"), lambda one: kroner(one.price_ore)),
    (_("Per"), lambda one: one.price_base_quantity),
    (_("Unit"), lambda one: UNIT_NAMES[one.unit]),
    (_("May be ordered"), lambda one: _("Yes") if one.orderable else _("No")),
)
DELIVERERS = Listing[Deliverer](
    columns=(
        (_("Enterprise"), lambda one: one.name),
        (_("Town"), lambda one: one.city),
        (_("Products in the category"), lambda one: one.products),
    ),
    texts=lambda one: (one.name, one.city),
    sorts={
        "navn": (_("Name"), None),
        "by": (_("Town"), lambda one: alphabetical(one.city)),
        "varer": (_("Most products first"), lambda one: -one.products),
    },
)
STEPS: dict[str, Text] = {
    "shown": _("Shown among hits"),
    "opened": _("Opened"),
    "basket": _("Put in a basket"),
    "ordered": _("Ordered"),
}
SEEN = Listing[Row](
    columns=(
        (_("Product"), lambda row: row.title),
        (_("State"), lambda row: PRODUCT_STATES[row.state]),
        *((label, partial(_steps, name=name)) for name, label in STEPS.items()),
    ),
    texts=lambda row: (row.title,),
    sorts={
        "aabnet": (_("Opened most first"), None),
        "bestilt": (_("Ordered most first"), lambda row: -row.steps["ordered"]),
        "vist": (_("Shown most first"), lambda row: -row.steps["shown"]),
        "navn": (_("Name"), lambda row: alphabetical(row.title)),
    },
)
LEVEL_NAMES: dict[Level, Text] = {
    Level.UNKNOWN: _("Limit not known"),
    Level.BELOW: _("Below"),
    Level.NEAR: _("Near"),
    Level.PASSED: _("Passed"),
}
WATCH = Listing[Watched](
    columns=(
        (_("Enterprise"), lambda line: line.enterprise_name),
        (_("Category group"), lambda line: line.group),
        (_("Ordered"), lambda line: kroner(line.net_ore)),
        (_("All enterprises"), lambda line: kroner(line.group_ore)),
        (_("State"), lambda line: LEVEL_NAMES[line.level]),
    ),
    texts=lambda line: (line.enterprise_name, line.group),
    sorts={
        "beloeb": (_("Largest amount first"), None),
        "graense": (_("Nearest a limit first"), lambda line: -list(Level).index(line.level)),
        "virksomhed": (_("Enterprise"), lambda line: alphabetical(line.enterprise_name)),
        "gruppe": (_("Category group"), lambda line: line.group),
    },
)
WATCH_LINES = Listing[LineOfOrder](
    columns=(
        (_("Order number"), lambda line: line.number),
        (_("Placed on"), lambda line: line.placed_at),
        (_("Institution"), lambda line: line.institution),
        (_("Product"), lambda line: line.title),
        (_("Category"), lambda line: line.category_code),
        (_("Amount excl. VAT"), lambda line: kroner(line.net_ore)),
    ),
    texts=lambda line: (line.number, line.institution, line.title),
    sorts={
        "nyeste": (_("Newest first"), None),
        "beloeb": (_("Largest amount first"), lambda line: -line.net_ore),
        "institution": (_("Institution"), lambda line: alphabetical(line.institution)),
    },
)
DEMAND = Listing[Group](
    columns=(
        (_("What was looked for"), lambda group: group.words),
        (_("In vain"), lambda group: group.times),
        (_("Why in vain"), lambda group: OUTCOME_NAMES[group.main] if group.main else None),
        (_("Requests"), lambda group: len(group.noted)),
        (_("Category"), lambda group: group.category_code),
        (_("Asked already"), lambda group: len(group.sent)),
    ),
    texts=lambda group: (group.words, *(each.text for each in group.spellings)),
    sorts={
        "oftest": (_("Most often first"), None),
        "alfabet": (_("Alphabetically"), lambda group: alphabetical(group.words)),
        "oensker": (_("Most requests first"), lambda group: -len(group.noted)),
        "ikke-spurgt": (_("Not asked yet first"), lambda group: len(group.sent)),
    },
)


def choices(sorts: Mapping[str, tuple[Text, Any]]) -> list[tuple[str, Text]]:
    """List orders for a select."""
    return [(name, label) for name, (label, _order) in sorts.items()]
