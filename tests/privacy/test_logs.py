"""A day's journey with all loggers read: nothing of people stands in what they wrote."""

from __future__ import annotations

import logging
from typing import Any

import cast
import pytest
import sqlalchemy
from conftest import on_sqlite
from drawn import placing_key
from flask import Flask
from ordering.world import FORM, make

from catalogue.core import jobs
from catalogue.lanes import lanes
from catalogue.ordering import standing_work

NAME, EMAIL, PHONE = "Åse Ørnskov", "aase.oernskov@slagelse.example", "58573600"
WORDS, CPR, PASSWORD = "glutenfri bryllupskage", "211062-5629", "hemmeligt kodeord 7"
CONTACT = {"contact_name": NAME, "contact_email": EMAIL, "contact_phone": PHONE}


def written(records: list[logging.LogRecord]) -> str:
    """Return all that a handler could write of the records: message, trace and facts beside."""
    plain = logging.Formatter()
    return "\n".join(f"{plain.format(each)} {vars(each)}" for each in records)


def break_down(state: Any, client: Any) -> None:
    """Have a page and a piece of work fail, each with something of a person in hand."""
    with state.database.transaction() as session:
        session.execute(sqlalchemy.text("ALTER TABLE catalogue_orders RENAME TO gone"))
    assert client.get(f"/ordrer/{NAME}").status_code == 500
    with state.database.transaction() as session:
        session.execute(sqlalchemy.text("ALTER TABLE gone RENAME TO catalogue_orders"))
        jobs.put(session, standing_work.PLACE, {"planned_on": NAME}, now=cast.NOW)


def work(state: Any) -> None:
    """Let the worker do what is due: orders are mailed, and one piece fails."""
    for lane in lanes(state):
        if lane.name in ("mail", "standing orders"):
            while jobs.run_once(state.database, lane.handlers, clock=state.clock):
                pass


@on_sqlite
def test_day_with_faults_leaves_no_name_address_token_or_words_in_the_logs(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        world = make(session)
        world.buyer.name, world.buyer.email = NAME, EMAIL
        world.buyer.email_folded = EMAIL
    caplog.set_level(logging.INFO)
    client = app.test_client()
    client.post("/log-ind", data={"email": EMAIL, "password": PASSWORD})
    assert client.post("/log-ind", data={"email": EMAIL, "password": cast.PASSWORD}).location == "/"
    client.get("/soeg", query_string={"q": WORDS})
    client.post("/kurv/tilfoej", data={"product_id": world.product.id, "quantity": 1})
    key = placing_key(client.get("/kurv/bestil").text)
    order = FORM | CONTACT | {"placing_key": key}
    refused = client.post("/kurv/bestil", data=order | {"note": f"Til {CPR}"})
    assert "ligner et CPR-nummer" in refused.text
    assert client.post("/kurv/bestil", data=order).status_code == 303
    client.get("/api/v1/products", headers={"Authorization": f"Bearer {CPR}-secret"})
    break_down(state, client)
    work(state)
    text = written([each for each in caplog.records if not each.name.startswith("asyncio")])
    assert "request failed" in text
    assert "job failed" in text
    for each in (NAME, EMAIL, PHONE, WORDS, CPR, PASSWORD, cast.PASSWORD, FORM["street"], "secret"):
        assert each not in text, each
