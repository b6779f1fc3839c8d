"""A form that makes something, sent twice, makes one thing and tells the same both times."""

from __future__ import annotations

import cast
import pytest
from attacks.test_races import at_once
from conftest import CatalogueClient, on_postgresql
from drawn import form_key
from flask import Flask
from ordering import world as ordering
from sqlalchemy import func, select

from catalogue.accounts.models import Person
from catalogue.core.audit import AuditEvent
from catalogue.core.form_keys import FormKey
from catalogue.search.models import Demand

ASK = "/efterlysninger/ny"
SENT = "Din efterlysning er sendt"


@pytest.fixture
def buyer(app: Flask) -> Person:
    """A buyer in Slagelse."""
    with app.extensions["catalogue"].database.transaction() as session:
        return ordering.make(session).buyer


@pytest.fixture
def form(client: CatalogueClient, buyer: Person) -> dict[str, str]:
    """What a signed-in buyer types who wants what nobody sells, in the form as it was shown."""
    cast.sign_in_as(client, buyer)
    return {"text": "Fuglekasser", "form_key": form_key(client.get(ASK).text)}


def demands(app: Flask) -> int:
    """Count what was asked for; each has its one event."""
    with app.extensions["catalogue"].database.reading() as session:
        events = select(func.count()).where(AuditEvent.action == "demand.asked")
        made = session.scalar(select(func.count()).select_from(Demand)) or 0
        assert session.scalar(events) == made
        return made


def test_form_sent_twice_is_done_once_and_leads_to_the_same_place(
    app: Flask, client: CatalogueClient, form: dict[str, str]
) -> None:
    first = client.post(ASK, data=form)
    told = client.get(first.location).text
    again = client.post(ASK, data=form)
    assert (first.status_code, again.status_code) == (303, 303)
    assert again.location == first.location
    assert SENT in told
    assert SENT in client.get(again.location).text
    assert SENT not in client.get(again.location).text
    assert demands(app) == 1


def test_form_shown_anew_or_filled_in_anew_is_another(
    app: Flask, client: CatalogueClient, form: dict[str, str]
) -> None:
    client.post(ASK, data=form)
    client.post(ASK, data=form | {"text": "Foderbræt"})
    client.post(ASK, data=form | {"form_key": form_key(client.get(ASK).text)})
    assert demands(app) == 3


def test_form_that_was_refused_may_be_sent_as_it_is(
    app: Flask, client: CatalogueClient, form: dict[str, str]
) -> None:
    refused = form | {"text": ""}
    assert [client.post(ASK, data=refused).status_code for _ in range(2)] == [422, 422]
    assert client.post(ASK, data=form).status_code == 303
    assert demands(app) == 1


def test_key_of_somebody_else_counts_for_nothing(
    app: Flask, client: CatalogueClient, form: dict[str, str]
) -> None:
    client.post(ASK, data=form)
    with app.extensions["catalogue"].database.transaction() as session:
        other = cast.buyer(session)
    cast.sign_in_as(client, other)
    assert SENT in client.get(client.post(ASK, data=form).location).text
    assert demands(app) == 2


def test_nothing_is_said_when_the_database_refuses_in_the_end(
    app: Flask, client: CatalogueClient, form: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = app.extensions["catalogue"].database

    def refuse(_session: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(database, "before_commit", [refuse])
    assert client.post(ASK, data=form).status_code == 503
    monkeypatch.undo()
    assert demands(app) == 0
    assert SENT not in client.get("/").text
    assert client.post(ASK, data=form).status_code == 303
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(FormKey)) == 1


@on_postgresql
def test_sent_many_times_at_one_moment_it_is_done_once(
    app: Flask, buyer: Person, form: dict[str, str]
) -> None:
    def send(_number: int) -> str:
        client = app.test_client()
        cast.sign_in_as(client, buyer)
        return str(client.post(ASK, data=form).location)

    led = at_once(send)
    assert len(set(led)) == 1
    assert demands(app) == 1
