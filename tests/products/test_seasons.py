"""Seasons: days that people write, what buyers read, and last season's products for the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import cast
import pytest
from ordering.world import make
from products.world import facts, seller
from sqlalchemy import select

from catalogue.core.db import Database
from catalogue.core.text import reading_in
from catalogue.products import (
    checks,
    copying,
    price_list,
    reopening,
    rules,
    schema,
    seasons,
    service,
    shelf,
)
from catalogue.products.check_rules import Checked
from catalogue.products.copying import Season
from catalogue.products.models import Product, ProductState
from catalogue.products.variant_rules import Variant


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("1. maj", "05-01", "05-01"), ("den 30. september", "09-30", "09-30"),
        ("1 May", "05-01", "05-01"), ("May 1st", "05-01", "05-01"), ("24-dec", "12-24", "12-24"),
        ("1/5", "05-01", "05-01"), ("1.5.", "05-01", "05-01"), ("01-05-2026", "05-01", "05-01"),
        ("2026-05-01", "05-01", "05-01"), ("2026-05-01T00:00:00", "05-01", "05-01"),
        ("april", "04-01", "04-30"), ("feb.", "02-01", "02-29"), ("Oct", "10-01", "10-31"),
        ("29. februar", "02-29", "02-29"),
        ("30. februar", None, None), ("31/13", None, None), ("hele året", None, None),
        ("efterår", None, None), ("0. maj", None, None), ("1", None, None),
    ],
)  # fmt: skip
def test_day_of_the_year_is_read_as_people_write_it(
    written: str, first: str | None, last: str | None
) -> None:
    assert (seasons.read(written, 1), seasons.read(written, 31)) == (first, last)


def test_every_day_comes_back_from_its_words_in_each_language() -> None:
    for number in range(366):
        day = f"{date(2024, 1, 1) + timedelta(days=number):%m-%d}"
        for locale in ("da", "en"):
            with reading_in(locale):
                assert seasons.read(seasons.spoken(day), 1) == day


@pytest.mark.parametrize(
    ("first", "last", "day", "starts"),
    [
        ("05-01", "09-30", date(2026, 5, 1), None), ("05-01", "09-30", date(2026, 9, 30), None),
        ("05-01", "09-30", date(2026, 4, 30), date(2026, 5, 1)),
        ("05-01", "09-30", date(2026, 10, 1), date(2027, 5, 1)),
        ("11-01", "02-28", date(2026, 12, 31), None), ("11-01", "02-28", date(2027, 1, 1), None),
        ("11-01", "02-28", date(2027, 3, 1), date(2027, 11, 1)),
        ("02-29", "03-31", date(2027, 2, 28), date(2027, 3, 1)),
        ("02-29", "03-31", date(2028, 2, 28), date(2028, 2, 29)),
        ("01-01", "12-31", date(2026, 6, 1), None), (None, None, date(2026, 6, 1), None),
    ],
)  # fmt: skip
def test_season_may_run_over_new_year_and_tells_when_it_is_next(
    first: str | None, last: str | None, day: date, starts: date | None
) -> None:
    assert seasons.next_start(first, last, day) == starts


def test_half_a_season_is_a_contradiction() -> None:
    for known, asked in (("season_from", "season_to"), ("season_to", "season_from")):
        found = rules.contradictions(replace(facts(), **{known: "05-01"}))
        assert [name for name, _text in found] == [asked]


def test_lists_have_columns_for_the_days_and_keep_the_old_one_for_words() -> None:
    text = "Varenummer;Titel;Sæson;Season from;Sæson til\nV-1;Most;Ny høst i oktober;maj;maj\n"
    (row,) = price_list.read(text.encode(), "liste.csv")
    told = schema.read(row.cells)
    assert (told["season"], told["season_from"], told["season_to"]) == (
        "Ny høst i oktober", "05-01", "05-31",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "next_start"),
    [("11-01", "01-31", ""), ("05-01", "09-30", "I sæson igen fra 1. maj 2027")],
)
def test_buyer_reads_the_season_and_may_order_out_of_it(
    client: Any, database: Database, first: str, last: str, next_start: str
) -> None:
    with database.transaction() as session:
        world = make(session)
        world.product.details = {"season_from": first, "season_to": last}
        buyer, product_id = world.buyer, world.product.id
    cast.sign_in_as(client, buyer)
    page = client.get(f"/varer/{product_id}/legehus-i-laerk").text
    assert seasons.words(first, last) in page
    assert next_start in page
    assert ("I sæson igen fra" in page) is bool(next_start)
    client.post("/kurv/tilfoej", data={"product_id": product_id, "quantity": "1"})
    basket = client.get("/kurv").text
    assert ("Den leveres fra 1. maj 2027" in basket) is bool(next_start)
    assert "Kan ikke bestilles lige nu" not in basket


def test_copy_for_the_next_season_leaves_out_pauses_that_are_over() -> None:
    over, coming = cast.TODAY, cast.TODAY + timedelta(days=40)
    variants = (Variant(1, "V-2", size="L", paused_until=over.isoformat()),
                Variant(2, "V-3", size="S", paused_until=coming.isoformat()))  # fmt: skip
    told = facts(title="Kurv 2026", season_from="11-01", season_to="12-24", variants=variants,
                 paused_until=over, pause_reason="Sæsonen er slut")  # fmt: skip
    moved = copying.for_next(told, Season(frozenset(), "2026", "2027"), cast.TODAY)
    assert (moved.title, moved.season_from, moved.price_ore) == ("Kurv 2027", "11-01", 1_250_000)
    assert (moved.paused_until, moved.pause_reason) == (None, "")
    assert [each.paused_until for each in moved.variants] == [None, coming.isoformat()]
    later = replace(told, paused_until=coming)
    assert copying.for_next(later, Season(frozenset()), cast.TODAY).paused_until == coming


def test_withdrawn_products_are_reopened_in_one_step(client: Any, database: Database) -> None:
    with database.transaction() as session:
        own = seller(session)
        made = [cast.product(session, own.enterprise, f"{each}, jul 2025")
                for each in ("Kurv", "Krans", "Stjerne")]  # fmt: skip
        for each in made[:2]:
            session.expire(each)
            service.withdraw(session, own.who, each.id, cast.NOW)
        made[1].summary = ""
        ids, prices = [each.id for each in made], made[0].price_ore
    cast.sign_in_as(client, own.person)
    page = client.get("/varer-hos-os/kopier?q=jul&alle=1").text
    assert page.count('type="checkbox" value="') - page.count(" checked>") == 1, "but the last one"
    sent = {"products": ids, "old": "2025", "new": "2026"}
    answer = client.post("/varer-hos-os/genaabn", data=sent)
    told = client.get(answer.location).text
    assert "1 vare er offentliggjort" in told
    assert "”Krans, jul 2025” er stadig trukket tilbage: Skriv" in told
    with database.reading() as session:
        rows = session.execute(
            select(Product.title, Product.state, Product.price_ore).order_by(Product.id)
        ).all()
    assert [tuple(each) for each in rows] == [
        ("Kurv, jul 2026", ProductState.PUBLISHED, prices),
        ("Krans, jul 2025", ProductState.WITHDRAWN, prices),
        ("Stjerne, jul 2025", ProductState.PUBLISHED, prices),
    ]
    assert client.post("/varer-hos-os/genaabn", data={"products": ids[2]}).status_code == 422


def test_reopened_products_are_sent_in_where_they_are_checked(database: Database) -> None:
    with database.transaction() as session:
        own = seller(session)
        made = cast.product(session, own.enterprise, "Kurv")
        session.expire(made)
        service.withdraw(session, own.who, made.id, cast.NOW)
        home = cast.municipality(session, "Kolding")
        staff = cast.who(session, cast.staff(session, home))
        checks.set_checked(session, staff, Checked.ALL, cast.NOW)
        session.flush()
        season = Season(frozenset({made.id}))
        done = reopening.reopen_all(session, own.who, season, cast.NOW)
        assert (done.published, [each.id for each in done.submitted]) == ([], [made.id])
        assert shelf.told(made)["state"] == ProductState.SUBMITTED
