"""Variants: one product to say and to find, rows of their own to order, price and agree on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cast
import pytest
from cast import NOW
from products.shirts import EXTRA, LARGE, SHIRTS, World, make, rows, saved
from products.world import open_store, photo
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.errors import Invalid, Missing
from catalogue.core.jobs import Job
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import basket
from catalogue.ordering.basket import NotOrderable
from catalogue.products import (
    checks,
    copying,
    families,
    gate,
    revisions,
    service,
    shelf,
    telling,
    variant_rules,
    variants,
    versions,
)
from catalogue.products.check_rules import Checked
from catalogue.products.models import ProductState, ProductVersion
from catalogue.products.service import Upload
from catalogue.products.variants import NEW, Table


@pytest.fixture
def world(session: Session) -> World:
    """A published shirt of 100 kr. in M, L and XL."""
    return make(session)


@pytest.mark.parametrize(
    ("size", "colour", "trait", "expected"),
    [
        ("L", "blå", "", "størrelse L, blå"),
        ("", "rød", "med lomme", "rød, med lomme"),
        ("Str. 42", "", "", "Str. 42"),
        ("Størrelse 42", "", "", "Størrelse 42"),
        ("", "", "", ""),
    ],
)
def test_variant_is_told_in_the_words_of_an_order(
    size: str, colour: str, trait: str, expected: str
) -> None:
    assert variant_rules.words(size, colour, trait) == expected


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (Table("", "", variants=(LARGE,)), "first one too"),
        (Table("L", "Blå", variants=(LARGE,)), "told alike"),
        (Table("M", variants=(LARGE, EXTRA._replace(item_number="T-L"))), "same item number"),
        (Table("M", variants=(LARGE._replace(item_number="T-M"),)), "same item number"),
        (Table("M", variants=(LARGE._replace(trait="x" * 110),)), "Title and differences"),
        (
            Table("M", variants=(EXTRA._replace(item_number="N", price_ore=None),)),
            "price for every variant",
        ),
        (
            Table("M", variants=tuple(LARGE._replace(item_number=f"N{n}", size=f"{n}")
                                      for n in range(31))),
            "At most",
        ),
    ],
)  # fmt: skip
def test_table_that_does_not_go_together_is_refused_with_the_remedy(
    session: Session, world: World, table: Table, text: str
) -> None:
    with pytest.raises(Invalid) as error:
        variants.save(session, world.seller, world.product.id, table, NOW)
    assert text in error.value.problems["variants"][0].message


def test_variant_is_a_row_that_shares_all_but_its_own(session: Session, world: World) -> None:
    found = rows(session, world.product)
    assert sorted(found) == ["T-L", "V-0001"]
    large = found["T-L"]
    assert large.name == "Arbejdsskjorte, størrelse L, blå"
    assert world.product.name == "Arbejdsskjorte, størrelse M, blå"
    own = {"item_number", "gtin", "price_ore", "size", "colour", "variants"}
    of_leader, of_row = shelf.facts_of(world.product), shelf.facts_of(large)
    differing = {
        name
        for name in of_row.__dataclass_fields__
        if getattr(of_row, name) != getattr(of_leader, name)
    }
    assert differing <= own
    assert (large.price_ore, large.state, large.version) == (12_000, "published", 1)
    assert [each.image_id for each in large.images] == [
        each.image_id for each in world.product.images
    ]


def test_change_of_the_product_reaches_its_variants_and_only_then_gives_them_a_version(
    session: Session, world: World
) -> None:
    facts = replace(shelf.facts_of(world.product), title="Skjorte", delivery_days=3)
    service.save(session, world.seller, world.product.id, facts, NOW)
    large = rows(session, world.product)["T-L"]
    assert (large.title, large.delivery_days, large.version) == ("Skjorte", 3, 2)
    service.save(session, world.seller, world.product.id, replace(facts, gtin="96385074"), NOW)
    assert rows(session, world.product)["T-L"].version == 2
    kept = session.scalars(
        select(ProductVersion.facts).where(ProductVersion.product_id == large.id)
    ).all()
    assert [each["title"] for each in kept] == ["Arbejdsskjorte", "Skjorte"]


def test_draft_has_no_rows_until_it_is_published_and_all_are_withdrawn_with_it(
    session: Session, world: World, tmp_path: Path
) -> None:
    draft = service.create_draft(
        session, world.seller, replace(shelf.facts_of(world.product), item_number="", variants=()),
        NOW,
    )  # fmt: skip
    table = replace(SHIRTS, variants=(LARGE._replace(item_number="K-L"),))
    variants.save(session, world.seller, draft.id, table, NOW)
    assert rows(session, draft) == {}
    picture = photo(open_store(tmp_path))
    service.add_images(session, world.seller, draft.id, Upload([picture], 12), NOW)
    service.publish(session, world.seller, draft.id, NOW)
    assert {each.state for each in rows(session, draft).values()} == {ProductState.PUBLISHED}
    service.withdraw(session, world.seller, draft.id, NOW)
    assert {each.state for each in rows(session, draft).values()} == {ProductState.WITHDRAWN}
    with pytest.raises(NotOrderable):
        basket.add(session, world.buyer, rows(session, draft)["K-L"].id, None, NOW)


def test_variant_that_is_removed_leaves_the_shelf_and_comes_back_as_the_same(
    session: Session, world: World
) -> None:
    large, extra = shelf.facts_of(world.product).variants
    id_ = rows(session, world.product)["T-L"].id
    saved(session, world, extra)
    assert rows(session, world.product)["T-L"].state == ProductState.WITHDRAWN
    with pytest.raises(Invalid):
        saved(session, world, extra, large._replace(key=NEW, price_ore=99_000))
    saved(session, world, extra, large._replace(key=NEW))
    back = rows(session, world.product)["T-L"]
    assert (back.id, back.state) == (id_, ProductState.PUBLISHED)


def test_numbers_may_change_places_but_not_be_those_of_another_product(
    session: Session, world: World
) -> None:
    large, extra = shelf.facts_of(world.product).variants
    ids = {number: each.id for number, each in rows(session, world.product).items()}
    swapped = (large._replace(item_number=extra.item_number), extra._replace(item_number="T-L"))
    saved(session, world, *swapped)
    now = {number: each.id for number, each in rows(session, world.product).items()}
    assert now == {"T-L": ids[extra.item_number], extra.item_number: ids["T-L"]}
    shop = session.get_one(Enterprise, world.product.enterprise_id)
    other = cast.product(session, shop)
    with pytest.raises(Invalid):
        saved(session, world, large._replace(item_number=other.item_number))


def test_variants_of_another_enterprise_and_variants_themselves_are_not_there(
    session: Session, world: World
) -> None:
    other = cast.who(session, cast.worker(session, cast.enterprise(session, "Anden")))
    with pytest.raises(Missing):
        variants.save(session, other, world.product.id, SHIRTS, NOW)
    large = rows(session, world.product)["T-L"]
    with pytest.raises(Missing):
        service.get_own(session, world.seller.enterprise_id, large.id)


def test_checked_change_of_variants_waits_and_is_told_and_takes_no_agreed_price_back(
    session: Session, world: World
) -> None:
    checks.set_checked(session, world.staff, Checked.ALL, NOW)
    large, extra = shelf.facts_of(world.product).variants
    draft = saved(session, world, large._replace(colour="rød"), extra)
    assert draft.id != world.product.id
    assert rows(session, world.product)["T-L"].name.endswith("blå")
    facts = families.with_prices(shelf.facts_of(world.product), {large.key: 15_000})
    shelf.put_facts(world.product, facts)  # as a proposal does meanwhile
    told = revisions.told_after(session, draft, world.product)
    lines = {str(each.label): each for each in telling.lines(session, None, told)}
    words = lines[str(variant_rules.NAMES["variants"])]
    assert "størrelse L, rød (T-L, 150,00" in words.new.pieces[0][0]
    check = checks.submit(session, world.seller, draft.id, NOW)
    checks.approve(session, world.staff, check.id, NOW)
    found = rows(session, world.product)["T-L"]
    assert (found.name, found.price_ore) == ("Arbejdsskjorte, størrelse L, rød", 15_000)


def test_family_is_one_of_the_first_products_that_are_checked(
    session: Session, world: World
) -> None:
    checks.set_checked(session, world.staff, Checked.FIRST, NOW)
    assert gate.is_checked(session, world.product.enterprise_id)


def test_former_version_brings_its_variants_back(session: Session, world: World) -> None:
    large, extra = shelf.facts_of(world.product).variants
    saved(session, world, extra)
    versions.revert(session, world.seller, world.product.id, 2, NOW)
    assert shelf.facts_of(world.product).variants == (large, extra)
    assert rows(session, world.product)["T-L"].state == ProductState.PUBLISHED


def test_copy_gives_variants_numbers_of_their_own(session: Session, world: World) -> None:
    copied = copying.copy_own(session, world.seller, world.product.id, NOW)
    numbers = {each.item_number for each in shelf.facts_of(copied).variants}
    assert len(numbers) == 2
    assert not numbers & {"T-L", *rows(session, world.product)}


def test_index_is_asked_for_the_leading_product_alone(session: Session, world: World) -> None:
    rows(session, world.product)
    todo = [job.payload for job in session.scalars(select(Job).where(Job.topic == "search.index"))]
    assert todo == [{"product_id": world.product.id}]


def test_product_without_variants_costs_no_query_more(session: Session, database: Database) -> None:
    shop = cast.enterprise(session)
    made = cast.product(session, shop)
    session.refresh(made, ["images", "delivery_area"])
    session.flush()
    with cast.counted_queries(database) as queries:
        families.follow(session, made, person_id=None, now=NOW)
    assert len(queries) == 0
