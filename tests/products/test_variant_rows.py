"""Rows of variants in sheets that are sent again, changed, refused, or sent in parts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cast
from cast import NOW
from products.sheets import FITTING, NEWCOMERS, planned, sent, taken, told, variants_of, world
from products.shirts import World, rows, saved
from products.world import facts, open_store, received
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.text import LOCALES, reading_in
from catalogue.products import (
    checks,
    known,
    price_list,
    service,
    sheet_export,
    sheet_file,
    shelf,
    variants,
    writing,
)
from catalogue.products.check_models import Revision
from catalogue.products.check_rules import Checked
from catalogue.products.deliveries import led
from catalogue.products.models import Product
from catalogue.products.variant_rules import NEW, Variant
from catalogue.products.variants import Table
from catalogue.products.zipped import picture_key

__all__ = ["world"]


def test_row_that_does_not_fit_is_refused_with_its_cell(session: Session, world: World) -> None:
    for text, expected in FITTING:
        assert told(planned(session, world, sent(text))) == expected, text


def test_refused_row_holds_up_no_other_of_its_family_unless_they_need_it(
    session: Session, world: World
) -> None:
    """T-L would be M, which it must not; so it stays L, and T-N must not be L either."""
    text = "T-L;;;M;;;;\nT-N;;T-M;L;blå;90;;\nT-S;;T-M;S;;80;;\nT-M;;;;;99;;\n"
    found = planned(session, world, sent(text))
    assert [outcome for outcome, _cell in told(found)] == [
        "refused", "refused", "created", "changed",
    ]  # fmt: skip
    writing.write(session, world.seller, found.entries, NOW)
    assert [each.item_number for each in variants_of(session, world.product)] == [
        "T-L", "V-0001", "T-S",
    ]  # fmt: skip
    assert world.product.price_ore == 9_900


def test_more_variants_than_there_may_be_are_refused_and_the_first_taken(
    session: Session, world: World
) -> None:
    text = "".join(f"N-{place};;T-M;{place};;90;;\n" for place in range(40, 70))
    outcomes = [outcome for outcome, _cell in told(planned(session, world, sent(text)))]
    assert outcomes == ["created"] * 28 + ["refused"] * 2


def test_variant_that_was_removed_comes_back_by_its_row_as_the_same_and_no_dearer(
    session: Session, world: World
) -> None:
    _large, extra = shelf.facts_of(world.product).variants
    id_ = rows(session, world.product)["T-L"].id
    saved(session, world, extra)
    assert told(planned(session, world, sent("T-L;;;L;blå;130;;"))) == [("refused", "F2")]
    taken(session, world, sent("T-L;;;L;blå;120;;"))
    assert rows(session, world.product)["T-L"].id == id_
    assert rows(session, world.product)["T-L"].state == "published"


def test_picture_in_the_row_of_a_variant_becomes_one_of_the_product_and_is_chosen(
    session: Session, world: World, tmp_path: Path
) -> None:
    store = open_store(tmp_path)
    pictures = {picture_key("roed.jpg"): received(store, "red")}
    bare = planned(session, world, sent("T-L;;T-M;;;;roed.jpg;", pictures))
    assert told(bare) == [("refused", "G2")]  # a published picture says what it shows
    text = "T-L;;T-M;;;;roed.jpg;Skjorten i rødt\nV-0001;;T-M;;;;ROED.jpg;\n"
    found = taken(session, world, sent(text, pictures))
    assert [each.fields for each in found.entries] == [("images",)] * 2
    variants_of(session, world.product)
    new = world.product.images[-1]
    assert (len(world.product.images), new.alt) == (2, "Skjorten i rødt")
    assert {each.image_id for each in variants_of(session, world.product)} == {new.image_id}
    assert rows(session, world.product)["T-L"].images[0].image_id == new.image_id
    again = planned(session, world, sent(text, pictures))
    assert again.counts["unchanged"] == 2
    taken(session, world, sent("T-L;;T-M;;;;(tom);", pictures))
    assert variants_of(session, world.product)[0].image_id is None


def test_change_of_a_checked_family_is_sent_in_with_its_pictures(
    session: Session, world: World, tmp_path: Path
) -> None:
    checks.set_checked(session, world.staff, Checked.ALL, NOW)
    pictures = {picture_key("roed.jpg"): received(open_store(tmp_path), "red")}
    text = "T-L;;T-M;L;rød;;roed.jpg;Skjorten i rødt\n"
    before = taken(session, world, sent(text, pictures))
    (large, _extra) = variants_of(session, world.product)
    assert (large.colour, large.image_id) == ("blå", None)
    draft = session.get_one(Product, session.scalars(select(Revision.draft_id)).one())
    (large, _extra) = variants_of(session, draft)
    assert (large.colour, large.image_id) == ("rød", draft.images[-1].image_id)
    assert [str(each.message) for each in before.entries[0].notes] == [
        "Buyers see the change when it has been approved"
    ]
    held = planned(session, world, sent("T-L;;T-M;XXL;;;;\nT-M;;;;;;;\n"))
    assert told(held) == [("refused", ""), ("unchanged", "")]


def test_rows_of_a_family_move_together(session: Session, world: World) -> None:
    delivery = sent("T-L;;T-M;;;90;;\nV-0001;;T-M;;;95;;\n")
    before = planned(session, world, delivery)
    large, extra = shelf.facts_of(world.product).variants
    saved(session, world, large._replace(price_ore=11_500), extra)
    after = planned(session, world, delivery)
    pairs = zip(before.entries, after.entries, strict=True)
    assert [one.digest == other.digest for one, other in pairs] == [False, False]


def test_variant_of_a_draft_is_known_by_its_number_alone(session: Session, world: World) -> None:
    draft = service.create_draft(session, world.seller, facts(item_number="K-1"), NOW)
    table = Table("S", variants=(Variant(NEW, "K-2", size="M", price_ore=100),))
    variants.save(session, world.seller, draft.id, table, NOW)
    leaders = known.list_leaders(session, world.product.enterprise_id)
    assert leaders == {"T-L": "T-M", "V-0001": "T-M", "K-2": "K-1"}
    delivery = sent("K-2;Legehus i lærk;;;;120;;\n")
    found = taken(session, world, replace(delivery, rows=led(delivery.rows, leaders)))
    assert told(found) == [("changed", "")]
    assert variants_of(session, draft)[0].price_ore == 12_000


def test_parts_hold_families_together_and_stay_what_they_are() -> None:
    text = "".join(f"V-{number};Bord;;;;1;;\n" for number in range(4))
    delivery = sent("A-2;;A-1;L;;1;;\n" + text + "A-1;Stol;;M;;1;;\nA-3;;A-1;S;;1;;\n")
    parts = delivery.parts_by_start(3)
    assert {start: [row.item_number for row in each.rows] for start, each in parts.items()} == {
        0: ["A-2", "A-1", "A-3"], 3: ["V-0", "V-1", "V-2"], 6: ["V-3"],
    }  # fmt: skip
    assert [len(each.rows) for each in delivery.parts(1)] == [3, 1, 1, 1, 1]


def test_product_alone_has_no_size_and_a_column_of_sizes_tells_its_measurements(
    session: Session, world: World
) -> None:
    (entry,) = planned(session, world, sent("B-1;Bord;;2 × 2 m;rød;100;;")).entries
    assert entry.facts is not None
    assert (entry.facts.dimensions, entry.facts.size, entry.facts.colour) == ("2 × 2 m", "", "")
    assert len(entry.notes) == 1


def test_number_of_queries_does_not_grow_with_variants(
    session: Session, world: World, database: Database
) -> None:
    few, many = sent("T-L;;T-M;;;90;;\n"), sent("T-L;;T-M;;;90;;\n" + NEWCOMERS * 1 + "".join(
        f"T-{n};;T-M;{n};;90;;\n" for n in range(20)))  # fmt: skip
    counts = []
    for delivery in (few, many):
        session.flush()
        session.expire_all()
        with cast.counted_queries(database) as queries:
            planned(session, world, delivery)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_example_of_an_empty_list_is_passed_over_with_its_variant() -> None:
    for locale in LOCALES:
        with reading_in(locale):
            content = sheet_file.as_csv(sheet_export.example()) + "V-1;Bord\r\n"
        assert [row.item_number for row in price_list.read(content.encode(), "x.csv")] == ["V-1"]
