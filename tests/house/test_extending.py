"""The page of the extension contract and the code say the same, and its examples work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cast
import pytest
from blinker import NamedSignal
from drawn import csrf_token, placing_key
from flask import Flask
from house.intranets import TEACHER, opened, sign_in
from intranet import HERE
from ordering.world import FORM
from PIL import Image
from sqlalchemy import func, select

import catalogue
from catalogue import Catalogue, events
from catalogue.core import audit, jobs
from catalogue.core.http.overriding import BLOCKS
from catalogue.core.http.state import State
from catalogue.core.storage import Files
from catalogue.coverage.event_words import ACTIONS
from catalogue.events import Event, agreement_agreed, find_signal, order_confirmed, order_placed
from catalogue.exchange import route_schema, routes
from catalogue.exchange.document_carriers import Parcel, carriers
from catalogue.exchange.webhooks.rules import NEWS, NEWS_BY_STATE
from catalogue.lanes import lanes
from catalogue.media import service as media
from catalogue.media.store import Store
from catalogue.ordering.models import Order

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@dataclass
class Extended:
    """An intranet with all that the page shows, and what its examples define."""

    app: Flask
    state: State
    page: SimpleNamespace


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Iterator[Extended]:
    """The intranet after every example of the page was run, in its order."""
    folder = tmp_path_factory.mktemp("extended")
    (html,) = (text for kind, text in EXAMPLES if kind == "html")
    template = HERE / "catalogue_templates" / "catalogue" / "_base.html"
    assert html == template.read_text(encoding="utf-8")
    with opened(folder, empty_sqlite, with_catalogue=False) as app:
        names: dict[str, Any] = {"app": app}
        for kind, text in EXAMPLES:
            if kind == "python":
                exec(compile(text, "docs/extending.md", "exec"), names)
        state = app.extensions["catalogue"]
        state.clock = lambda: cast.NOW
        with state.database.transaction() as session:
            cast.municipality(session)  # where the examples' people act
        yield Extended(app, state, SimpleNamespace(**names))


def test_page_tells_every_point_signal_block_and_name_and_no_other() -> None:
    told = set(re.findall(r"^## `(\w+)`$", PAGE, re.MULTILINE))
    assert told == {each.name for each in fields(Catalogue)} - {"url_prefix"}
    signals = {name for name, each in vars(events).items() if isinstance(each, NamedSignal)}
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == signals
    assert set(re.findall(r"`(site_\w+)`", PAGE)) == set().union(*BLOCKS.values())
    assert set(catalogue.__all__) - set(re.findall(r"\w+", PAGE)) == {"create_app"}
    for kind in (Event, Parcel):
        assert {each.name for each in fields(kind)} - set(re.findall(r"`(\w+)`", PAGE)) == set()


def test_blocks_that_a_host_fills_are_in_the_template() -> None:
    for name, blocks in BLOCKS.items():
        text = (ROOT / "catalogue" / "templates" / name).read_text(encoding="utf-8")
        assert blocks <= set(re.findall(r"{% block (\w+) %}", text))


def test_signals_tell_of_deeds_that_the_audit_knows() -> None:
    told = {deed for deed, news in NEWS.items() if news in events.OF_NEWS}
    told |= {deed for (deed, _state), news in NEWS_BY_STATE.items() if news in events.OF_NEWS}
    told |= events.OF_NEWS.keys() - set(NEWS.values())
    assert told - ACTIONS.keys() == set()


@pytest.mark.parametrize(
    ("action", "after", "signal"),
    [
        ("order.placed", {"state": "placed"}, order_placed),
        ("order.awaiting", {"state": "awaiting"}, None),
        ("order.approved", {"net_ore": 1}, None),  # others must approve too
        ("order.approved", {"state": "placed"}, order_placed),
        ("order.approved", {"state": "confirmed"}, order_confirmed),
        ("order.change_accepted", {"state": "awaiting"}, None),
        ("order.change_withdrawn", {"state": "placed"}, None),  # it was told before
        ("agreement.created", {"draft": True}, None),
        ("agreement.put_in_force", {"draft": False}, agreement_agreed),
    ],
)
def test_signal_tells_what_was_decided(action: str, after: Any, signal: Any) -> None:
    assert find_signal(action, {"before": {}, "after": after}) is signal


def test_order_of_a_host_s_person_goes_all_the_ways_of_the_page(
    extended: Extended, caplog: pytest.LogCaptureFixture
) -> None:
    app, state, page = extended.app, extended.state, extended.page
    with state.database.transaction() as session:
        home, shop = cast.municipality(session), cast.enterprise(session)
        product = cast.product(session, shop)
        cast.voluntary(session, home, shop)
        worker = cast.who(session, cast.worker(session, shop))
        chosen = route_schema.read_route({"carrier": "ledger"}, carriers(state.parts))
        routes.choose(session, worker, chosen, cast.NOW)
    seen = []

    def fail(sender: Flask, event: Event) -> None:
        with state.database.reading() as session:  # the order is there for everybody
            seen.append(session.scalar(select(func.count()).select_from(Order)))
        raise RuntimeError("a receiver that fails")

    client = app.test_client()
    assert client.get("/indkob/log-ind").location == "/log-paa?next=/indkob/"
    sign_in(client, TEACHER)
    basket = client.get("/indkob/kurv").text
    wanted = {"product_id": product.id, "quantity": 1, "csrf_token": csrf_token(basket)}
    client.post("/indkob/kurv/tilfoej", data=wanted)
    form = client.get("/indkob/kurv/bestil").text
    typed = FORM | {"csrf_token": csrf_token(form), "placing_key": placing_key(form)}
    with order_placed.connected_to(fail, app):
        assert client.post("/indkob/kurv/bestil", data=typed).status_code == 303
        assert client.post("/indkob/kurv/bestil", data=typed).status_code == 303  # twice clicked
    assert seen == [1]
    assert page.placed == [("0330-2026-00001", 1)]
    assert [each.message for each in caplog.records if each.name == "catalogue.events"] == [
        "receiver failed"
    ]
    for lane in lanes(state):
        if lane.name in ("mail", "documents"):
            while jobs.run_once(state.database, lane.handlers, clock=state.clock):
                pass
    assert (TEACHER, shop.email) == tuple(sorted({to for to, _subject in page.letters}))
    (key,) = page.booked
    assert key == f"0330-2026-00001.T01.{shop.cvr}.ledger"


def test_page_has_the_host_s_menu_and_blocks(extended: Extended) -> None:
    client = extended.app.test_client()
    page = client.get("/indkob/was").text
    assert '<p class="town"><a href="/">Rådhuset</a></p>' in page
    assert '<a href="/">Intranettet</a>' in page
    assert "Mine sider" not in page
    sign_in(client, TEACHER)
    assert '<a href="/mig">Mine sider</a>' in client.get("/indkob/was").text


def test_pictures_lie_in_the_host_s_store(extended: Extended) -> None:
    store: Store = extended.state.parts[media.PART]
    drawn = BytesIO()
    Image.new("RGB", (300, 300), "teal").save(drawn, "PNG")
    made = media.receive_drawn(store, drawn.getvalue())
    files: Files = store.files
    assert isinstance(files, extended.page.InMemory)
    (name,) = (name for name, _at in files.list_all())
    assert made.sha256 in name
    files.move(name, "bin/x")
    assert (files.exists(name), files.read("bin/x") is not None) == (False, True)
    files.remove("bin/x")
    assert list(files.list_all()) == []


def test_nothing_is_told_of_what_is_rolled_back(extended: Extended) -> None:
    before = list(extended.page.placed)

    def place_and_fail() -> None:
        with extended.state.database.transaction() as session:
            audit.record(
                session, "order.placed", ("order", 9), person_id=None, now=cast.NOW, facts={}
            )
            raise RuntimeError("after all not")

    with pytest.raises(RuntimeError):
        place_and_fail()
    assert extended.page.placed == before
