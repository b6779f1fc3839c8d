"""A day on which people are asked about, fetched and taken out, and work fails over them."""

from __future__ import annotations

import logging
from typing import Any

import cast
import pytest
from api.callers import caller
from api.conftest import Town
from conftest import on_sqlite
from flask import Flask
from operating.collector import collecting
from privacy.days import CPR, EMAIL, NAME, PHONE, WORDS, signed_in, work_off
from privacy.watcher import Watcher
from sqlalchemy.exc import IntegrityError

from catalogue import cli_working
from catalogue.core import jobs
from catalogue.core.http import measuring
from catalogue.lanes import lanes
from catalogue.ordering.models import Order

FAILURES = (
    ValueError(f"{NAME} is nobody"), LookupError(EMAIL, CPR), OSError(5, NAME, f"/x/{EMAIL}"),
    IntegrityError("INSERT", {"name": NAME}, ValueError(f"Key (email)=({EMAIL}) exists")),
    ExceptionGroup(NAME, [ValueError(PHONE)]),
)  # fmt: skip


def fail(error: Exception) -> None:
    """Fail, and beneath it for another reason."""
    try:
        raise KeyError(NAME)
    except KeyError as first:
        raise error from first


@pytest.mark.parametrize("error", FAILURES, ids=lambda each: type(each).__name__)
@on_sqlite
def test_work_that_fails_with_people_in_its_words(
    app: Flask, watcher: Watcher, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    state = app.extensions["catalogue"]
    watcher.hide_words(NAME, EMAIL)
    watcher.hide(CPR, PHONE)
    with collecting(monkeypatch) as sent:
        measuring.open_measures(state)
        tracing = state.parts[measuring.PART].tracing
        bad = jobs.Lane("a lane", {"bad.topic": lambda _batch: fail(error)}, 10)
        with state.database.transaction() as session:
            jobs.put(session, "bad.topic", {"name": NAME}, now=cast.NOW)
        (lane,) = cli_working._traced([bad], tracing)
        jobs.run_once(state.database, lane.handlers, clock=state.clock)
        tracing.close()
    told = b"".join(content for _path, content in sent).decode("utf-8", "replace")
    watcher.lines += [told, f"{type(error).__name__} is what spans tell"]
    assert type(error).__name__ in told
    watcher.prove("job failed", "bad.topic")


@on_sqlite
def test_spans_and_figures_of_requests(
    app: Flask, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = app.extensions["catalogue"]
    watcher.hide_words(NAME, EMAIL)
    with state.database.transaction() as session:
        buyer = cast.buyer(session, name=NAME, email=EMAIL)
    with collecting(monkeypatch) as sent:
        measuring.open_measures(state)
        browser = signed_in(app, buyer)
        for path in ("/soeg", f"/ordrelink/{CPR}-{NAME}", f"/kodeord/{PHONE}{EMAIL}", f"/{NAME}",
                     f"/ordrer/{NAME}", "/log-ind"):  # fmt: skip
            headers = {"X-Request-ID": CPR, "User-Agent": NAME.encode(), "tracestate": "a=b",
                       "Referer": f"https://x.example/{EMAIL}"}  # fmt: skip
            browser.get(path, query_string={"q": WORDS, "next": EMAIL}, headers=headers)
            browser.post(path, data={"q": WORDS, "email": EMAIL})
            browser.open(path, method="AASEOERNSKOV")
        state.parts[measuring.PART].tracing.close()
    told = b"".join(content for _path, content in sent).decode("utf-8", "replace")
    figures = browser.get("/metrics").text
    assert "GET /soeg" in told
    assert "/ordrelink/<token>" in figures
    watcher.hide("aaseoernskov")
    watcher.lines += [told, figures]
    watcher.prove("request")


@on_sqlite
def test_systems_that_are_told_their_problems(watcher: Watcher, api_town: Town) -> None:
    town, app = api_town, api_town.app
    watcher.hide_words(NAME, EMAIL)
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.staff(session)
    program = caller(app, staff)
    for method, path, body in (
        ("POST", "/orders", {"contact_name": NAME, "note": CPR}), ("GET", f"/orders/{NAME}", None),
        ("POST", "/webhooks", {"name": NAME, "url": f"https://x/{EMAIL}", "types": [NAME]}),
        ("POST", f"/documents?name={NAME}", {"name": f"{NAME}.xml", "content": EMAIL}),
        ("GET", f"/products?q={NAME}&cursor={EMAIL}", None), ("GET", f"/{CPR}", None),
        ("PUT", "/agreements/1", {"contact_email": EMAIL, "title": [NAME]}),
    ):  # fmt: skip
        for asking in (program, town.staff, town.shop):
            told = asking.send(method, path, body, headers={"Idempotency-Key": f"key-of-{PHONE}-x"})
            assert told.status_code < 500
    program.secret = f"{CPR}-{PHONE}"
    assert program.get("/orders").status_code == 401
    watcher.prove("request")


@on_sqlite
def test_person_who_is_fetched_and_taken_out(
    app: Flask,
    watcher: Watcher,
    known: dict[str, Any],
) -> None:
    state = app.extensions["catalogue"]
    person = known["person"]
    watcher.hide_words(person.name, person.email, NAME)
    own, desk = signed_in(app, person), signed_in(app, known["staff"])
    chief = signed_in(app, known["administrator"])
    for browser in (own, desk, chief):
        for path in ("/mine-oplysninger", f"/personer/{person.id}/oplysninger", "/haendelser",
                     "/haendelser.csv", "/sendte-mails", "/personer",
                     "/medarbejdere.csv"):  # fmt: skip
            browser.get(path, query_string={"q": person.name, "ord": person.email})
            browser.post(path)
    for typed in ("x@y.example", person.email):
        desk.post(f"/personer/{person.id}/slet", data={"email": typed})
    work_off(state)
    own.get("/mine-oplysninger")
    watcher.prove("request", "refused")


@on_sqlite
def test_page_and_worker_that_break_in_the_middle(
    app: Flask,
    watcher: Watcher,
    known: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = app.extensions["catalogue"]
    watcher.hide_words(NAME, EMAIL, known["person"].name, known["person"].email)
    browser = signed_in(app, known["person"])
    with state.database.reading() as session:
        number = session.get_one(Order, known["order"]).number

    def broken(*_given: Any, **_named: Any) -> Any:
        raise ValueError(f"{NAME} {EMAIL} {CPR}")

    with monkeypatch.context() as patch:
        app.config["PROPAGATE_EXCEPTIONS"] = False
        patch.setattr(app, "process_response", broken)  # where no view of ours catches it
        assert browser.get(f"/ordrer/{number}?q={WORDS}").status_code == 500
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "claim", broken)
        with pytest.raises(ValueError, match="Ørnskov") as caught:
            jobs.run_once(state.database, lanes(state)[0].handlers, clock=state.clock)
        logging.getLogger("some.library").error("gave up on %s", NAME, exc_info=caught.value)
    watcher.prove("request failed", "gave up on", "builtins.ValueError")
