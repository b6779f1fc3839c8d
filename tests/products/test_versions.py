"""Versions side by side, what was seen on a day, back to a former one, and copies of products."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import cast
import pytest
from conftest import CatalogueClient
from flask import Flask
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise
from catalogue.products import checks, copying, differing, service, shelf, versions
from catalogue.products.check_rules import Checked, merge
from catalogue.products.copying import Season
from catalogue.products.details import Label
from catalogue.products.models import Product, ProductState, ProductVersion
from catalogue.products.price_rules import Tier
from catalogue.products.rules import ProductFacts

DAY = timedelta(days=1)
WORDS = some.text(alphabet="abc æøå.,\n", max_size=40)


@given(WORDS, WORDS)
def test_pieces_joined_are_the_texts_and_what_is_unmarked_is_in_both(old: str, new: str) -> None:
    left, right = differing.pieces(old, new)
    assert ("".join(text for text, _ in left), "".join(text for text, _ in right)) == (old, new)
    unmarked = ["".join(text for text, marked in side if not marked) for side in (left, right)]
    assert unmarked[0] == unmarked[1]


def test_fields_are_compared_in_the_order_of_the_form_with_unknown_ones_behind() -> None:
    old = {"unit": "piece", "title": "Gynge", "currency": "DKK"}
    new = {"lead": 3, "title": "Gynge", "unit": "hour"}
    pairs = differing.compare(old, new)
    assert [each.name for each in pairs] == ["title", "unit", "lead"]
    assert [each.differs for each in pairs] == [False, True, True]


def test_all_facts_come_back_from_what_a_version_keeps(session: Session) -> None:
    facts = ProductFacts(
        item_number="V-1", title="Kurv", summary="En kurv", category_code=cast.PLAY_HOUSES,
        price_ore=9_900, delivery_days=4, gtin="5701234567899", paused_until=date(2027, 1, 4),
        tiers=(Tier(10, 50),), pack_size=2, made_to_order=False, materials="Pil", on_request=False,
        labels=(Label("fsc", "FSC-C1"),), social_story="Flettet af fem.", season_from="05-01",
        season_to="09-30",
    )  # fmt: skip
    made, other_made = (
        cast.product(session, cast.enterprise(session, name)) for name in ("Pilen", "Anden")
    )
    for each in (made, other_made):
        session.refresh(each, ["images", "delivery_area"])
    shelf.put_facts(made, facts)
    kept = json.loads(json.dumps(shelf.told(made)))
    other = ProductFacts(
        item_number="V-2", title="Anden", season="Jul", tiers=(Tier(5, 10),), gtin="96385074"
    )
    assert copying.facts_from(kept, other) == facts
    bare = json.loads(json.dumps(shelf.told(other_made)))
    assert copying.facts_from(bare, facts).labels == ()


def test_change_that_takes_something_out_takes_it_out() -> None:
    base = {"title": "Kurv", "season": "Jul", "origin": "Fyn"}
    changed = {"title": "Kurv", "origin": "Fyn", "tiers": [[10, 50]]}
    present = {"title": "Kurven", "season": "Jul", "origin": "Als"}
    wanted = {"title": "Kurven", "origin": "Als", "tiers": [[10, 50]]}
    assert merge(base, changed, present) == wanted


def sold(session: Session) -> tuple[Enterprise, Who, Product]:
    """Publish a product and change it twice, a day apart; return it with who did."""
    shop = cast.enterprise(session)
    who = cast.who(session, cast.worker(session, shop))
    made = cast.product(session, shop, state=ProductState.DRAFT, version=0, published_at=None)
    session.expire(made)
    product = service.publish(session, who, made.id, cast.NOW)
    for days, title in ((1, "Legehus i eg"), (2, "Legehus i bøg")):
        facts = replace(shelf.facts_of(product), title=title)
        product = service.save(session, who, made.id, facts, cast.NOW + days * DAY)
    session.flush()
    return shop, who, product


def test_version_seen_on_a_day_is_the_last_of_that_day_in_copenhagen(session: Session) -> None:
    _shop, who, product = sold(session)
    service.withdraw(session, who, product.id, cast.NOW + 3 * DAY)
    session.flush()
    found = [
        versions.find_seen_on(session, product.id, cast.TODAY + days * DAY)
        for days in (-1, 0, 1, 2, 9)
    ]
    assert [each and (each.version, each.facts["state"]) for each in found] == [
        None, (1, "published"), (2, "published"), (3, "published"), (4, "withdrawn"),
    ]  # fmt: skip


def test_going_back_makes_a_new_version_and_keeps_the_number(session: Session) -> None:
    _shop, who, product = sold(session)
    service.save(session, who, product.id, replace(shelf.facts_of(product), item_number="Ny"),
                 cast.NOW)  # fmt: skip
    versions.revert(session, who, product.id, 1, cast.NOW + 3 * DAY)
    session.flush()
    assert (product.title, product.item_number, product.version) == ("Legehus i lærk", "Ny", 5)
    listed = versions.list_versions(session, product.id)
    assert [str(each) for each in listed[0].changed] == ["Titel"]
    with pytest.raises(Missing):
        versions.revert(session, who, product.id, 99, cast.NOW)


def test_going_back_waits_where_changes_are_checked(session: Session) -> None:
    shop, who, product = sold(session)
    home = cast.municipality(session, "Kolding")
    staff = cast.who(session, cast.staff(session, home))
    assert shop.reviewer_id == home.id
    checks.set_checked(session, staff, Checked.ALL, cast.NOW)
    session.flush()
    draft = versions.revert(session, who, product.id, 1, cast.NOW)
    assert (draft.title, product.title) == ("Legehus i lærk", "Legehus i bøg")
    with pytest.raises(Conflict):
        versions.revert(session, who, product.id, 2, cast.NOW)


def test_older_version_says_nothing_of_newer_fields() -> None:
    present = ProductFacts(item_number="V-1", title="Ny", delivery_days=9,
                           municipality_ids=frozenset({1}))  # fmt: skip
    told = {"title": "Gammel", "municipality_ids": [3, 2], "unknown": 1}
    expected = replace(present, title="Gammel", municipality_ids=frozenset({2, 3}))
    assert copying.facts_from(told, present) == expected


def test_season_is_copied_as_drafts_with_numbers_titles_and_pictures(session: Session) -> None:
    shop = cast.enterprise(session)
    who = cast.who(session, cast.worker(session, shop))
    own = [cast.product(session, shop, f"{each}, jul 2026") for each in ("Kurv", "Krans")]
    other = cast.product(session, cast.enterprise(session, "Andre"), "Stjerne, jul 2026")
    session.flush()
    chosen = frozenset(each.id for each in (*own, other))
    made = copying.copy_all(session, who, Season(chosen, "2026", "2027"), cast.NOW)
    assert [each.title for each in made] == ["Kurv, jul 2027", "Krans, jul 2027"]
    assert {(each.state, each.version) for each in made} == {(ProductState.DRAFT, 0)}
    assert len({each.item_number for each in (*own, *made)}) == 4
    assert [len(each.images) for each in made] == [1, 1]
    for wrong in (Season(frozenset({other.id})), Season(chosen, "2026", "7" * 120)):
        with pytest.raises(Invalid), session.begin_nested():
            copying.copy_all(session, who, wrong, cast.NOW)


def test_pages_of_versions_and_copies(app: Flask, client: CatalogueClient) -> None:
    database = app.extensions["catalogue"].database
    with database.transaction() as session:
        shop, _who, product = sold(session)
        worker = cast.worker(session, shop)
        here = f"/varer-hos-os/{product.id}"
    cast.sign_in_as(client, worker)
    listed = client.get(f"{here}/versioner?dag=2026-11-25").text
    assert "Den 25. nov. 2026 så indkøberne version 2" in listed
    assert client.get(f"{here}/versioner?dag=igår").status_code == 422
    assert "så indkøberne ikke varen" in client.get(f"{here}/versioner?dag=2020-01-01").text
    beside = client.get(f"{here}/versioner/3").text
    assert "<del>eg</del>" in beside and "<ins>bøg</ins>" in beside
    assert "<ins>lærk</ins>" in client.get(f"{here}/versioner/1?mod=3").text
    assert client.get(f"{here}/versioner/1?mod=77").status_code == 404
    assert client.post(f"{here}/versioner/1/genopret").status_code == 303
    copy = client.post(f"{here}/kopi").headers["Location"]
    assert copy != here and "Kladde" in client.get(copy).text
    assert client.post("/varer-hos-os/kopier", data={}).status_code == 422
    assert "Ingen vare" in client.get("/varer-hos-os/kopier?q=findesikke").text
    form: dict[str, Any] = {"products": [product.id], "old": "lærk", "new": "fyr"}
    assert client.post("/varer-hos-os/kopier", data=form).status_code == 303
    with database.reading() as session:
        titles = set(session.scalars(select(Product.title)))
        kept = session.scalars(select(ProductVersion.version)).all()
    assert titles == {"Legehus i lærk", "Legehus i fyr"}
    assert len(kept) == 4
