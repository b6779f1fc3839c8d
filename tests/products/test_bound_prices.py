"""A price that an agreement binds may fall at once, and rises only by a proposal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import cast
import pytest
from cast import NOW, TODAY
from products.proposing import DAY, NEW, OLD, THEN, World, change, pays, send, world
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.products import listing, proposals
from catalogue.products.models import Answer, ProductState

__all__ = ["world"]


def test_bound_price_may_fall_at_once_but_not_rise(session: Session, world: World) -> None:
    with pytest.raises(Invalid) as caught:
        change(session, world, world.product, NOW, price_ore=NEW)
    assert list(caught.value.problems) == ["price"]
    change(session, world, world.product, NOW, price_ore=9_000)
    assert pays(session, world, "Vejle", TODAY) == 9_000


@pytest.mark.parametrize("facts", [{"price_base_quantity": 1, "price_ore": 10_001},
                                    {"unit": "box"}, {"price_ore": None}])  # fmt: skip
def test_bound_price_cannot_rise_by_another_way(
    session: Session, world: World, facts: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        change(session, world, world.product, NOW, **facts)


def test_being_withdrawn_for_a_while_frees_no_price(session: Session, world: World) -> None:
    world.product.state = ProductState.WITHDRAWN
    with pytest.raises(Invalid):
        change(session, world, world.product, NOW, price_ore=NEW)


def test_price_under_no_agreement_is_edited_freely(session: Session, world: World) -> None:
    gift = cast.product(session, world.shop, "Gave", category_code=cast.GIFTS, price_ore=500)
    change(session, world, gift, NOW, price_ore=900)
    assert gift.price_ore == 900


def test_price_of_a_draft_is_edited_freely(session: Session, world: World) -> None:
    world.product.state, world.product.version = ProductState.DRAFT, 0
    change(session, world, world.product, NOW, price_ore=NEW)
    assert world.product.price_ore == NEW


def test_fall_is_passed_on_to_kept_prices_and_a_later_rise_is_asked_anew(
    session: Session, world: World
) -> None:
    sent = send(session, world)
    proposals.accept(session, world.staff["Slagelse"], sent.id, NOW)
    listing.make_listed(session, sent.id, THEN)
    change(session, world, world.product, THEN, price_ore=9_500)
    assert [pays(session, world, name, DAY) for name in world.staff] == [9_500, 9_500]
    again = send(session, world, 11_000, DAY + timedelta(days=60), THEN)
    assert {each.answer for each in again.decisions} == {Answer.WAITING}
    listing.make_listed(session, again.id, THEN + timedelta(days=60))
    assert pays(session, world, "Slagelse", DAY + timedelta(days=60)) == 9_500


def test_lower_list_price_that_is_a_rise_for_one_is_asked_of_that_one(
    session: Session, world: World
) -> None:
    first = send(session, world)
    proposals.accept(session, world.staff["Slagelse"], first.id, NOW)
    proposals.refuse(session, world.staff["Vejle"], first.id, "Nej", NOW)
    listing.make_listed(session, first.id, THEN)
    day = DAY + timedelta(days=60)
    second = send(session, world, 11_000, day, THEN)
    vejle = world.staff["Vejle"].municipality_id
    assert [each.municipality_id for each in second.decisions] == [vejle]
    assert pays(session, world, "Slagelse", day - timedelta(days=1)) == NEW
    assert [pays(session, world, name, day) for name in world.staff] == [11_000, OLD]
