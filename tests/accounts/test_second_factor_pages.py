"""Signing in in two steps, page by page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import cast
import pytest
from accounts.codes import HALF_MINUTE, SECRET, code_at, turned_on
from conftest import CatalogueClient
from flask import Flask
from sqlalchemy import select

from catalogue.accounts.models import Person, SignIn
from catalogue.core import jobs
from catalogue.lanes import lanes


@dataclass
class Browser:
    """A person in front of a browser, whose app shows codes as the clock goes on."""

    app: Flask
    client: CatalogueClient
    now: datetime = cast.NOW
    secret: str = ""

    def wait(self) -> None:
        """Let a minute pass."""
        self.now += 2 * HALF_MINUTE
        self.app.extensions["catalogue"].clock = lambda: self.now

    def code(self) -> str:
        """Return what the app shows."""
        return code_at(self.now, self.secret)

    def read_secret(self, page: str) -> None:
        """Type the key of a page into the app."""
        found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
        assert found is not None
        self.secret = found[1].replace(" ", "")

    def give_password(self, person: Person, **fields: str) -> Any:
        """Do the first step of a sign-in."""
        form = {"email": person.email, "password": cast.PASSWORD} | fields
        return self.client.post("/log-ind", data=form)


@pytest.fixture
def browser(app: Flask, client: CatalogueClient) -> Browser:
    """A browser, and the phone beside it."""
    return Browser(app, client)


def test_person_sets_it_up_and_signs_in_in_two_steps(browser: Browser) -> None:
    database, client = browser.app.extensions["catalogue"].database, browser.client
    with database.transaction() as session:
        person = cast.buyer(session)
    cast.sign_in_as(client, person)
    page = client.get("/totrin/opsaet").text
    browser.read_secret(page)
    assert "otpauth://totp/" in page and "data:image/svg+xml" in page
    assert (
        page == client.get("/totrin/opsaet").text or browser.secret
    )  # the same key until it counts
    assert client.post("/totrin/opsaet", data={"code": "12345"}).status_code == 422
    shown = client.post("/totrin/opsaet", data={"code": browser.code()})
    codes = re.findall(r"<code>([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})</code>", shown.text)
    assert len(set(codes)) == 10
    assert codes[0] not in client.get("/totrin").text
    client.post("/log-ud")
    browser.wait()
    answer = browser.give_password(person, next="/ordrer")
    assert answer.headers["Location"].endswith("/log-ind/kode?next=/ordrer")
    assert client.get("/roller").status_code == 303  # not signed in before the code
    asked = client.get("/log-ind/kode?next=/ordrer").text
    assert 'autocomplete="one-time-code" inputmode="numeric"' in asked
    wrong = client.post("/log-ind/kode", data={"code": "000000", "next": "/ordrer"})
    assert wrong.status_code == 422
    used = browser.code()
    right = client.post("/log-ind/kode", data={"code": used, "next": "/ordrer"})
    assert right.headers["Location"] == "/ordrer"
    assert client.get("/roller").status_code == 200
    client.post("/log-ud")
    browser.give_password(person)
    assert client.post("/log-ind/kode", data={"code": used}).status_code == 422
    assert client.post("/log-ind/kode", data={"recovery": codes[3]}).status_code == 303
    assert "9" in client.get("/totrin").text


def test_whoever_must_have_it_is_led_to_set_it_up_before_she_is_in(browser: Browser) -> None:
    state, client = browser.app.extensions["catalogue"], browser.client
    with state.database.transaction() as session:
        staff = cast.staff(session, email="jens@slagelse.example")
    cast.sign_in_as(client, staff)
    assert client.post("/medarbejdere", data={"required": "wrong"}).status_code == 422
    assert client.post("/medarbejdere", data={"required": "staff"}).status_code == 303
    assert "1 person mangler det nu" in client.get("/medarbejdere?q=jens").text
    client.post("/log-ud")
    answer = browser.give_password(staff, next="/ordrer")
    assert "/log-ind/opsaet" in answer.headers["Location"]
    assert client.get("/log-ind/kode").status_code == 303
    browser.read_secret(client.get("/log-ind/opsaet?next=/ordrer").text)
    assert client.get("/roller").status_code == 303
    wrong = client.post("/log-ind/opsaet", data={"code": "000000", "next": "/ordrer"})
    assert wrong.status_code == 422
    done = client.post("/log-ind/opsaet", data={"code": browser.code(), "next": "//evil.example"})
    assert done.text.count("<code>") == 10 and "evil" not in done.text
    assert client.get("/roller").status_code == 200


def test_half_sign_in_ends_after_its_minutes(browser: Browser) -> None:
    with browser.app.extensions["catalogue"].database.transaction() as session:
        person = cast.buyer(session)
        turned_on(session, person)
    browser.secret = SECRET
    browser.give_password(person)
    for _ in range(11):
        browser.wait()
    answer = browser.client.post("/log-ind/kode", data={"code": browser.code()})
    assert answer.headers["Location"].endswith("/log-ind")
    assert browser.client.get("/roller").status_code == 303


def test_reset_signs_her_out_and_tells_her_by_mail(browser: Browser) -> None:
    state = browser.app.extensions["catalogue"]
    with state.database.transaction() as session:
        shop = cast.enterprise(session)
        owner = cast.worker(session, shop)
        lost = cast.worker(session, shop, name="Bo Berg", email="bo@legehytten.example")
        turned_on(session, lost)
    cast.sign_in_as(browser.app.test_client(), lost)
    cast.sign_in_as(browser.client, owner)
    assert (
        f"/virksomhed/personer/{lost.id}/nulstil" in browser.client.get("/virksomhed/personer").text
    )
    browser.client.post(f"/virksomhed/personer/{lost.id}/nulstil")
    with state.database.reading() as session:
        held = select(SignIn.person_id).where(SignIn.person_id == lost.id)
        assert session.scalars(held).all() == []
    (mail,) = [lane for lane in lanes(state) if lane.name == "mail"]
    while jobs.run_once(state.database, mail.handlers, clock=state.clock):
        pass
    letters = [each.read_text() for each in state.settings.mail_folder.glob("*.eml")]
    assert any("nulstillet" in each and "Sanne Lind" in each for each in letters)
