"""Quotes: who may be asked, what may be done when, and how a quote becomes an order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import cast
import pytest
from ordering import quoting
from ordering.world import DELIVERY
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core.audit import AuditEvent
from catalogue.core.errors import Invalid, Missing
from catalogue.ordering import quote_answers, quote_choice, quote_queries, quotes
from catalogue.ordering.models import Order, OrderEvent, OrderLine, OrderState
from catalogue.ordering.quote_choice import Chosen
from catalogue.ordering.quote_models import QuoteLine
from catalogue.ordering.quote_rules import Phase
from catalogue.ordering.quote_trace import OutOfTime
from catalogue.ordering.service import CannotBePlaced, Placing


def test_an_enterprise_without_agreement_or_under_a_mandatory_one_is_not_asked(
    session: Session,
) -> None:
    world = quoting.make(session)
    stranger = cast.enterprise(session, "Fremmed")
    with pytest.raises(Invalid, match="enterprises"):
        quotes.ask(session, world.who, quoting.wanted(world.ids | {stranger.id}), [], cast.NOW)
    cast.mandatory(session, world.home, categories=[quoting.CODE])
    with pytest.raises(Invalid, match="enterprises"):
        quoting.ask(session, world)


@pytest.mark.parametrize("days", [-1, 0, 181])
def test_a_deadline_is_tomorrow_at_the_earliest_and_within_half_a_year(
    session: Session, days: int
) -> None:
    world = quoting.make(session)
    with pytest.raises(Invalid, match="deadline_on"):
        quoting.ask(session, world, deadline_on=cast.TODAY + timedelta(days=days))


def test_a_chosen_quote_is_an_order_like_any_other_at_the_quoted_price(session: Session) -> None:
    world = quoting.make(session, ceiling_ore=1_000_000)
    made = quoting.ask(session, world)
    dear, cheap = (quoting.send(session, world, place, made, price_ore=price)
                   for place, price in ((0, 52_000), (1, 45_000)))  # fmt: skip
    order = quoting.choose(session, world, made, cheap)
    lines = session.scalars(
        select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
    ).all()
    assert order.number == "0330-2026-00001"
    assert order.state == OrderState.PLACED
    assert order.enterprise_id == world.shops[1].id
    assert [(each.title, each.quantity, each.price_ore, each.net_ore) for each in lines] == [
        ("Pasning", Decimal("12.5"), 45_000, 562_500), ("Kørsel", Decimal(1), 20_000, 20_000),
    ]  # fmt: skip
    assert (order.net_ore, order.vat_ore) == (582_500, 140_625)
    assert {each.agreement_number for each in lines} == {world.agreements[1].number}
    assert {each.product_id for each in lines} == {None}
    assert {each.category_code for each in lines} == {quoting.CODE}
    assert session.scalars(select(OrderEvent.state)).all() == ["placed"]
    deeds = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert deeds[-2:] == ["order.placed", "quote.chosen"]
    assert not dear.chosen


def test_choosing_twice_orders_once(session: Session) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    quote = quoting.send(session, world, 0, made)
    first = quoting.choose(session, world, made, quote)
    assert quoting.choose(session, world, made, quote) is first
    assert session.scalar(select(func.count()).select_from(Order)) == 1


def test_no_quote_is_chosen_before_all_have_answered_or_the_deadline_is_over(
    session: Session,
) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    quote = quoting.send(session, world, 0, made)
    chosen = Chosen(quote.id, quote.revision, "Den eneste")

    def choose() -> Order:
        return quote_choice.choose(
            session, Placing(world.who, DELIVERY, "", cast.NOW), made.id, chosen
        )

    with pytest.raises(OutOfTime):
        choose()
    for who in world.whos[1:]:
        quote_answers.decline(session, who, made.id, "Vi har travlt", cast.NOW)
    assert choose().net_ore == 582_500


def test_what_may_not_be_ordered_on_the_day_of_the_choice_is_refused(session: Session) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    quote = quoting.send(session, world, 0, made)
    cast.mandatory(session, world.home, categories=["77300000"])
    with pytest.raises(CannotBePlaced, match="fast aftale"):
        quoting.choose(session, world, made, quote)
    assert session.scalar(select(func.count()).select_from(Order)) == 0


def test_a_quote_above_the_ceiling_of_the_agreement_is_refused(session: Session) -> None:
    world = quoting.make(session, ceiling_ore=582_499)
    made = quoting.ask(session, world)
    quote = quoting.send(session, world, 0, made)
    with pytest.raises(CannotBePlaced, match="loft"):
        quoting.choose(session, world, made, quote)


def test_a_quote_that_changed_since_it_was_read_is_not_ordered(session: Session) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    quote = quoting.send(session, world, 0, made)
    read = Chosen(quote.id, quote.revision, "Den er god")
    quoting.send(session, world, 0, made, price_ore=99_000)
    with pytest.raises(OutOfTime, match="rettet"):
        quote_choice.choose(session, Placing(world.who, DELIVERY, "", quoting.AFTER), made.id, read)


def test_a_quote_that_was_taken_back_and_sent_anew_is_not_ordered_unread(
    session: Session,
) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    quote = quoting.send(session, world, 0, made)
    read = Chosen(quote.id, quote.revision, "Den er god")
    quote_answers.decline(session, world.whos[0], made.id, "Vi har travlt", cast.NOW)
    quoting.send(session, world, 0, made, price_ore=99_000)
    with pytest.raises((OutOfTime, Missing)):  # SQLite gives its number anew, PostgreSQL does not
        quote_choice.choose(session, Placing(world.who, DELIVERY, "", quoting.AFTER), made.id, read)


def test_a_quote_that_has_run_out_is_not_ordered(session: Session) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    last = quoting.DEADLINE + timedelta(days=1)
    quote = quoting.send(session, world, 0, made, valid_until=last)
    chosen = Chosen(quote.id, quote.revision, "Den er god")
    with pytest.raises(OutOfTime, match="udløbet"):
        late = Placing(world.who, DELIVERY, "", cast.NOW + timedelta(days=12))
        quote_choice.choose(session, late, made.id, chosen)


def test_a_quote_replaces_itself_until_the_deadline_and_not_after(session: Session) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    quoting.send(session, world, 0, made)
    quote = quoting.send(session, world, 0, made, price_ore=40_000)
    assert (quote.revision, quote.net_ore) == (2, 520_000)
    assert session.scalar(select(func.count()).select_from(QuoteLine)) == 2
    with pytest.raises(OutOfTime):
        quote_answers.send(
            session, world.whos[0], made.id, quoting.offer(), received=[], now=quoting.AFTER
        )


def test_a_no_takes_the_quote_back_and_a_quote_the_no(session: Session) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    quoting.send(session, world, 0, made)
    quote_answers.decline(session, world.whos[0], made.id, "Vi har travlt", cast.NOW)
    page = quote_queries.get_request(session, world.who, made.id, cast.TODAY)
    assert page.quotes == []
    quoting.send(session, world, 0, made)
    session.expire_all()
    page = quote_queries.get_request(session, world.who, made.id, cast.TODAY)
    assert len(page.quotes) == 1
    assert page.quotes[0].recipient.declined_at is None


def test_a_quote_must_count_beyond_the_deadline(session: Session) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    with pytest.raises(Invalid, match="valid_until"):
        quoting.send(session, world, 0, made, valid_until=quoting.DEADLINE)


def test_when_nobody_answers_one_gives_more_time_asks_others_or_closes(session: Session) -> None:
    world = quoting.make(session)
    two = frozenset(each.id for each in world.shops[:2])
    made = quotes.ask(session, world.who, quoting.wanted(two), [], cast.NOW)
    third, late = world.shops[2].id, quoting.AFTER
    page = quote_queries.get_request(session, world.who, made.id, late.date())
    assert page.phase == Phase.UNANSWERED
    assert page.others == [(third, "Riven")]
    with pytest.raises(OutOfTime, match="senere frist"):
        quotes.ask_others(session, world.who, made.id, [third], late)
    quotes.extend(session, world.who, made.id, quoting.DEADLINE + timedelta(days=14), late)
    quotes.ask_others(session, world.who, made.id, [third, world.shops[0].id], late)
    page = quote_queries.get_request(session, world.who, made.id, late.date())
    assert (page.phase, len(page.answers)) == (Phase.OPEN, 3)
    quotes.close(session, world.who, made.id, "Vi gør det selv", late)
    with pytest.raises(OutOfTime):
        quotes.extend(session, world.who, made.id, quoting.DEADLINE + timedelta(days=20), late)


def test_a_deadline_only_moves_later(session: Session) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    with pytest.raises(Invalid, match="deadline_on"):
        quotes.extend(session, world.who, made.id, quoting.DEADLINE, cast.NOW)


def test_competitors_and_other_municipalities_see_nothing_of_a_request(session: Session) -> None:
    world = quoting.make(session)
    two = frozenset(each.id for each in world.shops[:2])
    made = quotes.ask(session, world.who, quoting.wanted(two), [], cast.NOW)
    quoting.send(session, world, 0, made)
    other = quote_queries.get_asked(session, world.shops[1].id, made.id, cast.TODAY)
    assert other.quote is None
    with pytest.raises(Missing):
        quote_queries.get_asked(session, world.shops[2].id, made.id, cast.TODAY)
    with pytest.raises(Missing):
        quote_answers.decline(session, world.whos[2], made.id, "Vi har travlt", cast.NOW)
    colleague = cast.who(session, cast.buyer(session, world.home, email="b@slagelse.example"))
    neighbour = cast.who(session, cast.staff(session, cast.municipality(session, "Vejle")))
    for stranger in (colleague, neighbour, *world.whos):
        with pytest.raises(Missing):
            quote_queries.get_request(session, stranger, made.id, cast.TODAY)
    staff = cast.who(session, cast.staff(session, world.home))
    assert quote_queries.get_request(session, staff, made.id, cast.TODAY).quotes
    with pytest.raises(Missing):
        quotes.close(session, staff, made.id, "Vi gør det selv", cast.NOW)


def test_staff_close_a_request_whose_buyer_has_left_and_no_other(session: Session) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    staff = cast.who(session, cast.staff(session, world.home))
    neighbour = cast.who(session, cast.staff(session, cast.municipality(session, "Vejle")))
    assert not quote_queries.get_request(session, staff, made.id, cast.TODAY).buyer_has_left
    world.buyer.disabled_at = cast.NOW
    session.flush()
    assert quote_queries.get_request(session, staff, made.id, cast.TODAY).buyer_has_left
    with pytest.raises(Missing):
        quotes.close(session, neighbour, made.id, "Hun er holdt op", cast.NOW)
    with pytest.raises(Missing):
        quotes.extend(session, staff, made.id, quoting.DEADLINE + timedelta(days=1), cast.NOW)
    quotes.close(session, staff, made.id, "Hun er holdt op", cast.NOW)
    assert made.close_reason == "Hun er holdt op"
    told = quote_queries.get_asked(session, world.shops[0].id, made.id, cast.TODAY)
    assert not told.open


def test_a_question_is_seen_by_its_asker_and_by_all_when_it_is_answered(session: Session) -> None:
    world = quoting.make(session)
    made = quoting.ask(session, world)
    quote_answers.question(session, world.whos[0], made.id, "Er der vand?", cast.NOW)

    def seen(place: int) -> list[tuple[str, str | None]]:
        page = quote_queries.get_asked(session, world.shops[place].id, made.id, cast.TODAY)
        return [(each.text, each.answer) for each in page.questions]

    assert (seen(0), seen(1)) == ([("Er der vand?", None)], [])
    question_id = quote_queries.get_request(
        session, world.who, made.id, cast.TODAY
    ).questions[0].id  # fmt: skip
    quotes.answer(session, world.who, question_id, "Ja, ved gavlen.", cast.NOW)
    assert seen(0) == seen(1) == [("Er der vand?", "Ja, ved gavlen.")]
