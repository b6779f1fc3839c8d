"""Variants in price lists: a row each, judged and written with their product, and back again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cast import NOW, TODAY
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from products.sheets import NEWCOMERS, families, planned, sent, taken, told, variants_of, world
from products.shirts import World, rows, saved
from products.test_sheets import NAMES
from products.world import open_store, photo, seller
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core.text import LOCALES, reading_in
from catalogue.products import (
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
)
from catalogue.products.deliveries import Delivery
from catalogue.products.models import Product
from catalogue.products.rules import ProductFacts
from catalogue.products.service import Upload
from catalogue.products.variant_rules import Variant

__all__ = ["world"]


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
