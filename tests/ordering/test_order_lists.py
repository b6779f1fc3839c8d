"""Lists of orders: narrowed by words, in the order asked for, and as a file."""

from __future__ import annotations

import re
from datetime import timedelta

import cast
import pytest
from flask import Flask
from ordering.past import order
from ordering.world import make
from sqlalchemy.orm import Session

from catalogue.core.http import State
from catalogue.ordering import order_lists
from catalogue.ordering.order_lists import Sought


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("nyeste", ["B", "A"]), ("aeldste", ["A", "B"]), ("beloeb", ["A", "B"]),
     ("institution", ["A", "B"]), ("virksomhed", ["B", "A"])],
)  # fmt: skip
def test_orders_stand_as_asked_for_and_the_file_has_the_same(
    session: Session, sort: str, expected: list[str]
) -> None:
    world = make(session)
    who = cast.who(session, cast.staff(session, world.home))
    for name, ore in (("A", 250), ("B", 100)):
        made = order(session, world.home, world.product, world.agreement, ore)
        made.institution = name
    session.flush()
    found = order_lists.list_found(session, who, Sought(sort=sort))
    assert [each.order.institution for each in found] == expected
    rows = order_lists.as_csv(found).splitlines()
    assert rows[1].split(";")[3:4] == expected[:1]
    assert len(order_lists.list_found(session, who, Sought(words="legehyt"))) == 2
    assert order_lists.count(session, who, Sought(words="findes ikke")) == {}


@pytest.mark.parametrize("few", [0, 1, 2])
@pytest.mark.parametrize(
    ("words", "expected"),
    [("have", ["B", "A"]), ("æblehave", ["A"]), ("findes ikke", []), ("2026-7", ["B"]),
     ("ref", ["B"]), ("legehytten", ["B", "A"]), ("0621-2026-8", ["A"])],
)  # fmt: skip
def test_the_page_shows_what_has_the_words_however_many_do(
    app: Flask, monkeypatch: pytest.MonkeyPatch, few: int, words: str, expected: list[str]
) -> None:
    monkeypatch.setattr(order_lists, "FEW", few)
    state: State = app.extensions["catalogue"]
    with state.database.transaction() as session:
        world = make(session)
        staff = cast.staff(session, world.home)
        facts = [("Æblehaven", "0621-2026-8", "A"), ("Have", "0621-2026-7", "Ref 7")]
        for day, (institution, number, reference) in enumerate(facts):
            at = cast.NOW + timedelta(days=day)
            made = order(session, world.home, world.product, world.agreement, 100, at)
            made.institution, made.number, made.reference = institution, number, reference
    client = app.test_client()
    cast.sign_in_as(client, staff)
    names = {"A": "0621-2026-8", "B": "0621-2026-7"}
    wanted = [names[each] for each in expected]
    with cast.counted_queries(state.database) as asked:
        shown = client.get("/ordrer", query_string={"q": words}).text
    assert list(dict.fromkeys(re.findall(r"/ordrer/(0621-[0-9-]+)", shown))) == wanted
    rows = client.get("/ordrer.csv", query_string={"q": words}).text.splitlines()[1:]
    assert [row.split(";")[0] for row in rows] == wanted
    sought = [each for each in asked if "LIKE" in each and "catalogue_orders" in each]
    assert len(sought) == (1 if len(expected) <= few else 3)  # and what is found once is known


def test_what_an_address_does_not_know_is_left_out() -> None:
    assert order_lists.read({"state": "x", "sortering": "x", "q": " a "}) == Sought(words="a")
