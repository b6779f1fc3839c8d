"""The form by which a basket goes back to a purchasing system through its buyer's browser."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue.accounts.models import Municipality

from . import cart_document, documents, oci
from . import punchout_rules as rules
from .cxml import Envelope, Party
from .cxml_reading import Wanted
from .cxml_writing import basket as write_basket
from .punchout_lines import Line
from .punchout_models import Encoding, Operation, PunchOutConnection, PunchOutSession

CART = "UBL_CART"  # a field for each enterprise: UBL_CART[1] and so on


@dataclass(frozen=True)
class Visit:
    """What a purchasing system asks a session for."""

    return_url: str
    operation: Operation = Operation.CREATE
    buyer_cookie: str = ""
    target: str = "_self"
    charset: str = "utf-8"
    lines: Sequence[Wanted] = ()
    parties: Sequence[Sequence[str]] | None = None  # of cXML: its (domain, identity), and ours


@dataclass(frozen=True)
class GivenBack:
    """A form to be sent back: fields in order, where to, in which window and charset."""

    action: str
    fields: Sequence[Sequence[str]]
    target: str
    charset: str


def oci_form(visit: Visit | PunchOutSession, lines: Sequence[Line]) -> GivenBack:
    """Return lines as the form that OCI wants, also for what is asked in the background."""
    hook = rules.split_hook(visit.return_url)
    fields = [*hook.fields, *oci.fields_of(lines, visit.charset)]
    return GivenBack(hook.action, fields, visit.target, visit.charset)


def cxml_form(
    visit: PunchOutSession, connection: PunchOutConnection, lines: Sequence[Line], now: datetime
) -> GivenBack:
    """Return lines as the message of cXML."""
    theirs, ours = visit.parties or [["", ""], ["", ""]]
    envelope = Envelope(
        sender=Party(*ours),
        receiver=Party(*theirs),
        payload_id=f"{visit.id}.{int(now.timestamp())}@catalogue-{connection.key}",
        at=now,
    )
    allowed = "inspect" if visit.operation == Operation.INSPECT else "edit"
    message = write_basket(envelope, visit.buyer_cookie, allowed, lines)
    return GivenBack(
        visit.return_url, [packed(message, connection.encoding)], visit.target, "utf-8"
    )


def packed(message: bytes, encoding: str) -> tuple[str, str]:
    """Return name and value of the field that carries a message of cXML through a browser."""
    if encoding == Encoding.BASE64:
        return "cXML-base64", base64.b64encode(message).decode("ascii")
    return "cXML-urlencoded", message.decode("utf-8")  # the browser encodes it with the form


def cart_form(
    visit: PunchOutSession, home: Municipality, lines: Sequence[Line], now: datetime
) -> GivenBack:
    """Return lines as carts of Peppol (T77), one for each enterprise; no cart: nothing is bought.

    The published process leaves the way back open; a file within the browser's form comes at once.
    """
    hook = rules.split_hook(visit.return_url)
    carts = cart_document.draw(lines, home, (str(visit.id), visit.buyer_cookie), now)
    fields = [
        (f"{CART}[{place}]", base64.b64encode(documents.write(each, documents.CART)).decode())
        for place, each in enumerate(carts, 1)
    ]
    return GivenBack(hook.action, [*hook.fields, *fields], visit.target, "utf-8")


def kept(visit: PunchOutSession) -> GivenBack:
    """Return the form that went back, as it was."""
    return GivenBack(_action(visit), visit.given_back or [], visit.target, visit.charset)


def _action(visit: PunchOutSession) -> str:
    """Return where the form goes: OCI has the query among the fields, cXML leaves it."""
    carries_message = any(each[0].startswith("cXML-") for each in visit.given_back or [])
    return visit.return_url if carries_message else rules.split_hook(visit.return_url).action
