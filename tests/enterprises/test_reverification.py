"""A verification ends on its day: renewing it, holding it back, and what goes on meanwhile."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import cast
import pytest
from cast import NOW, TODAY
from conftest import CatalogueClient
from enterprises.test_review import application
from flask import Flask
from ordering.world import DELIVERY, KEY, make, put
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core import migrations, receiving
from catalogue.core.db import Database
from catalogue.core.errors import Conflict, Invalid
from catalogue.core.folder import Folder
from catalogue.core.receiving import Door
from catalogue.enterprises import desk, reverification, review, rules
from catalogue.enterprises.models import (
    Criterion,
    Enterprise,
    EnterpriseState,
    RegisterFact,
    RegisterStatus,
)
from catalogue.ordering import api_orders, basket
from catalogue.ordering import service as ordering
from catalogue.ordering.rules import Step

DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
HOW = {each: "Sådan gør vi i praksis hver dag." for each in Criterion}


def due(session: Session, left: int = 30, **facts: Any) -> tuple[Enterprise, Person, Person]:
    """Make an enterprise whose verification ends in `left` days, its worker and its reviewer."""
    home = cast.municipality(session)
    made = cast.enterprise(session, reviewer_id=home.id, verified_until=TODAY + left * DAY, **facts)
    return made, cast.worker(session, made), cast.staff(session, home)


@pytest.mark.parametrize(
    ("day", "months", "until"),
    [
        (date(2026, 11, 24), 12, date(2027, 11, 24)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),  # a shorter month, of a leap year
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
    ],
)
def test_verification_counts_whole_months(day: date, months: int, until: date) -> None:
    assert rules.valid_until(day, months) == until


@pytest.mark.parametrize(
    ("left", "until"),
    [(30, date(2027, 12, 24)), (0, date(2027, 11, 24)), (-40, date(2027, 11, 24))],
)
def test_renewing_early_loses_no_day_and_late_counts_from_today(
    session: Session, left: int, until: date
) -> None:
    made, worker, staff = due(session, left)
    reverification.confirm(session, cast.who(session, worker), HOW, NOW)
    session.flush()
    assert review.renew(session, cast.who(session, staff), made.id, 12, NOW) == until
    assert made.verified_until == until


@pytest.mark.parametrize(("left", "opens"), [(61, False), (60, True), (-1, True)])
def test_confirming_opens_sixty_days_before_the_end(
    session: Session, left: int, opens: bool
) -> None:
    _made, worker, _staff = due(session, left)
    who = cast.who(session, worker)
    assert reverification.status(session, who.enterprise_id, TODAY).may_confirm == opens
    if not opens:
        with pytest.raises(Conflict):
            reverification.confirm(session, who, HOW, NOW)


def test_second_click_on_renew_is_told_so_and_adds_no_year(session: Session) -> None:
    made, worker, staff = due(session)
    reviewer = cast.who(session, staff)
    with pytest.raises(Conflict):  # nothing was confirmed yet
        review.renew(session, reviewer, made.id, 12, NOW)
    reverification.confirm(session, cast.who(session, worker), HOW, NOW)
    session.flush()
    until = review.renew(session, reviewer, made.id, 12, NOW)
    session.flush()
    with pytest.raises(Conflict):
        review.renew(session, reviewer, made.id, 12, NOW)
    assert made.verified_until == until


def test_enterprise_confirms_what_it_said_last_is_sent_back_and_renewed(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        made, worker, staff = due(session)
    cast.sign_in_as(client, worker)
    assert "Bekræft jeres fem punkter senest 24. dec. 2026" in client.get("/varer-hos-os").text
    own = "/virksomhed/verificering"
    faulty = client.post(own, data=application(sales_how=""))
    assert faulty.status_code == 422
    assert "Sådan gør vi" in faulty.text  # what was typed is kept
    client.post(own, data=application(confirmed="1", sales_how="Vi sælger nu også bænke."))
    desk_of_staff = app.test_client()
    cast.sign_in_as(desk_of_staff, staff)
    assert "Legehytten" in desk_of_staff.get("/verificering?vis=forfalder").text
    page = f"/ansoegninger/{made.id}"
    assert "Vi sælger nu også bænke." in desk_of_staff.get(page).text
    desk_of_staff.post(f"{page}/bekraeftelse", data={"reason": "Vedlæg regnskabet."})
    assert "Vedlæg regnskabet." in client.get(own).text
    client.post(own, data=application(confirmed="1"))
    desk_of_staff.post(f"{page}/forny")
    assert "gælder til og med 24. dec. 2027" in desk_of_staff.get(page).text
    assert "Bekræft jeres" not in client.get("/varer-hos-os").text


@pytest.mark.parametrize("fault", ["lapse", "suspension"])
def test_running_order_goes_on_to_its_end_and_no_new_one_begins(
    session: Session, fault: str
) -> None:
    world = make(session)
    put(session, world)
    (order,) = ordering.place(session, world.who, DELIVERY, KEY, NOW)
    if fault == "lapse":
        world.enterprise.verified_until = TODAY - DAY
    else:
        world.enterprise.state = EnterpriseState.SUSPENDED
    session.flush()
    with pytest.raises(basket.NotOrderable, match="udløbet" if fault == "lapse" else None):
        put(session, world)
    for who, step in ((world.worker_who, Step.CONFIRM), (world.worker_who, Step.DISPATCH),
                      (world.who, Step.RECEIVE)):  # fmt: skip
        api_orders.take(session, who, order.number, {"step": step}, NOW)
    assert order.state == "received"


def test_suspension_tells_both_sides_why_and_until_when_and_ends_by_hand(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        made, worker, staff = due(session, 200)
    cast.sign_in_as(client, staff)
    page = f"/ansoegninger/{made.id}"
    held = {"reason": "Regnskabet mangler.", "suspended_until": "2026-11-23"}
    assert client.post(f"{page}/suspender", data=held).status_code == 422  # the day has passed
    client.post(f"{page}/suspender", data=held | {"suspended_until": "2026-12-31"})
    own = app.test_client()
    cast.sign_in_as(own, worker)
    for text in (own.get("/varer-hos-os").text, client.get(page).text,
                 client.get("/verificering?vis=suspenderet").text):  # fmt: skip
        assert "Regnskabet mangler." in text
        assert "31. dec. 2026" in text
    assert re.search(r"31\. dec\. 2026\.\s+De ordrer, I har", own.get("/varer-hos-os").text)
    client.post(f"{page}/ophaev")
    with database.reading() as session:
        found = session.get_one(Enterprise, made.id)
        assert (found.state, found.suspended_until) == (EnterpriseState.VERIFIED, None)
        assert found.verified_until == made.verified_until  # a hold prolongs nothing


def test_desk_puts_each_enterprise_in_one_pile_and_says_what_is_missing(session: Session) -> None:
    home = cast.municipality(session)
    facts = {"reviewer_id": home.id}
    cast.enterprise(session, "Ny", state=EnterpriseState.APPLIED, verified_until=None, **facts)
    cast.enterprise(session, "Snart", verified_until=TODAY + 60 * DAY, **facts)
    cast.enterprise(session, "Forbi", verified_until=TODAY - DAY, **facts)
    cast.enterprise(session, "Pause", state=EnterpriseState.SUSPENDED, **facts)
    calm = cast.enterprise(session, "Rolig", verified_until=TODAY + 61 * DAY, **facts)
    cast.enterprise(session, "Andres")
    looked_up = {"checked_on": TODAY - 366 * DAY, "source": "virk.dk"}
    session.add(RegisterFact(enterprise_id=calm.id, status=RegisterStatus.REGISTERED, **looked_up))
    session.flush()
    found = desk.entries(session, home.id)
    piles = {
        section: [each.enterprise.name for each in desk.pile(found, section, TODAY)]
        for section in desk.Section
    }
    assert piles == {
        "new": ["Ny"], "due": ["Snart"], "lapsed": ["Forbi"], "suspended": ["Pause"],
        "all": ["Andres", "Forbi", "Ny", "Pause", "Rolig", "Snart"],
    }  # fmt: skip
    assert {each: len(names) for each, names in piles.items()} == desk.counts(found, TODAY)
    lacking = {each.enterprise.name: each.lacking(TODAY) for each in found}
    assert lacking["Andres"] == []
    assert lacking["Rolig"] == ["register_old", "evidence"]
    assert lacking["Snart"] == ["confirmation", "register", "evidence"]
    assert lacking["Ny"] == ["decision", "register", "evidence"]


def send(client: CatalogueClient, content: bytes, name: str = "Vedtægter.pdf") -> Any:
    """Send a file as evidence."""
    return client.post("/virksomhed/bilag", data={"evidence": (io.BytesIO(content), name)})


def test_evidence_is_read_by_reviewer_administrator_and_the_enterprise_alone(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        _made, worker, staff = due(session)
        readers = [worker, staff, cast.administrator(session)]
        others = [
            cast.staff(session, cast.municipality(session, "Vejle")),
            cast.worker(session, cast.enterprise(session, "Rivalen")),
        ]
        buyer = cast.buyer(session)
    cast.sign_in_as(client, worker)
    assert send(client, PDF).status_code == 303
    for person, status in (
        [(each, 200) for each in readers] + [(each, 404) for each in others] + [(buyer, 403)]
    ):
        asking = app.test_client()
        cast.sign_in_as(asking, person)
        answer = asking.get("/bilag/1")
        assert answer.status_code == status
        if status == 200:
            assert answer.data == PDF
            assert answer.headers["Content-Type"] == "application/pdf"
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["Cache-Control"] == "private, no-store"
            answer.close()
    assert app.test_client().get("/bilag/1").status_code == 303  # led to sign in
    page = client.get("/virksomhed/verificering").text
    assert "Vedtægter.pdf" in page
    assert "24. nov. 2026 af Sanne Lind" in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tom"),
        (b"MZ\x90\x00 a program", "Kun PDF, PNG og JPEG"),
        (b"<html><script>alert(1)</script>", "Kun PDF, PNG og JPEG"),
        (b"%PDF-1.7 only half", "beskadiget"),
        (b"\x89PNG\r\n\x1a\n and no more", "beskadiget"),
        (b"\xff\xd8\xff and no more", "beskadiget"),
    ],
)
def test_file_is_judged_by_its_content_and_refused_with_the_remedy(
    client: CatalogueClient, database: Database, content: bytes, said: str
) -> None:
    with database.transaction() as session:
        _made, worker, _staff = due(session)
    cast.sign_in_as(client, worker)
    answer = send(client, content)
    assert answer.status_code == 422
    assert said in answer.text


def test_file_over_the_limit_is_refused_and_not_stored(tmp_path: Path) -> None:
    content = b"%PDF-1.7" + b" " * 2_000_000 + b"%%EOF"
    with pytest.raises(Invalid, match="2 MB"):
        receiving.receive(Folder(tmp_path), Door("evidence", 2_000_000), "Stor.pdf", content)
    assert list(tmp_path.iterdir()) == []


def test_same_file_is_kept_once_and_its_name_holds_no_folder(
    client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        _made, worker, _staff = due(session)
    cast.sign_in_as(client, worker)
    assert send(client, PDF, "../../etc/Regnskab.exe").status_code == 303
    assert send(client, PDF).status_code == 422
    page = client.get("/virksomhed/verificering").text
    assert "Regnskab.pdf" in page
    assert ".exe" not in page


def test_lapsed_enterprise_is_not_shown_to_the_public_which_is_told_why(
    client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        made, _worker, _staff = due(session, -1)
    page = client.get(f"/virksomheder/{made.id}/legehytten")
    assert page.status_code == 404
    assert f"Verificeringen af {made.name} er udløbet" in page.text  # orders still lead here


def test_suspended_enterprise_is_named_to_buyers_and_is_none_to_the_public(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        made = cast.enterprise(session, state=EnterpriseState.SUSPENDED)
        buyer = cast.buyer(session)
    page = f"/virksomheder/{made.id}/legehytten"
    assert "Virksomheden findes ikke" in client.get(page).text
    reader = app.test_client()
    cast.sign_in_as(reader, buyer)
    assert f"{made.name} er suspenderet" in reader.get(page).text  # her orders lead here


def test_old_address_of_the_desk_leads_to_the_new_one(
    client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        staff = cast.staff(session)
    cast.sign_in_as(client, staff)
    assert client.get("/ansoegninger").headers["Location"] == "/verificering"


def test_migration_gives_who_was_verified_before_a_year_from_its_day(database: Database) -> None:
    with database.transaction() as session:
        made = cast.enterprise(session, decided_at=NOW - 900 * DAY)
        new = cast.enterprise(session, "Ny", state=EnterpriseState.APPLIED, verified_until=None)
    migrations.downgrade(database, "0011")
    migrations.upgrade(database)
    with database.reading() as session:
        until = session.get_one(Enterprise, made.id).verified_until
        year_on = session.scalar(select(func.current_date()))
        assert session.get_one(Enterprise, new.id).verified_until is None
    assert until == rules.valid_until(date.fromisoformat(str(year_on)), 12)
