"""New prices: proposed, accepted by one municipality and refused by another, and what each pays."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import cast
import pytest
from cast import NOW, TODAY
from ordering.world import DELIVERY
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.audit import AuditEvent
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.jobs import Job
from catalogue.core.who import Who
from catalogue.ordering import basket, items
from catalogue.ordering import service as ordering
from catalogue.products import listing, prices, proposal_queries, proposals, service, shelf
from catalogue.products.models import Answer, PriceProposal, Product, ProductState
from catalogue.products.price_rules import Price
from catalogue.products.proposals import Proposed
from catalogue.products.proposing import CannotBeSent

NOTICE = 30
DAY = TODAY + timedelta(days=38)  # 1 January 2027
THEN = NOW + timedelta(days=38)
OLD, NEW = 10_000, 12_000


@dataclass
class World:
    """An enterprise that sells one product to buyers in Slagelse and Vejle."""

    shop: Any
    product: Product
    seller: Who
    staff: dict[str, Who]
    buyers: dict[str, Who]
    agreements: dict[str, Any]


@pytest.fixture
def world(session: Session) -> World:
    """A product for 100 kr. under two agreements that last for years."""
    shop = cast.enterprise(session)
    product = cast.product(session, shop, price_ore=OLD)
    staff, buyers, agreements = {}, {}, {}
    for name in ("Slagelse", "Vejle"):
        at = cast.municipality(session, name)
        ends_on = TODAY + timedelta(days=900)
        agreements[name] = cast.voluntary(session, at, shop, ends_on=ends_on)
        staff[name] = cast.who(session, cast.staff(session, at))
        buyers[name] = cast.who(session, cast.buyer(session, at))
    seller = cast.who(session, cast.worker(session, shop))
    return World(shop, product, seller, staff, buyers, agreements)


def send(
    session: Session, world: World, ore: int = NEW, from_on: date = DAY, now: datetime = NOW
) -> PriceProposal:
    """Draft and send a proposal of `ore` for the world's product."""
    made = proposals.draft(session, world.seller, Proposed(from_on), NOTICE, now)
    proposals.set_prices(session, world.seller, made.id, {world.product.id: ore}, now)
    return proposals.send(session, world.seller, made.id, NOTICE, now)


def pays(session: Session, world: World, name: str, day: date) -> int:
    """Return what a buyer of the municipality pays for the product on a day."""
    asked = prices.Asked(world.product, world.agreements[name].id)
    found = prices.list_prices(session, [asked], day)[world.product.id].price
    assert found is not None
    return found.ore


def change(session: Session, world: World, product: Product, now: datetime, **facts: Any) -> None:
    """Save other facts of a product, as its form does."""
    found = service.get_own(session, world.shop.id, product.id)
    service.save(session, world.seller, product.id, replace(shelf.facts_of(found), **facts), now)


def orders(session: Session, world: World, name: str, now: datetime) -> int:
    """Order one piece and return the price on the order."""
    who = world.buyers[name]
    basket.add(session, who, world.product.id, Decimal(1), now)
    (order,) = ordering.place(session, who, DELIVERY, secrets.token_hex()[:32], now)
    return order.lines[0].price_ore


def test_one_accepts_and_one_refuses_and_each_orders_at_its_price(
    session: Session, world: World
) -> None:
    sent = send(session, world)
    proposals.accept(session, world.staff["Slagelse"], sent.id, NOW)
    proposals.refuse(session, world.staff["Vejle"], sent.id, "For dyrt", NOW)
    assert [orders(session, world, name, NOW) for name in world.staff] == [OLD, OLD]
    # Nothing is done on the day: the list price may even be late.
    assert [orders(session, world, name, THEN) for name in world.staff] == [NEW, OLD]
    listing.make_listed(session, sent.id, THEN)
    assert world.product.price_ore == NEW
    assert [orders(session, world, name, THEN) for name in world.staff] == [NEW, OLD]


def test_a_municipality_that_does_not_answer_keeps_its_price(
    session: Session, world: World
) -> None:
    sent = send(session, world)
    listing.make_listed(session, sent.id, THEN)
    assert pays(session, world, "Vejle", DAY + timedelta(days=300)) == OLD


def test_late_acceptance_applies_from_the_day_after(session: Session, world: World) -> None:
    sent = send(session, world)
    proposals.refuse(session, world.staff["Vejle"], sent.id, "Ikke endnu", NOW)
    decision = proposals.accept(session, world.staff["Vejle"], sent.id, THEN + timedelta(days=5))
    assert decision.in_force_from == DAY + timedelta(days=6)
    assert pays(session, world, "Vejle", DAY + timedelta(days=5)) == OLD
    assert pays(session, world, "Vejle", DAY + timedelta(days=6)) == NEW


def test_an_agreement_made_later_is_made_at_the_list_price(session: Session, world: World) -> None:
    sent = send(session, world)
    listing.make_listed(session, sent.id, THEN)
    later = cast.voluntary(session, cast.municipality(session, "Vejle"), world.shop)
    asked = prices.Asked(world.product, later.id)
    found = prices.list_prices(session, [asked], DAY)[world.product.id]
    assert found.price == Price(NEW, 1, "piece")


def test_basket_keeps_the_price_until_the_day_and_tells_of_the_new_one(
    session: Session, world: World
) -> None:
    who = world.buyers["Slagelse"]
    basket.add(session, who, world.product.id, Decimal(1), NOW)
    sent = send(session, world)
    proposals.accept(session, world.staff["Slagelse"], sent.id, NOW)
    (before,) = items.check(session, who, TODAY)
    assert (before.ready, before.price.ore, before.coming and before.coming.price.ore) == (
        True, OLD, NEW,
    )  # fmt: skip
    (after,) = items.check(session, who, DAY)
    assert (after.ready, after.must_be_accepted, after.coming) == (False, True, None)
    basket.accept_prices(session, who, {world.product.id: before.priced.seen}, THEN)
    (unseen,) = items.check(session, who, DAY)
    assert unseen.must_be_accepted
    basket.accept_prices(session, who, {world.product.id: after.priced.seen}, THEN)
    (accepted,) = items.check(session, who, DAY)
    assert accepted.ready


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


def test_withdrawing_before_the_day_leaves_all_as_it_was(session: Session, world: World) -> None:
    sent = send(session, world)
    proposals.accept(session, world.staff["Slagelse"], sent.id, NOW)
    proposals.withdraw(session, world.seller, sent.id, NOW)
    listing.make_listed(session, sent.id, THEN)
    assert [pays(session, world, name, DAY) for name in world.staff] == [OLD, OLD]
    assert world.product.price_ore == OLD
    with pytest.raises(proposals.OutOfTurn):
        proposals.accept(session, world.staff["Vejle"], sent.id, NOW)


def test_what_is_in_force_cannot_be_withdrawn(session: Session, world: World) -> None:
    sent = send(session, world)
    with pytest.raises(proposals.OutOfTurn):
        proposals.withdraw(session, world.seller, sent.id, THEN)


def test_product_on_its_way_waits_for_its_day(session: Session, world: World) -> None:
    send(session, world)
    with pytest.raises(CannotBeSent):
        send(session, world, 13_000)


def test_newer_proposal_replaces_what_was_not_accepted(session: Session, world: World) -> None:
    first = send(session, world)
    proposals.accept(session, world.staff["Slagelse"], first.id, NOW)
    proposals.refuse(session, world.staff["Vejle"], first.id, "Nej", NOW)
    listing.make_listed(session, first.id, THEN)
    send(session, world, 13_000, DAY + timedelta(days=60), THEN)
    assert {each.answer for each in first.decisions} == {Answer.ACCEPTED, Answer.REPLACED}
    with pytest.raises(proposals.OutOfTurn):
        proposals.accept(session, world.staff["Vejle"], first.id, THEN)


def test_product_that_changed_since_the_draft_is_not_sent(session: Session, world: World) -> None:
    made = proposals.draft(session, world.seller, Proposed(DAY, percent=Decimal(5)), NOTICE, NOW)
    world.product.price_ore = 9_000
    session.flush()
    with pytest.raises(CannotBeSent):
        proposals.send(session, world.seller, made.id, NOTICE, NOW)


def test_draft_takes_bound_products_and_raises_them_by_per_cent(
    session: Session, world: World
) -> None:
    cast.product(session, world.shop, "Gave", category_code=cast.GIFTS)
    made = proposals.draft(
        session, world.seller, Proposed(DAY, percent=Decimal("3.5")), NOTICE, NOW
    )
    assert [(each.product_id, each.new_price_ore) for each in made.lines] == [
        (world.product.id, 10_350)
    ]


def test_draft_is_refused_by_field(session: Session, world: World) -> None:
    with pytest.raises(Invalid) as caught:
        proposed = Proposed(TODAY, product_ids=frozenset({999}))
        proposals.draft(session, world.seller, proposed, NOTICE, NOW)
    assert set(caught.value.problems) == {"from_on", "products"}


def test_proposal_without_a_change_is_not_sent(session: Session, world: World) -> None:
    made = proposals.draft(session, world.seller, Proposed(DAY), NOTICE, NOW)
    with pytest.raises(Invalid):
        proposals.send(session, world.seller, made.id, NOTICE, NOW)


def test_proposals_of_others_are_missing(session: Session, world: World) -> None:
    made = proposals.draft(session, world.seller, Proposed(DAY), NOTICE, NOW)
    stranger = cast.who(session, cast.worker(session, cast.enterprise(session, "Anden")))
    with pytest.raises(Missing):
        proposals.discard(session, stranger, made.id, NOW)
    with pytest.raises(Missing):  # staff see it when it is sent
        proposals.accept(session, world.staff["Vejle"], made.id, NOW)
    kolding = cast.who(session, cast.staff(session, cast.municipality(session, "Kolding")))
    sent = send(session, world)
    with pytest.raises(Missing):
        proposals.accept(session, kolding, sent.id, NOW)


def test_acceptance_is_final_and_a_refusal_owes_a_reason(session: Session, world: World) -> None:
    sent = send(session, world)
    with pytest.raises(Invalid):
        proposals.refuse(session, world.staff["Vejle"], sent.id, "", NOW)
    proposals.accept(session, world.staff["Vejle"], sent.id, NOW)
    with pytest.raises(Conflict):
        proposals.refuse(session, world.staff["Vejle"], sent.id, "Alligevel ikke", NOW)


def test_list_price_follows_on_the_day_once_with_a_version(session: Session, world: World) -> None:
    sent = send(session, world)
    job = session.scalars(select(Job).where(Job.topic == proposals.LIST)).one()
    assert job.due_at.isoformat() == "2026-12-31T23:00:00+00:00"  # midnight in Copenhagen
    listing.make_listed(session, sent.id, NOW)
    assert (world.product.price_ore, world.product.version) == (OLD, 1)
    for _ in range(2):
        listing.make_listed(session, sent.id, THEN)
    assert (world.product.price_ore, world.product.version) == (NEW, 2)


def test_every_step_is_audited(session: Session, world: World) -> None:
    sent = send(session, world)
    proposals.accept(session, world.staff["Slagelse"], sent.id, NOW)
    proposals.refuse(session, world.staff["Vejle"], sent.id, "Nej", NOW)
    proposals.withdraw(session, world.seller, sent.id, NOW)
    deeds = select(AuditEvent.action).where(AuditEvent.object_type == "price_proposal")
    assert list(session.scalars(deeds.order_by(AuditEvent.id))) == [
        "prices.drafted", "prices.changed", "prices.sent", "prices.accepted", "prices.refused",
        "prices.withdrawn",
    ]  # fmt: skip


def test_staff_compare_with_what_they_pay_and_paid(session: Session, world: World) -> None:
    first = send(session, world)
    proposals.accept(session, world.staff["Slagelse"], first.id, NOW)
    proposals.refuse(session, world.staff["Vejle"], first.id, "Nej", NOW)
    listing.make_listed(session, first.id, THEN)
    second = send(session, world, 13_000, DAY + timedelta(days=60), THEN)
    seen = {}
    for name, staff in world.staff.items():
        for sent in (first, second):
            found = proposal_queries.get_asked(session, staff.municipality_id, sent.id, DAY)
            seen[name, sent.id] = [(row.before.ore, row.after.ore) for row in found.rows]
    assert seen == {
        ("Slagelse", first.id): [(OLD, NEW)],
        ("Slagelse", second.id): [(NEW, 13_000)],
        ("Vejle", first.id): [(OLD, NEW)],
        ("Vejle", second.id): [(OLD, 13_000)],
    }
