"""A small world of quotes: a buyer of Slagelse and three enterprises she may ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import cast
from ordering.world import DELIVERY
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person
from catalogue.agreements.models import Agreement
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import quote_answers, quote_choice, quotes
from catalogue.ordering.models import Order
from catalogue.ordering.quote_choice import Chosen
from catalogue.ordering.quote_models import Quote, QuoteRequest
from catalogue.ordering.quote_rules import LineOffer, QuoteOffer, Wanted
from catalogue.ordering.service import Placing

DEADLINE = cast.TODAY + timedelta(days=10)
AFTER = cast.NOW + timedelta(days=11)
CODE = "77310000"  # care of green areas, where no two prices are alike
NAMES = ("Haveholdet", "Spaden", "Riven")


@dataclass
class World:
    """Who and what the tests of quotes are about."""

    home: Municipality
    buyer: Person
    who: Who
    shops: list[Enterprise]
    workers: list[Person]
    whos: list[Who]
    agreements: list[Agreement]

    @property
    def ids(self) -> frozenset[int]:
        """Return the ids of all enterprises."""
        return frozenset(each.id for each in self.shops)


def make(session: Session, **agreement: Any) -> World:
    """Make the world; facts given are those of the agreements."""
    home = cast.municipality(session)
    buyer = cast.buyer(session, home)
    shops = [cast.enterprise(session, name) for name in NAMES]
    workers = [cast.worker(session, each) for each in shops]
    made = [cast.voluntary(session, home, each, categories=[CODE], **agreement) for each in shops]
    whos = [cast.who(session, each) for each in workers]
    return World(home, buyer, cast.who(session, buyer), shops, workers, whos, made)


def wanted(ids: frozenset[int], **facts: Any) -> Wanted:
    """Return a request for the care of a garden."""
    values: dict[str, Any] = {
        "title": "Pasning af bede",
        "description": "Tolv bede ved to plejecentre.",
        "category_code": CODE,
        "deadline_on": DEADLINE,
        "kind": "service",
        "details": {"area_m2": "240", "frequency": "weekly"},
    } | facts
    return Wanted(enterprise_ids=ids, **values)


def ask(session: Session, world: World, **facts: Any) -> QuoteRequest:
    """Have the buyer ask all three."""
    return quotes.ask(session, world.who, wanted(world.ids, **facts), [], cast.NOW)


def offer(price_ore: int = 45_000, valid_until: date | None = None) -> QuoteOffer:
    """Return a quote of two lines: twelve and a half hours, and a drive without VAT."""
    lines = (
        LineOffer("Pasning", Decimal("12.5"), "hour", price_ore, 25),
        LineOffer("Kørsel", Decimal(1), "visit", 20_000, 0),
    )
    last = valid_until or DEADLINE + timedelta(days=30)
    return QuoteOffer("Vi har egne redskaber.", last, lines, delivery_days=7)


def send(session: Session, world: World, place: int, made: QuoteRequest, **facts: Any) -> Quote:
    """Have the enterprise at that place send a quote."""
    given = offer(**facts)
    return quote_answers.send(session, world.whos[place], made.id, given, received=[], now=cast.NOW)


def choose(session: Session, world: World, made: QuoteRequest, quote: Quote) -> Order:
    """Have the buyer choose a quote, the day after the deadline."""
    chosen = Chosen(quote.id, quote.revision, "Laveste pris, som opfylder alle krav")
    return quote_choice.choose(session, Placing(world.who, DELIVERY, "", AFTER), made.id, chosen)


def find_order(session: Session, number: str) -> Order:
    """Return an order by its number."""
    return session.scalars(select(Order).where(Order.number == number)).one()
