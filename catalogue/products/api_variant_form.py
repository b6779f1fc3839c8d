"""Variants as programs send and get them: keys and øre, where people fill in lines of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import marshmallow as ma
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import fields, shapes
from catalogue.core.codes import Code
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _
from catalogue.core.text import typed_kroner

from . import queries, shelf, variant_form
from .models import Product
from .schema import TraitSchema
from .variant_form import Line
from .variant_rules import MOST_VARIANTS, TRAITS
from .variants import Table

HASH: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
# What the form calls what programs name otherwise: `price_2` is `variants.1.price_ore`.
_SAID = {"price": "price_ore", "image": "image_sha256"}
_ALIKE = ("key", *TRAITS, "item_number", "gtin", "made_to_order", "paused_until", "pause_reason")
NAMES = {f"{name}_0": name for name in TRAITS} | {
    f"{name}_{place}": f"variants.{place - 1}.{_SAID.get(name, name)}"
    for place in range(1, MOST_VARIANTS + 1)
    for name in (*_ALIKE, *_SAID)
}


class VariantBodySchema(TraitSchema):
    """A variant; without a key it is a new one, without an item number it is given one."""

    class Meta:
        unknown = ma.RAISE

    CLEARABLE = True
    SHAPES: ClassVar[dict[str, Any]] = {
        "key": {"type": "integer", "minimum": 1, "maximum": 99_999},
        "price_ore": shapes.ORE,
        "gtin": {"type": "string", "pattern": "^([0-9]{8}|[0-9]{12,14})$"},
        "made_to_order": {"type": "boolean"},
        "image_sha256": HASH,
    }
    key = ma.fields.Int()
    item_number = Code(longest=40)
    price_ore = fields.Kroner()
    gtin = ma.fields.Str()
    made_to_order = ma.fields.Bool()
    paused_until = fields.Day()
    pause_reason = fields.Line(longest=120)
    image_sha256 = ma.fields.Str()


class VariantsBodySchema(TraitSchema):
    """What tells the product itself apart, and all its other variants: who is left out goes."""

    class Meta:
        unknown = ma.RAISE

    CLEARABLE = True
    variants = ma.fields.List(
        ma.fields.Nested(VariantBodySchema), required=True,
        validate=ma.validate.Length(max=MOST_VARIANTS),
    )  # fmt: skip


class VariantShownSchema(ma.Schema):
    """A variant; `product_id` is what buyers order it by, once it has been on the shelf."""

    key = ma.fields.Int(required=True, strict=True)
    product_id = ma.fields.Int(required=True, strict=True, allow_none=True)
    item_number = ma.fields.Str(required=True)
    size = ma.fields.Str(required=True)
    colour = ma.fields.Str(required=True)
    trait = ma.fields.Str(required=True)
    price_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    gtin = ma.fields.Str(required=True, allow_none=True)
    made_to_order = ma.fields.Bool(required=True, allow_none=True)
    paused_until = ma.fields.Str(required=True, allow_none=True)
    pause_reason = ma.fields.Str(required=True)
    image_sha256 = ma.fields.Str(required=True, allow_none=True)


class VariantsShownSchema(ma.Schema):
    """The variants of a product, itself first; `id` may be of a draft that is to change it."""

    id = ma.fields.Int(required=True, strict=True)
    item_number = ma.fields.Str(required=True)
    size = ma.fields.Str(required=True)
    colour = ma.fields.Str(required=True)
    trait = ma.fields.Str(required=True)
    variants = ma.fields.List(ma.fields.Nested(VariantShownSchema), required=True)


def table_of(session: Session, body: Mapping[str, Any], product: Product) -> Table:
    """Return the table that a program sent; raises Invalid by field.

    A key that the product's variants do not have is refused: it would be a new one by accident.
    Pictures are those of the product, by their hash.
    """
    sent = body["variants"]
    _check_keys(sent, {each.key for each in shelf.facts_of(product).variants})
    images = {each.sha256: each.image_id for each in queries.list_pictures(session, product.id)}
    for place, each in enumerate(sent):
        if (each.get("image_sha256") or "") not in {"", *images}:
            text = _("The product has no picture with this hash")
            raise Invalid({f"variants.{place}.image_sha256": [text]})
    return variant_form.read([_line(body, images), *(_line(each, images) for each in sent)])


def show(session: Session, product: Product) -> dict[str, Any]:
    """Return the variants of a product as programs get them; two queries for all of them."""
    session.flush()
    facts = shelf.facts_of(product)
    query = select(Product.variant_key, Product.id).where(Product.variant_of_id == product.id)
    ids = {key: id_ for key, id_ in session.execute(query)}
    hashes = {each.image_id: each.sha256 for each in queries.list_pictures(session, product.id)}
    told = {name: getattr(facts, name) for name in TRAITS}
    told |= {"id": product.id, "item_number": facts.item_number}
    told["variants"] = [
        each._asdict()
        | {"product_id": ids.get(each.key), "image_sha256": hashes.get(each.image_id or 0)}
        for each in facts.variants
    ]
    return dict(VariantsShownSchema().dump(told))


def _check_keys(sent: Sequence[Mapping[str, Any]], known: set[int]) -> None:
    seen: set[int] = set()
    for place, each in enumerate(sent):
        key = each.get("key")
        if key is not None and (key not in known or key in seen):
            text = _("No other variant of the product has this key; leave it out for a new one")
            raise Invalid({f"variants.{place}.key": [text]})
        seen.add(key or 0)


def _line(sent: Mapping[str, Any], images: Mapping[str, int]) -> Line:
    """Return the line of the form that says the same."""
    line = {name: _typed(sent.get(name)) for name in _ALIKE}
    image = images.get(sent.get("image_sha256") or "")
    return line | {"price": typed_kroner(sent.get("price_ore")), "image": _typed(image)}


def _typed(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)
