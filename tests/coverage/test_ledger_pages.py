"""The pages of the ledger, driven by a browser without JavaScript."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import cast
import ledger_world as worlds
import pytest
from flask import Flask
from sqlalchemy import func, select

from catalogue.accounts.models import Person
from catalogue.agreements import categories
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.coverage import ledger_work
from catalogue.coverage.models import LedgerRow

SEND, ROWS = "/regnskab/indlaes", "/regnskab/poster"


@pytest.fixture
def world(database: Database) -> worlds.World:
    """Slagelse with its enterprises, an agreement and accounts."""
    with database.transaction() as session:
        categories.import_categories(session)
        return worlds.make(session)


@pytest.fixture
def client(app: Flask, database: Database, world: worlds.World) -> Any:
    """A browser in which procurement staff of Slagelse are signed in."""
    with database.reading() as session:
        person = session.get_one(Person, world.staff.person_id)
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def send(client: Any, rows: list[str]) -> Any:
    """Send a ledger as the form does."""
    content = "\r\n".join(rows).encode()
    return client.post(SEND, data={"ledger": (io.BytesIO(content), "regnskab.csv")})


def take(client: Any, rows: list[str]) -> str:
    """Send a ledger and take it; return the address of the import."""
    address = str(send(client, rows).headers["Location"])
    assert client.post(f"{address}/laes-ind").status_code == 303
    return address


def test_empty_ledger_leads_to_the_form_that_fills_it(client: Any) -> None:
    page = client.get("/regnskab")
    assert page.status_code == 200
    assert SEND in page.text
    assert "/regnskab" in client.get("/daekning").text


def test_ledger_is_sent_looked_at_and_taken(
    client: Any, database: Database, world: worlds.World
) -> None:
    rows = worlds.lines(world)
    answer = send(client, [*rows, rows[1].replace("1.000,00", "mange")])
    assert answer.status_code == 303
    address = answer.headers["Location"]
    preview = client.get(address).text
    assert "Læs 7 poster ind" in preview
    assert "Skriv beløbet som 1.234,50" in preview
    assert "/regnskab/konti?indlaesning=" in preview
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LedgerRow)) == 0
    assert client.post(f"{address}/laes-ind").status_code == 303
    assert "Læst ind" in client.get(address).text
    page = client.get("/regnskab").text.replace("\u00a0", " ")
    for amount in ("6.250 kr.", "1.180 kr.", "899,50", "250,00", "30,00"):
        assert amount in page
    assert "18,9 %" in page
    assert client.post(f"{address}/laes-ind").status_code == 409
    assert "regnskab.csv" in client.get(SEND).text


def test_same_ledger_again_has_nothing_to_read_in(client: Any, world: worlds.World) -> None:
    take(client, worlds.lines(world))
    again = client.get(send(client, worlds.lines(world)).headers["Location"]).text
    assert "Filen har ingen nye poster" in again
    assert "/laes-ind" not in again


def test_amount_opens_the_rows_it_is_the_sum_of(client: Any, world: worlds.World) -> None:
    take(client, worlds.lines(world))
    for query, said in (
        ("koebt=paa-aftale", "2 poster, 899,50"),
        ("koebt=uvist&kategori=-", "1 post, 30,00"),
        ("afdeling=-", "1 post, 5.000,00"),
        ("kategori=37000000&koebt=andre", "1 post, 5.000,00"),
        (f"cvr={world.rent.cvr}", "1 post, 50,00"),
        ("fra=2001-01-01&til=2001-12-31", "0 poster, 0,00"),
    ):
        page = client.get(f"{ROWS}?{query}")
        assert page.status_code == 200, query
        assert said in page.text.replace("\u00a0", " "), query
    assert "Hans Hansen" not in client.get(ROWS).text


@pytest.mark.parametrize(
    "query", ["fra=i+morgen", "fra=2026-02-01&til=2026-01-01", "kategori=x", "til=0001-01-01"]
)
def test_what_cannot_be_asked_for_is_named_at_its_field(
    client: Any, world: worlds.World, query: str
) -> None:
    take(client, worlds.lines(world))
    page = client.get(f"{ROWS}?{query}")
    assert page.status_code == 422
    assert "#field-" in page.text
    assert client.get(f"{ROWS}.csv?{query}").status_code == 422


def test_file_of_rows_holds_no_formula_and_credit_notes_are_negative(
    client: Any, world: worlds.World
) -> None:
    rows = worlds.lines(world)
    take(client, [*rows, rows[1].replace("Legehytten ApS", "=1+1").replace("1.000", "1.001")])
    answer = client.get(f"{ROWS}.csv?koebt=paa-aftale")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    found = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert sorted(row[3] for row in found[1:]) == ["-100,50", "1000,00", "1001,00"]
    assert "'=1+1" in [row[2] for row in found]
    assert {row[7] for row in found[1:]} == {"På aftale"}


def test_accounts_are_given_categories_by_code_and_by_word(
    client: Any, world: worlds.World
) -> None:
    take(client, [row.replace(worlds.CLEANING, "4221") for row in worlds.lines(world)])
    page = client.get("/regnskab/konti").text
    assert page.index("4299") < page.index("4210")  # those without category come first
    one = client.get("/regnskab/konti?q=4299").text
    assert 'value="4299"' in one
    assert 'value="4210"' not in one
    file = client.get("/regnskab/konti.csv?sortering=konto").text.splitlines()
    assert [each.split(";")[0] for each in file[1:]] == sorted(
        each.split(";")[0] for each in file[1:]
    )
    form = {"account-0": "4299", "category-0": "18530000-3", "account-1": "4221",
            "category-1": "rengøring"}  # fmt: skip
    asked = client.post("/regnskab/konti", data=form)
    assert asked.status_code == 422
    assert 'href="#field-category-1"' in asked.text
    assert 'value="90910000"' in asked.text  # among the categories to choose from
    done = client.post(
        "/regnskab/konti",
        data={"account-0": "4221", "category-0": "rengøring", "choice-0": "90910000"},
    )
    assert done.status_code == 303
    page = client.get("/regnskab/konti").text
    assert "18530000 Gaver og belønninger" in page
    assert "90910000 Rengøring" in page
    there = "/regnskab/konti?sortering=konto&q=42"
    kept = client.post(there, data={"account-0": "4221", "category-0": "90910000"})
    assert kept.headers["Location"] == there  # the list stays as it was looked through
    cleared = {"account-0": "4221", "category-0": ""}
    assert client.post("/regnskab/konti", data=cleared).status_code == 303
    assert "90910000" not in client.get("/regnskab/konti").text
    assert client.post("/regnskab/konti", data=cleared | {"category-0": "xyzzy"}).status_code == 422


def test_large_ledger_is_left_to_the_worker_and_says_how_far_it_is(
    app: Flask, client: Any, database: Database, world: worlds.World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(ledger_work, "AT_ONCE_BYTES", 10)
    address = send(client, worlds.lines(world)).headers["Location"]
    page = client.get(address).text
    assert "data-progress" in page
    assert "0 % færdig" in page
    from catalogue.lanes import lanes

    state = app.extensions["catalogue"]
    handlers = next(lane for lane in lanes(state) if lane.name == "ledger").handlers
    jobs.run_once(database, handlers, clock=state.clock)
    assert "Læs 7 poster ind" in client.get(address).text
    client.post(f"{address}/laes-ind")
    assert "data-progress" in client.get(address).text
    jobs.run_once(database, handlers, clock=state.clock)
    assert "Læst ind" in client.get(address).text
    assert not list((state.settings.data_folder / "ledger").iterdir())


@pytest.mark.parametrize("content", [b"", b"Dato;Konto\n1;2\n", b"PK\x03\x04nothing"])
def test_what_is_no_ledger_is_refused_at_its_field_and_not_kept(
    app: Flask, client: Any, content: bytes
) -> None:
    page = client.post(SEND, data={"ledger": (io.BytesIO(content), "billede.csv")})
    assert page.status_code == 422
    assert 'href="#field-ledger"' in page.text
    folder: Path = app.extensions["catalogue"].settings.data_folder / "ledger"
    assert list(folder.iterdir()) == []
    assert client.post(SEND, data={}).status_code == 422


def test_rows_of_a_file_can_be_deleted(client: Any, world: worlds.World) -> None:
    address = take(client, worlds.lines(world))
    assert client.post(f"{address}/slet").status_code == 303
    assert "endnu" in client.get("/regnskab").text
    assert "er slettet" in client.get(address).text


def test_deleting_names_the_later_file_whose_rows_went_along(
    client: Any, world: worlds.World, database: Database
) -> None:
    rows = worlds.lines(world)
    first, _alone = take(client, rows[:4]), take(client, [rows[0], *rows[5:6]])
    assert client.post(f"{first}/slet").status_code == 303
    assert "forsvandt med" not in client.get(SEND).text
    first, again = take(client, rows[:4]), take(client, rows)
    assert client.post(f"{first}/slet").status_code == 303
    assert "også stod i regnskab.csv, forsvandt med" in client.get(SEND).text
    take(client, rows)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LedgerRow)) == len(rows) - 1
    assert client.get(again).status_code == 200


def test_ledger_of_another_municipality_is_not_found(
    app: Flask, client: Any, database: Database, world: worlds.World
) -> None:
    address = take(client, worlds.lines(world))
    with database.transaction() as session:
        neighbour = cast.staff(session, cast.municipality(session, "Vejle"))
    other: Any = app.test_client()
    cast.sign_in_as(other, neighbour)
    assert other.get(address).status_code == 404
    assert other.post(f"{address}/slet").status_code == 404
    assert "endnu" in other.get("/regnskab").text
    assert "0 poster" in other.get(ROWS).text
