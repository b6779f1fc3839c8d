"""The front page of visitors: what is shown to everybody, found by words, and who is near by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import cast
import pytest
from cast import NOW, TODAY
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from search import worlds
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.search.public import finding, front, nearby, queries, service, shelf_counts
from catalogue.search.public.shelf_counts import PIECES


def opened(session: Session, name: str, **facts: object) -> Enterprise:
    """Make an enterprise that shows its shelf to everybody."""
    made = cast.enterprise(session, name, **facts)
    who = replace(cast.who(session, cast.worker(session, made)), role=Role.ENTERPRISE)
    service.open_shelf(session, who, NOW)
    return made


@on_sqlite
def test_visitor_finds_what_is_shown_to_everybody_and_counts_nothing_else(
    app: Flask, client: CatalogueClient
) -> None:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        shown = opened(session, "Legehytten")
        closed = cast.enterprise(session, "Lukket")
        worlds.put(session, [
            cast.product(session, shown, "Legehus i lærk"),
            cast.product(session, shown, "Bænk", summary="Til haven", category_code=cast.GIFTS),
            cast.product(session, closed, "Legehus i plast"),
        ])  # fmt: skip
    worlds.work(state.database, state.parts)
    page = client.get("/").text
    assert "Legehus i lærk" in page
    assert "Legehus i plast" not in page
    found = client.get("/udvalg?q=legehuse").text
    assert "<strong>1 vare</strong>" in found
    assert "/virksomheder/1/legehytten/varer/1/legehus-i-laerk" in found
    assert "<strong>2 varer</strong>" in client.get("/udvalg?anledning=kendes-ikke").text
    assert "Intet af det er vist for alle" in client.get("/udvalg?q=plast").text
    near = client.get("/virksomheder?kommune=0330").text
    assert "Lukket" in near
    assert "Legehus i plast" not in near
    state.parts["search"].close()


def test_empty_catalogue_says_so(client: CatalogueClient) -> None:
    for address in ("/", "/virksomheder"):
        assert "Kataloget er nyt" in client.get(address).text, address
    assert "Intet af det er vist for alle" in client.get("/udvalg").text


def test_no_enterprise_fills_the_front_page(session: Session) -> None:
    many, few = opened(session, "Mange"), opened(session, "Få")
    first = cast.product(session, few, "Den ene", published_at=NOW - timedelta(days=9))
    put_up = [cast.product(session, many, f"Vare {number}") for number in range(PIECES)]
    shown = [each.product.id for each in front.get_front(session, TODAY).shown]
    newest = [each.id for each in reversed(put_up)]
    assert shown == [newest[0], first.id, *newest[1:-1]]


@pytest.mark.parametrize(
    ("code", "first"), [("0330", "Åben her"), ("0621", "Fjern"), ("9999", "Åben her")]
)
def test_near_enterprises_stand_first_then_open_shelves(
    session: Session, code: str, first: str
) -> None:
    here, far = cast.municipality(session), cast.municipality(session, "Kolding")
    cast.enterprise(session, "Lukket her", municipality=here)
    opened(session, "Åben her", municipality=here)
    cast.enterprise(session, "Fjern", municipality=far)
    near = nearby.find_near(session, code)
    counts = shelf_counts.read(session, TODAY)
    found = nearby.list_places(session, counts, near, limit=9)
    assert found[0].enterprise.name == first
    assert len(found) == len(counts.shelves) == 3


@on_sqlite
def test_what_is_shown_is_looked_up_by_its_number(database: Database, session: Session) -> None:
    """Without figures of its tables SQLite would read all that is published, for eight products."""
    cast.product(session, opened(session, "Åben"))
    with cast.counted_queries(database) as seen:
        (shown,) = queries.list_shown(session, [1], TODAY)
        assert queries.list_shown(session, [], TODAY) == []
    assert shown.product.id == 1
    (statement,) = (each for each in seen if each.startswith("SELECT catalogue_products"))
    plan = session.connection().connection.cursor()
    plan.execute(f"EXPLAIN QUERY PLAN {statement}", (None,) * statement.count("?"))
    first = plan.fetchall()[0][3]
    assert first == "SEARCH catalogue_products USING INTEGER PRIMARY KEY (rowid=?)"


def test_what_is_gone_since_is_left_out_and_order_kept() -> None:
    assert finding.in_order((3, 1, 2), []) == []
