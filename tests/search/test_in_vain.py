"""Why a search was in vain is counted by month and reason; what looks like a person is not kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import cast
import pytest
from flask import Flask
from search import worlds
from sqlalchemy import select

from catalogue.agreements.rules import Reason
from catalogue.core.db import Database
from catalogue.products.models import ProductMunicipality
from catalogue.search import asked, rules
from catalogue.search.models import Asked, AskedMonth
from catalogue.search.rules import Outcome, Vain

CLEANING, GARDEN, CANTEEN = "90910000", "77310000", "55510000"
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def buyer(app: Flask, database: Database) -> Iterator[Any]:
    """The browser of a buyer in whose town every reason to refuse is at work."""
    parts = app.extensions["catalogue"].parts
    with database.transaction() as session:
        here, there = cast.municipality(session), cast.municipality(session, "Vejle")
        seller = cast.enterprise(session, "Værkstedet")
        products = [
            cast.product(session, seller, "Legehus"),
            cast.product(session, seller, "Rengøring", category_code=CLEANING),
            cast.product(session, seller, "Hækklipning", category_code=GARDEN),
        ]
        far = cast.product(session, seller, "Gyngestativ", delivers_everywhere=False)
        session.add(ProductMunicipality(product_id=far.id, municipality_id=there.id))
        cast.voluntary(session, here, seller, categories=[cast.PLAY_HOUSES])
        cast.mandatory(session, here, categories=[CLEANING])
        idle = cast.enterprise(session, "Pause")
        products.append(cast.product(session, idle, "Suppe", category_code=CANTEEN))
        cast.voluntary(session, here, idle, categories=[CANTEEN])
        idle.state = "suspended"
        person = cast.buyer(session, here)
        worlds.put(session, [*products, far])
    worlds.work(database, parts)
    browser = app.test_client()
    cast.sign_in_as(browser, person)
    yield browser
    parts["search"].close()


def counted(database: Database) -> list[tuple[str, Outcome, int, str | None]]:
    with database.reading() as session:
        rows = session.execute(
            select(Asked.text, AskedMonth).join(AskedMonth).order_by(AskedMonth.id)
        )
        return [(text, Outcome(each.outcome), each.times, each.category_code)
                for text, each in rows]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "outcome", "category"),
    [
        ("rumraket", Outcome.NOTHING, None),
        ("rengøring", Outcome.MANDATORY, CLEANING),
        ("hækklipning", Outcome.NO_AGREEMENT, GARDEN),
        ("suppe", Outcome.NOT_VERIFIED, CANTEEN),
        ("gyngestativ", Outcome.ELSEWHERE, cast.PLAY_HOUSES),
    ],
)
def test_the_reason_is_counted_with_the_category_it_points_to(
    buyer: Any, database: Database, text: str, outcome: Outcome, category: str | None
) -> None:
    for _time in range(2):
        buyer.get("/soeg", query_string={"q": text}, buffered=True)
    assert counted(database) == [(text, outcome, 2, category)]


def test_a_search_that_helps_is_not_counted_as_in_vain(buyer: Any, database: Database) -> None:
    buyer.get("/soeg", query_string={"q": "legehus"}, buffered=True)
    assert counted(database) == []


def test_months_and_reasons_are_counted_apart(session: Any) -> None:
    asked_id = asked.note(session, cast.municipality(session).id, "Legehus", 0, cast.NOW)
    assert asked_id
    code = cast.category(session).code
    december = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # in Copenhagen it is December
    for vain, at in (
        (Vain(Outcome.NOTHING), cast.NOW),
        (Vain(Outcome.NO_AGREEMENT, code), cast.NOW),
        (Vain(Outcome.NO_AGREEMENT), cast.NOW),
        (Vain(Outcome.NOTHING), december),
    ):
        asked.note_in_vain(session, asked_id, vain, at)
    rows = session.scalars(select(AskedMonth).order_by(AskedMonth.id))
    assert [(each.month, each.outcome, each.times, each.category_code) for each in rows] == [
        (NOVEMBER, Outcome.NOTHING, 1, None),
        (NOVEMBER, Outcome.NO_AGREEMENT, 2, code),  # the last known category stays
        (date(2026, 12, 1), Outcome.NOTHING, 1, None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "gave til 010190-1234", "0101901234", "mette@slagelse.example", "ring 12 34 56 78",
        "12345678", "+45 12345678", "0045 12 34 56 78", "tlf. 12-34-56-78", "+46 70 123 45 67",
    ],
)  # fmt: skip
def test_what_looks_like_a_person_is_not_noted(session: Any, text: str) -> None:
    assert rules.looks_personal(text)
    assert asked.note(session, cast.municipality(session).id, text, 0, cast.NOW) is None
    assert session.scalars(select(Asked)).all() == []


@pytest.mark.parametrize(
    "text",
    ["legehus", "LH-100", "bord 120 x 60 cm", "kopper 2026", "100.000 kr", "5 @ 10", "1234567"],
)
def test_numbers_of_things_are_not_taken_for_persons(text: str) -> None:
    assert not rules.looks_personal(text)


@pytest.mark.parametrize(
    ("reasons", "outcome"),
    [
        ([], Outcome.NOTHING),
        ([None, Reason.NOT_PUBLISHED], Outcome.NOTHING),
        ([Reason.NO_AGREEMENT, Reason.NO_AGREEMENT, Reason.MANDATORY], Outcome.NO_AGREEMENT),
        ([Reason.NO_AGREEMENT, Reason.MANDATORY], Outcome.MANDATORY),
        ([Reason.NOT_VERIFIED], Outcome.NOT_VERIFIED),
    ],
)
def test_the_most_frequent_refusal_is_the_reason(
    reasons: list[Reason | None], outcome: Outcome
) -> None:
    assert rules.refused(reasons) == outcome
