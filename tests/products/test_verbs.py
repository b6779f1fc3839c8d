"""Draft, publish, change, withdraw; what is refused, and what each change leaves behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import cast
import pytest
from products.world import Seller, facts, open_store, photo, seller
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.jobs import Job
from catalogue.enterprises.models import EnterpriseState
from catalogue.media.store import Store
from catalogue.products import service
from catalogue.products.models import Product, ProductState, ProductVersion
from catalogue.products.service import Described, NotReady, NotVerified, Upload

NOW = cast.NOW
COLOURS = ["red", "green", "blue", "white", "black", "gray", "pink", "tan", "navy", "teal",
           "gold", "plum", "lime"]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Where pictures are kept."""
    return open_store(tmp_path)


@pytest.fixture
def own(session: Session) -> Seller:
    """Legehytten."""
    return seller(session)


def on_shelf(session: Session, store: Store, own: Seller) -> Product:
    """Make a draft with a picture and publish it."""
    made = service.create_draft(session, own.who, facts(), NOW)
    service.add_images(session, own.who, made.id, Upload([photo(store)], 12), NOW)
    return service.publish(session, own.who, made.id, NOW)


def versions(session: Session, product: Product) -> list[tuple[int, str]]:
    """List the versions of a product with their states."""
    session.flush()
    rows = session.scalars(
        select(ProductVersion)
        .where(ProductVersion.product_id == product.id)
        .order_by(ProductVersion.version)
    )
    return [(each.version, each.facts["state"]) for each in rows]


def index_work(session: Session) -> int:
    """Count the work for the index that waits."""
    session.flush()
    return len(session.scalars(select(Job).where(Job.topic == "search.index")).all())


def test_draft_needs_only_a_title_and_is_given_an_item_number(
    session: Session, own: Seller
) -> None:
    bare = facts(item_number="", summary="", description="", category_code=None, price_ore=None)
    made = service.create_draft(session, own.who, bare, NOW)
    assert (made.item_number, made.state, made.version) == ("V-0001", ProductState.DRAFT, 0)
    assert index_work(session) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"summary": ""}, "summary"),
        ({"description": ""}, "description"),
        ({"category_code": None}, "category"),
        ({"price_ore": None}, "price"),
        ({"delivery_days": None}, "delivery_days"),
    ],
)
def test_publishing_names_the_field_that_lacks(
    session: Session, own: Seller, store: Store, changes: dict[str, object], field: str
) -> None:
    made = service.create_draft(session, own.who, facts(**changes), NOW)
    service.add_images(session, own.who, made.id, Upload([photo(store)], 12), NOW)
    with pytest.raises(NotReady) as caught:
        service.publish(session, own.who, made.id, NOW)
    assert list(caught.value.problems) == [field]
    assert made.state == ProductState.DRAFT


def test_publishing_asks_for_a_picture_and_for_what_it_shows(
    session: Session, own: Seller, store: Store
) -> None:
    made = service.create_draft(session, own.who, facts(), NOW)
    with pytest.raises(NotReady, match="billede"):
        service.publish(session, own.who, made.id, NOW)
    service.add_images(session, own.who, made.id, Upload([photo(store, alt="")], 12), NOW)
    with pytest.raises(NotReady, match="hvad det viser"):
        service.publish(session, own.who, made.id, NOW)


def test_every_change_on_the_shelf_is_a_version_and_is_indexed(
    session: Session, own: Seller, store: Store
) -> None:
    made = on_shelf(session, store, own)
    service.save(session, own.who, made.id, facts(price_ore=1_300_000), NOW)
    service.save(session, own.who, made.id, facts(price_ore=1_300_000), NOW)  # says the same
    service.withdraw(session, own.who, made.id, NOW)
    service.save(session, own.who, made.id, facts(price_ore=1_400_000), NOW)  # off the shelf
    assert versions(session, made) == [(1, "published"), (2, "published"), (3, "withdrawn")]
    assert index_work(session) == 3


def test_withdrawn_product_can_be_published_again_and_keeps_its_first_day(
    session: Session, own: Seller, store: Store
) -> None:
    made = on_shelf(session, store, own)
    service.withdraw(session, own.who, made.id, NOW)
    service.publish(session, own.who, made.id, NOW + timedelta(days=200))
    assert (made.state, made.published_at) == (ProductState.PUBLISHED, NOW)


def test_published_product_stays_fit_to_be_seen(
    session: Session, own: Seller, store: Store
) -> None:
    made = on_shelf(session, store, own)
    with pytest.raises(NotReady):
        service.save(session, own.who, made.id, facts(summary=""), NOW)
    with pytest.raises(NotReady):
        service.remove_image(session, own.who, made.id, made.images[0].id, NOW)


def test_draft_cannot_be_withdrawn(session: Session, own: Seller) -> None:
    made = service.create_draft(session, own.who, facts(), NOW)
    with pytest.raises(Conflict):
        service.withdraw(session, own.who, made.id, NOW)


def test_enterprise_that_is_not_verified_may_not_publish(session: Session, store: Store) -> None:
    own = seller(session, "Nystartet", state=EnterpriseState.APPLIED)
    with pytest.raises(NotVerified):
        on_shelf(session, store, own)


def test_item_number_names_one_product_of_an_enterprise(session: Session, own: Seller) -> None:
    service.create_draft(session, own.who, facts(), NOW)
    with pytest.raises(Invalid) as caught:
        service.create_draft(session, own.who, facts(title="Et andet"), NOW)
    assert list(caught.value.problems) == ["item_number"]
    other = seller(session, "Nabo")
    assert service.create_draft(session, other.who, facts(), NOW).item_number == "V-1"


def test_pictures_are_at_most_twelve_and_each_stands_once(
    session: Session, own: Seller, store: Store
) -> None:
    made = service.create_draft(session, own.who, facts(), NOW)
    pictures = [photo(store, colour) for colour in COLOURS]
    assert service.add_images(session, own.who, made.id, Upload(pictures[:12], 12), NOW) == 12
    assert service.add_images(session, own.who, made.id, Upload(pictures[:1], 12), NOW) == 0
    with pytest.raises(Invalid) as caught:
        service.add_images(session, own.who, made.id, Upload(pictures[12:], 12), NOW)
    assert list(caught.value.problems) == ["images"]


def test_pictures_take_the_places_and_texts_they_are_given(
    session: Session, own: Seller, store: Store
) -> None:
    made = service.create_draft(session, own.who, facts(), NOW)
    upload = Upload([photo(store, "red"), photo(store, "green"), photo(store, "blue")], 12)
    service.add_images(session, own.who, made.id, upload, NOW)
    red, green, blue = (each.id for each in made.images)
    service.describe_images(
        session, own.who, made.id,
        [Described(blue, "blå", 1), Described(red, "rød", 2), Described(green, "grøn", 3)], NOW,
    )  # fmt: skip
    assert [(each.alt, each.position) for each in made.images] == [
        ("blå", 1), ("rød", 2), ("grøn", 3),
    ]  # fmt: skip
    service.remove_image(session, own.who, made.id, red, NOW)
    assert [(each.alt, each.position) for each in made.images] == [("blå", 1), ("grøn", 2)]


def test_products_of_another_enterprise_do_not_exist_for_ours(
    session: Session, own: Seller, store: Store
) -> None:
    theirs = on_shelf(session, store, own)
    other = seller(session, "Nabo").who
    deeds = [
        lambda: service.get_own(session, other.enterprise_id, theirs.id),
        lambda: service.save(session, other, theirs.id, facts(), NOW),
        lambda: service.publish(session, other, theirs.id, NOW),
        lambda: service.withdraw(session, other, theirs.id, NOW),
        lambda: service.add_images(session, other, theirs.id, Upload([], 12), NOW),
        lambda: service.describe_images(session, other, theirs.id, [], NOW),
        lambda: service.remove_image(session, other, theirs.id, theirs.images[0].id, NOW),
    ]
    for deed in deeds:
        with pytest.raises(Missing):
            deed()
