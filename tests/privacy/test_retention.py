"""What is old goes by the table of rules, is counted before and told after; the rest stays."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import cast
import pytest
from ordering.world import DELIVERY, make, put
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts import sessions
from catalogue.core import jobs
from catalogue.core.text import Text
from catalogue.core.who import Role
from catalogue.exchange import mail_kinds, mail_log, notices
from catalogue.exchange.notices import News, audience
from catalogue.ordering import messages, service
from catalogue.ordering.messages import Written
from catalogue.ordering.models import Order, OrderEvent, OrderState
from catalogue.ordering.side_models import OrderSides
from catalogue.privacy import retention
from catalogue.privacy.retention_rules import GONE, RULES
from catalogue.search.models import Asked
from catalogue.settings import Settings

SETTINGS = Settings(basket_days=10, search_words_days=10, mail_log_days=10, notice_days=10)


def fill(session: Session) -> None:
    """Have a session, a basket, a word, a mail and a notice of today."""
    world = make(session)
    sessions.begin(session, world.buyer.id, cast.NOW, 12)
    put(session, world)
    session.add(Asked(municipality_id=world.home.id, text="bænk", found=1, last_at=cast.NOW))
    facts = {"kind": "order", "event": "placed", "about": "x", "recipient": "a@b.dk"}
    facts |= {"recipient_folded": "a@b.dk", "subject": "x", "message_id": "<x@y>"}
    mail_log.begin(session, [facts], cast.NOW)
    news = News("x", mail_kinds.DEADLINE, Text("Ny ordre"), "ordrer")
    notices.put(session, audience(Role.BUYER, world.home.id), news, cast.NOW)
    notices.read_all(session, world.who, 99)


@pytest.mark.parametrize(("days", "going"), [(9, {"sign_ins"}), (11, {
    "sign_ins", "baskets", "search_words", "mail_log", "notices"})])  # fmt: skip
def test_what_is_old_is_counted_then_taken_out_and_told(
    session: Session, days: int, going: set[str]
) -> None:
    fill(session)
    later = cast.NOW + timedelta(days=days)
    due = retention.due(session, SETTINGS, later)
    assert due == {each.code: int(each.code in going) for each in RULES}
    assert retention.work(session, SETTINGS, later).removed == due
    assert set(retention.due(session, SETTINGS, later).values()) == {0}
    assert [each.total for each in retention.list_runs(session)] == [len(going)]


@pytest.mark.parametrize(("today", "stays"), [("2031-12-31", True), ("2032-01-01", False)])
def test_orders_lose_their_people_after_five_whole_years_and_keep_their_amounts(
    session: Session, today: str, stays: bool
) -> None:
    world = make(session)
    put(session, world)
    (made,) = service.place(session, world.who, DELIVERY, "one-drawn-form", cast.NOW)
    messages.send(session, world.who, made.number, Written("Hej"), now=cast.NOW, mail_at=cast.NOW)
    made.state = OrderState.CLOSED
    before = made.net_ore, made.vat_ore, made.number
    later = datetime.fromisoformat(today).replace(hour=12, tzinfo=UTC)
    retention.work(session, SETTINGS, later)
    session.expire_all()
    order = session.scalars(select(Order)).one()
    assert (order.net_ore, order.vat_ore, order.number) == before
    assert (order.contact_name == "Bo Berg") is stays
    names = set(session.scalars(select(OrderEvent.person_name)))
    assert names == ({world.buyer.name} if stays else {GONE})
    kept = list(session.scalars(select(OrderSides.buyer_name)))
    assert kept == ([world.buyer.name] if stays else [])
    assert (order.note is not None) is stays


def test_person_whose_log_in_was_closed_long_ago_has_no_name_left(session: Session) -> None:
    gone = cast.buyer(session, name="Vibeke Skov", disabled_at=cast.NOW)
    for days, name in ((364, "Vibeke Skov"), (366, f"Slettet person {gone.id}")):
        retention.work(session, Settings(), cast.NOW + timedelta(days=days))
        session.expire_all()
        assert gone.name == name


def test_night_puts_the_next_night(session: Session) -> None:
    retention.work_nightly(session, replace(SETTINGS), cast.NOW)
    assert jobs.is_waiting(session, retention.DAILY.topic)


def test_rules_have_codes_of_their_own_and_say_why() -> None:
    codes: list[Any] = [each.code for each in RULES]
    assert len(set(codes)) == len(codes)
    assert all(
        str(each.why) and str(each.source) and str(each.how_long(SETTINGS)) for each in RULES
    )


def test_table_of_standing_orders_is_whole_without_the_rest_of_the_application() -> None:
    told = "import catalogue.ordering.standing_models; from catalogue.core.db import Base"
    program = f"{told}; assert 'catalogue_quote_frames' in Base.metadata.tables"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
