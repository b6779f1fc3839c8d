"""The budgets of institutions: enter, change, take out; and what stands in an order's way.

Procurement staff keep all of the municipality, an approver those of institutions whose orders a
rule lets her approve; only staff decide that a budget blocks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.models import Category
from catalogue.agreements.rules import prefix
from catalogue.core import audit
from catalogue.core.db import Day, Whole, ask
from catalogue.core.errors import Invalid, Missing, NotAllowed
from catalogue.core.text import Text, current_locale, day, money, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold
from catalogue.core.who import Role, Who

from . import budget_rules, policy
from .budget_rules import Terms
from .budget_sums import list_standing
from .ceilings import begin_of
from .coding_models import Budget
from .coding_rules import Share
from .institutions import Institution, get_institution, list_institutions
from .line_parts import list_coded
from .models import Order


class NotYours(NotAllowed):
    """The approver is not asked about orders of the institution."""

    title = _("You keep no budget of this institution")


@dataclass(frozen=True)
class Booked:
    """What an order takes of budgets: its institution, and by line category and codings."""

    gln: str
    lines: Sequence[tuple[str, Sequence[Share]]]


NOTHING = Booked("", ())


def list_kept(session: Session, who: Who) -> list[Institution]:
    """List the institutions whose budgets `who` may enter, by name. One query; three for her."""
    places = list_institutions(session, who)
    if who.role == Role.STAFF:
        return places
    rules, _names = policy.list_named(session, who.municipality_id)
    return [
        each for each in places if budget_rules.may_keep(rules, who.person_id, each.name, each.gln)
    ]


def list_seen(session: Session, who: Who, day_: date | None) -> list[Budget]:
    """List the budgets of the municipality by institution, for a buyer those of her institutions.

    `day_`: only those that hold on it. One query; two for a buyer.
    """
    query = select(Budget).where(Budget.municipality_id == who.municipality_id)
    if day_ is not None:
        query = query.where(Budget.starts_on <= day_, Budget.ends_on >= day_)
    if who.role == Role.BUYER:
        query = query.where(Budget.gln.in_([each.gln for each in list_institutions(session, who)]))
    order = (Budget.institution, Budget.gln, Budget.starts_on.desc(), Budget.prefix, Budget.id)
    return list(session.scalars(query.order_by(*order)))


def keeps(session: Session, who: Who, institution: str, gln: str) -> bool:
    """Tell whether `who` may enter and change the budgets of an institution."""
    if who.role != Role.APPROVER:
        return who.role == Role.STAFF
    rules, _names = policy.list_named(session, who.municipality_id)
    return budget_rules.may_keep(rules, who.person_id, institution, gln)


def get(session: Session, who: Who, budget_id: int) -> Budget:
    """Return a budget of the municipality; for a buyer of her institutions. Raises Missing."""
    found = session.get(Budget, budget_id)
    if found is None or found.municipality_id != who.municipality_id:
        raise Missing(_("There is no such budget in your municipality."))
    if who.role == Role.BUYER:
        get_institution(session, who, found.gln)
    return found


def enter(session: Session, who: Who, terms: Terms, now: datetime) -> Budget:
    """Enter a budget; raises Invalid by field, NotYours."""
    institution = get_institution(session, who, terms.gln)
    made = Budget(municipality_id=who.municipality_id, institution=institution.name)
    _write(session, who, made, terms, now)
    session.add(made)
    session.flush()
    _record(session, who, "entered", made, audit.changes({}, _facts(made)), now)
    return made


def change(session: Session, who: Who, budget_id: int, terms: Terms, now: datetime) -> Budget:
    """Change a budget; raises Invalid by field, Missing, NotYours."""
    found = get(session, who, budget_id)
    hold(session, found)
    before = _facts(found)
    _may_keep(session, who, found.institution, found.gln)
    found.institution = get_institution(session, who, terms.gln).name
    _write(session, who, found, terms, now)
    facts = audit.changes(before, _facts(found))
    if facts["before"] or facts["after"]:
        _record(session, who, "changed", found, facts, now)
    return found


def remove(session: Session, who: Who, budget_id: int, now: datetime) -> None:
    """Take a budget out; the orders behind it stay. Raises Missing, NotYours."""
    found = get(session, who, budget_id)
    hold(session, found)
    _may_keep(session, who, found.institution, found.gln)
    _record(session, who, "removed", found, audit.changes(_facts(found), {}), now)
    session.delete(found)


def terms_of(budget: Budget) -> Terms:
    """Return what a budget says as a value."""
    return Terms(
        budget.gln, budget.starts_on, budget.ends_on, budget.amount_ore,
        budget.category_code, budget.account_coding, budget.blocks,
    )  # fmt: skip


def on_where(
    municipality_id: Whole | None, glns: Collection[str] | BindParameter[Any], day_: Day
) -> ColumnElement[bool]:
    """Return the condition of the budgets of institutions that hold on a day."""
    return and_(
        Budget.municipality_id == municipality_id, Budget.gln.in_(glns),
        Budget.starts_on <= day_, Budget.ends_on >= day_,
    )  # fmt: skip


def list_category_names(session: Session, found: Collection[Budget]) -> dict[str, str]:
    """Return the names of the categories that budgets are for, in the reader's language."""
    codes = {each.category_code for each in found if each.category_code}
    return agreements.category_labels(session, codes, current_locale())


def book(session: Session, order: Order) -> Booked:
    """Return what an order takes of budgets as it is written now. One query."""
    coded = list_coded(session, order)
    return Booked(order.gln, [(each.line.category_code, each.shares) for each in coded])


def list_problems(
    session: Session, orders: Sequence[Order], before: Booked = NOTHING, day_: date | None = None
) -> list[Text]:
    """List the budgets that block and are passed by orders of one moment, written already.

    `before`: what an order that was changed took until now. It counts to the budgets with what it
    is now, so only those are in its way that it takes more of: what it takes less is welcome.
    `day_`: when it would be placed, if it still awaits approval; it counts to the budgets of then.

    The budgets are locked until the transaction ends, so that two orders do not share what is left
    of one. One query; more only where a budget blocks.
    """
    return _in_the_way(session, orders, before, _lock(session, orders, day_)) if orders else []


def list_problems_of_period(session: Session, order: Order, placed_on: date) -> list[Text]:
    """List the budgets that block and are passed by an order that was placed on an earlier day.

    Only those that did not hold then: in the others it has its place already. Locks as above.
    """
    new = [each for each in _lock(session, [order]) if each.starts_on > placed_on]
    return _in_the_way(session, [order], NOTHING, new)


def _lock(session: Session, orders: Sequence[Order], day_: date | None = None) -> Sequence[Budget]:
    asked = {
        "municipality_id": orders[0].municipality_id,
        "glns": sorted({each.gln for each in orders}),
        "day": day_ or today_in_copenhagen(orders[0].placed_at),
    }
    found: Sequence[Budget] = ask(session, _blocking(), asked).all()
    return found


def _in_the_way(
    session: Session, orders: Sequence[Order], before: Booked, found: Sequence[Budget]
) -> list[Text]:
    if not found:
        return []
    standing = list_standing(session, found)
    # Those that began after it was written know nothing of it yet.
    placed_on = today_in_copenhagen(orders[0].placed_at)
    new = {each.id for each in found if each.starts_on > placed_on}
    near = [each for each in found if each.id in new or standing[each.id].is_passed]
    booked = [book(session, each) for each in orders] if near else []
    taken = {each.id: sum(_takes(each, one) for one in booked) for each in near}
    left = {
        each.id: standing[each.id].left_ore - (taken[each.id] if each.id in new else 0)
        for each in near
    }
    return [
        _passed(each, left[each.id])
        for each in near
        if left[each.id] < 0 and taken[each.id] > _takes(each, before)
    ]


@cache
def _blocking() -> Any:
    glns: Any = bindparam("glns", expanding=True)
    holding = on_where(bindparam("municipality_id"), glns, bindparam("day"))
    query = select(Budget).where(holding, Budget.blocks).with_for_update()
    return query.order_by(Budget.prefix, Budget.account_coding, Budget.id)


def _takes(budget: Budget, booked: Booked) -> int:
    """Return how much of a budget is taken, in øre."""
    if booked.gln != budget.gln:
        return 0
    return sum(
        budget_rules.counted_ore(budget.prefix, budget.account_coding, code, shares)
        for code, shares in booked.lines
    )


def _passed(budget: Budget, left_ore: int) -> Text:
    return _(
        "The budget of %(institution)s until %(day)s would be passed by %(amount)s. Order less, or"
        " ask whoever keeps the budget.",
        institution=budget.institution,
        day=day(budget.ends_on),
        amount=money(-left_ore),
    )


def _may_keep(session: Session, who: Who, institution: str, gln: str) -> None:
    if not keeps(session, who, institution, gln):
        raise NotYours(_("No rule asks you to approve orders of %(name)s.", name=institution))


def _write(session: Session, who: Who, budget: Budget, terms: Terms, now: datetime) -> None:
    _may_keep(session, who, budget.institution, terms.gln)
    problems = budget_rules.problems(terms)
    if terms.category_code and session.get(Category, terms.category_code) is None:
        problems["category_code"] = [_("There is no category of this code; write 8 digits of CPV")]
    if problems:
        raise Invalid(problems)
    values = asdict(terms)
    if who.role != Role.STAFF:
        values.pop("blocks")
    for name, value in values.items():
        setattr(budget, name, value)
    budget.prefix = prefix(terms.category_code) if terms.category_code else ""
    budget.begins_at = begin_of(terms.starts_on)
    budget.ends_before = begin_of(terms.ends_on + timedelta(days=1))
    budget.updated_at = now


def _facts(budget: Budget) -> dict[str, Any]:
    facts = asdict(terms_of(budget))
    return facts | {"starts_on": str(budget.starts_on), "ends_on": str(budget.ends_on)}


def _record(
    session: Session, who: Who, deed: str, budget: Budget, facts: dict[str, Any], now: datetime
) -> None:
    audit.record(
        session, f"budget.{deed}", ("budget", budget.id), person_id=who.person_id, now=now,
        facts=facts, municipality_id=budget.municipality_id,
    )  # fmt: skip
