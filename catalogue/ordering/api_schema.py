"""The shapes of orders where programs send and get them; delivery is that of the check-out form."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.codes import Code
from catalogue.core.ids import LARGEST_ID

from .models import OrderState
from .rules import MOVES, Side, Step
from .schema import DeliverySchema

MOST_LINES = 200
POSITION: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": MOST_LINES}
NUMBER: dict[str, Any] = {"number": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{4}-[0-9]{5,9}$"}}
# A delivery as the contract shows one.
DELIVERY: dict[str, Any] = {
    "institution": "Børnehuset Regnbuen", "street": "Skovvej 3", "postcode": "4200",
    "city": "Slagelse", "gln": "5798009811578", "contact_name": "Bo Berg",
    "contact_email": "bo@slagelse.example", "reference": "MEHO",
}  # fmt: skip
# What buyers and enterprises may do; approvers decide on what they were shown, on their page.
STEPS = list(
    dict.fromkeys(
        str(move.step)
        for move in MOVES
        if move.side in (Side.BUYER, Side.ENTERPRISE)
        and move.step != Step.EDIT  # it takes a form of its own
    )
)  # fmt: skip


class WantedLineSchema(ma.Schema):
    """A product to order; `price_ore` is the highest price excluding VAT that is accepted."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {
        "product_id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
        "price_ore": {"type": "integer", "minimum": 0, "maximum": 10**12},
    }
    product_id = fields.Whole(required=True, least=1, most=LARGEST_ID)
    quantity = fields.Quantity(required=True)
    price_ore = fields.Whole(load_default=None, most=10**12)


class DeliveryBodySchema(DeliverySchema):
    """Where it goes, and what the invoice needs."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {"postcode": {"type": "string", "pattern": "^[0-9]{4}$"}}


class PlacingBodySchema(ma.Schema):
    """Lines and delivery: one order for each enterprise."""

    class Meta:
        unknown = ma.RAISE

    lines = ma.fields.List(
        ma.fields.Nested(WantedLineSchema), required=True,
        validate=ma.validate.Length(1, MOST_LINES),
    )  # fmt: skip
    delivery = ma.fields.Nested(DeliveryBodySchema, required=True)


class StepLineSchema(ma.Schema):
    """What a step says of a line: what is sent or came of it, or what is proposed for it."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {
        "position": POSITION,
        "received": {"type": "number", "minimum": 0, "maximum": 1_000_000},
        "part": {"type": "number", "minimum": 0, "maximum": 1_000_000},
        "sent": {"type": "number", "minimum": 0, "maximum": 1_000_000},
        "price_ore": {"type": "integer", "minimum": 0, "maximum": 10**12},
    }
    position = ma.fields.Int(required=True)
    received = ma.fields.Float()
    part = ma.fields.Float()
    sent = ma.fields.Float()
    deviation = fields.Line(longest=300)
    quantity = fields.Quantity()
    price_ore = fields.Kroner()


class StepBodySchema(ma.Schema):
    """A step of an order, with what it needs: a reason, a day, lines, a shipment by its number."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {
        "step": {"type": "string", "enum": STEPS},
        "shipment": {"type": "integer", "minimum": 1, "maximum": 10_000},
    }
    step = ma.fields.Str(required=True)
    reason = fields.Line(longest=1000)
    delivery_on = fields.Day()
    shipment = fields.Whole(least=1, most=10_000)
    dispatched_on = fields.Day()
    carrier = fields.Line(longest=60)
    tracking = Code(longest=60)
    note = fields.Line(longest=300)
    lines = ma.fields.List(
        ma.fields.Nested(StepLineSchema), validate=ma.validate.Length(max=MOST_LINES)
    )


class EditLineSchema(ma.Schema):
    """How many of a line are wanted now; 0 takes it out of the order."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {
        "position": POSITION,
        "quantity": {"type": "number", "minimum": 0, "maximum": 1_000_000},
    }
    position = ma.fields.Int(required=True)
    quantity = ma.fields.Float(required=True)


class EditBodySchema(ma.Schema):
    """An order that came back from approval, as its buyer wants it now; other lines stay."""

    class Meta:
        unknown = ma.RAISE

    delivery = ma.fields.Nested(DeliveryBodySchema, required=True)
    lines = ma.fields.List(
        ma.fields.Nested(EditLineSchema), validate=ma.validate.Length(max=MOST_LINES)
    )


class OrderQuerySchema(ma.Schema):
    """Which orders are listed."""

    state = fields.Choice(OrderState)


class OrderListedSchema(ma.Schema):
    """An order in a list."""

    number = ma.fields.Str(required=True)
    state = ma.fields.Str(required=True)
    placed_at = ma.fields.AwareDateTime(required=True)
    municipality = ma.fields.Str(required=True)
    enterprise_id = ma.fields.Int(required=True, strict=True)
    enterprise = ma.fields.Str(required=True)
    buyer = ma.fields.Str(required=True)
    net_ore = ma.fields.Int(required=True, strict=True)
    vat_ore = ma.fields.Int(required=True, strict=True)
    currency = ma.fields.Str(required=True)


class PlacedSchema(ma.Schema):
    """The orders that a placing made, by number."""

    orders = ma.fields.List(ma.fields.Nested(OrderListedSchema), required=True)


class DeliveryShownSchema(ma.Schema):
    """Where an order goes."""

    institution = ma.fields.Str(required=True)
    street = ma.fields.Str(required=True)
    postcode = ma.fields.Str(required=True)
    city = ma.fields.Str(required=True)
    gln = ma.fields.Str(required=True)
    contact_name = ma.fields.Str(required=True)
    contact_email = ma.fields.Str(required=True)
    contact_phone = ma.fields.Str(required=True, allow_none=True)
    reference = ma.fields.Str(required=True)
    account_coding = ma.fields.Str(required=True, allow_none=True)
    note = ma.fields.Str(required=True, allow_none=True)


class OrderLineSchema(ma.Schema):
    """A line as it was ordered, and what came of it."""

    position = ma.fields.Int(required=True, strict=True)
    product_id = ma.fields.Int(required=True, strict=True, allow_none=True)
    item_number = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True)
    unit = ma.fields.Str(required=True)
    quantity = ma.fields.Float(required=True)
    price_ore = ma.fields.Int(required=True, strict=True)
    price_base_quantity = ma.fields.Int(required=True, strict=True)
    vat_rate = ma.fields.Int(required=True, strict=True)
    net_ore = ma.fields.Int(required=True, strict=True)
    agreement_number = ma.fields.Str(required=True)
    received_quantity = ma.fields.Float(required=True, allow_none=True)
    deviation = ma.fields.Str(required=True, allow_none=True)


class OrderEventSchema(ma.Schema):
    """What has happened to an order."""

    at = ma.fields.AwareDateTime(required=True)
    state = ma.fields.Str(required=True)
    step = ma.fields.Str(required=True, allow_none=True)
    by = ma.fields.Str(required=True, attribute="person_name")
    reason = ma.fields.Str(required=True, allow_none=True)


class ChangedLineSchema(ma.Schema):
    """What is proposed for a line; null: as it was."""

    position = ma.fields.Int(required=True, strict=True)
    quantity = ma.fields.Float(required=True, allow_none=True)
    price_ore = ma.fields.Int(required=True, strict=True, allow_none=True)


class OrderChangeSchema(ma.Schema):
    """A change that the enterprise proposes and the buyer has not answered."""

    reason = ma.fields.Str(required=True)
    delivery_on = ma.fields.Date(required=True, allow_none=True)
    lines = ma.fields.List(ma.fields.Nested(ChangedLineSchema), required=True)


class ShipmentLineSchema(ma.Schema):
    """How many of a line are in a shipment; null: all came as it was sent."""

    position = ma.fields.Int(required=True, strict=True)
    quantity = ma.fields.Float(required=True)
    received_quantity = ma.fields.Float(required=True, allow_none=True)
    deviation = ma.fields.Str(required=True, allow_none=True)


class ShipmentSchema(ma.Schema):
    """Goods that went on their way together; `received_at` is null while they are under way."""

    number = ma.fields.Int(required=True, strict=True)
    dispatched_on = ma.fields.Date(required=True)
    carrier = ma.fields.Str(required=True, allow_none=True)
    tracking = ma.fields.Str(required=True, allow_none=True)
    note = ma.fields.Str(required=True, allow_none=True)
    received_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    lines = ma.fields.List(ma.fields.Nested(ShipmentLineSchema), required=True)


class OrderShownSchema(OrderListedSchema):
    """An order; `possible` lists the steps that the token can take now."""

    delivery = ma.fields.Nested(DeliveryShownSchema, required=True)
    delivery_on = ma.fields.Date(required=True, allow_none=True)
    lines = ma.fields.List(ma.fields.Nested(OrderLineSchema), required=True)
    shipments = ma.fields.List(ma.fields.Nested(ShipmentSchema), required=True)
    events = ma.fields.List(ma.fields.Nested(OrderEventSchema), required=True)
    change = ma.fields.Nested(OrderChangeSchema, required=True, allow_none=True)
    possible = ma.fields.List(ma.fields.Str(), required=True)
