"""The shape of what comes in: a product for the basket, quantities, delivery, a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.codes import Code, Phone, Postcode
from catalogue.core.errors import Invalid
from catalogue.core.ids import is_id
from catalogue.core.text import lazy as _

from .rules import Delivery

QUANTITY_PREFIX = "quantity_"
VERSION_PREFIX = "version_"


class DeliverySchema(ma.Schema):
    """The check-out form."""

    institution = fields.Line(required=True, longest=120)
    street = fields.Line(required=True, longest=120)
    postcode = Postcode(required=True)
    city = fields.Line(required=True, longest=60)
    gln = fields.Gln(required=True)
    contact_name = fields.Line(required=True, longest=120)
    contact_email = fields.Email(required=True)
    contact_phone = Phone(longest=30)
    reference = fields.Line(required=True, longest=80)
    account_coding = Code(longest=80)
    note = fields.Line(longest=2000)


class _PlacingSchema(ma.Schema):
    # The worker's own keys have a colon: no form can take one of them.
    placing_key = fields.Verbatim(
        required=True, longest=64, shortest=16, validate=ma.validate.ContainsNoneOf(":")
    )


class _ChoiceSchema(ma.Schema):
    product_id = fields.Whole(required=True, least=1)
    quantity = fields.Quantity(load_default=None)


class _QuantitySchema(ma.Schema):
    quantity = fields.Quantity(required=True)


class _ReasonSchema(ma.Schema):
    reason = fields.Line(required=True, longest=1000)


@dataclass(frozen=True)
class Choice:
    """A product for the basket; without a quantity the smallest order is meant."""

    product_id: int
    quantity: Decimal | None


def read_choice(form: Mapping[str, Any]) -> Choice:
    """Read what to put into the basket; raises Invalid."""
    return Choice(**fields.load(_ChoiceSchema, form))


def read_quantities(form: Mapping[str, Any]) -> dict[int, Decimal]:
    """Read the fields `quantity_<product id>` of the basket page; raises Invalid by field."""
    read: dict[int, Decimal] = {}
    problems: dict[str, list[Any]] = {}
    for name, value in form.items():
        product_id = name.removeprefix(QUANTITY_PREFIX)
        if not name.startswith(QUANTITY_PREFIX) or not is_id(product_id):
            continue
        try:
            read[int(product_id)] = fields.load(_QuantitySchema, {"quantity": value})["quantity"]
        except Invalid as error:
            problems[name] = error.problems["quantity"]
    if problems:
        raise Invalid(problems)
    return read


def read_positions(values: Iterable[str]) -> frozenset[int]:
    """Read the positions of lines that were ticked; what is none is left out."""
    return frozenset(int(each[:6]) for each in values if each.isascii() and each.isdecimal())


def read_versions(form: Mapping[str, Any]) -> dict[int, int]:
    """Read the fields `version_<product id>` of the products whose prices the buyer accepts."""
    pairs = [[*name.split(VERSION_PREFIX), value] for name, value in form.items()]
    return {
        int(pair[1]): int(pair[2])
        for pair in pairs
        if len(pair) == 3 and all(is_id(each) for each in pair[1:])
    }


def read_delivery(form: Mapping[str, Any]) -> Delivery:
    """Read the check-out form; raises Invalid by field."""
    return Delivery(**fields.load(DeliverySchema, form))


def read_placing_key(form: Mapping[str, Any]) -> str:
    """Read the key that makes placing idempotent; raises Invalid when the form is not ours."""
    try:
        return str(fields.load(_PlacingSchema, form)["placing_key"])
    except Invalid:
        raise Invalid(
            detail=_("The form could not be recognised. Open your basket and order from there.")
        ) from None


def read_reason(form: Mapping[str, Any]) -> str:
    """Read why an order is rejected; raises Invalid."""
    return str(fields.load(_ReasonSchema(), form)["reason"])
