"""The pages of agreements, driven by a browser without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import cast
import pytest
from flask import Flask
from sqlalchemy import select

from catalogue.agreements import categories
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
# Sign-in 1, agreements with categories and former terms 3, conflicts between them 2.
LIST_QUERIES = 7


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser in which procurement staff of Slagelse are signed in."""
    with database.transaction() as session:
        categories.import_categories(session)
        person = cast.staff(session)
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def test_agreement_is_entered_with_categories_found_by_words(
    client: Any, database: Database
) -> None:
    words = "rengøring, frugtordning, 18530000-3, findesikke"
    typed = FORM | {"category_text": words, "do": "add"}
    page = client.post("/aftaler/ny", data=typed)
    assert page.status_code == 200
    for value in ("F-7", "Rengøring 2026", "Sag 12/3456", "Rent Hus A/S", "jens@slagelse.example"):
        assert value in page.text  # nothing typed is lost
    assert 'value="18530000" checked' in page.text
    assert 'value="90910000">' in page.text  # found, to be ticked
    assert 'value="03222000">' in page.text  # of a word that no category is called by
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
        f"{address}/ret",
        data=typed
        | {"title": "Legehuse", "kind": "mandatory", "do": "save"}
        | {"reason": "Nyt navn"},
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


def test_change_from_a_later_day_is_kept_for_that_day(client: Any, database: Database) -> None:
    with database.transaction() as session:
        made = cast.voluntary(session, cast.municipality(session), cast.enterprise(session))
    address = f"/aftaler/{made.id}"
    typed = FORM | {
        "kind": "voluntary", "number": made.number, "title": "Fra nytår", "ceiling": "900",
        "starts_on": made.starts_on.isoformat(), "ends_on": made.ends_on.isoformat(),
        "categories": ["18530000"], "effective_on": "2027-01-01", "reason": "Forhandlet",
    }  # fmt: skip
    assert "skal udfyldes" in client.get(f"{address}/ret").text
    assert client.post(f"{address}/ret", data=typed).status_code == 303
    now, then = client.get(address).text, client.get(f"{address}?dag=2027-01-01").text
    assert "Se, hvad der står fra 1. jan. 2027" in now
    assert "Fra nytår" not in now
    assert "Fra nytår" in then
    assert "900,00" in then
    assert "Fra nytår" in client.get("/aftaler?dag=2027-01-01").text
    assert "Fra nytår" not in client.get("/aftaler").text
    assert client.get(f"{address}?dag=igår").status_code == 422


def test_draft_is_put_in_force_by_its_button(client: Any, database: Database) -> None:
    typed = FORM | {"categories": ["37535200"], "do": "draft"}
    address = client.post("/aftaler/ny", data=typed).headers["Location"]
    assert "Dette er en kladde" in client.get(address).text
    assert client.post(f"{address}/saet-i-kraft").status_code == 303
    assert "Dette er en kladde" not in client.get(address).text
    assert client.post(f"{address}/saet-i-kraft").status_code == 409


def test_carve_out_is_made_and_ended_on_the_page_of_its_agreement(
    client: Any, database: Database
) -> None:
    with database.transaction() as session:
        made = cast.mandatory(session, cast.municipality(session))
    address = f"/aftaler/{made.id}"
    wanted = {
        "category_code": "37535200-1", "starts_on": "2026-11-24", "ends_on": "2026-12-31",
        "lot": "Delaftale 3",
    }  # fmt: skip
    refused = client.post(f"{address}/undtagelser", data=wanted)
    assert refused.status_code == 422
    assert 'value="Delaftale 3"' in refused.text
    assert 'id="field-reason-error"' in refused.text
    unended = client.post(f"{address}/afslut", data={"last_day": "2026-11-30"}).text
    assert 'href="#field-ending-reason"' in unended
    named = re.findall(r' id="([^"]+)"', unended)  # both forms ask for a reason
    assert sorted(named) == sorted(set(named))
    kept = client.post(f"{address}/undtagelser", data=wanted | {"reason": "Små beløb"})
    assert kept.status_code == 303
    page = client.get(address).text
    assert "Reserveret delaftale: Delaftale 3" in page
    assert "Fast med undtagelse" in client.get("/daekning?kategori=37000000").text
    (ending,) = re.findall(r'action="(/undtagelser/\d+/afslut)"', page)
    assert client.post(ending).status_code == 303
    assert "Små beløb" not in client.get(address).text


def test_agreements_in_force_in_a_category_are_listed_by_themselves(
    client: Any, database: Database
) -> None:
    with database.transaction() as session:
        home, seller = cast.municipality(session), cast.enterprise(session)
        for number, code, facts in (
            ("OVER", "37000000", {}),
            ("SELV", "37530000", {}),
            ("UNDER", cast.PLAY_HOUSES, {}),
            ("ANDET", "18000000", {}),
            ("SLUT", "37530000", {"ends_on": cast.TODAY - timedelta(days=1)}),
        ):
            cast.voluntary(session, home, seller, number=number, categories=[code], **facts)
    page = client.get("/aftaler?kategori=37530000").text
    assert [each for each in ("OVER", "SELV", "UNDER", "ANDET", "SLUT") if each in page] == [
        "OVER", "SELV", "UNDER",
    ]  # fmt: skip
    assert "3 gældende aftaler dækker 37530000" in page
    assert "Ingen gældende aftale her" in client.get("/aftaler?kategori=45000000").text
    assert "ANDET" in client.get("/aftaler?kategori=nonsens").text


def test_who_would_undo_unseen_what_another_saved_is_told_first(app: Flask, client: Any) -> None:
    form = FORM | {"categories": ["90910000"], "do": "save", "reason": "Nyt navn"}
    address = client.post("/aftaler/ny", data=form).headers["Location"]

    def seen(page: str) -> str:
        found = re.search(r'name="seen" value="([^"]+)"', page)
        assert found is not None
        return found[1]

    typed = form | {"seen": seen(client.get(f"{address}/ret").text)}
    app.extensions["catalogue"].clock = lambda: cast.NOW + timedelta(minutes=1)
    quicker = client.post(f"{address}/ret", data=typed | {"title": "Rengøring og vinduer"})
    assert quicker.status_code == 303
    told = client.post(f"{address}/ret", data=typed | {"reference": "Sag 99"})
    assert "siden du åbnede formularen" in told.text
    assert 'value="Sag 99"' in told.text
    assert "Rengøring og vinduer" in client.get(address).text
    again = client.post(f"{address}/ret", data=typed | {"seen": seen(told.text)})
    assert again.status_code == 303
