"""How a query is written in an address: `/soeg?q=…&kategori=…`. What cannot be read is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.products.models import ProductKind

from .query import Query, Sort

LONGEST_TEXT = 200
NAMES = {
    "kategori": _("Category"),
    "enterprise": _("Enterprise"),
    "type": _("Goods or service"),
    "pris_fra": _("Price from"),
    "pris_til": _("Price to"),
    "levering": _("Delivery"),
    "sortering": _("Order of the list"),
    "vis": _("What is shown"),
    "side": _("Page"),
}


@dataclass(frozen=True)
class Asked:
    """A query as read, and the names of the parameters that could not be."""

    query: Query
    ignored: tuple[Text, ...]


class _Code(fields.Verbatim):
    """A CPV code: eight digits; a check digit behind a hyphen is left out (DOMAIN.md section 2)."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        code = super()._deserialize(value, attr, data, **kw).split("-")[0]
        if len(code) != 8 or not (code.isascii() and code.isdecimal()):
            raise fields.problem("invalid")
        return code


class QuerySchema(ma.Schema):
    """The parameters of a search; all may be left out."""

    q = fields.Verbatim(longest=LONGEST_TEXT)
    kategori = _Code(longest=12)
    enterprise = fields.Whole(least=1, most=2**31)
    type = fields.Choice(ProductKind)
    pris_fra = fields.Kroner()
    pris_til = fields.Kroner()
    levering = fields.Choice(lambda: ["os"])
    sortering = fields.Choice(Sort)
    vis = fields.Choice(lambda: ["alle"])
    side = fields.Whole(least=1, most=100_000)


def read_query(
    parameters: Mapping[str, Sequence[str]], *, municipality_id: int, page_size: int
) -> Asked:
    """Read a query from the parameters of an address, each with its values.

    Both kinds chosen is the same as none; a price span the wrong way round is turned.
    """
    single = {name: values[-1] for name, values in parameters.items() if values}
    single["q"] = single.get("q", "")[:LONGEST_TEXT]
    if len(set(parameters.get("type", ()))) > 1:
        del single["type"]
    loaded, ignored = _load(single)
    low, high = loaded.get("pris_fra"), loaded.get("pris_til")
    if low is not None and high is not None and low > high:
        low, high = high, low
    query = Query(
        text=loaded.get("q", ""),
        category=loaded.get("kategori"),
        enterprise_id=loaded.get("enterprise"),
        kind=loaded.get("type"),
        price_from_ore=low,
        price_to_ore=high,
        delivers_to=municipality_id if "levering" in loaded else None,
        sort=loaded.get("sortering", Sort.RELEVANCE),
        show_all="vis" in loaded,
        page=loaded.get("side", 1),
        page_size=page_size,
    )
    return Asked(query, ignored)


def _load(single: dict[str, str]) -> tuple[dict[str, Any], tuple[Text, ...]]:
    schema = QuerySchema()
    try:
        return fields.load(schema, single), ()
    except Invalid as error:
        wrong = set(error.problems)
    readable = {name: value for name, value in single.items() if name not in wrong}
    return fields.load(schema, readable), tuple(NAMES[name] for name in NAMES if name in wrong)
