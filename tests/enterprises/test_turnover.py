"""What an enterprise states of its turnover and capacity."""

from __future__ import annotations

from datetime import date
from typing import Any

import cast
import pytest
from enterprises.test_review import application
from flask import Flask

from catalogue.core.db import Database
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.rules import turnover_problems

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("turnover_ore", "year", "field"),
    [
        (None, None, None),
        (0, 2025, None),
        (100_00, 2026, None),
        (100_00, None, "turnover_year"),
        (None, 2025, "turnover"),
        (100_00, 2027, "turnover_year"),
    ],
)
def test_turnover_is_that_of_a_year_begun(
    turnover_ore: int | None, year: int | None, field: str | None
) -> None:
    assert list(turnover_problems(turnover_ore, year, TODAY)) == ([field] if field else [])


def test_enterprise_states_turnover_and_capacity_and_finds_them_again(
    app: Flask, database: Database
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        seller = cast.enterprise(session)
        person = cast.worker(session, seller)
    client: Any = app.test_client()
    cast.sign_in_as(client, person)
    typed = application(municipality_id=str(home.id), turnover="1.250.000,50", capacity="To huse")
    page = client.post("/virksomhed", data=typed)
    assert page.status_code == 422
    assert 'href="#field-turnover_year"' in page.text
    assert client.post("/virksomhed", data=typed | {"turnover_year": "2025"}).status_code == 303
    with database.reading() as session:
        kept = session.get_one(Enterprise, seller.id)
    assert (kept.turnover_ore, kept.turnover_year, kept.capacity) == (125_000_050, 2025, "To huse")
    page = client.get("/virksomhed").text
    assert 'value="1250000,50"' in page
    assert "To huse" in page
    assert "1250000" not in client.get(f"/virksomheder/{seller.id}/ny-virksomhed").text
