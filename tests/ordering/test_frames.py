"""Frames: chosen quotes that are called off in parts, exactly."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import cast
import pytest
from ordering import quoting
from ordering.test_crowd import at_once
from ordering.world import DELIVERY
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.errors import Invalid, Missing
from catalogue.ordering import frame_queries, frame_rules, frames, service, standing_making
from catalogue.ordering.frame_rules import FrameKind, Left, Terms
from catalogue.ordering.frames import NothingLeft
from catalogue.ordering.models import Order
from catalogue.ordering.quote_choice import Chosen
from catalogue.ordering.rules import Step
from catalogue.ordering.service import Placing
from catalogue.ordering.standing_making import Wanted
from catalogue.ordering.standing_models import StandingOrder, StandingRun
from catalogue.ordering.standing_rules import Plan, Rhythm
from catalogue.ordering.standing_work import place as place_due

UNTIL = cast.TODAY + timedelta(days=200)


def frame(session: Session, world: quoting.World, kind: FrameKind = FrameKind.QUANTITY) -> int:
    """Have the buyer choose a quote as a frame: 12.5 hours at 450 kr. and a drive of 200 kr."""
    made = quoting.ask(session, world)
    quote = quoting.send(session, world, 0, made)
    chosen = Chosen(quote.id, quote.revision, "Laveste pris")
    terms = Terms(kind, UNTIL)
    for _ in range(2):  # as by a double click
        frames.choose_as_frame(session, world.who, made.id, chosen, terms, quoting.AFTER)
    return quote.id


def call_off(
    session: Session, world: quoting.World, quote_id: int, hours: str, key: str = "form-1"
) -> Order:
    """Call off some of the hours."""
    placing = Placing(world.who, DELIVERY, key, quoting.AFTER)
    return frames.call_off(session, placing, quote_id, {1: Decimal(hours)})


def hours_left(session: Session, world: quoting.World, quote_id: int) -> Decimal:
    """Return how many hours are left, as the enterprise reads it."""
    return frame_queries.get_frame(session, world.whos[0], quote_id).left[0].left


def test_parts_are_orders_until_the_frame_is_used_up(session: Session) -> None:
    world = quoting.make(session)
    quote_id = frame(session, world)
    assert session.scalars(select(Order)).all() == []
    first = call_off(session, world, quote_id, "10")
    assert call_off(session, world, quote_id, "10") is first  # the same form sent twice
    assert (first.net_ore, first.state) == (450_000, "placed")
    assert (first.note or "").startswith("Trukket på rammen: Pasning af bede")
    assert hours_left(session, world, quote_id) == Decimal("2.5")
    with pytest.raises(Invalid, match="kun 2,5 tilbage"):
        call_off(session, world, quote_id, "3", key="form-2")
    service.take_step(
        session, world.whos[0], first.number, Step.REJECT, now=quoting.AFTER, reason="Vi er syge"
    )
    assert hours_left(session, world, quote_id) == Decimal("12.5")  # what is rejected is free again


def test_frame_that_ran_out_or_was_ended_gives_nothing(session: Session) -> None:
    world = quoting.make(session)
    quote_id = frame(session, world)
    late = Placing(world.who, DELIVERY, "form-1", quoting.AFTER + timedelta(days=300))
    with pytest.raises(NothingLeft, match="udløb"):
        frames.call_off(session, late, quote_id, {1: Decimal(1)})
    frames.end(session, world.who, quote_id, quoting.AFTER)
    with pytest.raises(NothingLeft, match="afsluttet"):
        call_off(session, world, quote_id, "1")


def test_frame_is_seen_by_its_two_sides_alone(session: Session) -> None:
    world = quoting.make(session)
    quote_id = frame(session, world)
    for who in (world.who, world.whos[0], cast.who(session, cast.staff(session, world.home))):
        assert [each.quote.id for each in frame_queries.list_frames(session, who)] == [quote_id]
    other = cast.who(session, cast.buyer(session, world.home))
    for who in (other, world.whos[1]):
        assert frame_queries.list_frames(session, who) == []
        with pytest.raises(Missing):
            frame_queries.get_frame(session, who, quote_id)
    with pytest.raises(Missing):
        frames.call_off(
            session, Placing(other, DELIVERY, "x", quoting.AFTER), quote_id, {1: Decimal(1)}
        )


def test_buyers_at_once_never_call_off_more_than_is_left(database: Database) -> None:
    with database.transaction() as session:
        world = quoting.make(session)
        quote_id = frame(session, world)

    def call(key: str) -> None:
        with database.transaction() as session:
            call_off(session, world, quote_id, "5", key)

    found = at_once([lambda key=f"form-{number}": call(key) for number in range(5)])
    assert sum(each is None for each in found) == 2
    assert sum(isinstance(each, Invalid) for each in found) == 3
    with database.reading() as session:
        assert hours_left(session, world, quote_id) == Decimal("2.5")


def test_standing_order_calls_a_frame_off_until_it_is_used_up(database: Database) -> None:
    plan = Plan(Rhythm.WEEKLY, 3, 1, 3, date(2026, 12, 10), date(2027, 3, 31))
    with database.transaction() as session:
        world = quoting.make(session)
        quote_id = frame(session, world)
        wanted = Wanted("Pasning", plan, 0, DELIVERY, {1: Decimal(7)}, "k" * 20)
        made = standing_making.make_on_frame(session, world.who, wanted, quote_id, quoting.AFTER)
        standing_id = made.id
    for _ in range(2):
        with database.reading() as session:
            next_ = session.get_one(StandingOrder, standing_id)
            planned_on, due_on = next_.next_on, next_.due_on
        assert planned_on and due_on
        now = cast.NOW + (due_on - cast.TODAY)
        place_due(database, standing_id, planned_on, now)
    with database.reading() as session:
        runs = session.scalars(select(StandingRun).order_by(StandingRun.planned_on)).all()
        assert [each.problem for each in runs] == [None, "Pasning: Der er kun 5,5 tilbage"]


LINES = [
    Left(1, "Timer", Decimal(10), 10_000, Decimal(4), 40_000),
    Left(2, "Kørsel", Decimal(1), 20_000),
]


@pytest.mark.parametrize(
    ("kind", "wanted", "fields"),
    [
        (FrameKind.QUANTITY, {1: "6", 2: "1"}, []),
        (FrameKind.QUANTITY, {1: "6.001"}, ["quantity_1"]),
        (FrameKind.QUANTITY, {2: "2"}, ["quantity_2"]),
        (FrameKind.AMOUNT, {2: "4"}, []),  # 80,000 of 120,000 øre are left
        (FrameKind.AMOUNT, {1: "8.001"}, ["quantity_1"]),
        (FrameKind.AMOUNT, {2: "5"}, ["quantity_2"]),
        (FrameKind.AMOUNT, {}, ["quantity_1"]),
        (FrameKind.AMOUNT, {9: "1"}, ["quantity_9"]),
        (FrameKind.QUANTITY, {9: "1"}, ["quantity_9"]),
    ],
)
def test_frame_is_bounded_by_its_quantities_or_by_its_amount(
    kind: FrameKind, wanted: dict[int, str], fields: list[str]
) -> None:
    asked = {place: Decimal(many) for place, many in wanted.items()}
    assert list(frame_rules.problems(kind, LINES, 120_000, asked)) == fields
