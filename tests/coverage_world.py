"""The world of the overview: categories of every standing, and orders that count or do not."""

from __future__ import annotations

from datetime import date, timedelta

import cast
from ordering.past import order
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.coverage import counting
from catalogue.coverage.overview import Overview, make_overview
from catalogue.coverage.remembering import Remembered
from catalogue.coverage.rules import Asked
from catalogue.enterprises.models import EnterpriseState
from catalogue.ordering.models import OrderState
from catalogue.products.models import ProductState

DAY = timedelta(days=1)
CLEANING, CANTEEN, GARDEN = "90910000", "55510000", "77310000"


def overview(session: Session, municipality_id: int, day: date) -> Overview:
    """Return the overview of a municipality, reckoned from the rows as they stand."""
    asked = Asked(municipality_id, day, cast.TODAY, "da")
    remembered = Remembered()
    version = counting.version(session, remembered, municipality_id)
    counted = counting.count(session, asked, remembered, version)
    return make_overview(asked, counted)


def world(session: Session) -> Municipality:
    """Make play houses (voluntary), cleaning (both), canteen (mandatory) and garden (a gap)."""
    home, other = cast.municipality(session), cast.municipality(session, "Vejle")
    seller, idle = cast.enterprise(session), cast.enterprise(session, "Pause")
    idle.state = EnterpriseState.SUSPENDED
    house = cast.product(session, seller)
    cast.product(session, seller, price_ore=None)
    cast.product(session, idle)
    cast.product(session, seller, state=ProductState.WITHDRAWN)
    cast.product(session, seller, state=ProductState.DRAFT, category_code=None)
    for code in (CLEANING, CANTEEN):
        cast.product(session, seller, category_code=code)
    garden = cast.product(session, seller, category_code=GARDEN)
    play = cast.voluntary(
        session, home, seller, number="V-1", categories=["37530000"], ceiling_ore=4_000_000
    )
    cast.voluntary(session, home, idle, number="V-2", categories=["37500000"])
    cast.voluntary(session, home, seller, number="V-3", categories=[CLEANING])
    cast.mandatory(session, home, number="F-1", categories=["90900000", CANTEEN])
    cast.mandatory(session, other, categories=[GARDEN])
    order(session, home, house, play, 1_000_00)
    order(session, home, house, play, 200_00, cast.NOW - 400 * DAY, OrderState.RECEIVED)
    order(session, home, house, play, 77_00, state=OrderState.CANCELLED)
    order(session, home, house, play, 77_00, state=OrderState.REJECTED)
    order(session, home, garden, play, 30_00)
    order(session, other, house, play, 55_00)
    return home
