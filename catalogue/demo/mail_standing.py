"""The mails about standing orders, drawn from the demonstration world without a database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal

import jinja2

from catalogue.accounts.models import Person
from catalogue.enterprises.models import Enterprise
from catalogue.exchange import standing_change_mail, standing_mail
from catalogue.exchange.posting import Mail
from catalogue.ordering.standing_models import StandingLine, StandingOrder, StandingRun
from catalogue.ordering.standing_rules import Plan, Rhythm

from .mail_story import DAY, NOW, SETTINGS, Story


def draw(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    """Draw that one was not placed, and that one was changed."""
    buyer = Person(id=1, name=told.buyer["name"], email=told.buyer["email"], locale=told.locale)
    day = NOW.date()
    standing = StandingOrder(
        id=1, municipality_id=1, name="Frugt til mandagsmødet", next_on=day + 14 * DAY
    )
    run = StandingRun(id=1, delivery_on=day + 7 * DAY, problem="Den er udsolgt lige nu.")
    owed = standing_mail.Owed(run, standing, told.enterprise["name"], buyer, buyer.email)
    yield standing_mail.compose(SETTINGS, templates, owed, NOW)
    yield standing_change_mail.compose(SETTINGS, templates, _changed(told, standing), NOW)


def _changed(told: Story, standing: StandingOrder) -> standing_change_mail.Owed:
    day = NOW.date()
    plan = Plan(Rhythm.WEEKLY, 2, 1, 3, day, day + 180 * DAY)
    for name, value in asdict(plan).items():
        setattr(standing, name, value)
    standing.enterprise_id, standing.next_on = 1, day + 14 * DAY
    standing.delivery = {"institution": "Den Lille Skole", "street": "Skolevej 1",
                         "postcode": "4200", "city": told.town}  # fmt: skip
    standing.lines = [StandingLine(title="Frugtkurv", quantity=Decimal(2), unit="piece")]
    shop = Enterprise(name=told.enterprise["name"], email=told.enterprise["email"])
    return standing_change_mail.Owed(standing, shop, told.town)
