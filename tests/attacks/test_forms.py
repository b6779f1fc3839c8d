"""What is sent beside what a form shows sets nothing, and no name of a file leads anywhere."""

from __future__ import annotations

from pathlib import Path

import cast
import pytest
from agreements.test_pages import FORM as AGREEMENT
from conftest import CatalogueClient, on_sqlite
from enterprises.test_review import application
from flask import Flask
from sqlalchemy import select

from catalogue.accounts.models import Municipality, Person, PersonRole
from catalogue.agreements import sent_lists
from catalogue.agreements.models import Agreement
from catalogue.core import kept_files, receiving
from catalogue.core.errors import Missing
from catalogue.core.folder import Folder
from catalogue.core.receiving import Door
from catalogue.core.uploads import Uploads
from catalogue.enterprises.models import Enterprise, EnterpriseState


@on_sqlite
def test_a_form_sets_nothing_that_it_does_not_show(app: Flask, client: CatalogueClient) -> None:
    database = app.extensions["catalogue"].database
    with database.transaction() as session:
        home, other = cast.municipality(session), cast.municipality(session, "Vejle")
        shop = cast.enterprise(session, municipality=home, state=EnterpriseState.APPLIED)
        worker, staff = cast.worker(session, shop), cast.staff(session, home)
        cast.category(session, "90910000")
    kept = {"cvr": shop.cvr, "state": "applied", "reviewer_id": home.id, "is_demo": False,
            "verified_until": shop.verified_until, "decision_reason": None}  # fmt: skip
    more = {"id": "99", "cvr": "10000009", "state": "verified", "reviewer_id": other.id,
            "is_demo": "1", "verified_until": "2099-01-01", "decision_reason": "x"}  # fmt: skip
    cast.sign_in_as(client, worker)
    form = application(municipality_id=home.id) | more
    assert client.post("/virksomhed", data=form).status_code == 303
    cast.sign_in_as(client, staff)
    form = AGREEMENT | {"categories": ["90910000"], "do": "save", "municipality_id": other.id,
                        "id": "77", "is_demo": "1"}  # fmt: skip
    assert client.post("/aftaler/ny", data=form).status_code == 303
    with database.reading() as session:
        found = session.scalars(select(Enterprise)).one()
        assert {name: getattr(found, name) for name in kept} == kept
        made = session.scalars(select(Agreement)).one()
        assert (made.municipality_id, made.is_demo, made.id != 77) == (home.id, False, True)


@on_sqlite
def test_an_applicant_gets_the_one_role_that_an_application_gives(
    app: Flask, client: CatalogueClient
) -> None:
    database = app.extensions["catalogue"].database
    with database.transaction() as session:
        home = cast.municipality(session)
    more = {"role": "administrator", "state": "verified", "is_system": "1"}
    form = application(municipality_id=home.id, reviewer_id=home.id) | more
    assert client.post("/virksomheder/ansoeg", data=form).status_code == 303
    with database.reading() as session:
        assert session.scalars(select(PersonRole.role)).all() == ["enterprise"]
        assert session.scalars(select(Enterprise.state)).all() == ["applied"]
        assert session.scalars(select(Person.is_system)).all() == [False]
        assert session.scalars(select(Municipality.id)).all() == [home.id]


@on_sqlite
def test_applying_tells_of_few_addresses_who_has_a_log_in(
    app: Flask, client: CatalogueClient
) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        home = cast.municipality(session)
        known = cast.buyer(session, home).email
    form = application(municipality_id=home.id, reviewer_id=home.id) | {"person_email": known}
    told = [client.post("/virksomheder/ansoeg", data=form).text for _ in range(11)]
    assert all("har allerede et login" in each for each in told[:10])
    assert "har allerede et login" not in told[10]
    assert "For mange forsøg" in told[10]


WAYS = (
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "%2e%2e/secret_key",
    "/etc/passwd",
    "..\\..\\secret_key",
    "%00",
    "a\x00b",
    "~root",
    "catalogue.css/../../x",
)


@on_sqlite
@pytest.mark.parametrize("way", WAYS)
def test_no_address_leads_out_of_its_folder(app: Flask, client: CatalogueClient, way: str) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.staff(session)
    cast.sign_in_as(client, staff)
    for place in ("/static/{}", "/billeder/{}/320.webp", "/bilag-til-varer/{}/x.pdf",
                  "/aftaler/import/{}"):  # fmt: skip
        with client.get(place.format(way)) as answer:
            assert answer.status_code in (303, 308, 404), place
            assert b"root:" not in answer.data


@pytest.mark.parametrize("way", [*WAYS, "ab" * 32 + "/../x", "AB" * 32, ""])
def test_no_name_that_was_sent_is_a_path(tmp_path: Path, way: str) -> None:
    with pytest.raises(Missing):
        kept_files.name_of(way)
    with pytest.raises(Missing):
        Uploads(Folder(tmp_path), sent_lists.KEPT_FOR, sent_lists.GONE).place(way, 1)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/cron.d/plan.exe", "plan.pdf"), ("C:\\secret\\plan.pdf", "plan.pdf"),
        ('a"; filename="b.exe', 'a"; filename="b.pdf'), ("..", "bilag.pdf"),
        ("plan\r\nSet-Cookie: x=1.pdf", "planSet-Cookie: x=1.pdf"), ("\u202efdp.exe", "fdp.pdf"),
    ],
)  # fmt: skip
def test_name_of_a_file_keeps_no_path_and_no_line_end(sent: str, kept: str) -> None:
    content = b"%PDF-1.7\n%%EOF\n"
    assert receiving.check(Door("file", 100), sent, content).name == kept
