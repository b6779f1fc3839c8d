"""A municipality's catalogue file: said once, looked at, written each night, fetched by a token."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import cast
import pytest
from api.callers import Caller, caller, problem_of
from cast import NOW, TODAY
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from ordering import world
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.exchange.feeds import nightly, rows, service
from catalogue.exchange.feeds.models import FileRun
from catalogue.exchange.feeds.rows import Wanted
from catalogue.exchange.feeds.rules import SOURCES, Column
from catalogue.exchange.notice_models import Notice
from catalogue.lanes import lanes
from catalogue.products import prices
from catalogue.products.models import ProductState
from catalogue.products.price_rules import Price

FORM = {
    "name": "Webshop", "kind": "csv", "delimiter": "semicolon", "encoding": "utf-8-sig",
    "decimal_mark": ",", "has_heads": "1", "lines": "3",
    "heading_0": "Vare", "source_0": "title", "heading_1": "Pris", "source_1": "price",
    "heading_2": "Aftale", "source_2": "agreement_number",
}  # fmt: skip


@dataclass
class Town:
    """A municipality whose buyers may order one product, its staff and a program of theirs."""

    app: Flask
    client: CatalogueClient
    program: Caller
    number: str

    def work(self) -> None:
        """Let the worker write what is due."""
        state = self.app.extensions["catalogue"]
        lane = next(each for each in lanes(state) if each.name == "catalogue files")
        while jobs.run_once(state.database, lane.handlers, clock=state.clock, limit=lane.limit):
            pass


@pytest.fixture
def town(app: Flask, client: CatalogueClient) -> Town:
    """The town, its staff signed in."""
    with app.extensions["catalogue"].database.transaction() as session:
        made = world.make(session)
        staff = cast.staff(session, made.home)
        number = made.agreement.number
    cast.sign_in_as(client, staff)
    return Town(app, client, caller(app, staff, ["files:read"]), number)


def read(content: bytes) -> list[list[str]]:
    """Read a CSV file of ours."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@on_sqlite
def test_staff_define_a_file_and_a_webshop_fetches_it(town: Town) -> None:
    assert "Navn" in town.client.get("/katalogfiler/ny").text  # begins with usual columns
    more = town.client.post("/katalogfiler/ny", data=FORM | {"more": "1"})
    assert (more.status_code, "heading_7" in more.text) == (200, True)
    wrong = town.client.post("/katalogfiler/ny", data=FORM | {"form_1": "upper"})
    assert wrong.status_code == 422
    assert "Kolonne 2, Form" in wrong.text
    here = town.client.post("/katalogfiler/ny", data=FORM).headers["Location"]
    page = town.client.get(here).text
    assert "12500,00" in page
    assert "/api/v1/catalogue-files/1" in page
    assert problem_of(town.program.get("/catalogue-files/1")) == "missing"  # not written yet
    town.work()
    fetched = town.program.send("GET", "/catalogue-files/1", buffered=True)
    assert read(fetched.data) == [["Vare", "Pris", "Aftale"],
                                  ["Legehus i lærk", "12500,00", town.number]]  # fmt: skip
    assert fetched.content_type == "text/csv; charset=utf-8"
    kept = {"If-None-Match": fetched.headers["ETag"]}
    again = town.program.send("GET", "/catalogue-files/1", headers=kept, buffered=True)
    assert again.status_code == 304
    assert town.client.get(f"{here}/hent", buffered=True).data == fetched.data
    assert "Skrevet" in town.client.get(here).text


@on_sqlite
def test_file_is_changed_copied_and_deleted_by_its_own_municipality_alone(town: Town) -> None:
    here = town.client.post("/katalogfiler/ny", data=FORM).headers["Location"]
    town.work()
    town.client.post(f"{here}/ret", data=FORM | {"kind": "xlsx", "name": "Butikken"})
    town.work()
    folder = town.app.extensions["catalogue"].settings.data_folder / "catalogue-files" / "0330"
    assert [each.name for each in folder.iterdir()] == ["katalogfil-1.xlsx"]  # the CSV is gone
    copied = town.client.post(f"{here}/kopier").headers["Location"]
    assert "Kopi af Butikken" in town.client.get(copied).text
    stranger: Any = town.app.test_client()
    with town.app.extensions["catalogue"].database.transaction() as session:
        elsewhere = cast.staff(session, cast.municipality(session, "Kolding"))
    cast.sign_in_as(stranger, elsewhere)
    for path in ("", "/ret", "/hent"):
        assert stranger.get(here + path).status_code == 404
    town.client.post(f"{here}/slet")
    assert list(folder.iterdir()) == []
    assert town.client.get(here).status_code == 404
    listed = town.client.get("/katalogfiler").text
    assert "Kopi af Butikken" in listed
    foreign = town.client.post("/katalogfiler/ny", data=FORM | {"agreement_ids": "999"})
    assert foreign.status_code == 422


@on_sqlite
def test_night_writes_every_file_and_a_failure_is_told_once(town: Town, tmp_path: Path) -> None:
    state = town.app.extensions["catalogue"]
    town.client.post("/katalogfiler/ny", data=FORM)
    town.work()
    later = NOW + timedelta(days=1)
    state.clock = lambda: later
    blocked = tmp_path / "no folder"
    blocked.write_text("a file stands where the folder should be")
    state.settings = replace(state.settings, catalogue_files_folder=str(blocked))
    with state.database.transaction() as session:
        assert nightly.plan_night(session, later) == 1
    town.work()
    state.clock = lambda: later + timedelta(minutes=5)
    town.work()
    with state.database.reading() as session:
        (notice,) = session.scalars(select(Notice))
        run = session.scalars(select(FileRun).order_by(FileRun.id.desc())).first()
        assert run is not None
        assert run.tries == 2
        assert "Error" in (run.error or "")
    assert notice.path == "katalogfiler/1"
    blocked.unlink()
    state.clock = lambda: later + timedelta(hours=2)
    town.work()
    with state.database.reading() as session:
        found = session.scalars(select(FileRun).order_by(FileRun.id)).all()
    assert [(each.error, each.rows) for each in found] == [(None, 1), (None, 1)]
    assert (blocked / "0330" / "katalogfil-1.csv").exists()


def texts(session: Session, wanted: Wanted, *sources: str) -> list[list[Any]]:
    """Return the values of a file with those sources."""
    columns = [Column(each, each) for each in sources]
    return list(rows.stream(session, wanted, columns, lambda *path: "/".join(path)))


def test_file_holds_what_may_be_ordered_at_the_agreed_price(session: Session) -> None:
    made = world.make(session)
    other = cast.enterprise(session, "Grennessminde")
    second = cast.voluntary(session, made.home, other)
    cast.product(session, other, "Hæk", item_number="H-1")
    cast.product(session, other, "Ikke aftalt", category_code=cast.GIFTS)
    cast.product(session, other, "Kladde", state=ProductState.DRAFT)
    cast.product(session, other, "Kun andre steder", delivers_everywhere=False)
    lower = Price(1_000_000, 1, "piece")
    session.add(prices.agreed_row((made.agreement.id, made.product.id), lower, TODAY))
    session.flush()
    everything = Wanted(made.home.id, TODAY)
    sources = ("title", "price", "price_with_vat", "agreement_number", "unit_code")
    assert [list(map(str, each)) for each in texts(session, everything, *sources)] == [
        ["Legehus i lærk", "10000.00", "12500.00", made.agreement.number, "H87"],
        ["Hæk", "12500.00", "15625.00", second.number, "H87"],
    ]
    only = replace(everything, agreement_ids=frozenset({second.id}))
    assert texts(session, only, "item_number") == [["H-1"]]
    of_one = replace(everything, enterprise_ids=frozenset({other.id}))
    assert texts(session, of_one, "item_number") == [["H-1"]]
    cast.mandatory(session, made.home)
    assert texts(session, everything, "item_number") == []


def test_queries_of_a_file_do_not_grow_with_its_products(
    session: Session, database: Database
) -> None:
    made = world.make(session)
    wanted = Wanted(made.home.id, TODAY)
    counts = []
    for number in (1, 20):
        for each in range(number):
            cast.product(session, made.enterprise, f"Hus {each}")
        with cast.counted_queries(database) as seen:
            found = texts(session, wanted, *SOURCES)
        counts.append(len(seen))
    assert counts == [4, 4]
    assert len(found) == 22


def test_what_a_new_file_begins_with_can_be_saved(session: Session) -> None:
    made = world.make(session)
    staff = cast.who(session, cast.staff(session, made.home))
    terms = replace(service.usual(), name="Webshop")
    file = service.get_own(session, staff, service.create(session, staff, terms, NOW))
    layout, lines = service.preview(session, file, lambda *path: "/".join(path), TODAY)
    assert len(lines[0]) == len(layout.columns) == len(service.USUAL)
    assert service.terms_of(file) == terms
