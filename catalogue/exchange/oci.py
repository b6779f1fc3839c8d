"""SAP's Open Catalog Interface 4.0 and 5.0: what a call says, and the fields that go back.

Pure functions of plain values. Lengths and forms of the fields are those of SAP's document
(DOMAIN.md 4.1): every field has a largest length, numbers a point and no thousands separators,
the first item is number 1, and a text of any length has an index spelt in a way of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from urllib.parse import parse_qsl

from catalogue.products.rules import UNIT_CODES

from . import punchout_rules as rules
from .punchout_lines import Line

Fields = list[tuple[str, str]]
# SAP's list of ISO codes has PCE for a piece; the rest is UN/ECE Recommendation 20.
UNITS = UNIT_CODES | {"piece": "PCE"}
LENGTHS = {
    "DESCRIPTION": 40, "QUANTITY": 15, "UNIT": 3, "PRICE": 15, "CURRENCY": 5, "PRICEUNIT": 5,
    "LEADTIME": 5, "VENDOR": 10, "VENDORMAT": 40, "MATGROUP": 10, "SERVICE": 1, "CONTRACT": 10,
    "EXT_PRODUCT_ID": 40, "EXT_SCHEMA_TYPE": 10, "EXT_CATEGORY_ID": 60, "EXT_CATEGORY": 40,
    "CUST_FIELD1": 10, "CUST_FIELD2": 10, "CUST_FIELD5": 50,
}  # fmt: skip
# These mean something else when they are cut, so that one too long is left out.
_WHOLE = frozenset(
    {"QUANTITY", "UNIT", "PRICE", "PRICEUNIT", "LEADTIME", "VENDOR", "VENDORMAT", "MATGROUP",
     "CONTRACT", "EXT_PRODUCT_ID", "EXT_CATEGORY_ID"}
)  # fmt: skip
MOST_FIELDS = 200  # of a call
_RETURN_NAMES = ("hook_url", "return_url", "returnurl")


class Function(StrEnum):
    """What a call wants besides a visit by a buyer."""

    DETAIL = "DETAIL"
    VALIDATE = "VALIDATE"
    BACKGROUND_SEARCH = "BACKGROUND_SEARCH"


@dataclass(frozen=True)
class Call:
    """How a purchasing system called the catalogue up."""

    user: str
    password: str
    return_url: str
    target: str
    charset: str
    function: Function | None
    product_id: str = ""
    quantity: str = ""
    words: str = ""


def read_pairs(query: bytes) -> Fields:
    """Read the pairs of a query or a form as they are spelt in UTF-8, else in OCI's own charset.

    A purchasing system that was told of no charset writes æ, ø and å in ISO 8859-1; hardly a text
    of that charset is UTF-8 by chance.
    """
    pairs = parse_qsl(
        query.decode("latin-1"), keep_blank_values=True, encoding="latin-1",
        max_num_fields=MOST_FIELDS,
    )  # fmt: skip
    return [(_decoded(name), _decoded(value)) for name, value in pairs]


def read_call(given: Iterable[tuple[str, str]]) -> Call:
    """Read the fields of a call, whose names are spelt in any case; the first of a name counts."""
    fields: dict[str, str] = {}
    for name, value in given:
        fields.setdefault(name.strip().lower(), value.strip())
    wanted = fields.get("function", "").upper()
    return Call(
        user=fields.get("username") or fields.get("user", ""),
        password=fields.get("password", ""),
        return_url=next((fields[each] for each in _RETURN_NAMES if fields.get(each)), ""),
        target=rules.read_target(_first(fields, "~target", "returntarget", "target"), "_top"),
        charset=rules.read_charset(_first(fields, "http_content_charset", "~charset")),
        function=Function(wanted) if wanted in set(Function) else None,
        product_id=fields.get("productid", ""),
        quantity=fields.get("quantity", ""),
        words=fields.get("searchstring", ""),
    )


def fields_of(lines: Iterable[Line], charset: str) -> Fields:
    """Return the fields of a basket in the order of the form; an empty basket has none."""
    fields: Fields = []
    for place, line in enumerate(lines, start=1):
        for name, value in _facts(line).items():
            if written := _written(name, value, charset):
                fields.append((f"NEW_ITEM-{name}[{place}]", written))
        if text := rules.in_charset(_prose(line), charset):
            fields.append((f"NEW_ITEM-LONGTEXT_{place}:132[]", text))
    return fields


def quantity(value: Decimal) -> str:
    """Return a quantity as 11 digits and 3 decimals at most, with a point: 2.5."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _facts(line: Line) -> Mapping[str, str]:
    price, per = _price(line)
    return {
        "DESCRIPTION": line.name,
        "QUANTITY": quantity(line.quantity),
        "UNIT": UNITS[line.price.unit],
        "PRICE": price,
        "CURRENCY": "DKK",
        "PRICEUNIT": per,
        "LEADTIME": "" if line.delivery_days is None else str(line.delivery_days),
        "VENDOR": line.enterprise_cvr,
        "VENDORMAT": line.item_number,
        "MATGROUP": line.unspsc or "",
        "SERVICE": "X" if line.is_service else "",
        "CONTRACT": line.agreement_number,
        "EXT_PRODUCT_ID": str(line.product_id),
        "EXT_SCHEMA_TYPE": "CPV" if line.category_code else "",
        "EXT_CATEGORY_ID": line.category_code,
        "EXT_CATEGORY": line.category_name,
        "CUST_FIELD1": line.enterprise_cvr,
        "CUST_FIELD2": str(line.vat_rate),
        "CUST_FIELD5": line.agreement_number,
    }


def _price(line: Line) -> tuple[str, str]:
    """Return the price, and for how many units it is: five digits at most, so else per 1000."""
    price, per = Decimal(line.price.ore) / 100, line.price.base_quantity
    if per > 99_999:
        return f"{price * 1000 / per:.3f}", "1000"
    return f"{price:.2f}", str(per)


def _written(name: str, value: str, charset: str) -> str:
    """Return a value as its field may hold it: one line, in the charset, not too long."""
    text = rules.in_charset(" ".join(value.split()), charset)
    if len(text) <= LENGTHS[name]:
        return text
    return "" if name in _WHOLE else text[: LENGTHS[name]].rstrip()


def _prose(line: Line) -> str:
    """Return all that a buyer reads of a product, its whole name first, in lines of a form."""
    said = f"{line.name}\n{line.text}\n{line.enterprise_name}, CVR {line.enterprise_cvr}"
    kept = "".join(sign for sign in said if sign == "\n" or sign.isprintable())
    return kept.replace("\n", "\r\n").strip()


def _decoded(text: str) -> str:
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError:
        return text


def _first(fields: Mapping[str, str], *names: str) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")
