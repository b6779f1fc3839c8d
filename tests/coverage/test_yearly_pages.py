"""The yearly report as staff get it: what counts, whose figures they are, the PDF by its text."""

from __future__ import annotations

import io
import logging
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import cast
import ledger_world
import pytest
import tagged
from flask import Flask
from ordering.past import order
from pypdf import PdfReader
from sqlalchemy import update
from sqlalchemy.orm import Session

from catalogue.accounts.models import SignIn
from catalogue.core import printing
from catalogue.core.db import Database
from catalogue.core.http import STATIC
from catalogue.core.printing import PrintingMissing
from catalogue.coverage import ledger_summing
from catalogue.coverage.models import ImportState, LedgerImport, LedgerRow
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.models import OrderState
from catalogue.search import asked
from catalogue.search.rules import Outcome, Vain

NEW_YEAR = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight in Copenhagen
PAGE, PDF = "/aarsrapport/2026", "/aarsrapport/2026.pdf"


def world(session: Session) -> Any:
    """Make a year's orders with those around it, agreements, searches in vain and a ledger."""
    home, other = cast.municipality(session), cast.municipality(session, "Vejle")
    huts = cast.enterprise(session, social_purpose="Vi ansætter mennesker med få chancer.")
    gifts = cast.enterprise(session, "Gavebutikken", city="Sorø")
    house = cast.product(session, huts)
    vase = cast.product(session, gifts, "Vase", category_code=cast.GIFTS)
    main = cast.voluntary(session, home, huts, number="V-1", ceiling_ore=200_000_00)
    small = cast.voluntary(
        session, home, gifts, number="V-2", title="Gaver", categories=[cast.GIFTS],
        starts_on=date(2024, 1, 1), ends_on=date(2026, 6, 30),
    )  # fmt: skip
    cast.voluntary(session, home, gifts, number="V-KLADDE", is_draft=True)
    cast.voluntary(session, home, gifts, number="V-GAMMEL", starts_on=date(2020, 1, 1),
                   ends_on=date(2025, 12, 31))  # fmt: skip
    order(session, home, house, main, 60_000_00)
    order(session, home, house, main, 1_000_00, NEW_YEAR)
    order(session, home, vase, small, 9_000_00, datetime(2026, 2, 3, tzinfo=UTC))
    order(session, home, vase, small, 35_000_00, datetime(2025, 12, 31, 22, 30, tzinfo=UTC))
    order(session, home, vase, small, 777_00, datetime(2024, 12, 31, 22, 30, tzinfo=UTC))
    order(session, home, house, main, 2_222_00, state=OrderState.REJECTED)
    order(session, home, house, main, 4_444_00, state=OrderState.AWAITING)
    order(session, other, house, cast.voluntary(session, other, huts), 3_333_00)
    for words, times in (("bålhytte", 3), ("ladcykel", 2)):
        for _time in range(times):
            search_in_vain(session, home.id, words)
    book(session, home.id, huts)
    return cast.staff(session, home)


def search_in_vain(session: Session, municipality_id: int, words: str) -> None:
    """Have somebody look for what nobody has."""
    asked_id = asked.note(session, municipality_id, words, 0, cast.NOW)
    asked.note_in_vain(session, asked_id or 0, Vain(Outcome.NOTHING), cast.NOW)


def book(session: Session, municipality_id: int, enterprise: Enterprise) -> None:
    """Read in a ledger: a quarter of the year's spend is at the social enterprise."""
    made = LedgerImport(
        municipality_id=municipality_id, file_name="r.csv", token="", sha256="",
        created_at=cast.NOW, state=ImportState.TAKEN, facts={},
    )  # fmt: skip
    session.add(made)
    session.flush()
    for place, (cvr, ore) in enumerate(((enterprise.cvr, 50_00), ("12345674", 150_00))):
        session.add(
            LedgerRow(
                municipality_id=municipality_id, import_id=made.id, booked_on=ledger_world.DAY,
                cvr=cvr, supplier_name="", amount_ore=ore, account="1", department="",
                fingerprint=place,
            )
        )  # fmt: skip
    session.flush()
    ledger_summing.rebuild(session)


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser in which procurement staff of Slagelse are signed in to the world."""
    with database.transaction() as session:
        staff = world(session)
    opened = app.test_client()
    cast.sign_in_as(opened, staff)
    yield opened
    app.extensions["catalogue"].parts["search"].close()


@pytest.fixture(scope="session")
def pango() -> None:
    """The libraries that PDF files are made with; tests that need them are left out without."""
    try:
        printing.to_pdf('<html lang="da"><title>x</title>', STATIC)
    except PrintingMissing as error:
        pytest.skip(str(error))


def plain(page: str) -> str:
    """Return the words of a page, with plain blanks."""
    words = re.sub(r"<[^>]+>", " ", page.replace("\u00a0", " "))
    return re.sub(r"\s+", " ", words)


def text_of(reader: PdfReader) -> str:
    """Return the words of a PDF, with plain blanks."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def test_report_counts_the_orders_of_its_year_by_copenhagen_time(client: Any) -> None:
    page = plain(client.get(PAGE).text)
    assert (
        "Slagelse afgav 3 ordrer hos 2 socialøkonomiske virksomheder for i alt 70.000 kr." in page
    )
    assert "Det var 35.000 kr. i hele 2025." in page
    assert "Januar 1 1.000 kr. 1,4 % –" in page
    assert "November 1 60.000 kr. 85,7 % –" in page
    assert "2 ordrer, der ikke blev til noget eller venter på godkendelse, er ikke" in page
    assert "Foreløbig årsrapport, opgjort 24. nov. 2026" in page
    assert "777" not in page
    assert "Vejle" not in page


def test_report_takes_at_most_twelve_queries_with_all_that_it_can_show(
    client: Any, database: Database
) -> None:
    client.get(PAGE)
    with cast.counted_queries(database) as sent:
        page = client.get(PAGE).text
    assert len(sent) == 12  # who she is, what she has not read, and ten of the report
    assert "loft" in page


def test_year_that_is_over_is_compared_with_the_one_before(client: Any) -> None:
    page = plain(client.get("/aarsrapport/2025").text)
    assert "Slagelse afgav 1 ordre hos 1 socialøkonomisk virksomhed for 35.000 kr." in page
    assert "Det er 4.405 % mere end i 2024." in page
    assert "Foreløbig" not in page


def test_agreements_are_told_as_new_ended_and_used(client: Any) -> None:
    page = plain(client.get(PAGE).text)
    assert "Frivillig 1 1 1 1" in page  # V-GAMMEL ended with the year before
    assert "V-1 Aftale Ny i året" in page
    assert "60.000 kr. af 200.000 kr. brugt" in page
    assert "V-2 Gaver Afsluttet" in page
    assert "V-KLADDE" not in page
    assert "V-GAMMEL" not in page


def read_at(client: Any, at: datetime) -> str:
    """Return the report of the year as it is read at another time."""
    state = client.application.extensions["catalogue"]
    state.clock = lambda: at
    with state.database.transaction() as session:
        session.execute(update(SignIn).values(used_at=at))
    return str(client.get(PAGE).text)


def test_agreement_that_ended_with_the_year_is_not_in_force_at_its_end(client: Any) -> None:
    page = plain(client.get("/aarsrapport/2025").text)
    assert "Frivillig 2 0 1 1" in page
    assert "V-GAMMEL Aftale Afsluttet" in page


def test_year_is_not_over_on_its_last_day(client: Any) -> None:
    at = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    page = plain(read_at(client, at))
    assert "Foreløbig årsrapport, opgjort 31. dec. 2026" in page


def test_agreement_is_in_force_on_its_last_day(client: Any) -> None:
    at = datetime(2026, 6, 30, 12, tzinfo=UTC)
    page = plain(read_at(client, at))
    assert "V-2 Gaver Afsluttet" not in page


def test_share_of_spend_comes_from_the_ledger_when_there_is_one(client: Any) -> None:
    page = plain(client.get(PAGE).text)
    assert "Andel af alt forbrug ifølge regnskabet 25 %" in page
    assert "regnskab" not in plain(client.get("/aarsrapport/2025").text).lower()


def test_only_what_was_searched_for_often_is_handed_around(client: Any) -> None:
    page = plain(client.get(PAGE).text)
    assert "bålhytte 3" in page
    assert "ladcykel" not in page


def test_purposes_are_marked_as_the_enterprises_own_words(client: Any) -> None:
    page = plain(client.get(PAGE).text)
    assert "kommunen har ikke undersøgt effekten" in page
    assert "Vi ansætter mennesker med få chancer. Legehytten, med egne ord" in page


def test_report_names_no_person(client: Any) -> None:
    page = client.get(PAGE).text.split("<main", 1)[1]
    assert not re.search(r"Mette Holm|\bBo\b|bo@slagelse|Jens Kruse", page)


@pytest.mark.parametrize("year", [1, 1999, 2027, 10000])
def test_there_is_no_report_of_years_that_have_not_begun_or_are_too_old(
    client: Any, year: int
) -> None:
    for address in (f"/aarsrapport/{year}", f"/aarsrapport/{year}.pdf"):
        answer = client.get(address)
        assert answer.status_code == 404
    assert "fra 2000 til 2026" in answer.text


def test_first_report_leads_to_no_year_before_it(client: Any) -> None:
    assert "/aarsrapport/1999" not in client.get("/aarsrapport/2000").text
    assert "/aarsrapport/2000" in client.get("/aarsrapport/2001").text


def test_year_without_orders_has_a_report_that_says_so(client: Any, pango: None) -> None:
    page = client.get("/aarsrapport/2010")
    assert page.status_code == 200
    assert "afgav ingen ordrer" in page.text
    assert client.get("/aarsrapport/2010.pdf").data.startswith(b"%PDF")


def test_coverage_leads_to_the_report_and_it_to_its_pdf(client: Any) -> None:
    assert f'href="{PAGE}"' in client.get("/daekning").text
    page = client.get(PAGE).text
    assert f'href="{PDF}"' in page
    assert 'href="/aarsrapport/2025"' in page
    assert 'href="/aarsrapport/2027"' not in page


def test_pdf_says_what_the_page_says(
    client: Any, pango: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = client.get(PDF)
    assert [record.getMessage() for record in caplog.records] == []
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "aarsrapport-slagelse-2026.pdf" in answer.headers["Content-Disposition"]
    reader = PdfReader(io.BytesIO(answer.data))
    words = text_of(reader).replace("\u00a0", " ")
    for said in (
        "Indkøb hos socialøkonomiske virksomheder 2026", "70.000 kr.", "Gavebutikken",
        "Børnehuset", "V-1 Aftale", "bålhytte", "med egne ord", "Sådan er der talt",
        "Lavet 24. nov. 2026 10.30",
    ):  # fmt: skip
        assert said in words, said
    assert 3 <= len(reader.pages) <= 5
    first = reader.pages[0].extract_text()
    assert "Året i korte træk" in first
    assert "Efter virksomhed" not in first  # the summary is one page
    for number, page in enumerate(reader.pages, start=1):
        foot = page.extract_text().replace("\u00a0", " ")
        assert f"{number} / {len(reader.pages)}" in foot
        assert "Årsrapport 2026, Slagelse" in foot


def test_summary_of_a_busy_year_is_one_page_and_long_tables_repeat_their_heads(
    client: Any, database: Database, pango: None
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        for number in range(60):
            seller = cast.enterprise(session, f"Den Socialøkonomiske Virksomhed Nummer {number}")
            made = order(
                session, home, cast.product(session, seller), cast.voluntary(session, home, seller),
                9_000_000_00 + number, datetime(2026, 1 + number % 11, 5, tzinfo=UTC),
            )  # fmt: skip
            made.institution = f"Institution nummer {number}"
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(client.get(PDF).data)).pages]
    assert "Mest bestilt hos" in pages[0]
    assert "Efter virksomhed" in pages[1]
    assert all("Virksomhed" in page and "Ordrer" in page for page in pages[1:3])
    assert any("31 andre" in page for page in pages)


def test_pdf_is_tagged_with_language_and_title_in_the_readers_language(
    client: Any, pango: None
) -> None:
    made = client.get(PDF).data
    assert tagged.faults(made, "Årsrapport 2026, Slagelse") == []
    reader = PdfReader(io.BytesIO(made))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "da"
    assert root["/MarkInfo"]["/Marked"] is not None
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Årsrapport 2026, Slagelse"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    fonts = {str(font) for page in reader.pages for font in _fonts(page)}
    assert all("IBM-Plex-Sans" in font for font in fonts), fonts
    client.post("/sprog", data={"locale": "en", "next": "/"})
    english = PdfReader(io.BytesIO(client.get(PDF).data))
    assert english.trailer["/Root"]["/Lang"] == "en"
    assert "Purchases at social enterprises 2026" in text_of(english)


def _fonts(page: Any) -> list[str]:
    return [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]


@pytest.mark.parametrize(
    "failure", ["raise OSError('cannot load library libpango')", "import findes_ikke"]
)
def test_missing_pango_is_told_with_its_remedy(
    client: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: str
) -> None:
    (tmp_path / "weasyprint.py").write_text(failure)
    for name in [each for each in sys.modules if each.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    answer = client.get(PDF)
    assert answer.status_code == 503
    assert "apt-get install libpango-1.0-0" in answer.text
    assert client.get(PAGE).status_code == 200
    with pytest.raises(PrintingMissing):
        printing.to_pdf("<p>x", STATIC)


def test_who_waits_long_for_others_files_is_told_to_come_again(
    client: Any, pango: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(printing, "PATIENCE_SECONDS", 0.05)
    turn, _fonts = printing._press()
    with turn:
        answer = client.get(PDF)
        assert client.get(PAGE).status_code == 200
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Der er travlt lige nu. Prøv igen om lidt." in answer.text
    assert "too many PDF files at once" in caplog.messages
    assert client.get(PDF).data.startswith(b"%PDF")


def test_report_too_long_for_a_file_is_still_a_page(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "MOST_LETTERS", 2_000)
    answer = client.get(PDF)
    assert answer.status_code == 409
    assert "udskriv den fra browseren" in answer.text
    assert client.get(PAGE).status_code == 200


def test_nothing_is_fetched_from_the_network(pango: None, caplog: pytest.LogCaptureFixture) -> None:
    page = '<html lang="da"><title>x</title><img alt="x" src="http://127.0.0.1:9/x.png">'
    with caplog.at_level(logging.WARNING):
        assert printing.to_pdf(page, STATIC).startswith(b"%PDF")
    assert "disallowed protocol" in caplog.text
