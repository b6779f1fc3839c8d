"""What purchasing systems ask for in cXML: a PunchOut session, or an order.

Read by names and not by the DTD, for real systems send extensions of their own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lxml import etree

from catalogue.core.text import lazy as _

from .cxml import UnreadableMessage, open_message, text

OPERATIONS = ("create", "edit", "inspect")
KINDS = ("new", "update", "delete")
MOST_LINES = 500
LONGEST_PAYLOAD_ID = 255
# Without exponent: no price is divided by 1E-999999. A comma stands between thousands alone: 1,5
# is no 15, though a system that is set to Danish may send it.
_NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3}){1,6}|[0-9]{1,20})(?:\.[0-9]{0,20})?|\.[0-9]{1,20})"
)


@dataclass(frozen=True)
class Asking:
    """Who sent a message: the secret, and the names it goes by."""

    payload_id: str
    identities: frozenset[str]  # in small letters, of From and Sender
    parties: tuple[tuple[str, str], ...]  # of From and To, each (domain, identity)
    secret: str
    digest: str  # of what is asked, so that the same payloadID with another content is known
    is_test: bool = False  # its deploymentMode says that nothing is meant


@dataclass(frozen=True)
class Wanted:
    """A product that a message names, with the quantity and, in an order, the price agreed on."""

    number: str  # of the line, as the purchasing system counts
    item_number: str
    product_id: str  # we send it along as SupplierPartAuxiliaryID
    quantity: Decimal
    unit: str
    price_ore: Decimal | None  # for one unit; may have parts of an øre
    slack_ore: Decimal = Decimal("0.5")  # how much more it may stand for: what was sent is rounded
    wished_on: date | None = None  # the day that it is asked to come on


@dataclass(frozen=True)
class SetUp:
    """A PunchOut session that is asked for."""

    operation: str
    buyer_cookie: str
    return_url: str
    lines: tuple[Wanted, ...]


@dataclass(frozen=True)
class OrderSent:
    """An order that is sent in."""

    order_id: str
    ordered_at: str
    kind: str  # new, update or delete
    call: str  # regular or release; others are frames to order from later
    currency: str
    delivery: Mapping[str, str]  # by names of the check-out form
    lines: tuple[Wanted, ...]
    wished_on: date | None = None  # the day that all of it is asked to come on


def read(content: bytes) -> tuple[Asking, etree._Element]:
    """Read a message; return who asks, and what: the element within Request."""
    root = open_message(content)
    request = root.find("Request")
    payload_id = root.get("payloadID", "").strip()
    if request is None or len(request) == 0:
        raise UnreadableMessage(_("The message asks for nothing."))
    if not 0 < len(payload_id) <= LONGEST_PAYLOAD_ID:
        raise UnreadableMessage(_("The message has no payloadID, or a very long one."))
    header = "Header/{}/Credential"
    names = [
        text(each, "Identity").lower()
        for side in ("From", "Sender")
        for each in root.iterfind(header.format(side))
    ]
    parties = tuple(_party(root, side) for side in ("From", "To"))
    secret = text(root, "Header/Sender/Credential/SharedSecret")
    asked = request[0]
    known = frozenset(filter(None, names))
    is_test = request.get("deploymentMode", "").strip().lower() == "test"
    return Asking(payload_id, known, parties, secret, _digest(asked), is_test), asked


def read_set_up(asked: etree._Element) -> SetUp:
    """Read a PunchOutSetupRequest; raises UnreadableMessage."""
    operation = asked.get("operation", "")
    if operation not in OPERATIONS:
        raise UnreadableMessage(_("This operation is not offered: %(name)s", name=operation), 450)
    cookie, address = text(asked, "BuyerCookie"), text(asked, "BrowserFormPost/URL")
    if not cookie or len(cookie) > 1000:
        raise UnreadableMessage(_("BuyerCookie is missing, or very long."))
    return SetUp(operation, cookie, address, _lines(asked))


def read_order(asked: etree._Element) -> OrderSent:
    """Read an OrderRequest; raises UnreadableMessage."""
    header = asked.find("OrderRequestHeader")
    lines = _lines(asked)
    if header is None or not lines:
        raise UnreadableMessage(_("The order has no header or no lines."))
    order_id = header.get("orderID", "").strip()
    if not order_id:
        raise UnreadableMessage(_("The order has no number (orderID)."))
    kind = header.get("type", "new")
    if kind not in KINDS:
        raise UnreadableMessage(_("There is no such type of order: %(name)s", name=kind[:40]))
    return OrderSent(
        order_id=order_id,
        ordered_at=header.get("orderDate", ""),
        kind=kind,
        call=header.get("orderType", "regular"),
        currency=_currency(header, asked),
        delivery=_delivery(header, _ship_to(header, asked), order_id),
        lines=lines,
        wished_on=_day(header.get("requestedDeliveryDate", "")),
    )


def _party(root: etree._Element, side: str) -> tuple[str, str]:
    found = root.find(f"Header/{side}/Credential")
    return ("", "") if found is None else (found.get("domain", ""), text(found, "Identity"))


def _lines(asked: etree._Element) -> tuple[Wanted, ...]:
    items = asked.findall("ItemOut")
    if len(items) > MOST_LINES:
        raise UnreadableMessage(_("At most %(limit)s lines are read.", limit=MOST_LINES))
    return tuple(_line(place, each) for place, each in enumerate(items, start=1))


def _line(place: int, item: etree._Element) -> Wanted:
    basis = item.find("ItemDetail/PriceBasisQuantity")
    per = _number(basis.get("quantity", "1")) if basis is not None else Decimal(1)
    price = text(item, "ItemDetail/UnitPrice/Money")
    return Wanted(
        number=item.get("lineNumber") or str(place),
        item_number=text(item, "ItemID/SupplierPartID"),
        product_id=text(item, "ItemID/SupplierPartAuxiliaryID"),
        quantity=_number(item.get("quantity", "")),
        unit=text(item, "ItemDetail/UnitOfMeasure"),
        price_ore=_number(price) * 100 / (per or 1) if price else None,
        slack_ore=Decimal("0.5").scaleb(2 - max(2, _decimals(price))) / (per or 1),
        wished_on=_day(item.get("requestedDeliveryDate", "")),
    )


def _day(written: str) -> date | None:
    """Read a moment or a day as the day that it is where it was written."""
    plain = written.strip()
    try:
        return datetime.fromisoformat(plain).date() if plain else None
    except ValueError:
        raise UnreadableMessage(_("This is no day: %(text)s", text=plain[:40])) from None


def _decimals(written: str) -> int:
    return len(written.strip().partition(".")[2])


def _number(written: str) -> Decimal:
    """Read a number with a point, as cXML writes it."""
    plain = written.strip()
    number = Decimal(plain.replace(",", "")) if _NUMBER.fullmatch(plain) else None
    if number is None or not 0 <= number < 10**11:
        raise UnreadableMessage(_("This is no number: %(text)s", text=written[:40]))
    return number


def _digest(asked: etree._Element) -> str:
    """Return a hash of what is asked, however it is spelt."""
    try:
        return hashlib.sha256(etree.tostring(asked, method="c14n")).hexdigest()
    except etree.C14NError:  # a namespace that is no whole address
        raise UnreadableMessage(_("The message is not well-formed XML.")) from None


def _currency(header: etree._Element, asked: etree._Element) -> str:
    """Return the currency of all amounts of an order; "" when there is none, or several."""
    total = header.find("Total/Money")
    lines = asked.iterfind("ItemOut/ItemDetail/UnitPrice/Money")
    found = {each.get("currency") for each in lines} - {None, ""}
    found.add("" if total is None else total.get("currency", ""))
    return str(found.pop()) if len(found) == 1 else ""


def _ship_to(header: etree._Element, asked: etree._Element) -> etree._Element | None:
    """Return the address of the order, which its lines may name; raises when they name several."""
    path = "ShipTo/Address"
    found = [
        each for item in (header, *asked.findall("ItemOut"))
        if (each := item.find(path)) is not None
    ]  # fmt: skip
    if len({(each.get("addressID"), text(each)) for each in found}) > 1:
        raise UnreadableMessage(
            _("The lines go to several addresses. Send an order for each address."), 406
        )
    return found[0] if found else None


def _delivery(
    header: etree._Element, address: etree._Element | None, order_id: str
) -> dict[str, str]:
    """Return where the order goes and to whom, by the names of the check-out form."""
    contact = header.find("Contact")
    people = address.findall("PostalAddress/DeliverTo") if address is not None else []
    found = {
        "institution": text(address, "Name"),
        "street": text(address, "PostalAddress/Street"),
        "postcode": text(address, "PostalAddress/PostalCode").removeprefix("DK-"),
        "city": text(address, "PostalAddress/City"),
        "gln": _gln(header),
        "contact_name": text(contact, "Name") or (text(people[0]) if people else ""),
        "contact_email": text(contact, "Email") or text(address, "Email"),
        "contact_phone": _phone(address),
        "reference": _extrinsic(header, "reference", "personreference") or order_id,
        "account_coding": _extrinsic(header, "accountcoding", "kontostreng") or _segments(header),
        "note": text(header, "Comments"),
    }
    return {name: value for name, value in found.items() if value}


def _gln(header: etree._Element) -> str:
    """Return the GLN that the invoice goes to: of the bill's address, else of the delivery's."""
    if given := _extrinsic(header, "gln", "ean"):
        return given
    for path in ("BillTo/Address", "ShipTo/Address"):
        found = header.find(path)
        number = "" if found is None else found.get("addressID", "").strip()
        if len(number) == 13 and number.isdecimal():
            return number
    return ""


def _extrinsic(header: etree._Element, *names: str) -> str:
    for each in header.iterfind("Extrinsic"):
        if each.get("name", "").strip().lower() in names:
            return text(each)
    return ""


def _segments(header: etree._Element) -> str:
    """Return the accounting of the first line, its segments joined as an account string."""
    parent = header.getparent()
    found = [] if parent is None else parent.findall("ItemOut/Distribution/Accounting")[:1]
    return "-".join(
        each.get("id", "")
        for accounting in found
        for each in accounting
        if each.tag in ("AccountingSegment", "Segment") and each.get("id")
    )


def _phone(address: etree._Element | None) -> str:
    number = None if address is None else address.find("Phone/TelephoneNumber")
    if number is None:
        return ""
    parts = [text(number, each) for each in ("AreaOrCityCode", "Number")]
    return " ".join(each for each in parts if each)
