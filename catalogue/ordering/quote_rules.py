"""Decisions about requests for quotes: what a form asks, what may be done when. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from catalogue.agreements.rules import InForce, find_carve_out, judge, prefix
from catalogue.core.money import line_net_ore
from catalogue.core.text import COPENHAGEN, Text, day
from catalogue.core.text import lazy as _

SHORTEST_DAYS, LONGEST_DAYS = 1, 180  # from today to the deadline
MOST_LINES = 10
FIRST_SERVICE = 50  # CPV: divisions 50 to 98 are services, and 45 is works
WORKS = "45"


class Phase(StrEnum):
    """Where a request stands."""

    OPEN = "open"  # quotes can come
    DECIDE = "decide"  # all have answered, or the deadline is over; there is one to choose
    UNANSWERED = "unanswered"  # the same, and there is none to choose
    CHOSEN = "chosen"
    CLOSED = "closed"


PHASE_NAMES: dict[str, Text] = {
    Phase.OPEN: _("Waiting for quotes"),
    Phase.DECIDE: _("Ready to choose"),
    Phase.UNANSWERED: _("No quotes came"),
    Phase.CHOSEN: _("Ordered"),
    Phase.CLOSED: _("Closed without order"),
}
FREQUENCIES: dict[str, Text] = {
    "once": _("Once"),
    "daily": _("Every weekday"),
    "weekly": _("Every week"),
    "fortnightly": _("Every two weeks"),
    "monthly": _("Every month"),
    "needed": _("When needed"),
}
# What the short forms ask, in their order; which of them: `fields_of`.
FIELD_NAMES: dict[str, Text] = {
    "quantity": _("How many?"),
    "persons": _("How many persons?"),
    "wanted_on": _("Delivery wanted on"),
    "hours": _("About how many hours?"),
    "area_m2": _("How many square metres?"),
    "starts_on": _("From"),
    "ends_on": _("To"),
    "frequency": _("How often?"),
    "place": _("Where?"),
}
_GOODS = ("quantity", "wanted_on", "place")
_SERVICE = ("hours", "starts_on", "ends_on", "frequency", "place")
# By the digits a category begins with; the longest that fit decide.
_FORMS: dict[str, tuple[str, ...]] = {
    "45": ("wanted_on", "area_m2", "place"),
    "55": ("persons", "wanted_on", "frequency", "place"),
    "60": ("quantity", "wanted_on", "place"),
    "773": ("area_m2", "starts_on", "ends_on", "frequency", "place"),
    "909": ("area_m2", "starts_on", "ends_on", "frequency", "place"),
    "906": ("area_m2", "starts_on", "ends_on", "frequency", "place"),
    "805": ("persons", "hours", "wanted_on", "place"),
}


@dataclass(frozen=True)
class Wanted:
    """What a buyer asks for."""

    title: str
    description: str
    category_code: str
    deadline_on: date
    enterprise_ids: frozenset[int]
    kind: str
    details: dict[str, Any] = field(default_factory=dict)
    product_id: int | None = None


@dataclass(frozen=True)
class LineOffer:
    """A line of a quote as it is written."""

    title: str
    quantity: Decimal
    unit: str
    price_ore: int
    vat_rate: int

    @property
    def net_ore(self) -> int:
        """Return the amount of the line without VAT."""
        return line_net_ore(self.price_ore, self.quantity)


@dataclass(frozen=True)
class QuoteOffer:
    """A quote as it is written."""

    text: str
    valid_until: date
    lines: tuple[LineOffer, ...]
    delivery_days: int | None = None

    @property
    def net_ore(self) -> int:
        """Return the sum of the lines without VAT."""
        return sum(line.net_ore for line in self.lines)


@dataclass(frozen=True)
class Standing:
    """What the phase of a request depends on: its days, and how those asked have answered."""

    deadline_on: date
    asked: int
    declined: int
    quoted: int
    closed: bool = False
    chosen: bool = False


def phase_on(day: date, standing: Standing) -> Phase:
    """Return where a request stands on `day`; on the day of the deadline quotes can still come."""
    if standing.chosen:
        return Phase.CHOSEN
    if standing.closed:
        return Phase.CLOSED
    if day <= standing.deadline_on and standing.declined + standing.quoted < standing.asked:
        return Phase.OPEN
    return Phase.DECIDE if standing.quoted else Phase.UNANSWERED


def takes_quotes(day: date, standing: Standing) -> bool:
    """Tell whether an enterprise that was asked may send, replace or decline on `day`."""
    return not standing.closed and not standing.chosen and day <= standing.deadline_on


def end_of(day: date) -> datetime:
    """Return the first moment after a day in Copenhagen."""
    return datetime.combine(day + timedelta(days=1), time.min, COPENHAGEN)


def kind_of(category_code: str) -> str:
    """Return whether a category is one of goods or of services, as CPV has them."""
    division = category_code[:2]
    return "service" if int(division) >= FIRST_SERVICE or division == WORKS else "goods"


def fields_of(kind: str, category_code: str) -> tuple[str, ...]:
    """Return the names of the fields that the form of a category has, in their order."""
    if kind == "goods":
        return _GOODS
    fitting = [digits for digits in _FORMS if category_code.startswith(digits)]
    return _FORMS[max(fitting, key=len)] if fitting else _SERVICE


def may_be_asked(
    applies: InForce, enterprise_ids: Collection[int], category_code: str
) -> list[int]:
    """List those of the enterprises from which the category may be ordered, in their order.

    A quote ends in an order, so whom one may ask is orderability and nothing else.
    """
    judged = {
        each: judge(applies, published=True, enterprise_id=each, category_code=category_code)
        for each in enterprise_ids
    }
    return [each for each in enterprise_ids if judged[each].orderable]


def may_be_asked_in(
    applies: InForce, enterprise_ids: Collection[int], category_code: str
) -> list[int]:
    """Return whom one may ask in a category that was chosen; nobody when it is too wide."""
    if is_too_wide(applies, category_code):
        return []
    return may_be_asked(applies, enterprise_ids, category_code)


def is_too_wide(applies: InForce, category_code: str) -> bool:
    """Tell whether a category that a buyer chooses herself would be a way around a mandatory
    agreement: it stands above one of its categories that nothing lets be bought elsewhere.
    """
    own = prefix(category_code)
    under = [
        one
        for each in applies.mandatory
        for one in each.prefixes
        if find_carve_out(each, None, one) is None
    ]
    return any(one.startswith(own) and one != own for one in under)


def deadline_problem(deadline_on: date, today: date) -> Text | None:
    """Return what is wrong with a deadline, else None."""
    if deadline_on < today + timedelta(days=SHORTEST_DAYS):
        return _("Give the enterprises at least until tomorrow")
    if deadline_on > today + timedelta(days=LONGEST_DAYS):
        return _("At most %(days)s days ahead", days=LONGEST_DAYS)
    return None


def validity_problem(valid_until: date, deadline_on: date) -> Text | None:
    """Return what is wrong with the last day of a quote, else None.

    The buyer compares after the deadline, so a quote that ends before could never be chosen.
    """
    if valid_until <= deadline_on:
        return _("The quote must count beyond the deadline, %(day)s", day=day(deadline_on))
    return None
