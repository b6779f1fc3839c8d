"""The shapes of products where programs send and get them.

What a product may say stands in `ProductSchema`, which reads forms and price lists too; here is
only how programs write it: øre, codes and lists in place of what people type.
"""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields, shapes
from catalogue.core.shapes import Shape

from .details import LABEL_NAMES, PLACES
from .models import ProductKind, ProductState, Unit
from .rules import MOST_OFF_PERMILLE, MOST_TIERS
from .schema import LONGEST_DELIVERY_DAYS, ProductSchema
from .told import LONGEST_PROOF

YES_NO: Shape = {"type": "boolean"}
DAYS: Shape = {"type": "integer", "minimum": 0, "maximum": LONGEST_DELIVERY_DAYS}
SEASON_DAY: Shape = {"type": "string", "pattern": "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
                     "description": "Month and day, such as 05-01"}  # fmt: skip
MUNICIPALITIES: Shape = {
    "type": "array", "minItems": 1, "maxItems": 98,
    "items": {"type": "string", "pattern": "^[0-9]{4}$"},
    "description": "Codes of municipalities; null: the whole country",
}  # fmt: skip


class TierSchema(ma.Schema):
    """What is taken off from some quantity on, in tenths of a per cent."""

    SHAPES: ClassVar[dict[str, Any]] = {
        "from_quantity": {"type": "integer", "minimum": 2, "maximum": 999_999},
        "off_permille": {"type": "integer", "minimum": 1, "maximum": MOST_OFF_PERMILLE},
    }
    from_quantity = ma.fields.Int(required=True)
    off_permille = ma.fields.Int(required=True)


class LabelSchema(ma.Schema):
    """A label, and the licence number or address that proves it."""

    SHAPES: ClassVar[dict[str, Any]] = {
        "code": {"type": "string", "enum": list(LABEL_NAMES)},
        "proof": {"type": "string", "maxLength": LONGEST_PROOF},
    }
    code = ma.fields.Str(required=True)
    proof = ma.fields.Str(required=True)


class ProductChangeSchema(ProductSchema):
    """What is to be said of a product: what is left out stays, null takes it away."""

    class Meta:
        unknown = ma.RAISE
        exclude = ("category", "delivers_everywhere")

    CLEARABLE = True
    SHAPES: ClassVar[dict[str, Any]] = {
        "kind": {"type": "string", "enum": list(ProductKind)},
        "unit": {"type": "string", "enum": list(Unit)},
        "vat_rate": {"type": "integer", "enum": [25, 0]},
        "price_ore": shapes.ORE,
        "category_code": shapes.EIGHT_DIGITS,
        "delivery_days": DAYS,
        "notice_days": DAYS,
        "gtin": {"type": "string", "pattern": "^([0-9]{8}|[0-9]{12,14})$"},
        "unspsc": shapes.EIGHT_DIGITS,
        "made_to_order": YES_NO,
        "on_request": YES_NO,
        "season_from": SEASON_DAY,
        "season_to": SEASON_DAY,
        "place": {"type": "string", "enum": list(PLACES)},
        "delivers_to": MUNICIPALITIES,
    }
    price_ore = fields.Kroner()
    category_code = fields.Verbatim()
    delivers_to = ma.fields.List(ma.fields.Str())
    tiers = ma.fields.List(  # type: ignore[assignment]  # where forms have a text
        ma.fields.Nested(TierSchema), validate=ma.validate.Length(max=MOST_TIERS)
    )
    labels = ma.fields.List(  # type: ignore[assignment]  # where forms have a text
        ma.fields.Nested(LabelSchema), validate=ma.validate.Length(max=20)
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"partial": True} | options))


class ProductBodySchema(ProductChangeSchema):
    """A new product: a draft until it is published."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"partial": False} | options))


class ImageUploadSchema(ma.Schema):
    """A picture to put behind the others, and what it shows."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {"image": {"type": "string", "format": "binary"}}
    image = ma.fields.Raw(required=True)
    alt = fields.Line(longest=300)


class AttachmentSchema(ma.Schema):
    """A document of a product, by the hash of its file."""

    sha256 = ma.fields.Str(required=True)
    kind = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    size_bytes = ma.fields.Int(required=True, strict=True)


class ImagePlaceSchema(ma.Schema):
    """What a picture shows, and its place in the row."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {
        "id": shapes.ID,
        "position": {"type": "integer", "minimum": 1, "maximum": 1000},
    }
    id = ma.fields.Int(required=True)
    alt = fields.Line(longest=300, required=True)
    position = ma.fields.Int(required=True)


class ImageOrderSchema(ma.Schema):
    """Pictures of a product anew: those that are not named keep their text and place."""

    class Meta:
        unknown = ma.RAISE

    images = ma.fields.List(
        ma.fields.Nested(ImagePlaceSchema), required=True, validate=ma.validate.Length(1, 100)
    )


class StockSchema(ma.Schema):
    """How many are left; null: they are not counted."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {
        "left": {"type": ["number", "null"], "minimum": 0, "maximum": 1_000_000}
    }
    left = ma.fields.Float(required=True)


class OwnListQuerySchema(ma.Schema):
    """Which of the own products are listed."""

    state = fields.Choice(ProductState)


class ProductListedSchema(ma.Schema):
    """A product in the enterprise's own list."""

    id = ma.fields.Int(required=True, strict=True)
    item_number = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    kind = ma.fields.Str(required=True)
    state = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True, allow_none=True)
    price_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    version = ma.fields.Int(required=True, strict=True)
    updated_at = ma.fields.AwareDateTime(required=True)


class ImageShownSchema(ma.Schema):
    """A picture of a product."""

    id = ma.fields.Int(required=True, strict=True)
    position = ma.fields.Int(required=True, strict=True)
    alt = ma.fields.Str(required=True)
    width = ma.fields.Int(required=True, strict=True)
    height = ma.fields.Int(required=True, strict=True)
    sha256 = ma.fields.Str(required=True)


class LackSchema(ma.Schema):
    """What a product lacks before it can be published."""

    pointer = ma.fields.Str(required=True)
    detail = ma.fields.Str(required=True)


class ProductShownSchema(ProductListedSchema):
    """A product as its enterprise reads it: all that it says, its pictures, and what it lacks."""

    summary = ma.fields.Str(required=True)
    description = ma.fields.Str(required=True)
    unit = ma.fields.Str(required=True)
    price_base_quantity = ma.fields.Int(required=True, strict=True)
    vat_rate = ma.fields.Int(required=True, strict=True)
    vat_exempt_reason = ma.fields.Str(required=True, allow_none=True)
    minimum_quantity = ma.fields.Int(required=True, strict=True)
    delivery_days = ma.fields.Int(required=True, strict=True, allow_none=True)
    delivers_to = ma.fields.List(ma.fields.Str(), required=True, allow_none=True)
    gtin = ma.fields.Str(required=True, allow_none=True)
    paused_until = ma.fields.Date(required=True, allow_none=True)
    pause_reason = ma.fields.Str(required=True)
    tiers = ma.fields.List(ma.fields.Nested(TierSchema), required=True)
    pack_size = ma.fields.Int(required=True, strict=True, allow_none=True)
    made_to_order = ma.fields.Bool(required=True, allow_none=True)
    materials = ma.fields.Str(required=True)
    dimensions = ma.fields.Str(required=True)
    season = ma.fields.Str(required=True)
    season_from = ma.fields.Str(required=True, allow_none=True)
    season_to = ma.fields.Str(required=True, allow_none=True)
    allergens = ma.fields.Str(required=True)
    on_request = ma.fields.Bool(required=True)
    included = ma.fields.Str(required=True)
    place = ma.fields.Str(required=True)
    duration = ma.fields.Str(required=True)
    hours = ma.fields.Str(required=True)
    extent = ma.fields.Str(required=True)
    notice_days = ma.fields.Int(required=True, strict=True, allow_none=True)
    capacity_per_week = ma.fields.Int(required=True, strict=True, allow_none=True)
    origin = ma.fields.Str(required=True)
    labels = ma.fields.List(ma.fields.Nested(LabelSchema), required=True)
    social_story = ma.fields.Str(required=True)
    unspsc = ma.fields.Str(required=True, allow_none=True)
    attachments = ma.fields.List(ma.fields.Nested(AttachmentSchema), required=True)
    images = ma.fields.List(ma.fields.Nested(ImageShownSchema), required=True)
    lacking = ma.fields.List(ma.fields.Nested(LackSchema), required=True)
