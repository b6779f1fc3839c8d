"""Ordering what is not listed, in the buyer's own words, on an agreement that staff allow it on.

Its lines become items as a basket has them: orderability is asked of the one rule for category and
day, and ceiling, approval, budgets, numbers, events and mail are those of any order. The price is
what buyer and enterprise agreed on; the enterprise confirms it with the order, or turns it down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, literal, or_, select, true
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements import refusals
from catalogue.agreements.models import Agreement, Category
from catalogue.agreements.queries import OrderableColumns
from catalogue.agreements.rules import InForce, Voluntary, judge
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import money, today_in_copenhagen
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise

from . import basket as baskets
from . import items as judging
from . import quote_rules, service, wares
from .coding_models import FreeTextPermit
from .coding_rules import Part
from .form_advice import Planned
from .items import Item
from .models import Order
from .quote_rules import LineOffer
from .service import CannotBePlaced, Placing
from .takes import Take
from .wares import Ware

MOST_LINES = 3
MOST_CATEGORIES = 400  # a division that an agreement covers has fewer, but for a few


@dataclass(frozen=True)
class FreeLine:
    """A line as the buyer writes it, with its category and, if several, what it is booked on."""

    offer: LineOffer
    category_code: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Choice:
    """An agreement that may be ordered on in free text today, and all that applies then."""

    agreement: Voluntary
    title: str
    enterprise_name: str
    most_ore: int
    applies: InForce


def list_choices(session: Session, who: Who, today: date) -> list[Choice]:
    """List the agreements that may be ordered on in free text today, by enterprise. Two queries.

    Only those in force, of verified enterprises, that staff allow it on.
    """
    applies = judging.in_force(session, who, today)
    found = {each.agreement_id: each for each in applies.voluntary
             if each.enterprise_id in applies.verified}  # fmt: skip
    rows = session.execute(
        select(Agreement.id, Agreement.title, Enterprise.name, FreeTextPermit.most_ore)
        .join(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .join(FreeTextPermit, FreeTextPermit.agreement_id == Agreement.id)
        .where(Agreement.id.in_(found))
        .order_by(Enterprise.name, Agreement.number)
    )
    return [Choice(found[id_], title, name, most, applies) for id_, title, name, most in rows]


def get_choice(choices: Sequence[Choice], agreement_id: int | None) -> Choice:
    """Return one of the agreements that may be ordered on; raises Missing."""
    for each in choices:
        if each.agreement.agreement_id == agreement_id:
            return each
    raise Missing(_("You cannot order in free text on this agreement today."))


def list_categories(session: Session, who: Who, choice: Choice, today: date) -> list[Category]:
    """List the categories of an agreement in which something may be ordered today, by code.

    The set form of orderability: what a mandatory agreement covers is left out, and what stands
    above it.
    """
    columns = OrderableColumns(true(), literal(choice.agreement.enterprise_id), Category.code)
    of_agreement = [
        func.substr(Category.code, 1, len(each)) == each for each in choice.agreement.prefixes
    ]
    query = (
        select(Category)
        .where(or_(*of_agreement))
        .where(agreements.orderable_where(columns, who.municipality_id or 0, today))
        .order_by(Category.code)
        .limit(MOST_CATEGORIES)
    )
    found = session.scalars(query)
    return [each for each in found if not quote_rules.is_too_wide(choice.applies, each.code)]


def plan(choice: Choice, lines: Sequence[FreeLine], offered: Sequence[Category]) -> list[Planned]:
    """Return what lines would order; without any, the categories that they may be of. Pure."""
    party, on = choice.agreement.enterprise_id, choice.agreement
    if lines:
        return [Planned(party, each.category_code, each.offer.net_ore, on) for each in lines]
    return [Planned(party, each.code, 0, on, offered=True) for each in offered]


def place(
    session: Session, placing: Placing, agreement_id: int, lines: Sequence[FreeLine]
) -> Order:
    """Order lines in free text on an agreement; the same form sent twice is one order.

    Raises Missing when the agreement allows it not today, and CannotBePlaced when a line may not be
    ordered on it or is of too wide a category, the order comes to more than is allowed, or a
    ceiling or a budget is in its way.
    """
    who, today = placing.who, today_in_copenhagen(placing.now)
    if who.role != Role.BUYER:
        raise Missing(_("Only buyers of a municipality have a basket."))
    baskets.lock(session, who, placing.now)  # one placing of a buyer at a time
    if placed := service.list_placed(session, who, placing.key):
        return placed[0]
    choice = get_choice(list_choices(session, who, today), agreement_id)
    judging.lock_agreements(session, who, [choice.agreement.enterprise_id])
    applies = judging.in_force(session, who, today)
    items = _items(applies, choice, lines)
    _refuse_too_wide(applies, items)
    taken = _refuse_unless_allowed(session, choice, items, today)
    parts = {place: each.parts for place, each in enumerate(lines, start=1) if each.parts}
    (order,) = service.place_items(session, replace(placing, parts=parts), items, taken)
    for line in order.lines:
        line.free_text = True
    session.flush()
    return order


def _items(applies: InForce, choice: Choice, lines: Sequence[FreeLine]) -> list[Item]:
    enterprise_id = choice.agreement.enterprise_id
    return [
        wares.item_of(
            Ware(
                item_number=f"F-{place}",
                title=each.offer.title,
                kind=quote_rules.kind_of(each.category_code),
                category_code=each.category_code,
                unit=each.offer.unit,
                quantity=each.offer.quantity,
                price_ore=each.offer.price_ore,
                vat_rate=each.offer.vat_rate,
            ),
            enterprise_id,
            judge(
                applies,
                published=True,
                enterprise_id=enterprise_id,
                category_code=each.category_code,
            ),
        )
        for place, each in enumerate(lines, start=1)
    ]


def _refuse_too_wide(applies: InForce, items: Sequence[Item]) -> None:
    for item in items:
        if quote_rules.is_too_wide(applies, item.product.category_code or ""):
            raise CannotBePlaced(
                _("%(title)s: choose a narrower category. A mandatory agreement covers a part of"
                  " this one.", title=item.product.title)
            )  # fmt: skip


def _refuse_unless_allowed(
    session: Session, choice: Choice, items: Sequence[Item], today: date
) -> list[Take]:
    for item in items:
        if item.refusal is not None:
            raise CannotBePlaced(refusals.in_one_text(item.judgement))
        if item.judgement.voluntary != choice.agreement:
            raise CannotBePlaced(
                _("%(title)s is not covered by this agreement.", title=item.product.title)
            )
    net_ore = sum(each.net_ore for each in items)
    if net_ore > choice.most_ore:
        raise CannotBePlaced(
            _(
                "An order in free text may come to %(most)s on this agreement, and this comes to"
                " %(net)s. Order less, or ask for quotes.",
                most=money(choice.most_ore),
                net=money(net_ore),
            )
        )
    return service.take(session, items, today)
