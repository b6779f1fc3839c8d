"""New prices: proposed, accepted by one municipality and refused by another, and what each pays."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import cast
import pytest
from cast import NOW, TODAY
from products.proposing import DAY, NEW, NOTICE, OLD, THEN, World, orders, pays, send, world
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.audit import AuditEvent
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.jobs import Job
from catalogue.ordering import basket, items
from catalogue.products import listing, prices, proposal_queries, proposals
from catalogue.products.models import Answer
from catalogue.products.price_rules import Price
from catalogue.products.proposals import Proposed
from catalogue.products.proposing import CannotBeSent

__all__ = ["world"]


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
