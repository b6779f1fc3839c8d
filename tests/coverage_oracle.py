"""An oracle for coverage: drawn worlds, and what the definitions say of them, reckoned slowly.

It knows plain values alone and goes from agreement to agreement and from order to order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import cast

from catalogue.agreements.rules import prefix
from catalogue.core.text import COPENHAGEN
from catalogue.coverage.rules import Figures, Status
from catalogue.enterprises.models import EnterpriseState
from catalogue.ordering.models import OrderState
from catalogue.products.models import ProductState

DAY = timedelta(days=1)
VOID = (OrderState.REJECTED, OrderState.CANCELLED, OrderState.DECLINED, OrderState.AWAITING,
        OrderState.RETURNED)  # fmt: skip


def total(figures: Iterable[Figures]) -> Figures:
    """Sum up figure by figure."""
    return Figures(*map(sum, zip(Figures(), *figures, strict=True)))


@dataclass(frozen=True)
class Agreed:
    """A drawn agreement: mandatory without enterprise; categories with days of their own."""

    home: int
    enterprise: int | None
    codes: dict[str, tuple[int | None, int | None]]
    starts: int
    lasts: int
    is_draft: bool
    ceiling: tuple[int, int | None] | None  # øre, and the months it is counted over
    carved: tuple[str | None, int | None, int, int] | None  # category, enterprise, days

    @property
    def ends(self) -> int:
        """Return its last day beside TODAY."""
        return self.starts + self.lasts

    def applies(self, day: int) -> bool:
        """Tell whether it is in force with a category at least."""
        return bool(self.prefixes(day))

    def prefixes(self, day: int) -> set[str]:
        """Return the digits of what it covers on a day."""
        if self.is_draft or not self.starts <= day <= self.ends:
            return set()
        return {
            prefix(code)
            for code, (first, last) in self.codes.items()
            if (first is None or first <= day) and (last is None or day <= last)
        }

    def lets_go(self, code: str, enterprise: int, day: int) -> bool:
        """Tell whether its carve-out frees a category of an enterprise."""
        if self.carved is None:
            return False
        own, whose, first, last = self.carved
        of_category = own is None or code.startswith(prefix(own))
        return of_category and whose in (None, enterprise) and first <= day <= last


@dataclass(frozen=True)
class Shelved:
    """A drawn product."""

    enterprise: int
    code: str | None
    state: ProductState
    price: int | None


@dataclass(frozen=True)
class Bought:
    """A drawn order of one product on one agreement, in as many lines as there are amounts."""

    home: int
    product: int
    agreement: int
    placed: int
    hour: int  # UTC: from 23 on it is the next day in Copenhagen
    state: OrderState
    amounts: list[int]

    @property
    def at(self) -> datetime:
        """Return the moment it was placed at."""
        return cast.NOW.replace(hour=self.hour) + self.placed * DAY

    @property
    def day(self) -> int:
        """Return its day in Copenhagen beside TODAY."""
        return (self.at.astimezone(COPENHAGEN).date() - cast.TODAY).days


@dataclass(frozen=True)
class World:
    """Two municipalities, three enterprises, and what lies between them."""

    states: list[EnterpriseState]
    agreed: list[Agreed]
    shelved: list[Shelved]
    bought: list[Bought]

    def orders(self, home: int, day: int) -> list[Bought]:
        """Return the standing orders of a municipality up to a day."""
        return [each for each in self.standing(day) if each.home == home]

    def standing(self, day: int) -> list[Bought]:
        """Return the standing orders up to a day, of those that can be."""
        return [
            each for each in self.bought
            if each.state not in VOID and each.day <= day and self.can_be(each)
        ]  # fmt: skip

    def can_be(self, each: Bought) -> bool:
        """Tell whether the home has the agreement ordered on, and the product a category."""
        if not self.agreed or self.code_of(each) is None:
            return False
        return self.agreed[each.agreement % len(self.agreed)].home == each.home

    def code_of(self, each: Bought) -> str | None:
        """Return the category of what was ordered."""
        return self.shelved[each.product % len(self.shelved)].code

    def in_force(self, home: int, day: int) -> list[Agreed]:
        """Return the agreements in force in a municipality."""
        return [each for each in self.agreed if each.home == home and each.applies(day)]

    def may_order(self, home: int, day: int, product: Shelved) -> bool:
        """Apply the definition of orderability to one product, agreement by agreement."""
        if product.state != ProductState.PUBLISHED or product.code is None or not product.price:
            return False
        if self.states[product.enterprise] != EnterpriseState.VERIFIED:
            return False
        over = [
            each for each in self.in_force(home, day)
            if any(product.code.startswith(own) for own in each.prefixes(day))
        ]  # fmt: skip
        bound = [
            each for each in over
            if each.enterprise is None and not each.lets_go(product.code, product.enterprise, day)
        ]  # fmt: skip
        return not bound and any(each.enterprise == product.enterprise for each in over)

    def own_figures(self, home: int, day: int, code: str) -> Figures:
        """Reckon the figures of one category without those below it."""
        shelf = [
            each for each in self.shelved
            if each.code == code and each.state == ProductState.PUBLISHED
        ]  # fmt: skip
        orders = [each for each in self.orders(home, day) if self.code_of(each) == code]
        return Figures(
            products=len(shelf),
            orderable=sum(self.may_order(home, day, each) for each in shelf),
            year_ore=sum(sum(each.amounts) for each in orders if each.day > day - 365),
            total_ore=sum(sum(each.amounts) for each in orders),
        )

    def status(self, home: int, day: int, code: str) -> Status:
        """Say how a category stands, by the words of `Status`."""
        digits, at = prefix(code), self.in_force(home, day)
        mandatory = [each for each in at if each.enterprise is None]
        freed = {
            own
            for each in mandatory
            if each.carved and each.carved[2] <= day <= each.carved[3]
            for own in ([prefix(each.carved[0])] if each.carved[0] else each.prefixes(day))
        }
        bound = {own for each in mandatory for own in each.prefixes(day)}
        free = {own for each in at if each.enterprise is not None for own in each.prefixes(day)}
        if _covered(digits, bound):
            if _touched(digits, freed):
                return Status.CARVED
            return Status.BOTH if _touched(digits, free) else Status.MANDATORY
        if _covered(digits, free):
            return Status.BOTH if _touched(digits, bound) else Status.VOLUNTARY
        return Status.PARTLY if _touched(digits, bound | free) else Status.NONE


def _covered(digits: str, by: Iterable[str]) -> bool:
    return any(digits.startswith(own) for own in by)


def _touched(digits: str, by: Iterable[str]) -> bool:
    return any(digits.startswith(own) or own.startswith(digits) for own in by)
