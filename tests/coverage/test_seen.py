"""Numbers for the enterprise: what buyers saw is counted, nobody is named, others' is others'."""

from __future__ import annotations

from datetime import date, timedelta

import cast
import pytest
from flask import Flask
from search import worlds
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core.who import Role
from catalogue.coverage import seen_queries
from catalogue.enterprises.models import EnterpriseState
from catalogue.search import asked, counting
from catalogue.search.count_models import ProductCount, Seen
from catalogue.search.counting import Shown
from catalogue.search.rules import Outcome, Vain

MONTH = date(2026, 11, 1)


def numbers(session: Session, enterprise_id: int) -> seen_queries.Numbers:
    """Return the numbers of twelve months."""
    return seen_queries.numbers(session, enterprise_id, date(2025, 12, 1), cast.TODAY)


def test_each_product_is_counted_by_day_and_summed_by_month(session: Session) -> None:
    shop, other = cast.enterprise(session), cast.enterprise(session, "Andre")
    house, swing = cast.product(session, shop), cast.product(session, shop, "Gynge")
    foreign = cast.product(session, other)
    for seen in (Seen.SHOWN, Seen.SHOWN, Seen.OPENED):
        counting.note_seen(session, [swing.id, house.id, foreign.id, house.id], seen, cast.NOW)
    counting.note_seen(session, [house.id], Seen.OPENED, cast.NOW.replace(month=10))
    counting.note_seen(session, [house.id], Seen.OPENED, cast.NOW.replace(year=2024))
    counting.note_seen(session, [], Seen.OPENED, cast.NOW)
    found = numbers(session, shop.id)
    assert [(row.title, row.steps["shown"], row.steps["opened"]) for row in found.rows] == [
        ("Legehus i lærk", 2, 2), ("Gynge", 2, 1),
    ]  # fmt: skip
    assert (len(found.by_month), found.by_month[MONTH]["shown"]) == (12, 4)
    assert found.total == {"shown": 4, "opened": 3, "basket": 0, "ordered": 0}


@pytest.mark.parametrize("count", [1, 2, 3, 12, 24])
def test_each_day_is_counted_in_its_month_however_many_there_are(
    session: Session, count: int
) -> None:
    shop = cast.enterprise(session)
    house = cast.product(session, shop)
    starts = [date(2024 + at // 12, at % 12 + 1, 1) for at in range(35 - count, 35)]  # to November
    for number, first in enumerate([*starts, date(2026, 12, 1)]):
        for day in (first - timedelta(days=1), first):  # the day before is the last of another
            times = 1 + 10 * number + (day == first)
            session.add(ProductCount(product_id=house.id, day=day, seen=Seen.SHOWN, times=times))
    session.flush()
    found = seen_queries.numbers(session, shop.id, starts[0], cast.TODAY).by_month
    wanted = {first: 2 + 10 * at + 1 + 10 * (at + 1) for at, first in enumerate(starts)}
    wanted[starts[-1]] += 2 + 10 * count  # the last has no end
    assert {first: steps["shown"] for first, steps in found.items()} == wanted


@pytest.mark.parametrize(("times", "told"), [(2, False), (3, True)])
def test_words_are_told_when_they_were_asked_often_enough(
    session: Session, times: int, told: bool
) -> None:
    shop = cast.enterprise(session)
    houses = [cast.product(session, shop, f"Legehus {number}") for number in range(3)]
    for _ in range(times):  # three products of one enterprise are one search
        counting.note_words(session, [Shown("Legehus", [each.id for each in houses], cast.NOW)])
    assert numbers(session, shop.id).words == ([("Legehus", times)] if told else [])


@pytest.mark.parametrize(
    ("times", "code", "state", "told"),
    [
        (3, "37530000", EnterpriseState.VERIFIED, True),
        (2, "37530000", EnterpriseState.VERIFIED, False),
        (9, cast.GIFTS, EnterpriseState.VERIFIED, False),
        (3, "37530000", EnterpriseState.SUSPENDED, False),
    ],
)
def test_what_was_looked_for_in_vain_is_told_near_what_one_sells(
    session: Session, times: int, code: str, state: EnterpriseState, told: bool
) -> None:
    shop = cast.enterprise(session, state=state)
    cast.product(session, shop)
    cast.category(session, code)
    for number in range(times):  # in several municipalities, summed
        home = cast.municipality(session, ("Slagelse", "Vejle")[number % 2])
        asked_id = asked.note(session, home.id, "Klatretårn", 0, cast.NOW)
        assert asked_id is not None
        asked.note_in_vain(session, asked_id, Vain(Outcome.NO_AGREEMENT, code), cast.NOW)
    found = [(each.text, each.times) for each in numbers(session, shop.id).lacked]
    assert found == ([("Klatretårn", times)] if told else [])


def test_buyers_leave_numbers_and_staff_do_not(app: Flask) -> None:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        home = cast.municipality(session)
        shop = cast.enterprise(session)
        cast.voluntary(session, home, shop)
        product = cast.product(session, shop)
        worlds.put(session, [product])
        people = [cast.buyer(session, home), cast.staff(session, home)]
        worker = cast.worker(session, shop)
    worlds.work(state.database, state.parts)
    for person in people:
        look(app, person, product.id)
    with state.database.reading() as session:
        counts = {each.seen: each.times for each in session.scalars(select(ProductCount))}
    assert counts == {Seen.SHOWN: 3, Seen.OPENED: 1, Seen.BASKET: 1}
    own = app.test_client()
    cast.sign_in_as(own, worker)
    page = own.get("/varer-hos-os/tal").text
    assert "legehus" in page and people[0].name not in page and "Slagelse" not in page
    assert own.get("/varer-hos-os/tal?periode=7").status_code == 200
    state.parts["search"].close()


def look(app: Flask, person: Person, product_id: int) -> None:
    """Search three times, open what is found, and put it in the basket where one has one."""
    client = app.test_client()
    cast.sign_in_as(client, person)
    for _ in range(3):
        with client.get("/soeg?q=legehus") as answer:
            assert answer.status_code == 200
    with client.get(f"/varer/{product_id}/legehus-i-laerk") as answer:
        assert answer.status_code == 200
    with app.extensions["catalogue"].database.reading() as session:
        role = cast.who(session, person).role
    if role == Role.BUYER:
        client.post("/kurv/tilfoej", data={"product_id": product_id, "quantity": "1"})
