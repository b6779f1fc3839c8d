"""The report of the ledger: what was bought in a period, by department, division and enterprise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements

from . import ledger_queries
from . import ledger_rules as rules
from .ledger_rules import NO_DIVISION, Bought, Spent
from .ledger_sets import Purchases, Sought, where
from .models import LedgerRow

_Social = tuple[str, str, str, str, Bought, int]  # cvr, name, department, account, place, øre


@dataclass(frozen=True)
class Part:
    """One line of a table of the report."""

    key: str
    label: str
    spent: Spent


@dataclass(frozen=True)
class Report:
    """What was bought in a period; every part sums up to `total`, of enterprises the social one."""

    total: Spent
    departments: Sequence[Part]
    divisions: Sequence[Part]
    enterprises: Sequence[Part]


def report(
    session: Session, municipality_id: int, period: tuple[date, date], locale: str
) -> Report:
    """Return the figures of a period, both days included. Four queries, however many rows.

    Departments by name, divisions by code, enterprises by amount, the largest first.
    """
    divisions = {
        account: rules.division(code)
        for account, code in ledger_queries.list_mapped(session, municipality_id).items()
    }
    groups = _groups(session, municipality_id, period)
    found = _Summed(groups, _social(session, municipality_id, period), divisions)
    labels = agreements.category_labels(session, found.codes(), locale)
    departments = found.departments()
    return Report(
        total=sum((part.spent for part in departments), Spent()),
        departments=departments,
        divisions=found.divisions(labels),
        enterprises=found.enterprises(),
    )


def _groups(
    session: Session, municipality_id: int, period: tuple[date, date]
) -> dict[tuple[str, str], int]:
    rows = session.execute(
        select(LedgerRow.department, LedgerRow.account, func.sum(LedgerRow.amount_ore))
        .where(*where(municipality_id, Sought(*period)))
        .group_by(LedgerRow.department, LedgerRow.account)
    )
    return {(department, account): int(ore) for department, account, ore in rows}


def _social(session: Session, municipality_id: int, period: tuple[date, date]) -> list[_Social]:
    sets = Purchases(municipality_id, period[0])
    keys = (sets.verified.c.cvr, sets.verified.c.name, LedgerRow.department, LedgerRow.account)
    place = sets.bought.label("place")
    query = sets.of_social(select(*keys, place, func.sum(LedgerRow.amount_ore)))
    rows = session.execute(
        query.where(*where(municipality_id, Sought(*period))).group_by(*keys, place)
    )
    return [
        (cvr, name, department, account, Bought(place), int(ore))
        for cvr, name, department, account, place, ore in rows
    ]


class _Summed:
    """The sums of a period by what the report shows."""

    def __init__(
        self,
        groups: Mapping[tuple[str, str], int],
        social: Sequence[_Social],
        divisions: Mapping[str, str],
    ) -> None:
        self.groups, self.social, self._divisions = groups, social, divisions

    def codes(self) -> set[str]:
        """Return the divisions that rows fall into."""
        return {self._division(account) for _name, account in self.groups} - {NO_DIVISION}

    def departments(self) -> list[Part]:
        """Return one part for each department."""
        found = self._parts(
            ((name, ore) for (name, _account), ore in self.groups.items()),
            ((name, place, ore) for _c, _n, name, _a, place, ore in self.social),
        )
        return [Part(key, key, found[key]) for key in sorted(found, key=lambda key: (not key, key))]

    def divisions(self, labels: Mapping[str, str]) -> list[Part]:
        """Return one part for each division; rows without one come last."""
        found = self._parts(
            ((self._division(account), ore) for (_name, account), ore in self.groups.items()),
            ((self._division(account), place, ore)
             for _c, _n, _d, account, place, ore in self.social),
        )  # fmt: skip
        order = sorted(found, key=lambda key: (not key, key))
        return [Part(key, labels.get(key, key), found[key]) for key in order]

    def enterprises(self) -> list[Part]:
        """Return one part for each enterprise that something was bought from."""
        names = {cvr: name for cvr, name, *_rest in self.social}
        found = self._parts(
            ((cvr, ore) for cvr, *_rest, ore in self.social),
            ((cvr, place, ore) for cvr, _n, _d, _a, place, ore in self.social),
        )
        order = sorted(found, key=lambda cvr: (-found[cvr].social_ore, names[cvr]))
        return [Part(cvr, names[cvr], found[cvr]) for cvr in order]

    def _division(self, account: str) -> str:
        return self._divisions.get(account, NO_DIVISION)

    def _parts(
        self, whole: Iterable[tuple[str, int]], social: Iterable[tuple[str, Bought, int]]
    ) -> dict[str, Spent]:
        totals: dict[str, int] = {}
        places: dict[str, dict[Bought, int]] = {}
        for key, ore in whole:
            totals[key] = totals.get(key, 0) + ore
        for key, place, ore in social:
            own = places.setdefault(key, {})
            own[place] = own.get(place, 0) + ore
        return {key: rules.spent(ore, places.get(key, {})) for key, ore in totals.items()}
