"""Rows of the ledger as sets: which are asked for, and where they were bought, in SQL.

`ledger_rules.bought` is the rule; `Purchases.bought` says the same for many rows at once, and a
property test holds the two equal. Rows are joined by CVR, so that an enterprise verified today
counts in last year's figures too, and one whose verification lapsed still counts before that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
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


class Purchases:
    """The rows of a municipality beside the enterprises verified there and its accounts.

    Queries are Any: SQLAlchemy 2.0 and 2.1 type their columns differently.
    """

    def __init__(self, municipality_id: int, since: date) -> None:
        """Take an enterprise for social if its verification has not lapsed before `since`, the
        first day asked for: a lapse does not rewrite what was bought before it.
        """
        self.municipality_id = municipality_id
        self.verified = (
            select(Enterprise.id, Enterprise.cvr, Enterprise.name)
            .where(enterprises.verified_where(municipality_id, since))
            .subquery("verified")
        )
        category = AccountCategory.prefix
        self.bought: ColumnElement[str] = case(
            (self.verified.c.id.is_(None), Bought.ELSEWHERE.value),
            (and_(category.is_not(None), self._agreed(_covers)), Bought.ON.value),
            (and_(category.is_(None), self._agreed(_any)), Bought.UNCERTAIN.value),
            (and_(category.is_not(None), self._agreed(_lies_below)), Bought.UNCERTAIN.value),
            else_=Bought.OFF.value,
        )

    def of_social(self, query: Any) -> Any:
        """Add the tables, with rows of verified enterprises only."""
        begun = query.select_from(self.verified).join(LedgerRow, self._same_cvr())
        return self._with_accounts(begun)

    def of_all(self, query: Any) -> Any:
        """Add the tables, with all rows."""
        begun = query.select_from(LedgerRow).outerjoin(self.verified, self._same_cvr())
        return self._with_accounts(begun)

    def sought(self, query: Any, asked: Sought) -> Any:
        """Add tables and conditions of the rows asked for."""
        if asked.bought is None:
            joined = self.of_all(query)
        elif Bought.ELSEWHERE in asked.bought:
            joined = self.of_all(query).where(self.bought.in_(asked.bought))
        else:
            joined = self.of_social(query)
            if set(asked.bought) != set(SOCIAL):
                joined = joined.where(self.bought.in_(asked.bought))
        return joined.where(*where(self.municipality_id, asked))

    def _same_cvr(self) -> ColumnElement[bool]:
        return and_(
            LedgerRow.cvr == self.verified.c.cvr,
            LedgerRow.municipality_id == self.municipality_id,
        )

    def _with_accounts(self, query: Any) -> Any:
        return query.outerjoin(
            AccountCategory,
            and_(
                AccountCategory.account == LedgerRow.account,
                AccountCategory.municipality_id == self.municipality_id,
            ),
        )

    def _agreed(self, stands: Any) -> ColumnElement[bool]:
        """Return whether an agreement in force on the day stands so to the account's category."""
        agreement, covered = aliased(Agreement), aliased(AgreementCategory)
        return (
            exists()
            .where(
                covered.agreement_id == agreement.id,
                agreement.kind == AgreementKind.VOLUNTARY,
                agreement.municipality_id == self.municipality_id,
                agreement.enterprise_id == self.verified.c.id,
                agreement.is_draft.is_(False),
                agreement.starts_on <= LedgerRow.booked_on,
                agreement.ends_on >= LedgerRow.booked_on,
                or_(covered.from_on.is_(None), covered.from_on <= LedgerRow.booked_on),
                or_(covered.until_on.is_(None), covered.until_on >= LedgerRow.booked_on),
                *stands(covered.prefix),
            )
            .correlate(self.verified, LedgerRow, AccountCategory)
        )


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
    if asked.category == NO_DIVISION:
        found.append(AccountCategory.prefix.is_(None))
    elif asked.category is not None:
        found.append(AccountCategory.prefix.startswith(prefix(asked.category)))
    return found


def _covers(agreed: Any) -> list[ColumnElement[bool]]:
    return [func.substr(AccountCategory.prefix, 1, func.length(agreed)) == agreed]


def _any(_agreed: Any) -> list[ColumnElement[bool]]:
    return []


def _lies_below(agreed: Any) -> list[ColumnElement[bool]]:
    own = AccountCategory.prefix
    return [func.substr(agreed, 1, func.length(own)) == own]
