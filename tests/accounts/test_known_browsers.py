"""Whoever fails on purpose keeps nobody out of a browser that she has signed in with before."""

from __future__ import annotations

from datetime import timedelta

import cast
import pytest
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from flask.testing import FlaskClient

from catalogue.accounts import known_browsers
from catalogue.core.db import Database

EMAIL = "mette@slagelse.example"


@pytest.fixture
def browser(client: CatalogueClient, database: Database) -> CatalogueClient:
    """A browser in which Mette has signed in, and out again."""
    with database.transaction() as session:
        cast.buyer(session, email=EMAIL)
    assert enter(client) == 303
    client.post("/log-ud")
    return client


def enter(client: FlaskClient, password: str = cast.PASSWORD, email: str = EMAIL) -> int:
    return client.post("/log-ind", data={"email": email, "password": password}).status_code


def fail(client: FlaskClient, app: Flask) -> None:
    for _ in range(app.extensions["catalogue"].settings.sign_in_attempts):
        assert enter(client, "forkert") != 303


@on_sqlite
def test_who_fails_on_purpose_elsewhere_does_not_keep_her_out(
    app: Flask, browser: CatalogueClient
) -> None:
    strange = app.test_client()
    fail(strange, app)
    assert enter(strange) == 429
    assert enter(browser, email=EMAIL.upper()) == 303


@on_sqlite
def test_mark_goes_to_us_alone(browser: CatalogueClient) -> None:
    cookie = browser.get_cookie(known_browsers.COOKIE)
    assert cookie is not None
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "Lax")
    assert EMAIL not in cookie.value


@on_sqlite
def test_tries_in_her_browser_are_counted_too(app: Flask, browser: CatalogueClient) -> None:
    fail(browser, app)
    assert enter(browser) == 429


@on_sqlite
@pytest.mark.parametrize("harm", ["changed", "old", "another's"])
def test_mark_that_is_not_hers_counts_for_nothing(
    app: Flask, browser: CatalogueClient, database: Database, harm: str
) -> None:
    cookie = browser.get_cookie(known_browsers.COOKIE)
    assert cookie is not None
    strange = app.test_client()
    value, age = cookie.value, known_browsers.AGE
    if harm == "changed":
        value = ("A" if value[0] != "A" else "B") + value[1:]
    if harm == "another's":
        with database.transaction() as session:
            cast.buyer(session, email="ole@slagelse.example")
        other = app.test_client()
        assert enter(other, email="ole@slagelse.example") == 303
        theirs = other.get_cookie(known_browsers.COOKIE)
        assert theirs is not None
        value = theirs.value
    if harm == "old":
        age = timedelta(days=-1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known_browsers, "AGE", age)
        strange.set_cookie(known_browsers.COOKIE, value)
        fail(strange, app)
        assert enter(strange) == 429
    plain = app.test_client()
    assert enter(plain) == 429  # its tries counted with all others'
    assert enter(browser) == 303


def test_a_browser_knows_its_last_five_persons() -> None:
    marks: dict[str, str] = {}
    people = [f"p{number}@b.example" for number in range(6)]
    for each in people:
        marks = known_browsers.with_mark(marks, each)
    assert [bool(known_browsers.mark_of(marks, each)) for each in people] == [False] + [True] * 5
    kept = known_browsers.mark_of(marks, people[1])
    marks = known_browsers.with_mark(marks, people[1])
    assert list(marks.values())[-1] == kept
    assert not any(each in str(marks) for each in people)
    assert known_browsers.mark_of(None, people[1]) == ""
