"""Lists of agreements: cells as people write them, judged row by row, taken whole or not at all."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import cast
import pytest
from agreements.importing import ANSWERS, HEAD, LISTS, SOUND, bring_in, deliver, home, lines, staff
from click.testing import CliRunner, Result
from conftest import on_sqlite
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from catalogue.agreements import categories, category_words, import_plan, queries, service
from catalogue.agreements.amending import Amendment
from catalogue.agreements.import_judging import Outcome
from catalogue.agreements.models import Agreement, FormerTerms
from catalogue.cli import main
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import reading_in
from catalogue.core.who import Who

__all__ = ["staff"]

PREVIEW_QUERIES = 4


@pytest.mark.parametrize("name", ["slagelse.xlsx", "slagelse.csv"])
def test_messy_list_is_judged_row_by_row(session: Session, staff: Who, name: str) -> None:
    found = import_plan.preview(session, home(staff), deliver(name), cast.TODAY)
    reasons = {each.line: list(each.problems) for each in found.by(Outcome.REFUSED)}
    assert reasons == {
        6: ["number"], 12: ["ends_on"], 13: ["categories"], 14: ["where_to_buy"],
        15: ["categories"], 16: ["supplier_cvr"], 17: ["ends_on"], 18: ["number"],
        19: ["number"],
    }  # fmt: skip
    assert [each.number for each in found.by(Outcome.CREATED)] == ["F-103", "F-105"]
    assert found.waiting_words == ["vinduespolering", "Frugt og grønt", "Tværgående"]


def test_clean_list_is_taken_once_its_words_are_answered_and_changes_nothing_the_second_time(
    session: Session, staff: Who
) -> None:
    rows = deliver("slagelse_clean.csv")
    category_words.remember(session, staff, ANSWERS, cast.NOW)
    done = bring_in(session, staff, rows)
    assert done.counts == {
        "refused": 0, "waiting": 0, "created": 5, "changed": 0, "skipped": 1, "unchanged": 0,
    }  # fmt: skip
    query = select(Agreement).options(selectinload(Agreement.categories))
    made = {each.number: each for each in session.scalars(query)}
    cleaning = made["2026101"]
    assert (cleaning.kind, cleaning.supplier_cvr) == ("mandatory", "13748136")
    assert [each.category_code for each in cleaning.categories] == ["90910000", "90911300"]
    assert (cleaning.options, cleaning.latest_last_day) == ("2 x 12 mdr.", date(2029, 12, 31))
    assert cleaning.reference == "Sag 25/1001"
    assert made["F-104"].starts_on == date(2026, 3, 1)
    assert [each.category_code for each in made["F-105"].categories] == ["03121210"]
    assert "F-106" not in made
    again = import_plan.preview(session, home(staff), rows, cast.TODAY)
    assert (again.counts["unchanged"], again.counts["skipped"]) == (5, 1)


def test_changed_cells_are_named_and_blank_ones_leave_what_stands(
    session: Session, staff: Who
) -> None:
    bring_in(session, staff, lines(SOUND))
    rows = lines("F-1;;Nyt Navn A/S;;;31-12-2028;")
    with reading_in("en"):
        found = bring_in(session, staff, rows)
    assert [each.fields for each in found.entries] == [("supplier_name", "ends_on")]
    made = session.scalars(select(Agreement)).one()
    assert (made.title, made.supplier_name) == ("Legepladser", "Nyt Navn A/S")
    assert (made.starts_on, made.ends_on) == (date(2026, 1, 1), date(2028, 12, 31))
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["agreement.created", "agreement.amended"]
    assert session.scalars(select(FormerTerms.reason)).all() == ["Indlæst fra kommunens liste"]


@pytest.mark.parametrize(
    ("wrong", "right"), [("F-1", ""), ("37535200", "Gynger"), ("37535200", "99999999")]
)
def test_list_with_a_refused_or_waiting_row_writes_nothing(
    session: Session, staff: Who, wrong: str, right: str
) -> None:
    rows = lines(SOUND, SOUND.replace("F-1", "F-2").replace(wrong.replace("F-1", "F-2"), right))
    before = import_plan.preview(session, home(staff), rows, cast.TODAY)
    with pytest.raises(import_plan.Refused, match="En række kan"):
        import_plan.apply(session, staff, rows, before.fingerprint, cast.NOW)
    assert session.scalar(select(func.count()).select_from(Agreement)) == 0


def test_answers_that_changed_since_the_preview_show_it_anew(session: Session, staff: Who) -> None:
    rows = lines(SOUND.replace("37535200", "Gynger"))
    category_words.remember(session, staff, {"Gynger": ["37535200"]}, cast.NOW)
    before = import_plan.preview(session, home(staff), rows, cast.TODAY)
    category_words.remember(session, staff, {"gynger": ["37535000"]}, cast.NOW)
    with pytest.raises(import_plan.Moved):
        import_plan.apply(session, staff, rows, before.fingerprint, cast.NOW)


def test_number_of_a_voluntary_agreement_is_refused(session: Session, staff: Who) -> None:
    place = cast.municipality(session)
    cast.voluntary(session, place, cast.enterprise(session), number="F-1")
    found = import_plan.preview(session, home(staff), lines(SOUND), cast.TODAY)
    assert [list(each.problems) for each in found.entries] == [["number"]]


def test_cell_that_shows_an_error_is_refused_and_a_row_of_them_passed_over(
    session: Session, staff: Who
) -> None:
    shown = (
        SOUND.replace("I indkøbssystemet", "#N/A"),
        SOUND.replace("Legepladser", "#I/T").replace("1", "2", 1),
    )
    rows = lines(*shown, "#I/T;#I/T;#I/T", head=HEAD)
    found = import_plan.preview(session, home(staff), rows, cast.TODAY)
    assert [(each.line, list(each.problems)) for each in found.entries] == [
        (2, ["where_to_buy"]), (3, ["title"]),
    ]  # fmt: skip


def test_doubt_about_check_digit_and_an_early_ending_is_told_but_does_not_refuse(
    session: Session, staff: Who
) -> None:
    cast.mandatory(session, cast.municipality(session), number="F-1", ended_reason="Konkurs")
    rows = lines(SOUND.replace("01-01-2026", "") + ";16356706", head=HEAD + ";CVR")
    found = import_plan.preview(session, home(staff), rows, cast.TODAY)
    with reading_in("en"):
        told = [str(text).split(";")[0] for text in found.entries[0].warnings]
    assert told == [
        "The check digit of the CVR number 16356706 does not fit",
        "It was ended before its time",
    ]
    assert found.entries[0].outcome == Outcome.CHANGED


@pytest.mark.parametrize(
    ("row", "field"),
    [(SOUND.replace("01-01-2026", "01-02-2026"), "starts_on"),
     (SOUND.replace("31-12-2027", "01-11-2026"), "ends_on"),
     ("F-0;Ny titel;;;;;", "number"),
     ("F-2;Ny titel;;;;;", "number")],
    ids=["first day", "days gone by", "over", "planned"],
)  # fmt: skip
def test_preview_refuses_what_an_agreement_that_has_begun_cannot_become(
    session: Session, staff: Who, row: str, field: str
) -> None:
    over = SOUND.replace("F-1", "F-0").replace("31-12-2027", "23-11-2026")
    done = bring_in(session, staff, lines(SOUND, over, SOUND.replace("F-1", "F-2")))
    planned = done.entries[2].terms
    assert planned is not None
    made = session.scalars(select(Agreement.id).where(Agreement.number == "F-2")).one()
    later = Amendment(replace(planned, title="Senere"), date(2026, 12, 1), "Aftalt")
    service.amend(session, staff, made, later, cast.NOW)
    found = import_plan.preview(session, home(staff), lines(row), cast.TODAY)
    assert [list(each.problems) for each in found.entries] == [[field]]


def test_agreements_and_answers_of_a_neighbour_do_not_count(session: Session, staff: Who) -> None:
    neighbour = cast.who(session, cast.staff(session, cast.municipality(session, "Vejle")))
    category_words.remember(session, neighbour, {"Gynger": ["37535200"]}, cast.NOW)
    bring_in(session, neighbour, lines(SOUND.replace("37535200", "Gynger")))
    found = import_plan.preview(
        session, home(staff), lines(SOUND.replace("37535200", "Gynger")), cast.TODAY
    )
    assert [each.outcome for each in found.entries] == [Outcome.WAITING]


def test_preview_takes_four_queries_however_many_rows_there_are(database: Database) -> None:
    with database.transaction() as session:
        categories.import_categories(session)
        staff = cast.who(session, cast.staff(session))
        many = lines(*(SOUND.replace("F-1", f"F-{number}") for number in range(700)))
        bring_in(session, staff, many)
    for rows in (many[:1], many):
        with database.reading() as session, cast.counted_queries(database) as sent:
            found = import_plan.preview(session, home(staff), rows, cast.TODAY)
        assert found.counts["unchanged"] == len(rows)
        assert len(sent) == PREVIEW_QUERIES


def test_answer_is_kept_changed_and_forgotten_by_name(session: Session, staff: Who) -> None:
    category_words.remember(session, staff, {"Gynger": ["37535200"], "Andet": []}, cast.NOW)
    category_words.remember(session, staff, {"GYNGER": ["37535000"]}, cast.NOW)
    listed = category_words.list_remembered(session, home(staff))
    assert [(each.text, each.codes, each.updated_by) for each in listed] == [
        ("Andet", (), "Jens Kruse"), ("GYNGER", ("37535000",), "Jens Kruse"),
    ]  # fmt: skip
    category_words.forget(session, staff, listed[1].id, cast.NOW)
    session.flush()
    assert category_words.find_answers(session, home(staff)) == {"andet": ()}
    with pytest.raises(Invalid):
        category_words.remember(session, staff, {"Gynger": ["99999999"]}, cast.NOW)


@on_sqlite
def test_command_previews_writes_and_tells_what_waits(app: Flask, tmp_path: Path) -> None:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        categories.import_categories(session)
        staff = cast.who(session, cast.staff(session))

    around = {
        "CATALOGUE_DATA_FOLDER": str(tmp_path / "data"),
        "CATALOGUE_DATABASE_URL": state.database.url.render_as_string(hide_password=False),
        "CATALOGUE_TEST_POSTGRES_URL": None,
    }

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["import", "agreements", *arguments], env=around)

    clean = str(LISTS / "slagelse_clean.csv")
    waiting = run(clean, "--municipality", "0330")
    assert waiting.exit_code == 1
    assert "4 waiting" in waiting.stdout
    assert "Frugt og grønt" in waiting.stdout
    with state.database.transaction() as session:
        category_words.remember(session, staff, ANSWERS, cast.NOW)
    assert "5 created" in run(clean, "--municipality", "330", "--dry-run").stdout
    done = run(clean, "--municipality", "0330")
    assert (done.exit_code, "Written." in done.stdout) == (0, True)
    assert "5 unchanged" in run(clean, "--municipality", "0330").stdout
    lost = run(clean, "--municipality", "9999")
    assert isinstance(lost.exception, Missing)  # which the command line tells in one line
    assert "9999" in str(lost.exception)
    with state.database.reading() as session:
        applies = queries.in_force(session, home(staff), cast.TODAY)
    assert len(applies.mandatory) == 5


def test_list_goes_from_the_form_through_its_questions_into_the_catalogue(
    app: Flask, database: Database
) -> None:
    with database.transaction() as session:
        categories.import_categories(session)
        person = cast.staff(session)
    client: Any = app.test_client()
    cast.sign_in_as(client, person)
    assert client.post("/aftaler/import", data={}).status_code == 422
    content = (LISTS / "slagelse_clean.csv").read_bytes()
    sent = client.post("/aftaler/import", data={"list": (io.BytesIO(content), "aftaler.csv")})
    address = sent.headers["Location"]
    assert address.endswith("/kategorier")
    page = client.get(address).text
    assert page.index("Frugt og grønt") > 0
    assert 'value="03220000"' in page  # fruit and vegetables are offered
    looked_up = client.post(
        address, data={"text": "Tværgående", "rows-0": "1", "more-0": "rengøring"}
    )
    assert looked_up.status_code == 200
    assert 'value="90910000"' in looked_up.text
    assert 'value="none">' in looked_up.text
    form = {"text": list(ANSWERS)} | {
        f"codes-{place}": codes or ["none"] for place, codes in enumerate(ANSWERS.values())
    }
    both = client.post(address, data={"text": "x", "codes-0": ["none", "90910000"]})
    assert both.status_code == 422
    answered = client.post(address, data=form)
    preview = answered.headers["Location"]
    assert not preview.endswith("/kategorier")
    shown = client.get(preview).text
    assert "Med alle optioner til 31. dec. 2029" in shown
    fingerprint = shown.split('name="fingerprint" value="')[1].split('"')[0]
    done = client.post(preview, data={"fingerprint": fingerprint})
    assert done.headers["Location"].endswith("/aftaler")
    assert "5 nye aftaler" in client.get("/aftaler").text
    assert client.get(preview).status_code == 404
    remembered = client.get("/aftaler/import/kategorier").text
    assert "Jens Kruse" in remembered
    with database.reading() as session:
        word = category_words.list_remembered(session, person_home(session))[0]
    assert client.post(f"/aftaler/import/kategorier/{word.id}/glem").status_code == 303
    assert (
        word.text
        not in client.get("/aftaler/import/kategorier").text.split("<main")[1].split("<table")[1]
    )
    assert client.get("/aftaler/import/skabelon.xlsx").data.startswith(b"PK")


def person_home(session: Session) -> int:
    """Return the id of Slagelse."""
    return cast.municipality(session).id
