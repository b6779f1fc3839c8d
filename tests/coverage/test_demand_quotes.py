"""Requests for quotes that nobody met stand on the demand desk, without anybody's name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import cast
import pytest
from flask import Flask
from ordering import quoting
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.coverage import demand_quotes
from catalogue.ordering import quote_answers, quotes
from catalogue.ordering.quote_models import QuoteRequest

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
Story = Callable[[Session, quoting.World, QuoteRequest], None]


def all_decline(session: Session, world: quoting.World, made: QuoteRequest) -> None:
    for who in world.whos:
        quote_answers.decline(session, who, made.id, "Vi har travlt", cast.NOW)


def one_declines(session: Session, world: quoting.World, made: QuoteRequest) -> None:
    quote_answers.decline(session, world.whos[0], made.id, "Vi har travlt", cast.NOW)


def one_quotes(session: Session, world: quoting.World, made: QuoteRequest) -> None:
    quoting.send(session, world, 0, made)


def buyer_closes(session: Session, world: quoting.World, made: QuoteRequest) -> None:
    quotes.close(session, world.who, made.id, "Vi gør det selv", cast.NOW)


@pytest.mark.parametrize(
    ("story", "today", "after"),
    [
        (all_decline, True, True),
        (one_declines, False, True),
        (one_quotes, False, False),
        (buyer_closes, True, True),
    ],
)
def test_a_request_is_unmet_when_no_quote_came_and_none_can_come(
    session: Session, story: Story, today: bool, after: bool
) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    story(session, world, made)
    found = [
        bool(demand_quotes.list_unquoted(session, world.home.id, SINCE, day))
        for day in (quoting.DEADLINE, quoting.AFTER.date())
    ]
    assert found == [today, after]


def test_the_desk_groups_them_by_words_and_category_without_a_name(
    app: Flask, database: Database
) -> None:
    with database.transaction() as session:
        world = quoting.make(session)
        for title in ("Pasning af bede", "pasning af bede", "Ring 22334455 til Bo"):
            all_decline(session, world, quoting.ask(session, world, title=title))
        people = {each: cast.staff(session, place) for each, place in (
            ("here", world.home), ("there", cast.municipality(session, "Vejle")),
        )}  # fmt: skip
        buyer = world.buyer.name
    pages = {}
    for name, person in people.items():
        browser = app.test_client()
        cast.sign_in_as(browser, person)
        pages[name] = browser.get("/daekning/efterspoergsel?aarsag=uden-tilbud").text
        pages[name + "group"] = browser.get("/daekning/efterspoergsel/pasning-af-bede").text
    assert pages["here"].count("/daekning/efterspoergsel/pasning-af-bede") == 1
    assert f"Kategori {quoting.CODE}" in pages["here"]
    assert pages["heregroup"].count("/tilbud/") == 2
    for secret in ("22334455", buyer):
        assert secret not in pages["here"] + pages["heregroup"]
    assert "pasning-af-bede" not in pages["there"].lower()
    app.extensions["catalogue"].parts["search"].close()
