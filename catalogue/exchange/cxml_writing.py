"""What we send in cXML: the start page, the basket, confirmations and states of orders.

Every message goes through the DTD before it leaves (`cxml.write`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from lxml import etree

from catalogue.products.rules import UNIT_CODES

from . import oci
from .cxml import Envelope, begin, moment, put, respond, write
from .punchout_lines import Line

UNITS = UNIT_CODES | {"piece": "EA"}  # what cXML's own guide and most purchasing systems write


@dataclass(frozen=True)
class Told:
    """An order as the purchasing system is told of it, by its own numbers."""

    order_id: str
    ordered_at: str
    payload_id: str
    number: str  # ours
    net_ore: int
    lines: Sequence[tuple[str, Decimal, str]]  # its line number, quantity, its unit
    reason: str = ""
    delivery_on: str = ""
    agreed: Mapping[str, Decimal] = field(
        default_factory=dict
    )  # by line number, of those with less
    amends: str = ""  # the payloadID of the confirmation that this one takes the place of


def answer(payload_id: str, at: datetime, status: int, said: str) -> bytes:
    """Return a response that is a status alone."""
    return write(respond(payload_id, at, status, said))


def start_page(payload_id: str, at: datetime, address: str) -> bytes:
    """Return the response that a browser is sent to an address by."""
    root = respond(payload_id, at, 200, "")
    put(put(put(root[0], "PunchOutSetupResponse"), "StartPage"), "URL", address)
    return write(root)


def profile(payload_id: str, at: datetime, address: str) -> bytes:
    """Return the response that tells what can be asked for, and where."""
    root = respond(payload_id, at, 200, "")
    told = put(root[0], "ProfileResponse", effectiveDate=moment(at))
    for name in ("PunchOutSetupRequest", "OrderRequest"):
        put(put(told, "Transaction", requestName=name), "URL", address)
    return write(root)


def basket(envelope: Envelope, buyer_cookie: str, allowed: str, lines: Iterable[Line]) -> bytes:
    """Return the message that a basket goes back by; one without lines: nothing was chosen.

    `allowed` is what may be done with it later: create, edit or inspect.
    """
    root = begin(envelope)
    message = put(put(root, "Message"), "PunchOutOrderMessage")
    put(message, "BuyerCookie", buyer_cookie)
    header = put(message, "PunchOutOrderMessageHeader", operationAllowed=allowed)
    listed = list(lines)
    _put_money(put(header, "Total"), Decimal(sum(each.net_ore for each in listed)) / 100)
    for place, line in enumerate(listed, start=1):
        _put_line(message, place, line)
    return write(root)


def confirmation(envelope: Envelope, told: Told, *, accepted: bool) -> bytes:
    """Return the request that tells that an enterprise took an order, or not and why.

    Where less was agreed on than was sent, the rest of the line is rejected.
    """
    root = begin(envelope)
    request = put(put(root, "Request"), "ConfirmationRequest")
    taken = "detail" if told.agreed else "accept"
    header = put(
        request, "ConfirmationHeader", confirmID=told.number,
        operation="update" if told.amends else "new",
        type=taken if accepted else "reject", noticeDate=moment(envelope.at),
    )  # fmt: skip
    if told.amends:
        put(header, "DocumentReference", payloadID=told.amends)
    _put_money(put(header, "Total"), Decimal(told.net_ore) / 100)
    if told.reason:
        put(header, "Comments", told.reason, lang="da-DK")
    _put_reference(request, told)
    for number, quantity, unit in told.lines:
        item = put(request, "ConfirmationItem", quantity=oci.quantity(quantity), lineNumber=number)
        put(item, "UnitOfMeasure", unit)
        agreed = told.agreed.get(number, quantity) if accepted else Decimal(0)
        for kind, part in (("accept", agreed), ("reject", quantity - agreed)):
            if part:
                status = put(
                    item, "ConfirmationStatus", quantity=oci.quantity(part), type=kind,
                    deliveryDate=told.delivery_on if kind == "accept" else "",
                )  # fmt: skip
                put(status, "UnitOfMeasure", unit)
    return write(root, "Fulfill")


def status_update(envelope: Envelope, told: Told, said: str) -> bytes:
    """Return the request that tells of another state of an order, in words."""
    root = begin(envelope)
    request = put(put(root, "Request"), "StatusUpdateRequest")
    put(request, "DocumentReference", payloadID=told.payload_id)
    put(request, "Status", told.reason, code="200", text=said, lang="da-DK")
    put(request, "Extrinsic", told.order_id, name="orderID")
    put(request, "Extrinsic", told.number, name="supplierOrderID")
    return write(root)


def _put_reference(request: etree._Element, told: Told) -> None:
    reference = put(request, "OrderReference", orderID=told.order_id, orderDate=told.ordered_at)
    put(reference, "DocumentReference", payloadID=told.payload_id)


def _put_line(message: etree._Element, place: int, line: Line) -> None:
    item = put(message, "ItemIn", quantity=oci.quantity(line.quantity), lineNumber=str(place))
    if line.is_service:
        item.set("itemClassification", "service")
    item_id = put(item, "ItemID")
    put(item_id, "SupplierPartID", line.item_number)
    put(item_id, "SupplierPartAuxiliaryID", str(line.product_id))
    detail = put(item, "ItemDetail")
    price, basis = _unit_price(line)
    _put_money(put(detail, "UnitPrice"), price)
    description = put(detail, "Description", lang="da")
    name = put(description, "ShortName", line.name)
    name.tail = line.text.strip() or None
    unit = UNITS[line.price.unit]
    put(detail, "UnitOfMeasure", unit)
    if basis > 1:
        per = put(detail, "PriceBasisQuantity", quantity=str(basis), conversionFactor="1")
        put(per, "UnitOfMeasure", unit)
    if line.unspsc:
        put(detail, "Classification", line.unspsc, domain="UNSPSC")
    put(detail, "Classification", line.category_code, domain="CPV")  # all that is sold has one
    if line.delivery_days is not None:
        put(detail, "LeadTime", str(line.delivery_days))
    for key, value in _extras(line):
        put(detail, "Extrinsic", value, name=key)
    put(item, "SupplierID", line.enterprise_cvr, domain="DK:CVR")


def _extras(line: Line) -> list[tuple[str, str]]:
    return [
        ("agreementNumber", line.agreement_number),
        ("supplierName", line.enterprise_name),
        ("supplierCVR", line.enterprise_cvr),
        ("vatPercent", str(line.vat_rate)),
    ]


def _unit_price(line: Line) -> tuple[Decimal, int]:
    """Return the price and how many units it is for; 1 wherever it can be said exactly.

    Many systems pass over PriceBasisQuantity and would book a price per hundred for each piece.
    """
    price = Decimal(line.price.ore) / 100
    each = price / line.price.base_quantity
    if each == round(each, 4):
        return each.normalize(), 1
    return price, line.price.base_quantity


def _put_money(parent: etree._Element, kroner: Decimal) -> None:
    cents = kroner.quantize(Decimal("0.01"))
    put(parent, "Money", f"{cents if cents == kroner else kroner:f}", currency="DKK")
