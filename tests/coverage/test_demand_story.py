"""From a search in vain to a product on the shelf, by way of staff who ask two enterprises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import cast
import pytest
from flask import Flask
from search import worlds
from sqlalchemy import select

from catalogue.accounts.models import Person
from catalogue.core import jobs
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.coverage import demand_queries as queries
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductImage
from catalogue.search import asked
from catalogue.search.rules import Outcome, Vain

DESK = "/daekning/efterspoergsel"
SHELVES = "39151000"
BUYER = "Mette Hemmelig"
# searches, notes, questions, quotes, state of the words, enterprises, names of categories
QUERIES = 7


@dataclass
class Town:
    """Browsers of Slagelse and its enterprises, and of staff in Vejle."""

    buyer: Any
    staff: Any
    neighbour: Any
    joiner: Any
    weaver: Any
    outsider: Any
    joiner_id: int
    weaver_id: int
    people: dict[str, Person]


@pytest.fixture
def town(app: Flask, database: Database) -> Iterator[Town]:
    """A joiner with a play house that may be ordered, a weaver, and a third enterprise."""
    parts = app.extensions["catalogue"].parts
    with database.transaction() as session:
        here, there = cast.municipality(session), cast.municipality(session, "Vejle")
        shops = [cast.enterprise(session, name) for name in ("Snedkeriet", "Væveriet", "Udenfor")]
        product = cast.product(session, shops[0], "Legehus")
        cast.voluntary(session, here, shops[0], categories=[cast.PLAY_HOUSES])
        cast.category(session, SHELVES, "Hylder")
        people = {
            "buyer": cast.buyer(session, here, name=BUYER, email="mette@slagelse.example"),
            "staff": cast.staff(session, here),
            "neighbour": cast.staff(session, there),
            "joiner": cast.worker(session, shops[0]),
            "weaver": cast.worker(session, shops[1]),
            "outsider": cast.worker(session, shops[2]),
        }
        worlds.put(session, [product])
        ids = [each.id for each in shops]
    worlds.work(database, parts)
    browsers = {name: app.test_client() for name in people}
    for name, person in people.items():
        cast.sign_in_as(browsers[name], person)
    yield Town(**browsers, joiner_id=ids[0], weaver_id=ids[1], people=people)
    parts["search"].close()


def search(town: Town, text: str) -> None:
    town.buyer.get("/soeg", query_string={"q": text}, buffered=True)


def words(page: str) -> str:
    """Return what a page says, without its marks and with single blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_from_a_search_in_vain_to_a_product_on_the_shelf(
    app: Flask, town: Town, database: Database
) -> None:
    assert "Der er ikke ledt forgæves" in town.staff.get(DESK).text
    search(town, "garagehylde")
    search(town, "hylder til garagen")
    note = {"text": "Garagehylder", "details": "", "category_code": SHELVES}
    town.buyer.post("/efterlysninger/ny", data=note)

    desk = words(town.staff.get(DESK).text)
    assert "garagehylde også: hylder til garagen 2 Intet fundet 1 Hylder 0 –" in desk
    group = town.staff.get(f"{DESK}/garagehylde")
    assert "hylder til garagen" in group.text
    assert BUYER not in desk + group.text
    question = {"enterprises": [str(town.joiner_id), str(town.weaver_id)], "text": "Kan I det?"}
    told = town.staff.post(f"{DESK}/garagehylde/spoerg", data=question, follow_redirects=True)
    assert "Virksomhederne er spurgt" in told.text
    with database.reading() as session:
        topics = [each.topic for each in session.scalars(select(jobs.Job))]
        assert topics.count("inquiry.mail") == 2

    assert "kan-i-lave" not in town.outsider.get("/efterlysninger/modtagne").text
    received = town.weaver.get("/efterlysninger/modtagne").text
    address = re.search(r'href="(/efterlysninger/kan-i-lave/\d+)"', received)
    assert address
    town.weaver.post(f"{address[1]}/nej", data={"reason": "Vi væver kun."})
    town.joiner.post(f"{address[1]}/ja", data={"title": "Garagehylde", "text": "Af gran."})
    page = words(town.staff.get(f"{DESK}/garagehylde").text)
    assert "Snedkeriet 24. nov. 2026 Ja Kladde" in page
    assert "Væveriet 24. nov. 2026 Nej tak Vi væver kun." in page

    product_id = finish(database, town)
    published = town.joiner.post(f"/varer-hos-os/{product_id}/offentliggoer", follow_redirects=True)
    assert "Varen er offentliggjort" in published.text
    page = town.staff.get(f"{DESK}/garagehylde").text
    assert f'<a href="/varer/{product_id}">Garagehylde</a>' in page
    assert "Offentliggjort" in page
    assert "1 ja, 1 nej, 0 venter" in words(page)
    with database.reading() as session:
        deeds = session.scalars(
            select(AuditEvent.action).where(AuditEvent.object_type == "inquiry")
        ).all()
    assert sorted(deeds) == ["inquiry.accepted", "inquiry.asked", "inquiry.declined"]


def finish(database: Database, town: Town) -> int:
    """Give the draft what it lacks for being published, and return its id."""
    with database.transaction() as session:
        draft = session.scalars(select(Product).where(Product.title == "Garagehylde")).one()
        assert (draft.category_code, draft.description) == (SHELVES, "Af gran.")
        draft.summary, draft.price_ore, draft.delivery_days = "Hylde", 50_000, 14
        image = cast.image(session, session.get_one(Enterprise, town.joiner_id))
        session.add(ProductImage(product_id=draft.id, image_id=image.id, position=1, alt="Hylde"))
        return draft.id


def test_numbers_of_list_and_group_are_the_same_sums(town: Town, database: Database) -> None:
    with database.transaction() as session:
        here = cast.municipality(session).id
        for text, times, vain in (
            ("hylde", 5, Vain(Outcome.NOTHING)),
            ("hylder", 3, Vain(Outcome.NO_AGREEMENT, SHELVES)),
            ("hylder", 1, Vain(Outcome.NO_AGREEMENT)),
            ("rumraket", 2, Vain(Outcome.NOTHING)),
        ):
            for _time in range(times):
                asked_id = asked.note(session, here, text, 0, cast.NOW)
                assert asked_id
                asked.note_in_vain(session, asked_id, vain, cast.NOW)
    desk = words(town.staff.get(DESK).text)
    assert "Forgæves søgninger 11 efter 2 forskellige ting" in desk
    assert "hylde også: hylder 9 Intet fundet 5 af 9" in desk
    page = words(town.staff.get(f"{DESK}/hylder").text)  # any of its words leads there
    assert "hylde 5 – 5 hylder – 4 4 I alt 5 4 9" in page
    assert "Hyppigste årsag Intet fundet" in page
    assert "november 2026" in page
    only = words(town.staff.get(f"{DESK}?aarsag=ingen-aftale").text)
    assert "Forgæves søgninger 9 efter én ting" in only
    assert "Intet passer" in town.staff.get(f"{DESK}?aarsag=fast-aftale").text


def test_the_period_leaves_out_what_is_older(town: Town, database: Database) -> None:
    with database.transaction() as session:
        here = cast.municipality(session).id
        for text, month in (("hylde", 8), ("bænk", 9)):
            at = datetime(2026, month, 15, 12, tzinfo=UTC)
            asked_id = asked.note(session, here, text, 0, at)
            assert asked_id
            asked.note_in_vain(session, asked_id, Vain(Outcome.NOTHING), at)
    assert "hylde" in town.staff.get(DESK).text
    recent = town.staff.get(f"{DESK}?periode=3").text
    assert "hylde" not in recent
    assert "bænk" in recent
    assert town.staff.get(f"{DESK}/hylde?periode=3").status_code == 404


def test_a_municipality_sees_its_own_searches_alone(town: Town) -> None:
    search(town, "garagehylde")
    assert "garagehylde" not in town.neighbour.get(DESK).text
    assert town.neighbour.get(f"{DESK}/garagehylde").status_code == 404
    question = {"enterprises": [str(town.joiner_id)], "text": "Kan I det?"}
    answer = town.neighbour.post(f"{DESK}/garagehylde/spoerg", data=question)
    assert answer.status_code == 404


def test_staff_who_look_a_word_up_are_not_counted(town: Town) -> None:
    search(town, "garagehylde")
    town.staff.get("/soeg", query_string={"q": "garagehylde"}, buffered=True)
    assert "I alt 1 1" in words(town.staff.get(f"{DESK}/garagehylde").text)


def test_a_faulty_question_keeps_what_was_typed(town: Town) -> None:
    search(town, "garagehylde")
    faulty = town.staff.post(
        f"{DESK}/garagehylde/spoerg", data={"text": "Ring til 010190-1234", "enterprises": ["1"]}
    )
    assert faulty.status_code == 422
    assert "Ring til 010190-1234" in faulty.text
    assert "ligner et CPR-nummer" in faulty.text
    nobody = town.staff.post(f"{DESK}/garagehylde/spoerg", data={"text": "Kan I det?"})
    assert nobody.status_code == 422
    assert "Vælg mindst én virksomhed" in nobody.text


def test_who_was_asked_is_not_offered_again(town: Town) -> None:
    search(town, "garagehylde")
    before = town.staff.get(f"{DESK}/garagehylde").text
    question = {"enterprises": [str(town.joiner_id)], "text": "Kan I det?"}
    town.staff.post(f"{DESK}/garagehylde/spoerg", data=question)
    after = town.staff.get(f"{DESK}/garagehylde").text
    box = f'type="checkbox" value="{town.joiner_id}"'
    assert box in before
    assert box not in after
    again = town.staff.post(f"{DESK}/garagehylde/spoerg", data=question)  # as a second press does
    assert again.status_code == 422
    assert "er spurgt allerede" in again.text


@pytest.mark.parametrize("size", [1, 40])
def test_the_desk_reads_with_a_fixed_number_of_queries(
    app: Flask, town: Town, database: Database, size: int
) -> None:
    with database.transaction() as session:
        here, person = cast.municipality(session), town.people["buyer"]
        for number in range(size):
            asked_id = asked.note(session, here.id, f"rumraket {number}", 0, cast.NOW)
            assert asked_id
            asked.note_in_vain(session, asked_id, Vain(Outcome.NOTHING), cast.NOW)
            cast.demand(session, person, here, text=f"ubåd {number}")
            cast.product(session, cast.enterprise(session, f"Nr. {number}"), "Bænk")
    parts = app.extensions["catalogue"].parts
    with cast.counted_queries(database) as seen, database.reading() as session:
        queries.read(session, parts, here.id, cast.TODAY, 12)
    assert len(seen) == QUERIES - 1  # the page names the categories
