"""Effects in the yearly report: whose, of which year, summed up over those who stated them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import cast
import pytest
from flask import Flask
from ordering.past import order
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from sqlalchemy import update
from sqlalchemy.orm import Session

from catalogue.core import printing
from catalogue.core.db import Database
from catalogue.core.http import STATIC
from catalogue.core.printing import PrintingMissing
from catalogue.enterprises.effect_models import EffectStatement

PAGE, CSV = "/aarsrapport/2026", "/aarsrapport/2026/effekt.csv"
LAST_YEAR = datetime(2025, 5, 5, tzinfo=UTC)


def plain(page: str) -> str:
    """Return the words of a page, with plain blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.replace("\u00a0", " ")))


def state(session: Session, enterprise: Any, year: int = 2025, **said: Any) -> None:
    """Write what an enterprise stated."""
    session.add(EffectStatement(enterprise_id=enterprise.id, year=year, stated_at=cast.NOW, **said))


def world(session: Session) -> Any:
    """Order from three enterprises, of which two state; a fourth states and sells nothing."""
    home = cast.municipality(session)
    shops = [cast.enterprise(session, name) for name in ("Ærø", "Bo & Co.", "Cirkus", "Dukken")]
    for shop in shops[:3]:
        product, agreement = cast.product(session, shop), cast.voluntary(session, home, shop)
        order(session, home, product, agreement, 1_000_00)
    order(session, home, cast.product(session, shops[3]), cast.voluntary(session, home, shops[3]),
          5_000_00, LAST_YEAR)  # fmt: skip
    state(session, shops[0], employed=10, employed_outside=4, reinvested_percent=50,
          in_words="=Vi flyttede.")  # fmt: skip
    state(session, shops[1], employed=7, reinvested_in="Nyt værksted", reinvested_percent=70)
    state(session, shops[3], employed=1000)
    state(session, shops[2], 2024, employed=500)
    return cast.staff(session, home)


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser in which procurement staff are signed in to the world."""
    with database.transaction() as session:
        staff = world(session)
    opened = app.test_client()
    cast.sign_in_as(opened, staff)
    return opened


def test_running_year_shows_what_was_stated_of_the_year_before(client: Any) -> None:
    page = plain(client.get(PAGE).text)
    assert "2 af de 3 virksomheder, der er bestilt hos, har oplyst deres effekt i 2025." in page
    assert "kommunen har ikke undersøgt dem" in page
    assert "Bo &amp; Co. 7 –" in page
    assert "Ærø 10 4" in page


def test_sums_say_how_many_stated_them_and_leave_out_all_others(client: Any) -> None:
    page = plain(client.get(PAGE).text)
    assert "I alt hos dem, der har oplyst det 17 4" in page
    assert "Virksomheder, der har oplyst det 2 af 3 1 af 3" in page
    figures = page.split("Mennesker", 1)[1].split("Overskud og miljø")[0]
    assert "1.017" not in figures  # one that was not ordered from this year
    assert "517" not in figures  # another year


def test_shares_of_surpluses_are_not_summed_up(client: Any) -> None:
    page = plain(client.get(PAGE).text)
    table = page.split("Overskud og miljø", 1)[1].split("Virksomhedernes egne ord")[0]
    assert "I alt hos dem, der har oplyst det – " in table
    assert "120" not in table
    assert "60" not in table


def test_figures_that_nobody_stated_have_no_column(client: Any) -> None:
    page = client.get(PAGE).text
    assert "Løntimer" not in page
    assert "CO₂" not in page


def test_year_that_is_over_shows_its_own_statements(client: Any) -> None:
    page = plain(client.get("/aarsrapport/2025").text)
    assert "1 af den 1 virksomhed, der er bestilt hos, har oplyst sin effekt i 2025." in page


def test_file_has_all_that_were_ordered_from_and_blanks_for_what_is_not_stated(client: Any) -> None:
    answer = client.get(CSV)
    assert "effekt-slagelse-2025.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0][3] == "Ansatte i alt (personer)"
    assert [(row[1], row[3]) for row in rows[1:]] == [
        ("Bo & Co.", "7"), ("Cirkus", ""), ("Ærø", "10"),
    ]  # fmt: skip
    assert "'=Vi flyttede." in rows[3]  # no formula for a spreadsheet


def test_file_tells_the_day_in_copenhagen_on_which_figures_were_stated(
    client: Any, database: Database
) -> None:
    with database.transaction() as session:
        night = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
        session.execute(update(EffectStatement).values(stated_at=night))
    rows = list(csv.reader(io.StringIO(client.get(CSV).text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[1][-1] == "2026-11-23"  # as on the enterprise's profile


def test_every_cell_of_the_pdf_names_the_heads_of_its_row_and_column(client: Any) -> None:
    try:
        printing.to_pdf('<html lang="da"><title>x</title>', STATIC)
    except PrintingMissing as error:
        pytest.skip(str(error))
    reader = PdfReader(io.BytesIO(client.get("/aarsrapport/2026.pdf").data))
    tags = list(tags_below(reader.trailer["/Root"]["/StructTreeRoot"]))
    heads = {tag["/ID"] for tag in tags if tag["/S"] == "/TH"}
    cells = [tag["/A"]["/Headers"] for tag in tags if tag["/S"] == "/TD"]
    assert len(cells) > 50
    assert {len(headers) for headers in cells} == {2}
    assert all(set(headers) <= heads for headers in cells)
    tables = [tag for tag in tags if tag["/S"] == "/Table"]
    assert all(any(tag["/S"] == "/TR" for tag in tags_below(table)) for table in tables)


def tags_below(tag: Any) -> Iterator[Any]:
    """Yield the tags of a PDF below one of them, and what is below those."""
    below = tag.get("/K", [])
    for each in below if isinstance(below, list) else [below]:
        child = each.get_object()
        if isinstance(child, DictionaryObject) and "/S" in child:
            yield child
            yield from tags_below(child)
