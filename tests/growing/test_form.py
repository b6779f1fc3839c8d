"""A node that dies behind HAProxy costs nobody her page, and loses nothing that was done."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import cast
import pytest
from drawn import DELIVERY, csrf_token, placing_key
from sqlalchemy import func, select

from catalogue.core.db import Database
from catalogue.ordering.models import Order
from catalogue.search import service as search
from catalogue.settings import Settings

LONG = {"starts_on": date(2020, 1, 1), "ends_on": date(2090, 1, 1)}
EACH = 15  # pages read before the kill and after it
PRESSES, AWAY = 5, ("502", "503")
on_postgresql = pytest.mark.skipif(
    not os.environ.get("CATALOGUE_TEST_POSTGRES_URL"), reason="nodes share a PostgreSQL"
)


@pytest.fixture
def tools(scripts_at_hand: None) -> Any:
    """The form, and people at browsers."""
    import buyers
    import form

    return form, buyers


@on_postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_killed_node_fails_no_page_and_loses_no_order(
    database: Database, tools: Any, tmp_path: Path
) -> None:
    form, buyers = tools
    product_id, people = _world(database)
    url = database.url.render_as_string(hide_password=False)
    settings = {"CATALOGUE_DATABASE_URL": url, "CATALOGUE_COOKIE_SECURE": "false"}
    with ExitStack() as held:
        try:
            site = held.enter_context(form.grown(tmp_path, settings))
        except form.CannotGrow as error:
            pytest.skip(str(error))
        reader, buyer = (buyers.sign_in(site.address, email) for email in people)
        _place, page = buyer.get("/kurv")
        chosen = {"product_id": str(product_id), "quantity": "1", "csrf_token": csrf_token(page)}
        buyer.post("/kurv/tilfoej", chosen)
        _place, page = buyer.get("/kurv/bestil")
        with _reading(reader) as places:
            site.nodes[0].kill()
            delivery = {"placing_key": placing_key(page), "csrf_token": csrf_token(page)}
            for _press in range(PRESSES):  # a form is not repeated for her: it may be done already
                place, _page = buyer.post("/kurv/bestil", DELIVERY | delivery)
                if place not in AWAY:
                    break
    assert place.startswith("/kvittering/")
    assert set(places) == {"/soeg"}
    assert reader.broken == 0
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 1


def _world(database: Database) -> tuple[int, list[str]]:
    with database.transaction() as session:
        home, shop = cast.municipality(session), cast.enterprise(session)
        cast.voluntary(session, home, shop, **LONG)
        product = cast.product(session, shop)
        people = [cast.buyer(session, home).email for _each in range(2)]
    parts: dict[str, Any] = {}
    search.open_index(parts, Settings(search_engine="postgresql"))
    search.rebuild(database, parts)
    return product.id, people


@contextmanager
def _reading(browser: Any) -> Iterator[list[str]]:
    """Read pages, one after the other, before, while and after the block is run."""
    places: list[str] = []
    warm, over = threading.Event(), threading.Event()

    def read() -> None:
        left = EACH
        while left:
            places.append(browser.get("/soeg")[0])
            if len(places) == EACH:
                warm.set()
            left -= over.is_set()

    reading = threading.Thread(target=read)
    reading.start()
    warm.wait(30)
    try:
        yield places
    finally:
        over.set()
        reading.join()
