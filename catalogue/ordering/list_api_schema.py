"""The shapes of buyers' lists where programs send and get them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import marshmallow as ma
from sqlalchemy.orm import Session

from catalogue.core import fields, shapes

from .filling import Outlook
from .list_schema import Named
from .lists import Listed, ListPage


class ListNamedSchema(ma.Schema):
    """What a list is called, and whether colleagues in the municipality may read it."""

    class Meta:
        unknown = ma.RAISE

    name = fields.Line(required=True, longest=80)
    shared = ma.fields.Bool()


class ListBodySchema(ListNamedSchema):
    """A new list: empty, or with the products of one's order."""

    class Meta:
        unknown = ma.RAISE

    order_number = fields.Verbatim(longest=20)


class ListQuantitySchema(ma.Schema):
    """How many of a product; without a number, the fewest that are sold."""

    class Meta:
        unknown = ma.RAISE

    quantity = fields.Quantity()


class FavouriteSchema(ListQuantitySchema):
    """A product for the list of favourites."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {"product_id": shapes.ID}
    product_id = ma.fields.Int(required=True)


class ListListedSchema(ma.Schema):
    """A list among others; only its owner may change it."""

    id = ma.fields.Int(required=True, strict=True)
    name = ma.fields.Str(required=True)
    shared = ma.fields.Bool(required=True)
    own = ma.fields.Bool(required=True)
    owner = ma.fields.Str(required=True)
    lines = ma.fields.Int(required=True, strict=True)
    updated_at = ma.fields.AwareDateTime(required=True)


class ListPriceSchema(ma.Schema):
    """A price in øre for so many of the unit."""

    ore = ma.fields.Int(required=True, strict=True)
    base_quantity = ma.fields.Int(required=True, strict=True)


class ListRefusalSchema(ma.Schema):
    """Why a product may not be ordered today, and where to buy instead."""

    title = ma.fields.Str(required=True)
    detail = ma.fields.Str(required=True)
    where_to_buy = ma.fields.Str(required=True, allow_none=True)
    agreement_number = ma.fields.Str(required=True, allow_none=True)


class ListLineSchema(ma.Schema):
    """A product of a list beside that of today: `fate` says whether it can be ordered as it stands.

    `ready` and `raised` can, in `order_quantity`; `other_unit` must be said anew, `refused` not.
    """

    product_id = ma.fields.Int(required=True, strict=True)
    title = ma.fields.Str(required=True)
    enterprise_name = ma.fields.Str(required=True)
    quantity = ma.fields.Float(required=True)
    unit = ma.fields.Str(required=True)
    fate = ma.fields.Str(required=True)
    order_quantity = ma.fields.Float(required=True)
    price = ma.fields.Nested(ListPriceSchema, required=True, allow_none=True)
    net_ore = ma.fields.Int(required=True, strict=True)
    refusal = ma.fields.Nested(ListRefusalSchema, required=True, allow_none=True)


class ListShownSchema(ma.Schema):
    """A list with its products, judged and priced today; `net_ore` is what it would cost."""

    id = ma.fields.Int(required=True, strict=True)
    name = ma.fields.Str(required=True)
    shared = ma.fields.Bool(required=True)
    own = ma.fields.Bool(required=True)
    owner = ma.fields.Str(required=True)
    updated_at = ma.fields.AwareDateTime(required=True)
    net_ore = ma.fields.Int(required=True, strict=True)
    lines = ma.fields.List(ma.fields.Nested(ListLineSchema), required=True)


def named(body: Mapping[str, Any]) -> Named:
    """Return what a program calls a list; raises Invalid."""
    read = fields.load(ListNamedSchema(), body)
    return Named(read["name"], read.get("shared", False))


def show_listed(row: Listed) -> dict[str, Any]:
    """Return a list as the list of them has it."""
    told = {name: getattr(row.list, name) for name in ("id", "name", "shared", "updated_at")}
    told |= {"own": row.own, "owner": row.owner_name, "lines": row.lines}
    return dict(ListListedSchema().dump(told))


def show(session: Session, page: ListPage) -> dict[str, Any]:
    """Return a list with its lines."""
    session.flush()
    told = {name: getattr(page.list, name) for name in ("id", "name", "shared", "updated_at")}
    lines = [_line(each) for each in page.filling.outlooks]
    told |= {"own": page.own, "owner": page.owner_name, "lines": lines,
             "net_ore": page.filling.net_ore}  # fmt: skip
    return dict(ListShownSchema().dump(told))


def _line(each: Outlook) -> dict[str, Any]:
    refusal = each.refusal
    return {
        "product_id": each.wish.product_id,
        "title": each.wish.title,
        "enterprise_name": each.today.enterprise_name if each.today else "",
        "quantity": each.wish.quantity,
        "unit": each.wish.unit,
        "fate": each.fate,
        "order_quantity": each.quantity,
        "price": each.charged,
        "net_ore": each.net_ore,
        "refusal": refusal and {
            "title": str(refusal.title),
            "detail": str(refusal.detail),
            "where_to_buy": refusal.where_to_buy and str(refusal.where_to_buy),
            "agreement_number": refusal.agreement_number,
        },
    }  # fmt: skip
