"""A small purchasing system of our own on the other side: the catalogue in its frame, and back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from journeys.persons import DESKTOP, Persons, press
from playwright.sync_api import expect

STAFF = "staff@slagelse.example"


class System(BaseHTTPRequestHandler):
    """Shows the catalogue in a frame, and what comes back from it."""

    def do_GET(self) -> None:
        """Show the frame, called up by a form as OCI does."""
        call: dict[str, str] = self.server.call  # type: ignore[attr-defined]
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in call.items()
            if name != "action"
        )
        self._say(
            f'<iframe name="katalog" width="1100" height="760"></iframe><form method="post"'
            f' action="{escape(call["action"])}" target="katalog">{fields}'
            "<button>Åbn kataloget</button></form>"
        )

    def do_POST(self) -> None:
        """Show what came back."""
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
        pairs = parse_qsl(sent, keep_blank_values=True, encoding="utf-8")
        rows = "".join(f"<li>{escape(name)} = {escape(value)}</li>" for name, value in pairs)
        self._say(f"<h1>Rekvisition</h1><ul>{rows}</ul>")

    def log_message(self, *_what: object) -> None:
        """Say nothing."""

    def _say(self, body: str) -> None:
        content = f"<!doctype html><meta charset=utf-8><title>ERP</title>{body}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def system() -> Iterator[tuple[str, Any]]:
    """Run the purchasing system; `localhost` is another site than 127.0.0.1."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), System)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"localhost:{server.server_port}", server
    server.shutdown()
    thread.join()
    server.server_close()


def test_buyer_shops_in_the_frame_of_a_purchasing_system(persons: Persons) -> None:
    with system() as (host, server):
        staff = persons.sign_in(STAFF)
        staff.goto("/indkoebssystemer/ny")
        staff.fill("[name=name]", "Prisme")
        staff.get_by_label("OCI 4/5 (SAP)").check(force=True)
        staff.fill("[name=identity]", "slagelse")
        staff.fill("[name=return_hosts]", host)
        staff.fill("[name=frame_origins]", f"http://{host}")
        press(staff, "Gem forbindelsen")
        server.call = {
            "action": persons.site.address + "/punchout/oci/"
            + staff.get_by_text("/punchout/oci/").inner_text().rpartition("/")[2],
            "USERNAME": "slagelse", "PASSWORD": staff.locator("main code").inner_text(),
            "HOOK_URL": f"http://{host}/hook?session=42", "returntarget": "_parent",
            "http_content_charset": "utf-8",
        }  # fmt: skip
        page = persons.visitor(viewport=DESKTOP)
        page.goto(f"http://{host}/")
        page.get_by_role("button", name="Åbn kataloget").click()
        frame = page.frame_locator("iframe")
        frame.locator("main article a").first.click()
        frame.get_by_role("button", name="Læg i kurven").click()
        expect(frame.locator("main")).to_contain_text("ligger i din kurv")
        frame.get_by_role("button", name="Send kurven til indkøbssystemet").click()
        expect(page.get_by_role("heading", name="Rekvisition")).to_be_visible()
        came = page.locator("li").all_inner_texts()
        assert came[0] == "session = 42"
        assert any(each.startswith("NEW_ITEM-CUST_FIELD5[1] = ") for each in came)
        assert any("NEW_ITEM-CURRENCY[1] = DKK" in each for each in came)
