"""What is counted of products goes when no page shows it any more: by whole days and months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from ordering.world import make
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.coverage.seen_pages import PERIODS
from catalogue.privacy import retention
from catalogue.privacy.retention_rules import RULES, SEEN_DAYS
from catalogue.search.count_models import FoundBy, ProductCount, Seen
from catalogue.settings import Settings

SETTINGS = Settings(search_words_days=100)
NIGHT = datetime(2026, 6, 20, 23, 30, tzinfo=UTC)  # in Copenhagen it is the 21st already
TODAY = date(2026, 6, 21)


def test_days_of_products_go_after_those_that_are_shown(session: Session) -> None:
    product = make(session).product
    first = TODAY - timedelta(days=SEEN_DAYS)
    session.add_all(
        ProductCount(product_id=product.id, day=day, seen=seen, times=3)
        for day in (first - timedelta(days=1), first, TODAY) for seen in Seen
    )  # fmt: skip
    session.flush()
    assert retention.due(session, SETTINGS, NIGHT)["seen_counts"] == len(Seen)
    assert retention.work(session, SETTINGS, NIGHT).removed["seen_counts"] == len(Seen)
    left = session.scalars(select(ProductCount.day).order_by(ProductCount.day)).all()
    assert left == [first] * len(Seen) + [TODAY] * len(Seen)
    assert timedelta(days=SEEN_DAYS) > max(PERIODS) * timedelta(days=31)


def test_words_go_with_the_whole_of_their_month(session: Session) -> None:
    shop = make(session).enterprise
    months = [date(2026, month, 1) for month in (2, 3, 6)]  # the limit is 13 March
    session.add_all(
        FoundBy(enterprise_id=shop.id, month=each, text="bænk", text_folded="bænk")
        for each in months
    )
    session.flush()
    assert retention.due(session, SETTINGS, NIGHT)["found_words"] == 1
    assert retention.work(session, SETTINGS, NIGHT).removed["found_words"] == 1
    left = session.scalars(select(FoundBy.month).order_by(FoundBy.month)).all()
    assert left == months[1:]


def test_limits_are_those_that_are_told() -> None:
    told = {each.code: str(each.how_long(SETTINGS)) for each in RULES}
    assert told["seen_counts"] == f"{SEEN_DAYS} dage"
    assert told["found_words"] == "100 dage efter måneden"
