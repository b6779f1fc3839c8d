"""A purchasing system of our own that speaks cXML: set-up, basket in its frame, order, answer."""

from __future__ import annotations

import base64
import sqlite3
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from exchange import punchouts
from exchange.punchouts import Connected, status
from journeys.persons import DESKTOP, Persons, press
from lxml import etree
from playwright.sync_api import expect

from catalogue.exchange import cxml, cxml_writing

STAFF, SHOP = "staff@slagelse.example", "legehytten@legehytten.example"
TAKEN = cxml_writing.answer("1", datetime.now(UTC), 200, "")
NEWS_SECONDS = 30
SLOW_MS = 30_000  # a page may wait for other work of the machine


class System(BaseHTTPRequestHandler):
    """Shows the start page in a frame, takes the basket, and is told of its orders."""

    def do_GET(self) -> None:
        """Show the frame."""
        start: str = self.server.start  # type: ignore[attr-defined]
        self._say(f'<iframe src="{start}" width="1100" height="760"></iframe>'.encode())

    def do_POST(self) -> None:
        """Take a basket from the browser, or news from the catalogue."""
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        server: Any = self.server
        if self.path == "/news":
            server.told.append(sent)
            return self._say(TAKEN, "text/xml")
        server.baskets.append(parse_qs(sent.decode("ascii"), encoding="utf-8"))
        return self._say(b"<h1>Rekvisition</h1>")

    def log_message(self, *_what: object) -> None:
        """Say nothing."""

    def _say(self, body: bytes, kind: str = "text/html; charset=utf-8") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def system() -> Iterator[Any]:
    """Run the purchasing system; `localhost` is another site than 127.0.0.1."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), System)
    server.start, server.baskets, server.told = "", [], []
    server.host = f"localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def connect(persons: Persons, server: Any, encoding: str) -> tuple[str, Connected]:
    """Have staff connect the system; return the address it calls, and its key."""
    staff = persons.sign_in(STAFF)
    staff.goto("/indkoebssystemer/ny")
    staff.fill("[name=name]", f"Prisme {encoding}")
    staff.get_by_label("cXML 1.2").check(force=True)
    staff.fill("[name=identity]", "slagelse")
    staff.fill("[name=return_hosts]", server.host)
    staff.fill("[name=frame_origins]", f"http://{server.host}")
    staff.select_option("[name=encoding]", encoding)
    press(staff, "Gem forbindelsen")
    key = staff.get_by_text("/punchout/cxml/").inner_text().rpartition("/")[2]
    _tell(persons, key, f"http://127.0.0.1:{server.server_port}/news")
    world: Any = None  # the demonstration is the world here
    secret = staff.locator("main code").first.inner_text()
    return f"{persons.site.address}/punchout/cxml/{key}", Connected(world, 0, key, secret)


def _tell(persons: Persons, key: str, address: str) -> None:
    """Write where the system is told of its orders: the form asks for https, and who sends would
    ask for a certificate, which a system on loopback has none of.
    """
    row = "UPDATE catalogue_punchout_connections SET news_url = ? WHERE key = ?"
    with closing(sqlite3.connect(persons.site.folder / "catalogue.sqlite", timeout=30)) as base:
        assert base.execute(row, (address, key)).rowcount == 1
        base.commit()


def send(address: str, content: bytes) -> etree._Element:
    """Send a message of cXML as a program does; its answer is valid by the DTD."""
    asked = urllib.request.Request(address, content, {"Content-Type": "text/xml"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        found = etree.fromstring(answer.read())
    assert cxml.check(found) == []
    return found


def shop(persons: Persons, server: Any) -> etree._Element:
    """Fill the basket in the frame and send it back; return the message that came."""
    page = persons.visitor(viewport=DESKTOP)
    page.goto(f"http://{server.host}/")
    frame = page.frame_locator("iframe")
    frame.locator("[name=q]").first.fill("legehus")
    frame.locator("[name=q]").first.press("Enter")
    card = frame.locator("main article").filter(has_text="Legehytten").first
    card.locator("a").first.click()
    frame.get_by_role("button", name="Læg i kurven").click()
    expect(frame.locator("main")).to_contain_text("ligger i din kurv", timeout=SLOW_MS)
    frame.get_by_role("button", name="Send kurven til indkøbssystemet").click()
    expect(frame.get_by_role("heading", name="Rekvisition")).to_be_visible(timeout=SLOW_MS)
    ((name, (value,)),) = server.baskets.pop().items()
    content = base64.b64decode(value) if name == "cXML-base64" else value.encode()
    message = etree.fromstring(content)
    assert cxml.check(message) == []
    return message


def items_of(message: etree._Element) -> str:
    """Return the lines of a basket as those of an order."""
    lines = []
    for item in message.iterfind(".//ItemIn"):
        item.tag = "ItemOut"
        lines.append(etree.tostring(item, encoding="unicode", with_tail=False))
    return "".join(lines)


def news(server: Any) -> etree._Element:
    """Return what the system is told next."""
    end = time.monotonic() + NEWS_SECONDS
    while not server.told:
        assert time.monotonic() < end, "no confirmation came"
        time.sleep(0.1)
    return etree.fromstring(server.told.pop(0))


@pytest.mark.parametrize("encoding", ["urlencoded", "base64"])
def test_buyer_shops_in_a_frame_and_the_system_orders_and_is_told(
    persons: Persons, encoding: str
) -> None:
    with system() as server:
        address, to = connect(persons, server, encoding)
        asked = punchouts.set_up(
            to, payload=f"set-up-{encoding}", url=f"http://{server.host}/cart?session=42"
        )
        set_up = send(address, asked)
        server.start = set_up.findtext("Response/PunchOutSetupResponse/StartPage/URL")
        message = shop(persons, server)
        assert message.findtext(".//BuyerCookie") == "kage"
        sent = punchouts.order(to, items_of(message), payload=f"order-{encoding}")
        first, again = send(address, sent), send(address, sent)
        assert (status(first), status(again)) == ("200", "200")
        number = first.findtext("Response/Status").split()[-1]
        assert number in again.findtext("Response/Status")
        seller = persons.sign_in(SHOP)
        seller.goto("/indkomne-ordrer")
        seller.get_by_role("link", name=number).click()
        press(seller, "Bekræft ordren")
        expect(seller.locator("h1")).to_contain_text("Bekræftet", timeout=SLOW_MS)
        told = news(server)
    assert cxml.check(told, "Fulfill") == []
    assert told.find(".//ConfirmationHeader").get("type") == "accept"
    assert told.find(".//OrderReference").get("orderID") == "RK-77"
