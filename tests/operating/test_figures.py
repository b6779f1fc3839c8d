"""Figures of mails and ceilings are the real ones, and those of requests of all processes."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import cast
import pytest
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from operating.test_health import figures
from ordering.world import DELIVERY, make, put
from sqlalchemy.orm import Session

from catalogue.agreements.models import Agreement
from catalogue.core.db import Database
from catalogue.exchange.mail_models import MailRecord, Outcome
from catalogue.ordering import service

PRICE_ORE = 1_250_000
AGES = {  # how many mails of the last day there are of each outcome, and older ones
    Outcome.SENT: (3, 1), Outcome.REPEATED: (1, 0), Outcome.REFUSED: (2, 0),
    Outcome.UNREACHED: (1, 1), Outcome.BOUNCED: (2, 3),
}  # fmt: skip
ASK = """
from catalogue.app import create_app
client = create_app().test_client()
for path in {paths!r}:
    told = client.get(path).text
print(told)
"""


def _mails(session: Session) -> None:
    for outcome, counts in AGES.items():
        for days, count in enumerate(counts):
            at = cast.NOW - timedelta(days=days, minutes=1)
            for number in range(count):
                session.add(
                    MailRecord(kind="order", event="placed", about="x", recipient="a@b.dk",
                               recipient_folded="a@b.dk", subject="x",
                               message_id=f"<{outcome}{days}{number}@x>", first_at=at,
                               last_at=at, outcome=outcome)
                )  # fmt: skip


def test_mails_of_the_last_day_are_told_by_what_became_of_them(
    app: Flask, client: CatalogueClient
) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        _mails(session)
    told = figures(client.get("/metrics").text)
    found = {each: told[f"catalogue_mails {each}"] for each in Outcome}
    assert found == {each: AGES.get(each, (0, 0))[0] for each in Outcome}


@pytest.mark.parametrize(
    ("ceiling_ore", "near", "used_up"),
    [
        (None, 0, 0),
        (PRICE_ORE * 5 // 4 + 100, 0, 0),  # just below 80 %
        (PRICE_ORE * 5 // 4, 1, 0),
        (PRICE_ORE, 1, 1),
    ],
)
def test_ceilings_are_told_near_and_used_up(
    app: Flask, client: CatalogueClient, ceiling_ore: int | None, near: int, used_up: int
) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        world = make(session, ceiling_ore=ceiling_ore)
        cast.voluntary(session, world.home, cast.enterprise(session, "Spaden"), ceiling_ore=9)
        put(session, world)
        service.place(session, world.who, DELIVERY, "a-form", cast.NOW)
        over = session.get_one(Agreement, world.agreement.id)
        ended = {"starts_on": cast.TODAY - timedelta(9), "ends_on": cast.TODAY - timedelta(1)}
        cast.voluntary(session, world.home, world.enterprise, ceiling_ore=1, **ended)
        assert over.ceiling_ore == ceiling_ore
    told = figures(client.get("/metrics").text)
    wanted = {"all": 1 + (ceiling_ore is not None), "near": near, "used_up": used_up}
    assert {each: told[f"catalogue_ceilings {each}"] for each in wanted} == wanted


@on_sqlite
def test_figures_of_requests_are_those_of_all_processes_together(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "together").mkdir()
    environment = {
        **{name: told for name, told in os.environ.items() if not name.startswith("CATALOGUE_")},
        "CATALOGUE_DATA_FOLDER": str(tmp_path / "data"), "CATALOGUE_SECRET_KEY": "of the tests",
        "CATALOGUE_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "together"),
    }  # fmt: skip
    told = ""
    for paths in (["/log-ind"] * 3, ["/log-ind", "/there/is/none"], ["/log-ind", "/metrics"]):
        command = [sys.executable, "-c", ASK.format(paths=paths)]
        told = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout
    found = figures(told)
    assert found["catalogue_request_seconds_count GET /log-ind 200"] == 5
    assert found["catalogue_request_seconds_count GET /<path:unknown> 404"] == 1
    assert found["catalogue_ceilings all"] == 0
