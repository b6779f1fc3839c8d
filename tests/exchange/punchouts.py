"""A connected purchasing system for the tests of PunchOut, and what it reads out of our pages."""

from __future__ import annotations

import html
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cast
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from ordering import world
from ordering.world import World
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.exchange import punchout_connections
from catalogue.exchange.punchout_models import Encoding, Kind
from catalogue.exchange.punchout_schema import Terms

# Messages that others wrote; not ours to hand on, so tests that need them are skipped without.
_BESIDE = Path(__file__).parents[3] / "shared" / "punchout"
KIT = Path(os.environ.get("CATALOGUE_TEST_PUNCHOUT") or _BESIDE)
HOOK = "https://erp.slagelse.example/hook?sap-client=100&session=a%20b"
FRAME = "https://portal.slagelse.example"


@dataclass(frozen=True)
class Connected:
    """A world of ordering with a purchasing system connected to its municipality."""

    world: World
    connection_id: int
    key: str
    secret: str


def terms(kind: Kind = Kind.OCI, **changes: Any) -> Terms:
    """Return what staff say of a connection."""
    said: dict[str, Any] = {
        "name": "Prisme", "kind": kind, "identity": "slagelse",
        "return_hosts": ["erp.slagelse.example"], "frame_origins": [FRAME],
        "encoding": Encoding.URLENCODED, "contact_email": "indkoeb@slagelse.example",
        "gln": cast.GLN, "news_url": None,
    }  # fmt: skip
    return Terms(**said | changes)


def connect(session: Session, kind: Kind = Kind.OCI, **changes: Any) -> Connected:
    """Connect a purchasing system to a new world of ordering."""
    made = world.make(session)
    staff = cast.who(session, cast.staff(session, made.home))
    said = terms(kind, **changes)
    connection_id, secret = punchout_connections.create(session, staff, said, cast.NOW)
    key = punchout_connections.get_own(session, staff, connection_id).key
    return Connected(made, connection_id, key, secret)


def connected(app: Flask, kind: Kind = Kind.OCI, **changes: Any) -> Connected:
    """Connect a purchasing system to the world of an application."""
    database: Database = app.extensions["catalogue"].database
    with database.transaction() as session:
        return connect(session, kind, **changes)


def call(client: FlaskClient, to: Connected, **fields: str) -> Any:
    """Call the catalogue up by OCI, from the outside."""
    sent = {"UserName": "slagelse", "PASSWORD": to.secret, "hook_url": HOOK} | fields
    client.without_csrf = True  # type: ignore[attr-defined]  # of our own client
    return client.post(f"/punchout/oci/{to.key}", data=sent)


def fields(page: str) -> list[tuple[str, str]]:
    """Return the hidden fields of a page, in order."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return [(html.unescape(name), html.unescape(value)) for name, value in found]


def post(client: FlaskClient, address: str, **data: str) -> Any:
    """Post a form of a framed page as its reader would, with the token that the page carries."""
    root = re.match(r"(/punchout/\d+)/", address)
    assert root
    page = client.get(f"{root[1]}/soeg").text
    token = dict(fields(page)).get("csrf_token", "")
    client.without_csrf = True  # type: ignore[attr-defined]
    return client.post(address, data={"csrf_token": token} | data)


def message(of: etree._Element | bytes) -> etree._Element:
    """Return a message of cXML as an element."""
    return etree.fromstring(of) if isinstance(of, bytes) else of


def set_up(to: Connected, **changes: str) -> bytes:
    """Return a PunchOutSetupRequest."""
    said = {"payload": "p-1", "operation": "create", "secret": to.secret, "items": "",
            "url": "https://erp.slagelse.example/cart?x=1"} | changes  # fmt: skip
    return _wrapped(
        said,
        f'<PunchOutSetupRequest operation="{said["operation"]}"><BuyerCookie>kage</BuyerCookie>'
        f"<BrowserFormPost><URL>{said['url']}</URL></BrowserFormPost>{said['items']}"
        "</PunchOutSetupRequest>",
    )


def order(to: Connected, items: str, **changes: str) -> bytes:
    """Return an OrderRequest with lines as `item` makes them."""
    said = {"payload": "o-1", "secret": to.secret, "currency": "DKK"} | changes
    address = (
        '<Address addressID="5798009811578"><Name xml:lang="da">Børnehuset Regnbuen</Name>'
        "<PostalAddress><DeliverTo>Bo Berg</DeliverTo><Street>Skovvej 3</Street>"
        '<City>Slagelse</City><PostalCode>4200</PostalCode><Country isoCountryCode="DK">Danmark'
        "</Country></PostalAddress></Address>"
    )
    return _wrapped(
        said,
        '<OrderRequest><OrderRequestHeader orderID="RK-77" orderDate="2026-11-24T10:00:00+01:00"'
        f'><Total><Money currency="{said["currency"]}">12500</Money></Total>'
        f"<ShipTo>{address}</ShipTo><BillTo>{address}</BillTo></OrderRequestHeader>{items}"
        "</OrderRequest>",
    )


def item(product: Any, price: str = "12500.00", quantity: str = "1", number: str = "10") -> str:
    """Return a line of an order or of a basket that is to be edited."""
    return (
        f'<ItemOut quantity="{quantity}" lineNumber="{number}"><ItemID>'
        f"<SupplierPartID>{product.item_number}</SupplierPartID>"
        f"<SupplierPartAuxiliaryID>{product.id}</SupplierPartAuxiliaryID></ItemID>"
        f'<ItemDetail><UnitPrice><Money currency="DKK">{price}</Money></UnitPrice>'
        '<Description xml:lang="da">Legehus</Description><UnitOfMeasure>EA</UnitOfMeasure>'
        '<Classification domain="CPV">37535200</Classification></ItemDetail></ItemOut>'
    )


def send(client: FlaskClient, to: Connected, content: bytes) -> etree._Element:
    """Send a message of cXML and return the answer."""
    client.without_csrf = True  # type: ignore[attr-defined]
    answer = client.post(f"/punchout/cxml/{to.key}", data=content, content_type="text/xml")
    assert answer.status_code == 200
    return etree.fromstring(answer.data)


def status(answer: etree._Element) -> str:
    """Return the status code of an answer."""
    return str(answer.find("Response/Status").get("code"))


def _wrapped(said: dict[str, str], request: str) -> bytes:
    party = '<Credential domain="NetworkId"><Identity>{}</Identity>{}</Credential>'
    secret = f"<SharedSecret>{said['secret']}</SharedSecret>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd">'
        f'<cXML payloadID="{said["payload"]}" timestamp="2026-11-24T09:00:00+00:00">'
        f"<Header><From>{party.format('Slagelse', '')}</From>"
        f"<To>{party.format('Catalogue', '')}</To>"
        f"<Sender>{party.format('Slagelse', secret)}<UserAgent>Prisme</UserAgent></Sender></Header>"
        f"<Request>{request}</Request></cXML>"
    ).encode()
