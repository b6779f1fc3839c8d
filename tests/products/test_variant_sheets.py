"""Variants in price lists: a row each, judged and written with their product, and back again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cast
import pytest
from cast import NOW, TODAY
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from products.shirts import World, make, rows, saved
from products.test_sheets import NAMES, TEXT, anything, tidy
from products.world import facts, open_store, photo, received, seller
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.text import LOCALES, reading_in
from catalogue.products import (
    checks,
    known,
    list_report,
    plan,
    price_list,
    rules,
    service,
    sheet_cells,
    sheet_export,
    sheet_file,
    shelf,
    variant_rules,
    variants,
    writing,
)
from catalogue.products.check_models import Revision
from catalogue.products.check_rules import Checked
from catalogue.products.deliveries import Delivery, led
from catalogue.products.models import Product
from catalogue.products.plan import Plan
from catalogue.products.rules import ProductFacts
from catalogue.products.service import Upload
from catalogue.products.variant_rules import NEW, Variant
from catalogue.products.variants import Table
from catalogue.products.zipped import picture_key

HEAD = "Varenummer;Titel;Variant af;Størrelse;Farve;Pris;Billeder;Billedtekster\n"
NEWCOMERS = "K-1;Kappe;;S;grå;100;;\nK-2;;K-1;M;grå;110;;\nK-3;;K-1;L;grå;120;;\n"

FITTING = [
    ("T-S;;T-X;S;;80;;", [("refused", "C2")]),
    ("T-S;;T-L;S;;80;;", [("refused", "C2")]),
    ("T-M;;V-0001;S;;80;;", [("refused", "A2")]),
    ("T-L;;K-9;;;;;\nK-9;Kappe;;L;;90;;", [("refused", "C2"), ("created", "")]),
    ("T-L;;T-M;L;blå;dyr;;", [("refused", "F2")]),
    ("T-L;;T-M;L;blå;121;;", [("refused", "F2")]),
    ("T-L;;T-M;L;blå;(tom);;", [("refused", "F2")]),
    ("T-L;;T-M;(tom);(tom);;;", [("refused", "D2")]),
    ("T-L;;T-M;m;BLÅ;;;", [("refused", "D2")]),
    ("T-L;;T-M;" + "x" * 41 + ";;;;", [("refused", "D2")]),
    ("T-L;Kjole;T-M;;;;;", [("refused", "B2")]),
    ("T-L;Arbejdsskjorte, størrelse L, blå;T-M;;;;;", [("unchanged", "")]),
    ("T-L;(tom);T-M;;;;;", [("refused", "B2")]),
    (";;T-M;S;;80;;", [("refused", "A2")]),
    ("T-L;;;;;90;;\nT-L;;;;;80;;", [("refused", "A2"), ("refused", "A3")]),
    ("T-L;;(tom);;;;;", [("refused", "C2")]),
    ("T-S;;T-M;S;;;;", [("refused", "F2")]),
    ("T-S;;T-M;S;;80;intet.jpg;", [("refused", "G2")]),
    ("K-1;Kappe;;S;;100;;\nK-2;;K-1;s;;;;", [("refused", "D2"), ("refused", "D3")]),
    ("K-1;;;S;;100;;\nK-2;;K-1;M;;;;", [("refused", "B2"), ("refused", "C3")]),
    ("T-M;;;L;blå;;;", [("refused", "D2")]),
    ("T-M;;T-M;;;99;;", [("changed", "")]),
]  # fmt: skip


@pytest.fixture
def world(session: Session) -> World:
    """A published shirt of 100 kr. in M, L and XL; `V-0001` is the number of XL."""
    return make(session)


def sent(text: str, pictures: Any = None) -> Delivery:
    """Return a list as it is judged, the heading above its rows."""
    found = price_list.read((HEAD + text).encode(), "liste.csv")
    return Delivery(tuple(found), pictures or {})


def planned(session: Session, world: World, delivery: Delivery) -> Plan:
    """Judge a list of the shirt's enterprise."""
    return plan.preview(session, world.product.enterprise_id, delivery, TODAY)


def taken(session: Session, world: World, delivery: Delivery) -> Plan:
    """Import a list of the shirt's enterprise."""
    found = planned(session, world, delivery)
    assert [each.problems for each in found.entries if each.problems] == []
    return plan.apply(session, world.seller, delivery, found.fingerprint, NOW)


def told(found: Plan) -> list[tuple[str, str]]:
    """Return what becomes of each row, and the cells in which something is wrong."""
    return [
        (str(each.outcome), " ".join(each.place(name) for name in each.problems))
        for each in found.entries
    ]


@st.composite
def families(draw: Callable[..., Any]) -> ProductFacts:
    """Any product with variants that the form takes."""
    leader, one = draw(anything()), TEXT.map(tidy)
    traits = st.fixed_dictionaries({name: one for name in variant_rules.TRAITS})
    own = st.builds(
        Variant, st.just(NEW), one.filter(bool),
        price_ore=st.none() | st.integers(0, 10**12),
        gtin=st.sampled_from([None, "5701234567899"]), made_to_order=st.none() | st.booleans(),
        paused_until=st.none() | st.dates().map(lambda day: day.replace(day.year + 1000)
                                                if day.year < 1000 else day).map(str),
        pause_reason=one, image_id=st.none(),
    )  # fmt: skip
    told = [
        variant._replace(key=key, **draw(traits))
        for key, variant in enumerate(draw(st.lists(own, min_size=1, max_size=3)), start=1)
    ]
    return replace(leader, **draw(traits), variants=tuple(told))


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(told=families(), form=st.sampled_from(["xlsx", "csv"]), locale=st.sampled_from(LOCALES))
def test_every_fact_of_a_family_comes_back_from_a_sheet(
    session: Session, shop: int, told: ProductFacts, form: str, locale: str
) -> None:
    told = replace(
        told, on_request=told.kind == "service" and told.price_ore is None,
        vat_exempt_reason=told.vat_exempt_reason or "Undervisning",
        delivers_everywhere=True, municipality_ids=frozenset(),
    )  # fmt: skip
    assume(not variant_rules.problems(rules.as_variant(told), told.variants, told.title))
    with reading_in(locale):
        lines = [sheet_cells.cells_of(told, NAMES)]
        lines += [sheet_cells.variant_cells(told, each) for each in told.variants]
        content = sheet_file.as_xlsx(lines, []) if form == "xlsx" else sheet_file.as_csv(lines)
    read = price_list.read(content if isinstance(content, bytes) else content.encode(), f"x.{form}")
    found = plan.preview(session, shop, Delivery(tuple(read), {}), TODAY).entries
    assert [each.problems for each in found] == [{}] * len(lines)
    assert found[0].whole is not None
    assert found[0].whole.facts == told


@given(
    told=st.lists(st.tuples(*[st.sampled_from(["", "L", "M", "x" * 60])] * 2), max_size=5),
    title=st.sampled_from(["Bord", "B" * 100]),
)
def test_rows_are_at_fault_exactly_when_the_family_does_not_go_together(
    told: list[tuple[str, str]], title: str
) -> None:
    family = [
        Variant(place, f"N{place}", size=size, colour=colour)
        for place, (size, colour) in enumerate([("", "blå"), *told])
    ]
    wrong = variant_rules.problems(family[0], family[1:], title)
    assert bool(variant_rules.faults(family, title)) == bool(wrong)


@pytest.fixture
def shop(session: Session) -> int:
    """An enterprise without products."""
    return seller(session).enterprise.id


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_family_that_is_exported_and_sent_again_is_unchanged(
    session: Session, world: World, tmp_path: Path, form: str
) -> None:
    store = open_store(tmp_path)
    upload = Upload([photo(store, "blue", "Skjorten i blå")], 12)
    service.add_images(session, world.seller, world.product.id, upload, NOW)
    large, extra = shelf.facts_of(world.product).variants
    second = world.product.images[1].image_id
    saved(session, world, large._replace(image_id=second, paused_until="2027-01-04"), extra)
    world.product.item_number = "T  M"  # a sheet takes one of the blanks off
    session.flush()
    lines = sheet_export.list_lines(session, world.product.enterprise_id)
    assert [(each.get("variant_of", ""), each["size"]) for each in lines] == [
        ("", "M"),
        ("T  M", "L"),
        ("T  M", "XL"),
    ]
    assert [lines[1]["images"], lines[2]["images"]] == [f"katalog-{second}", ""]
    content = sheet_file.as_xlsx(lines, []) if form == "xlsx" else sheet_file.as_csv(lines).encode()
    delivery = Delivery(tuple(price_list.read(content, f"varer.{form}")), {})
    assert planned(session, world, delivery).counts["unchanged"] == 3


def test_family_is_changed_and_grows_by_its_rows_in_one_version(
    session: Session, world: World
) -> None:
    version = world.product.version
    text = "T-L;;T-M;L;grøn;90;;\nT-S;;T-M;S;blå;80;;\nT-M;Skjorte;;;;;;\nV-0001;;;;;95;;\n"
    found = taken(session, world, sent(text))
    assert told(found) == [("changed", ""), ("created", ""), ("changed", ""), ("changed", "")]
    assert [each.fields for each in found.entries] == [
        ("price_ore", "colour"), (), ("title",), ("price_ore",),
    ]  # fmt: skip
    now = {
        number: (each.name, each.price_ore) for number, each in rows(session, world.product).items()
    }
    assert now == {
        "T-L": ("Skjorte, størrelse L, grøn", 9_000), "T-S": ("Skjorte, størrelse S, blå", 8_000),
        "V-0001": ("Skjorte, størrelse XL, blå", 9_500),
    }  # fmt: skip
    assert world.product.version == version + 1
    shown = list_report.line(found.entries[0], sheet_export.read_names(session))
    changes = {each["field"]: (each["old"], each["new"]) for each in shown["changes"]}
    assert changes["Farve"] == ("blå", "grøn")
    assert (shown["title"], shown["variant_of"]) == ("Skjorte, størrelse L, grøn", "T-M")


def test_new_family_is_one_product_in_any_order_of_its_rows(session: Session, world: World) -> None:
    lines = NEWCOMERS.splitlines(keepends=True)
    taken(session, world, sent(lines[2] + lines[0] + lines[1]))
    made = session.scalars(select(Product).where(Product.item_number == "K-1")).one()
    told_now = [(each.item_number, each.size) for each in variants_of(session, made)]
    assert told_now == [("K-3", "L"), ("K-2", "M")]
    again = planned(session, world, sent(NEWCOMERS))
    assert again.counts["unchanged"] == 3
    assert session.scalar(select(func.count()).where(Product.item_number == "K-2")) == 0


def variants_of(session: Session, product: Product) -> tuple[Variant, ...]:
    """Return the variants that a product tells, read anew."""
    session.flush()
    session.refresh(product, ["images", "delivery_area"])
    return shelf.facts_of(product).variants


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
