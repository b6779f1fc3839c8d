"""The pages of agreements, driven by a browser without JavaScript."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from flask import Flask
from sqlalchemy import select

from catalogue.agreements import service
from catalogue.agreements.models import Agreement, AgreementCategory
from catalogue.core.db import Database

FORM = {
    "kind": "mandatory",
    "number": "F-7",
    "title": "Rengøring 2026",
    "starts_on": "2026-01-01",
    "ends_on": "31-12-2027",
    "supplier_name": "Rent Hus A/S",
    "where_to_buy": "Bestil i indkøbssystemet under Rengøring.",
    "reference": "Sag 12/3456",
    "contact_name": "Jens Kruse",
    "contact_email": "jens@slagelse.example",
    "ceiling": "",
}
# Sign-in 1 or 2, agreements with categories 2.
LIST_QUERIES = 4


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser in which procurement staff of Slagelse are signed in."""
    with database.transaction() as session:
        service.import_categories(session)
        person = cast.staff(session)
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def test_agreement_is_entered_with_categories_found_by_words(
    client: Any, database: Database
) -> None:
    typed = FORM | {"category_text": "rengøring, 18530000-3, findesikke", "do": "add"}
    page = client.post("/aftaler/ny", data=typed)
    assert page.status_code == 200
    for value in ("F-7", "Rengøring 2026", "Sag 12/3456", "Rent Hus A/S", "jens@slagelse.example"):
        assert value in page.text  # nothing typed is lost
    assert 'value="18530000" checked' in page.text
    assert 'value="90910000">' in page.text  # found, to be ticked
    assert ">\nfindesikke</textarea>" in page.text

    answer = client.post(
        "/aftaler/ny", data=FORM | {"categories": ["18530000", "90910000"], "do": "save"}
    )
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"])
    assert "Rent Hus A/S" in page.text
    assert "Gaver og belønninger" in page.text
    assert "1. jan. 2026" in page.text
    with database.reading() as session:
        codes = session.scalars(select(AgreementCategory.category_code)).all()
    assert sorted(codes) == ["18530000", "90910000"]


def test_codes_typed_without_adding_are_taken_and_words_are_asked_about(client: Any) -> None:
    saved = client.post("/aftaler/ny", data=FORM | {"category_text": "18530000, 90910000-9"})
    assert saved.status_code == 303
    page = client.post("/aftaler/ny", data=FORM | {"number": "F-8", "category_text": "gaver"})
    assert page.status_code == 422
    assert 'href="#field-category_text"' in page.text


def test_faults_are_named_at_their_fields_and_nothing_is_saved(
    client: Any, database: Database
) -> None:
    page = client.post("/aftaler/ny", data=FORM | {"starts_on": "2028-01-01", "number": ""})
    assert page.status_code == 422
    assert 'href="#field-number"' in page.text
    page = client.post(
        "/aftaler/ny", data=FORM | {"starts_on": "2028-01-01", "categories": ["18530000"]}
    )
    assert 'href="#field-ends_on"' in page.text
    assert 'value="18530000" checked' in page.text
    with database.reading() as session:
        assert session.scalars(select(Agreement)).all() == []


def test_supplier_cvr_is_warned_about_not_refused_and_options_tell_the_latest_day(
    client: Any,
) -> None:
    typed = FORM | {"categories": ["18530000"], "options": "2 x 12 mdr."}
    half = client.post("/aftaler/ny", data=typed | {"supplier_cvr": "1374"})
    assert half.status_code == 422
    assert 'href="#field-supplier_cvr"' in half.text
    saved = client.post("/aftaler/ny", data=typed | {"supplier_cvr": "DK 16 35 67 06"})
    page = client.get(saved.headers["Location"]).text
    assert "Kontrolcifferet i CVR-nummer 16356706 passer ikke" in page
    assert "31. dec. 2029" in page
    assert 'value="16356706"' in client.get(saved.headers["Location"] + "/ret").text


def test_voluntary_agreement_is_entered_changed_and_ended(client: Any, database: Database) -> None:
    with database.transaction() as session:
        seller = cast.enterprise(session)
        cast.enterprise(session, "Ikke set", state="applied")
    empty = client.get("/aftaler/ny?kategori=37535200").text
    assert "Legehytten" in empty
    assert "Ikke set" not in empty
    assert 'value="37535200" checked' in empty
    typed = FORM | {
        "kind": "voluntary", "enterprise_id": str(seller.id), "ceiling": "50.000,50",
        "supplier_name": "", "where_to_buy": "", "categories": ["37535200"],
    }  # fmt: skip
    address = client.post("/aftaler/ny", data=typed).headers["Location"]
    form = client.get(f"{address}/ret").text
    assert 'value="50000,50"' in form
    changed = client.post(
        f"{address}/ret", data=typed | {"title": "Legehuse", "kind": "mandatory", "do": "save"}
    )
    assert changed.status_code == 303
    page = client.get(address).text
    assert "Legehuse" in page
    assert "Frivillig" in page
    assert client.post(f"{address}/afslut", data={"last_day": "2026-11-24"}).status_code == 422
    ended = client.post(
        f"{address}/afslut", data={"last_day": "2026-11-24", "reason": "Aftalt med virksomheden"}
    )
    assert ended.status_code == 303
    assert "Aftalt med virksomheden" in client.get(address).text


def test_list_shows_own_agreements_in_a_fixed_number_of_queries(
    client: Any, database: Database
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        for _each in range(4):
            cast.mandatory(session, home)
            cast.voluntary(session, home, cast.enterprise(session), categories=[cast.GIFTS])
        cast.mandatory(session, cast.municipality(session, "Vejle"), title="Naboens aftale")
    with cast.counted_queries(database) as sent:
        page = client.get("/aftaler")
    assert page.text.count("<tr>") == 9
    assert "Naboens" not in page.text
    assert len(sent) <= LIST_QUERIES


def test_foreign_agreement_is_not_found(client: Any, database: Database) -> None:
    with database.transaction() as session:
        foreign = cast.mandatory(session, cast.municipality(session, "Vejle"))
    for address in (f"/aftaler/{foreign.id}", f"/aftaler/{foreign.id}/ret"):
        assert client.get(address).status_code == 404
    assert client.post(f"/aftaler/{foreign.id}/ret", data=FORM).status_code == 404
    ending = {"last_day": "2026-11-24", "reason": "Nej"}
    assert client.post(f"/aftaler/{foreign.id}/afslut", data=ending).status_code == 404
