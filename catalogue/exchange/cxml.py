"""cXML 1.2 as XML: opened safely, written in order, and held against its DTD.

What comes in may be made to harm: nothing is fetched, no DTD is loaded, a message that declares
entities is refused, and its size has a limit. Buyers' systems send extensions, so that what comes
in need not be valid; what goes out is, to the letter (`check`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from lxml import etree

from catalogue.core.errors import Invalid
from catalogue.core.plain_xml import parse, writable
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

LARGEST_BYTES = 2_000_000
VERSION = "1.2.071"
_DATA = Path(__file__).parent / "data" / "cxml-1.2"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


class UnreadableMessage(Invalid):
    """The message is no cXML that we read; `status` is the code of cXML for it."""

    title = _("The message cannot be read")

    def __init__(self, reason: Text | str, status: int = 400) -> None:
        super().__init__({}, reason)
        self.status = status


@dataclass(frozen=True)
class Party:
    """Who a message is from or to, as one domain of names knows them."""

    domain: str
    identity: str


@dataclass(frozen=True)
class Envelope:
    """What every message of ours says of itself."""

    sender: Party
    receiver: Party
    payload_id: str
    at: datetime
    secret: str = ""  # that the receiver knows us by; a browser carries none


def open_message(content: bytes) -> etree._Element:
    """Parse a message; raises UnreadableMessage for anything but a plain document `cXML`."""
    if len(content) > LARGEST_BYTES:
        raise UnreadableMessage(_("The message is too large."))
    try:
        root = parse(content)
    except (etree.XMLSyntaxError, ValueError):
        raise UnreadableMessage(_("The message is not well-formed XML.")) from None
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(declared.iterentities()):
        raise UnreadableMessage(_("The message declares entities, which can do harm."))
    if root.tag != "cXML":
        raise UnreadableMessage(_("The message is no cXML."))
    return root


def text(element: etree._Element | None, path: str = ".") -> str:
    """Return the trimmed text of all that lies at a path below an element; "" without one."""
    found = None if element is None else element.find(path)
    return "" if found is None else " ".join("".join(found.itertext()).split())


def begin(envelope: Envelope) -> etree._Element:
    """Return a message with its header, to be given a Request or Message."""
    root = _root(envelope.payload_id, envelope.at)
    header = put(root, "Header")
    for name, party in (("From", envelope.sender), ("To", envelope.receiver)):
        _put_party(put(header, name), party)
    sender = put(header, "Sender")
    credential = _put_party(sender, envelope.sender)
    if envelope.secret:
        put(credential, "SharedSecret", envelope.secret)
    put(sender, "UserAgent", "Catalogue")
    return root


def respond(payload_id: str, at: datetime, status: int, said: str) -> etree._Element:
    """Return a response with its status; its only child takes what more there is to say."""
    root = _root(payload_id, at)
    response = put(root, "Response")
    put(response, "Status", said, code=str(status), text=STATUSES.get(status, "Error"))
    return root


STATUSES: Mapping[int, str] = {
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 406: "Not Acceptable",
    409: "Conflict", 450: "Not Implemented", 500: "Internal Server Error",
}  # fmt: skip


def put(parent: etree._Element, name: str, value: str = "", /, **attributes: str) -> etree._Element:
    """Add an element below a parent; attributes that are "" are left out."""
    made = etree.SubElement(parent, name)
    made.text = writable(value).strip() or None
    for key, given in attributes.items():
        if given:
            made.set(_LANGUAGE if key == "lang" else key, writable(given))
    return made


def write(root: etree._Element, dtd: str = "cXML") -> bytes:
    """Return a message of ours as it is sent; raises ValueError when its DTD does not allow it."""
    if faults := check(root, dtd):
        raise ValueError(f"a message of ours is not valid: {faults[0]}")
    doctype = f'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/{VERSION}/{dtd}.dtd">'
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=doctype))


def check(root: etree._Element, dtd: str = "cXML") -> list[str]:
    """List where a message breaks the DTD of that name, cXML or Fulfill."""
    rules = _load(dtd)
    return [] if rules.validate(root) else [str(each.message) for each in rules.error_log]


def moment(at: datetime) -> str:
    """Return a time as cXML writes it, in whole seconds and with its zone."""
    return at.replace(microsecond=0).isoformat()


@lru_cache(maxsize=2)
def _load(name: str) -> etree.DTD:
    return etree.DTD(str(_DATA / f"{name}.dtd"))


def _root(payload_id: str, at: datetime) -> etree._Element:
    root = etree.Element("cXML")
    root.set("payloadID", payload_id)
    root.set("timestamp", moment(at))
    root.set(_LANGUAGE, "da-DK")
    return root


def _put_party(parent: etree._Element, party: Party) -> etree._Element:
    credential = put(parent, "Credential", domain=party.domain)
    put(credential, "Identity", party.identity)
    return credential
