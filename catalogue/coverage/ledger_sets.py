"""Rows of the ledger as sets: which are asked for, and where they were bought, in SQL.

`ledger_rules.bought` is the rule; `Purchases.bought` says the same for many rows at once, and a
property test holds the two equal. Rows are joined by CVR, so that an enterprise verified today
counts in last year's figures too, and one whose verification lapsed still counts before that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from catalogue.agreements.models import Agreement, AgreementCategory, AgreementKind
from catalogue.agreements.rules import prefix
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise

from .ledger_rules import NO_DIVISION, SOCIAL, Bought
from .models import AccountCategory, LedgerRow


@dataclass(frozen=True)
class Sought:
    """Which rows are asked for; None: of any kind. An empty text asks for rows without it."""

    first_on: date
    last_on: date
    bought: tuple[Bought, ...] | None = None
    department: str | None = None
    category: str | None = None  # a code: it and all below; NO_DIVISION: accounts without one
    account: str | None = None
    cvr: str | None = None
    since: date | None = None  # who has been verified since is social; None: since `first_on`

    @property
    def verified_since(self) -> date:
        """Return the day from which on a verification must not have lapsed."""
        return self.since or self.first_on

    @property
    def of_few(self) -> bool:
        """Tell whether rows of few suppliers are asked for, which are found by CVR number."""
        if self.cvr is not None:
            return True
        return self.bought is not None and Bought.ELSEWHERE not in self.bought


class Purchases:
    """The rows of a municipality beside its accounts, and which suppliers are social enterprises.

    Queries are Any: SQLAlchemy 2.0 and 2.1 type their columns differently.
    """

    def __init__(self, municipality_id: int, since: date) -> None:
        """Take an enterprise for social if its verification has not lapsed before `since`, the
        first day asked for: a lapse does not rewrite what was bought before it.
        """
        self.municipality_id = municipality_id
        # As a set that is found once: joined, SQLite would go through all rows for each question.
        self.social: ColumnElement[bool] = LedgerRow.cvr.in_(
            select(Enterprise.cvr).where(enterprises.verified_where(municipality_id, since))
        )
        # Where a row of a social enterprise was bought; one look at the agreements tells all three,
        # and those of suppliers that had none need no look.
        agreed = case(
            {2: Bought.ON.value, 1: Bought.UNCERTAIN.value},
            value=self._agreed(),
            else_=Bought.OFF.value,
        )
        self.place: ColumnElement[str] = case(
            (self._has_agreement(Agreement.ends_on >= since), agreed), else_=Bought.OFF.value
        )
        self.bought: ColumnElement[str] = case(
            (self.social, self.place), else_=Bought.ELSEWHERE.value
        )

    def with_accounts(self, query: Any) -> Any:
        """Add the tables: rows, and the categories of their accounts."""
        return query.select_from(LedgerRow).outerjoin(
            AccountCategory,
            and_(
                AccountCategory.account == LedgerRow.account,
                AccountCategory.municipality_id == self.municipality_id,
            ),
        )

    def sought(self, query: Any, asked: Sought) -> Any:
        """Add tables and conditions of the rows asked for."""
        joined = self.with_accounts(query).where(*where(self.municipality_id, asked))
        if asked.bought is None:
            return joined
        if asked.bought == (Bought.ELSEWHERE,):
            return joined.where(~self.social)
        if Bought.ELSEWHERE in asked.bought:
            return joined.where(self.bought.in_(asked.bought))
        joined = joined.where(self.social)
        return (
            joined
            if set(asked.bought) == set(SOCIAL)
            else joined.where(self.place.in_(asked.bought))
        )

    def of_few(self, columns: Sequence[Any], asked: Sought) -> tuple[Any, list[Any]]:
        """Return the rows of few suppliers as a table with `columns`, and its conditions.

        The rows are found first and judged then: otherwise databases look for those judged so
        among all rows. What is asked for must be `Sought.of_few`.
        """
        places = set(asked.bought or SOCIAL)
        if Bought.ELSEWHERE in places or places == set(SOCIAL):
            return self.sought(select(*columns), asked).cte().prefix_with("MATERIALIZED"), []
        query = self.sought(
            select(*columns, self.place.label("place")), replace(asked, bought=SOCIAL)
        )
        if Bought.OFF not in places:
            in_period = (
                Agreement.starts_on <= asked.last_on, Agreement.ends_on >= asked.first_on
            )  # fmt: skip
            query = query.where(self._has_agreement(*in_period))
        found = query.cte().prefix_with("MATERIALIZED")
        return found, [found.c.place.in_(places)]

    def _has_agreement(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        """Return whether an agreement with the supplier is one of those of some days."""
        return LedgerRow.cvr.in_(
            select(Enterprise.cvr)
            .join(Agreement, Agreement.enterprise_id == Enterprise.id)
            .where(
                Agreement.municipality_id == self.municipality_id,
                Agreement.kind == AgreementKind.VOLUNTARY,
                *conditions,
            )
        )

    def _agreed(self) -> Any:
        """Return how the agreements in force on the day stand to the account's category.

        2: one covers it; 1: it has none, or is wider than what one covers; 0 or nothing: none does.
        """
        agreement, covered, party = _sides()
        own, agreed = AccountCategory.prefix, covered.prefix
        stands = case(
            (own.is_(None), 1),
            (func.substr(own, 1, func.length(agreed)) == agreed, 2),
            (func.substr(agreed, 1, func.length(own)) == own, 1),
            else_=0,
        )
        return (
            select(func.max(stands))
            .where(
                party.cvr == LedgerRow.cvr,
                agreement.enterprise_id == party.id,
                covered.agreement_id == agreement.id,
                agreement.kind == AgreementKind.VOLUNTARY,
                agreement.municipality_id == self.municipality_id,
                agreement.is_draft.is_(False),
                agreement.starts_on <= LedgerRow.booked_on,
                agreement.ends_on >= LedgerRow.booked_on,
                or_(covered.from_on.is_(None), covered.from_on <= LedgerRow.booked_on),
                or_(covered.until_on.is_(None), covered.until_on >= LedgerRow.booked_on),
            )
            .correlate(LedgerRow, AccountCategory)
            .scalar_subquery()
        )


@cache  # making names for three tables takes longer than asking them
def _sides() -> tuple[Any, ...]:
    """Return agreements, their categories and enterprises under names of their own."""
    return tuple(map(aliased, (Agreement, AgreementCategory, Enterprise)))


def where(municipality_id: int, asked: Sought) -> list[ColumnElement[bool]]:
    """Return the conditions on the rows themselves and on their accounts."""
    found = [
        LedgerRow.municipality_id == municipality_id,
        LedgerRow.booked_on.between(asked.first_on, asked.last_on),
    ]
    for column, value in (
        (LedgerRow.department, asked.department),
        (LedgerRow.account, asked.account),
        (LedgerRow.cvr, asked.cvr),
    ):
        if value is not None:
            found.append(column == value)
    if asked.category is not None:
        # No bare column where suppliers are the better way in, so that its index is not taken.
        account: Any = func.coalesce(LedgerRow.account, "") if asked.of_few else LedgerRow.account
        found.append(of_category(account, municipality_id, asked.category))
    return found


def of_category(account: Any, municipality_id: int, code: str) -> ColumnElement[bool]:
    """Return whether an account is mapped to a category or one below; NO_DIVISION: to none."""
    mapped = select(AccountCategory.account).where(
        AccountCategory.municipality_id == municipality_id
    )
    if code == NO_DIVISION:
        found: ColumnElement[bool] = account.not_in(mapped)
        return found
    below: ColumnElement[bool] = account.in_(
        mapped.where(AccountCategory.prefix.startswith(prefix(code)))
    )
    return below
