"""Applying, reviewing, and the three facts kept apart."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import cast
import pytest
from conftest import CatalogueClient
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.errors import Conflict, Invalid, Missing, NotAllowed
from catalogue.core.fields import load
from catalogue.enterprises import queries, review, rules, service
from catalogue.enterprises.models import (
    EnterpriseState,
    MunicipalDecision,
    Recognition,
    RegisterFact,
    RegisterStatus,
)
from catalogue.enterprises.schema import ApplicationSchema

REGISTERS = [None, *RegisterStatus]
LAST_DAYS = [None, *(cast.TODAY + timedelta(days=each) for each in (-1, 0, 1))]
RECOGNITIONS = [None, *Recognition]


def application(**changes: Any) -> dict[str, Any]:
    """Return what an applicant types."""
    typed = {
        "cvr": "13748136",
        "name": "Ny Virksomhed",
        "legal_form": "ApS",
        "street": "Bredgade 1",
        "postcode": "4200",
        "city": "Slagelse",
        "email": "post@ny.example",
        "phone": "",
        "website": "",
        "social_purpose": "Arbejde til mennesker, der har brug for en ny start.",
        "story": "",
        "person_name": "Nina Ny",
        "person_email": "nina@ny.example",
        "password": "et langt kodeord",
    }
    for point in ("social_purpose", "sales", "reinvests", "independent", "cvr"):
        typed[f"{point}_how"] = "Sådan gør vi i praksis hver dag."
    return typed | changes


@pytest.mark.parametrize("postcode", ["Slagelse", "42000", "²²²²"])
def test_postcode_that_is_none_is_told_as_at_an_order(postcode: str) -> None:
    with pytest.raises(Invalid) as told:
        load(ApplicationSchema(), application(postcode=postcode))
    assert told.value.problems["postcode"] == ["Et postnummer har fire cifre, for eksempel 4200"]


def test_set_based_form_says_what_the_rule_says(session: Session) -> None:
    wrong = []
    places = {
        demand: cast.municipality(session, f"By {demand}", requires_registered=demand)
        for demand in (True, False)
    }
    for number, (state, until, recognition, register) in enumerate(
        product(EnterpriseState, LAST_DAYS, RECOGNITIONS, REGISTERS)
    ):
        made = cast.enterprise(session, f"Nr. {number}", state=state, verified_until=until)
        if register is not None:
            for status in (RegisterStatus.NOT_REGISTERED, register):  # the newest counts
                session.add(
                    RegisterFact(
                        enterprise_id=made.id, status=status, checked_on=cast.TODAY, source="x"
                    )
                )
                session.flush()
        for demand, place in places.items():
            if recognition is not None:
                session.add(
                    MunicipalDecision(
                        enterprise_id=made.id,
                        municipality_id=place.id,
                        recognition=recognition,
                        reason="x",
                        decided_at=cast.NOW,
                    )
                )
                session.flush()
            expected = rules.standing(
                rules.Review(state, until), recognition, register,
                requires_registered=demand, day=cast.TODAY,
            )  # fmt: skip
            found = made.id in queries.verified_ids(session, place.id, [made.id], cast.TODAY)
            if found != expected.verified:
                wrong.append((state, until, recognition, register, demand))
    assert wrong == []


def test_register_facts_of_one_enterprise_say_nothing_of_another(session: Session) -> None:
    home = cast.municipality(session, requires_registered=True)
    made = [cast.enterprise(session, name) for name in ("Den ene", "Den anden")]
    for each in made:
        session.add(
            RegisterFact(
                enterprise_id=each.id, status=RegisterStatus.REGISTERED, checked_on=cast.TODAY,
                source="x",
            )
        )  # fmt: skip
        session.flush()

    found = queries.verified_ids(session, home.id, [each.id for each in made], cast.TODAY)

    assert found == {each.id for each in made}


def test_application_waits_for_review_and_can_sign_in(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        staff = cast.staff(session, home)
    answer = client.post(
        "/virksomheder/ansoeg", data=application(municipality_id=home.id, reviewer_id=home.id)
    )
    assert answer.status_code == 303
    signed_in = client.post(
        "/log-ind", data={"email": "nina@ny.example", "password": "et langt kodeord"}
    )
    assert signed_in.status_code == 303
    assert "Venter på behandling" in client.get("/virksomhed").text
    reviewer = app.test_client()
    cast.sign_in_as(reviewer, staff)
    assert "Ny Virksomhed" in reviewer.get("/verificering").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cvr": "12345678"}, "kontrolciffer"),
        ({"social_purpose": ""}, "Udfyld feltet"),
        ({"password": "kort"}, "Mindst 10 tegn"),
        ({"password": "nyvirksomhed1"}, "hurtig at gætte"),
        ({"website": "javascript:alert(1)"}, "https://"),
    ],
)
def test_faulty_application_keeps_what_was_typed_and_says_what_to_mend(
    client: CatalogueClient, database: Database, changes: dict[str, str], said: str
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
    typed = application(municipality_id=home.id, reviewer_id=home.id, **changes)
    answer = client.post("/virksomheder/ansoeg", data=typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Ny Virksomhed" in answer.text


@pytest.mark.parametrize("name", ["municipality_id", "reviewer_id"])
def test_municipality_that_is_none_is_told_at_its_field(
    client: CatalogueClient, database: Database, name: str
) -> None:
    with database.transaction() as session:
        home = str(cast.municipality(session).id)
    typed = application(municipality_id=home, reviewer_id=home) | {name: "0"}
    answer = client.post("/virksomheder/ansoeg", data=typed)
    assert answer.status_code == 422
    assert f'href="#field-{name}"' in answer.text


def test_an_enterprise_may_lie_where_nobody_has_begun_but_is_not_reviewed_there(
    client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session).id
        other = cast.municipality(session, "Stevns", is_member=False).id
    typed = application(municipality_id=other, reviewer_id=home)
    refused = client.post("/virksomheder/ansoeg", data=typed | {"reviewer_id": str(other)})
    assert refused.status_code == 422
    assert 'href="#field-reviewer_id"' in refused.text
    assert client.post("/virksomheder/ansoeg", data=typed).status_code == 303


def test_known_cvr_number_is_refused_and_no_log_in_is_left(session: Session) -> None:
    home = cast.municipality(session)
    cast.enterprise(session, cvr="13748136")
    values = application(municipality_id=home.id, reviewer_id=home.id, says_registered=False)
    with pytest.raises(Invalid, match="cvr"):
        service.apply(session, values, cast.NOW)


def test_staff_sends_back_and_the_enterprise_sends_in_again(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        made = cast.enterprise(session, state=EnterpriseState.APPLIED, reviewer_id=home.id)
        staff, sanne = cast.staff(session, home), cast.worker(session, made)
    cast.sign_in_as(client, staff)
    page = f"/ansoegninger/{made.id}"
    assert client.post(f"{page}/send-tilbage", data={"reason": ""}).status_code == 422
    client.post(f"{page}/send-tilbage", data={"reason": "Beskriv bestyrelsen."})
    own = app.test_client()
    cast.sign_in_as(own, sanne)
    assert "Beskriv bestyrelsen." in own.get("/virksomhed").text
    for each in ("/varer-hos-os", "/virksomhed/verificering"):  # where she begins, and looks
        text = own.get(each).text
        assert text.count("Jeres ansøgning er sendt tilbage") == 1
        assert "Beskriv bestyrelsen." in text and 'href="/virksomhed">Ret den i' in text
    own.post("/virksomhed", data=application(municipality_id=home.id))
    client.post(f"{page}/verificer")
    with database.reading() as session:
        assert service.get(session, made.id).state == EnterpriseState.VERIFIED


def test_only_the_reviewing_municipality_verifies(session: Session) -> None:
    made = cast.enterprise(session)
    stranger = cast.who(session, cast.staff(session, cast.municipality(session, "Næstved")))
    with pytest.raises(NotAllowed):
        review.verify(session, stranger, made.id, 12, cast.NOW)


def test_who_does_not_see_an_enterprise_is_not_told_that_there_is_one(session: Session) -> None:
    made = cast.enterprise(session, state=EnterpriseState.SUSPENDED)
    stranger = cast.who(session, cast.staff(session, cast.municipality(session, "Næstved")))
    for enterprise_id in (made.id, made.id + 1):
        with pytest.raises(Missing):
            review.lift(session, stranger, enterprise_id, cast.NOW)


def test_register_was_not_looked_up_on_a_day_to_come(
    client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        made, staff = cast.enterprise(session), cast.staff(session, home)
    cast.sign_in_as(client, staff)
    for day, status in ((cast.TODAY + timedelta(days=1), 422), (cast.TODAY, 303)):
        noted = {"status": "registered", "checked_on": day.isoformat(), "source": "virk.dk"}
        answer = client.post(f"/ansoegninger/{made.id}/register", data=noted)
        assert answer.status_code == status
    with database.reading() as session:
        (fact,) = session.scalars(select(RegisterFact))
    assert fact.checked_on == cast.TODAY


def test_second_click_on_verify_is_told_so(session: Session) -> None:
    made = cast.enterprise(session)
    reviewer = cast.who(session, cast.staff(session, cast.municipality(session, "Kolding")))
    with pytest.raises(Conflict):
        review.verify(session, reviewer, made.id, 12, cast.NOW)


def test_own_decision_counts_here_and_not_elsewhere(session: Session) -> None:
    made = cast.enterprise(session)
    home, away = cast.municipality(session), cast.municipality(session, "Vejle")
    staff = cast.who(session, cast.staff(session, home))
    service.decide(
        session,
        staff,
        made.id,
        {"recognition": Recognition.NOT_RECOGNISED, "reason": "Mangler regnskab"},
        cast.NOW,
    )
    session.flush()
    assert queries.verified_ids(session, home.id, {made.id}, cast.TODAY) == frozenset()
    assert queries.verified_ids(session, away.id, {made.id}, cast.TODAY) == {made.id}


def test_public_sees_verified_enterprises_only(client: CatalogueClient, database: Database) -> None:
    with database.transaction() as session:
        shown = cast.enterprise(session, "Legehytten")
        hidden = cast.enterprise(session, "Ny", state=EnterpriseState.APPLIED)
    assert "Legehytten" in client.get(f"/virksomheder/{shown.id}/legehytten").text
    assert client.get(f"/virksomheder/{hidden.id}/ny").status_code == 404


def test_staff_of_another_municipality_sees_no_foreign_application(
    client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        made = cast.enterprise(session, state=EnterpriseState.APPLIED)
        staff = cast.staff(session, cast.municipality(session, "Næstved"))
    cast.sign_in_as(client, staff)
    assert client.get(f"/ansoegninger/{made.id}").status_code == 404
